"""The small drawings inside tables. They repeat the numbers beside them, so screen readers pass them over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import exp

from markupsafe import Markup

from forecast.report.assumptions import Assumption
from forecast.report.standing import Outcome, Standing
from forecast.report.svg import (
    Scale,
    band,
    dates,
    diamond,
    dot,
    drawing,
    element,
    line,
    month_starts,
    percent_axis,
    text,
)
from forecast.report.voices import Voice, Voices
from forecast.report.words import Number

WIDTH, HEIGHT = 300.0, 30.0


def axis(standing: Standing) -> Markup:
    """The axis above the outcomes' strips."""
    x, ticks = strip_axis(standing, (0, WIDTH))
    last = ticks[-1] if ticks[-1] == x.values[1] else None
    anchors = {0.0: "start", last: "end"}
    return drawing(
        WIDTH, 14, [text(f"{round(100 * tick)}%", x(tick), 11, anchor=anchors.get(tick, "middle")) for tick in ticks]
    )


def outcome(shown: Outcome, standing: Standing) -> Markup:
    """The strip of one outcome on the axis that all share."""
    x, ticks = strip_axis(standing, (0, WIDTH))
    grid = [line((x(tick), 0), (x(tick), HEIGHT), "grid") for tick in ticks]
    return drawing(WIDTH, HEIGHT, [*grid, *outcome_marks(shown, x, HEIGHT / 2)])


def belief(assumption: Assumption) -> Markup:
    """Prior and posterior of an assumption as two hills of equal area, normal ones with their means and spreads.

    Raises
    ------
    ValueError
        If the assumption has no posterior, or no width at all.

    """
    if assumption.posterior is None:
        raise ValueError(f"assumption '{assumption.id}' is held fixed: it has no posterior to draw")
    beliefs = [(each.mean.value, each.sd.value) for each in (assumption.prior, assumption.posterior)]
    low = min(mean - 3 * sd for mean, sd in beliefs)
    high = max(mean + 3 * sd for mean, sd in beliefs)
    narrowest = min(sd for _, sd in beliefs)
    if low == high or narrowest == 0.0:
        raise ValueError(f"assumption '{assumption.id}' has no width: hold it fixed instead")
    x, y = Scale((low, high), (2, 138)), Scale((0.0, 1.0 / narrowest), (33, 3))
    hills = []
    for (mean, sd), kind in zip(beliefs, ("prior", "posterior"), strict=True):
        places = [low + (high - low) * step / 60 for step in range(61)]
        top = [(x(at), y(exp(-0.5 * ((at - mean) / sd) ** 2) / sd)) for at in places]
        hills.append(band(top, [(x(low), y(0.0)), (x(high), y(0.0))], kind))
    now = x(assumption.posterior.mean.value)
    return drawing(140, 36, [*hills, line((2, 33), (138, 33), "axis"), line((now, 33), (now, 27), "before")])


def voices_axis(voices: Voices) -> Markup:
    """The months above the sources' strips."""
    x = _days(voices)
    months = month_starts(voices.first.value, voices.last.value, 6)
    return drawing(WIDTH, 14, [text(month, x(on), 11, anchor="middle") for on, month in months])


def voice(shown: Voice, voices: Voices) -> Markup:
    """The reports of one source on the days on which they were published."""
    x = _days(voices)
    grid = [line((x(on), 0), (x(on), 24), "grid") for on, _ in month_starts(voices.first.value, voices.last.value, 12)]
    dots = [
        dot(x(said.day.value), 12, 4.5, f"said {'sound' if said.sound else 'weak'}", f"{said.day.text}: {said.title}")
        for said in shown.reports
    ]
    return drawing(WIDTH, 24, [*grid, line((0, 12), (WIDTH, 12), "grid"), *dots])


def _days(voices: Voices) -> Callable[[date], float]:
    return dates(voices.first.value, voices.last.value, (8, WIDTH - 8))


def cell(number: Number, most: float) -> Markup:
    """A dot whose area is how many codings an Admiralty cell has."""
    return drawing(40, 40, [dot(20, 20, 19 * (number.value / most) ** 0.5, "tally")] if number.value else [])


def strip_axis(standing: Standing, places: tuple[float, float]) -> tuple[Scale, list[float]]:
    """The scale that holds every outcome's interval."""
    return percent_axis(max(each.interval.high for each in standing.everything), places)


def outcome_marks(shown: Outcome, x: Scale, y: float) -> list[Markup]:
    """The interval as a bar, the probability as a dot, the run before as a tick, the stated share as a diamond."""
    low, high = x(shown.interval.low), x(shown.interval.high)
    marks = [element("rect", x=low, y=y - 6, width=high - low, height=12, rx=6, class_=f"fan tone-{shown.tone}")]
    if shown.stated is not None:
        marks.append(diamond(x(shown.stated.value), y, 5, "stated"))
    if shown.change is not None:
        before = x(shown.change.before.value)
        marks.append(line((before, y - 10), (before, y + 10), "before"))
    marks.append(dot(x(shown.probability.value), y, 6.5, f"dot tone-{shown.tone}"))
    return marks
