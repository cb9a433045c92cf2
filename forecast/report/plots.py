"""The figures of the page: pure functions from parts of the document to SVG.

No figure holds wording of its own beyond names, dates and numbers; title and finding are handed in. Colours are
classes (`tone-t1` … `tone-other`, `tone-unresolved`), so that the style sheet decides them for light, dark and print.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

from markupsafe import Markup

from forecast.report.history import Course, History, Stage
from forecast.report.standing import Outcome, Standing
from forecast.report.strips import outcome_marks, strip_axis
from forecast.report.svg import (
    Scale,
    band,
    dates,
    dot,
    element,
    figure,
    line,
    month_starts,
    percent_axis,
    polyline,
    text,
)
from forecast.report.timing import Timing

PANEL = (320.0, 150.0)
"""The size of one figure of a row of small ones."""
NARROW = 500
BESIDE = 334
"""The room for names beside a wide figure: forty letters and a percentage."""


def outcomes(standing: Standing, *, name: str, title: str, finding: str, width: float, labels: float) -> Markup:
    """All outcomes with their intervals, a line each: the label in `labels` of the `width`, the strip, the numbers."""
    row, top = 34.0, 22.0
    x, ticks = strip_axis(standing, (labels, width - 118))
    bottom = top + row * len(standing.ranked)
    parts: list[Markup] = []
    for tick in ticks:
        parts += [line((x(tick), top), (x(tick), bottom), "grid"), text(_label(tick), x(tick), 13, anchor="middle")]
    for place, outcome in enumerate(standing.ranked):
        y = top + row * (place + 0.5)
        parts += [
            text(_short(outcome.label, 40), labels - 14, y + 5, "label", "end"),
            *outcome_marks(outcome, x, y),
            text(outcome.probability.text, width - 70, y + 5, "number", "end"),
            text(outcome.interval.text, width, y + 5, "tick", "end"),
        ]
    return figure(name, title, finding, (width, bottom + 4), parts)


def futures(standing: Standing, *, name: str, title: str, finding: str) -> Markup:
    """A hundred dots, shared out by probability: as many futures, for feeling the chances."""
    shares = shared_out([outcome.probability.value for outcome in standing.ranked])
    dots: list[Markup] = []
    for outcome, share in zip(standing.ranked, shares, strict=True):
        for place in range(len(dots), len(dots) + share):
            x, y = 10 + 20 * (place // 10), 10 + 20 * (place % 10)
            dots.append(dot(x, y, 7.6, f"future tone-{outcome.tone}", outcome.label))
    return figure(name, title, finding, (200, 200), dots)


def shared_out(probabilities: Sequence[float]) -> list[int]:
    """A hundred futures shared out by probability, by largest remainders."""
    exact = [100 * probability / sum(probabilities) for probability in probabilities]
    shares = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: shares[place] - exact[place])
    for place in by_remainder[: 100 - sum(shares)]:
        shares[place] += 1
    return shares


def together(history: History, *, name: str, title: str, finding: str, width: float) -> Markup:
    """Every outcome's line over the runs, named at its end; the likeliest one with its fan."""
    wide = width > NARROW
    height, right = (360.0, width - BESIDE) if wide else (260.0, width - 44)
    x = dates(history.days[0].value, history.days[-1].value, (44, right))
    highest = max(stage.interval.high for each in history.courses for stage in each.stages)
    y, ticks = percent_axis(highest, (height - 26, 10))
    series = []
    for place, course in enumerate(history.courses):
        tone = course.outcome.tone
        across = [x(stage.day.value) for stage in course.stages]
        upper = [(at, y(stage.interval.high)) for at, stage in zip(across, course.stages, strict=True)]
        lower = [(at, y(stage.interval.low)) for at, stage in zip(across, course.stages, strict=True)]
        middle = [(at, y(stage.probability.value)) for at, stage in zip(across, course.stages, strict=True)]
        dots = [dot(*at, 4, f"dot tone-{tone}", _stage(stage)) for at, stage in zip(middle, course.stages, strict=True)]
        drawn = [band(upper, lower, f"fan tone-{tone}"), polyline(middle, f"path tone-{tone}"), *dots]
        lit = " lit" if place == 0 else ""
        series.append(element("g", *drawn, class_=f"series{lit}", data_label=course.outcome.label))
    ends = [(course.outcome, course.outcome.probability.value) for course in history.courses]
    ends.sort(key=lambda end: end[1])
    picks = [_pick(x(day.value), height - 26, place) for place, day in enumerate(history.days)]
    first, last = history.days[0], history.days[-1]
    return figure(
        name,
        title,
        finding,
        (width, height),
        [
            *_percent_grid(y, ticks, 44, right),
            *picks,
            *reversed(series),
            text(first.short, x(first.value), height - 7, anchor="middle" if first != last else "end"),
            text(last.short, x(last.value), height - 7, anchor="middle"),
            *(_end_labels(ends, y, right) if wide else _end_numbers(ends, y, right)),
        ],
    )


