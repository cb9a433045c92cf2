"""The small drawings inside tables. They repeat the numbers beside them, so screen readers pass them over."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from forecast.report.assumptions import Assumption
from forecast.report.standing import Outcome, Standing
from forecast.report.svg import Scale, diamond, dot, element, line, percent_axis, text

WIDTH, HEIGHT = 300.0, 30.0


def axis(standing: Standing) -> Markup:
    """The axis above the outcomes' strips."""
    x, ticks = strip_axis(standing, (0, WIDTH))
    last = ticks[-1] if ticks[-1] == x.values[1] else None
    anchors = {0.0: "start", last: "end"}
    return _drawing(
        WIDTH, 14, [text(f"{round(100 * tick)}%", x(tick), 11, anchor=anchors.get(tick, "middle")) for tick in ticks]
    )


def outcome(shown: Outcome, standing: Standing) -> Markup:
    """The strip of one outcome on the axis that all share."""
    x, ticks = strip_axis(standing, (0, WIDTH))
    grid = [line((x(tick), 0), (x(tick), HEIGHT), "grid") for tick in ticks]
    return _drawing(WIDTH, HEIGHT, [*grid, *outcome_marks(shown, x, HEIGHT / 2)])


def belief(assumption: Assumption) -> Markup:
    """Prior (outline) and posterior (filled) of an assumption.

    Raises
    ------
    ValueError
        If the assumption has no posterior, or no width at all.

    """
    if assumption.posterior is None:
        raise ValueError(f"assumption '{assumption.id}' is held fixed: it has no posterior to draw")
    prior, posterior = assumption.prior.span, assumption.posterior.interval
    low, high = min(prior[0], posterior.low), max(prior[1], posterior.high)
    if low == high:
        raise ValueError(f"assumption '{assumption.id}' has no width: hold it fixed instead")
    x = Scale((low, high), (6, 134))
    bars = [
        element("rect", x=x(prior[0]), y=3, width=x(prior[1]) - x(prior[0]), height=14, rx=7, class_="prior"),
        element(
            "rect",
            x=x(posterior.low),
            y=7,
            width=x(posterior.high) - x(posterior.low),
            height=6,
            rx=3,
            class_="posterior",
        ),
        dot(x(assumption.posterior.mean.value), 10, 4.5, "dot tone-driver"),
    ]
    return _drawing(140, 20, bars)


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


def _drawing(width: float, height: float, parts: Iterable[Markup]) -> Markup:
    return element("svg", *parts, viewBox=f"0 0 {width:.0f} {height:.0f}", aria_hidden="true")
