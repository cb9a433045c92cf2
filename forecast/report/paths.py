"""One driver's path as a figure: line and interval week by week, and the events that moved it marked on the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from forecast.report.drivers import FELT, Driver, Mark
from forecast.report.plots import PANEL
from forecast.report.svg import Scale, arrow, band, dates, dot, figure, line, month_starts, polyline, text
from forecast.report.words import MINUS


def driver(shown: Driver, *, name: str, title: str, finding: str) -> Markup:
    """One driver: mean and interval week by week, 0 as its usual state, and a mark for each event.

    A mark stands on the line. It points up or down by where the event moved the driver, and is the larger the farther;
    where nobody could ask that, by what it speaks for. A ring moved nothing.
    """
    first, last = shown.weeks[0].start.value, shown.weeks[-1].start.value + timedelta(days=6)
    x = dates(first, last, (32, PANEL[0] - 4))
    y = Scale((-3, 3), (PANEL[1] - 20, 4))
    # A week's state stands in its middle; the first and the last reach to the ends, where events may lie.
    weeks = (shown.weeks[0], *shown.weeks, shown.weeks[-1])
    across = [x(first), *(x(week.start.value + timedelta(days=3)) for week in shown.weeks), x(last)]
    upper = [(place, y(_within(week.interval.high))) for place, week in zip(across, weeks, strict=True)]
    lower = [(place, y(_within(week.interval.low))) for place, week in zip(across, weeks, strict=True)]
    middle = [(place, y(_within(week.mean.value))) for place, week in zip(across, weeks, strict=True)]
    levels = ((-2, f"{MINUS}2"), (0, "0"), (2, "+2"))
    return figure(
        name,
        title,
        finding,
        PANEL,
        [
            *(line((32, y(level)), (PANEL[0], y(level)), "grid" if level else "axis") for level, _ in levels),
            *(text(written, 26, y(level) + 4, anchor="end") for level, written in levels),
            band(upper, lower, "fan tone-driver"),
            polyline(middle, "path tone-driver"),
            dot(*middle[-1], 4, "dot tone-driver", f"{shown.now.mean.text} ({shown.now.interval.text})"),
            *(_mark(mark, x, y, shown) for mark in shown.marks),
            *_named(shown, x, y),
            *(text(month, x(on), PANEL[1] - 4, anchor="middle") for on, month in month_starts(first, last, 6)),
        ],
    )


def _on_line(mark: Mark, y: Scale, driver: Driver) -> float:
    """The height of the line in the week of an event."""
    week = max((week for week in driver.weeks if week.start.value <= mark.day.value), key=lambda week: week.start.value)
    return y(_within(week.mean.value))


def _mark(mark: Mark, x: Callable[[date], float], y: Scale, driver: Driver) -> Markup:
    across, down = x(mark.day.value), _on_line(mark, y, driver)
    told = f"{mark.day.text}: {mark.title}" + (f" ({mark.moved.text})" if mark.moved else "")
    pull = _pull(mark)
    if abs(pull) < FELT:
        return dot(across, down, 2.6, "mark neutral", told)
    return arrow(across, down, 5 if mark.moved is None else min(8.0, 4 + 10 * abs(pull)), pull > 0, "mark", told)


def _named(driver: Driver, x: Callable[[date], float], y: Scale) -> list[Markup]:
    """The numbers of the marks that the list beneath names, each above or below its mark, where its arrow points.

    Numbers of one side that would lie on each other are pushed apart to the right, and back from the figure's edge.
    """
    numbers: list[Markup] = []
    for up in (True, False):
        named = [(place, mark) for place, mark in enumerate(driver.movers, 1) if (_pull(mark) > 0) is up]
        named.sort(key=lambda each: each[1].day.value)
        across = _apart([x(mark.day.value) for _, mark in named], 9.0, PANEL[0] - 4)
        for at, (place, mark) in zip(across, named, strict=True):
            numbers.append(text(str(place), at, _on_line(mark, y, driver) + (-11 if up else 19), "nth", "middle"))
    return numbers


def _pull(mark: Mark) -> float:
    """By how much an event moved the driver; where nobody could ask that, what it speaks for."""
    return mark.push if mark.moved is None else mark.moved.value


def _apart(places: Sequence[float], gap: float, end: float) -> list[float]:
    """Places in rising order, moved as little as keeps them a gap apart and before the end."""
    kept: list[float] = []
    for place in places:
        kept.append(max(place, kept[-1] + gap) if kept else place)
    for at in reversed(range(len(kept))):
        kept[at] = min(kept[at], end)
        end = kept[at] - gap
    return kept


def _within(value: float) -> float:
    return max(-3.0, min(3.0, value))