def course(shown: Course, history: History, *, name: str, title: str, finding: str) -> Markup:
    """One outcome's line and fan over the runs, in front of the others' lines."""
    x = dates(history.days[0].value, history.days[-1].value, (40, PANEL[0] - 10))
    highest = max(stage.interval.high for each in history.courses for stage in each.stages)
    y, ticks = percent_axis(highest, (PANEL[1] - 22, 8), at_most=4)
    stages, tone = shown.stages, shown.outcome.tone
    across = [x(stage.day.value) for stage in stages]
    middle = [(place, y(stage.probability.value)) for place, stage in zip(across, stages, strict=True)]
    upper = [(place, y(stage.interval.high)) for place, stage in zip(across, stages, strict=True)]
    lower = [(place, y(stage.interval.low)) for place, stage in zip(across, stages, strict=True)]
    others = [other for other in history.courses if other is not shown]
    return figure(
        name,
        title,
        finding,
        PANEL,
        [
            *_percent_grid(y, ticks, 32, PANEL[0]),
            *(polyline([(x(s.day.value), y(s.probability.value)) for s in other.stages], "faint") for other in others),
            band(upper, lower, f"fan tone-{tone}"),
            polyline(middle, f"path tone-{tone}"),
            *(dot(*place, 4, f"dot tone-{tone}", _stage(stage)) for place, stage in zip(middle, stages, strict=True)),
            text(history.days[0].short, x(history.days[0].value), PANEL[1] - 5, anchor="middle"),
            text(history.days[-1].short, PANEL[0], PANEL[1] - 5, anchor="end"),
        ],
    )


def timing(ahead: Timing, *, name: str, title: str, finding: str, width: float) -> Markup:
    """The cumulative chance of each outcome, stacked, to the horizon; what is left above them is still open."""
    wide = width > NARROW
    height, right = (380.0, width - BESIDE) if wide else (300.0, width - 12)
    days = [ahead.start.value, *(row.end.value for row in ahead.rows)]
    x, y = dates(days[0], days[-1], (44, right)), Scale((0, 1), (height - 26, 10))
    areas, ends = [], []
    below = [0.0] * len(days)
    for place, outcome in enumerate(ahead.outcomes):
        shares = [0.0, *(row.cumulative[place].value for row in ahead.rows)]
        above = [low + share for low, share in zip(below, shares, strict=True)]
        areas.append(_area(outcome, days, above, below, x, y))
        ends.append((outcome, (below[-1] + above[-1]) / 2))
        below = above
    areas.append(_area(ahead.unresolved, days, [1.0] * len(days), below, x, y))
    ends.append((ahead.unresolved, (below[-1] + 1) / 2))
    months = month_starts(days[0], days[-1], 12 if wide else 6)
    return figure(
        name,
        title,
        finding,
        (width, height),
        [
            *areas,
            *_percent_grid(y, [0, 0.25, 0.5, 0.75, 1], 44, right),
            *(_pick(x(row.end.value), height - 26, place) for place, row in enumerate(ahead.rows)),
            *(line((x(on), height - 26), (x(on), height - 21), "axis") for on, _ in months),
            *(text(month, x(on), height - 7, anchor="middle") for on, month in months),
            *(_end_labels(ends, y, right) if wide else []),
        ],
    )


# ---------------------------------------------------------------------------- parts of figures


def _stage(stage: Stage) -> str:
    return f"{stage.day.text}: {stage.probability.text} ({stage.interval.text})"


def _pick(x: float, bottom: float, place: int) -> Markup:
    """A line across the figure that stands there only while a reader has picked its date."""
    return line((x, 4), (x, bottom), f"pick pick-{place}")


def _end_numbers(ends: Sequence[tuple[Outcome, float]], y: Scale, right: float) -> list[Markup]:
    """The numbers alone, where names have no room; pushed apart where they would lie on each other."""
    labels: list[Markup] = []
    bottom = y(0) + 4
    for outcome, value in ends:
        bottom = min(bottom, y(value) + 4)
        labels.append(text(outcome.probability.text, right + 7, bottom, f"end tone-{outcome.tone}"))
        bottom -= 12
    return labels


def _label(share: float) -> str:
    return f"{round(100 * share)}%"


def _percent_grid(y: Scale, ticks: Sequence[float], left: float, right: float) -> list[Markup]:
    lines = [line((left, y(tick)), (right, y(tick)), "grid") for tick in ticks]
    return lines + [text(_label(tick), left - 5, y(tick) + 4, anchor="end") for tick in ticks]


def _area(
    outcome: Outcome,
    days: Sequence[date],
    above: Sequence[float],
    below: Sequence[float],
    x: Callable[[date], float],
    y: Scale,
) -> Markup:
    upper = [(x(on), y(share)) for on, share in zip(days, above, strict=True)]
    lower = [(x(on), y(share)) for on, share in zip(days, below, strict=True)]
    told = element("title", f"{outcome.label}: {outcome.probability.text}")
    return element("g", told, band(upper, lower, f"area tone-{outcome.tone}"))


def _end_labels(ends: Sequence[tuple[Outcome, float]], y: Scale, right: float) -> list[Markup]:
    """The names beside the areas' ends, pushed apart where the areas are thin; beyond what fits, none."""
    gap, bottom = 17.0, y(0)
    if gap * len(ends) > bottom - y(1):
        return []
    labels: list[Markup] = []
    for place, (outcome, middle) in enumerate(ends):
        floor = y(1) + gap * (len(ends) - 1 - place)
        bottom = max(floor, min(bottom, y(middle) + 5))
        labels.append(dot(right + 12, bottom - 4, 5, f"dot tone-{outcome.tone}"))
        labels.append(text(f"{outcome.probability.text} {_short(outcome.label, 40)}", right + 23, bottom, "name"))
        bottom -= gap
    return labels


def _short(label: str, longest: int) -> str:
    """A label in so many letters: where it is longer, it is cut after a word, if that keeps most of it."""
    if len(label) <= longest:
        return label
    cut = label[: longest - 1].rstrip()
    words = cut.rpartition(" ")[0].rstrip(" ,;:")
    return f"{words if len(words) > longest / 2 else cut}…"
