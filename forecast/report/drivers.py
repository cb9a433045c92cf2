"""The drivers week by week, with the events that tell about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from forecast.report.evidence import Report
from forecast.report.words import Day, Interval, Number, day, standard_interval, standard_units

NEITHER = 0.5
"""A mean grade closer than this to the usual one speaks for neither side."""
FELT = 0.05
"""An event that moved its driver by less than this, in standard units, is not named as having moved it."""
NAMED = 3
"""Events that are named beside a driver's line."""


@dataclass(frozen=True, slots=True)
class Week:
    """A driver in one week: posterior mean and interval."""

    start: Day
    mean: Number
    interval: Interval


@dataclass(frozen=True, slots=True)
class Mark:
    """One event that tells about the driver.

    `push` is +1 where the coders' mean grade speaks for more of the driver than usual, -1 for less, 0 for neither;
    `moved` is how far the estimate of its week stands from where it would stand without the event, None where nobody
    could ask the draws.
    """

    day: Day
    title: str
    anchor: str
    push: int
    moved: Number | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """One panel: what -2 and +2 mean, the path, and where it stands now."""

    id: str
    label: str
    minus_two: str
    plus_two: str
    weeks: tuple[Week, ...]
    now: Week
    marks: tuple[Mark, ...]

    @property
    def side(self) -> str:
        """`above` or `below` the usual state, or `around` it while the interval holds 0."""
        if self.now.interval.low > 0:
            return "above"
        return "below" if self.now.interval.high < 0 else "around"

    @property
    def movers(self) -> tuple[Mark, ...]:
        """The events that moved it most, the strongest first; without the draws, the latest that speak for a side."""
        moved = [mark for mark in self.marks if mark.moved is not None and abs(mark.moved.value) >= FELT]
        if any(mark.moved is not None for mark in self.marks):
            return tuple(sorted(moved, key=lambda mark: -abs(mark.moved.value if mark.moved else 0.0))[:NAMED])
        return tuple(mark for mark in reversed(self.marks) if mark.push)[:NAMED]


def drivers(
    forecast: Mapping[str, Any],
    indicators: Mapping[str, Mapping[str, Any]],
    reports: Iterable[Report],
    pushes: Iterable[Mapping[str, Any]] = (),
) -> tuple[Driver, ...]:
    """Read the drivers of a run, if its model has any, with a mark for each event of the standing `reports`.

    `pushes` is the answer of `insight.pushes`: what each event did to its driver.
    """
    moved = {(push["event"], push["indicator"]): standard_units(push["push"]) for push in pushes}
    marks = _marks(indicators, reports, moved)
    return tuple(
        _driver(path, marks.get(path["id"], ()), date.fromisoformat(forecast["as_of"]))
        for path in forecast["driver_paths"]
    )


def _driver(path: Mapping[str, Any], marks: Iterable[Mark], as_of: date) -> Driver:
    weeks = tuple(
        Week(day(week["week"]), standard_units(week["mean"]), standard_interval(*week["interval"]))
        for week in path["weeks"]
    )
    first, last = weeks[0].start.value, weeks[-1].start.value + timedelta(days=6)
    if not first <= as_of <= last:
        raise ValueError(f"the path of driver '{path['id']}' does not hold the week of {as_of}")
    return Driver(
        id=path["id"],
        label=path["label"],
        minus_two=path["minus_two"],
        plus_two=path["plus_two"],
        weeks=weeks,
        now=weeks[-1],
        marks=tuple(mark for mark in marks if first <= mark.day.value <= last),
    )


def _marks(
    indicators: Mapping[str, Mapping[str, Any]], reports: Iterable[Report], moved: Mapping[tuple[str, str], Number]
) -> dict[str, tuple[Mark, ...]]:
    """The marks of each driver, the earliest first; the unit is one event as told by one indicator."""
    told: dict[tuple[str, str], list[tuple[Report, int]]] = {}
    for report in reports:
        for coding in () if report.retracted else report.codings:
            told.setdefault((report.event, coding.indicator), []).append((report, coding.grade))
    marks: dict[str, list[Mark]] = {}
    for (event, indicator_id), gradings in told.items():
        indicator = indicators[indicator_id]
        first = min((report for report, _ in gradings), key=lambda report: (report.published.value, report.id))
        excess = indicator["sign"] * (fmean(grade for _, grade in gradings) - indicator["usual_grade"])
        push = 0 if abs(excess) < NEITHER else 1 if excess > 0 else -1
        mark = Mark(first.happened, first.title, first.anchor, push, moved.get((event, indicator_id)))
        marks.setdefault(indicator["tells_about"], []).append(mark)
    return {driver: tuple(sorted(found, key=lambda mark: mark.day.value)) for driver, found in marks.items()}
