"""When the question resolves: the cumulative chance of each outcome, week by week to the horizon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from forecast.report.standing import Outcome, Standing
from forecast.report.words import Day, Number, day, percent


@dataclass(frozen=True, slots=True)
class Row:
    """The state at the end of one week: the chance of each outcome by then, in the order of `Timing.outcomes`."""

    end: Day
    resolved: Number
    cumulative: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """The weeks ahead.

    Attributes
    ----------
    start
        The as-of date, when nothing has resolved.
    rows
        Week by week; the last is the horizon.
    months
        The last row of each calendar month, for a table that a person can read.
    even_chance
        The end of the first week by which resolution is at least as likely as not; None if that is not reached.
    halfway
        For each outcome the end of the week by which half of its chance has been used up: its median date, if it
        happens. None where it has no chance at all.

    """

    start: Day
    outcomes: tuple[Outcome, ...]
    unresolved: Outcome
    rows: tuple[Row, ...]
    months: tuple[Row, ...]
    even_chance: Day | None
    halfway: tuple[Day | None, ...]


def timing(forecast: Mapping[str, Any], now: Standing) -> Timing:
    """Read the timing of a run."""
    horizon = date.fromisoformat(forecast["horizon"])
    rows = tuple(_row(week, now, horizon) for week in forecast["timing"])
    if not rows:
        raise ValueError("a run holds the timing of at least one week")
    return Timing(
        start=day(forecast["as_of"]),
        outcomes=now.outcomes,
        unresolved=now.unresolved,
        rows=rows,
        months=tuple({(row.end.value.year, row.end.value.month): row for row in rows}.values()),
        even_chance=next((row.end for row in rows if row.resolved.value >= 0.5), None),
        halfway=tuple(_halfway(rows, place) for place in range(len(now.outcomes))),
    )


def _row(week: Mapping[str, Any], now: Standing, horizon: date) -> Row:
    sunday = date.fromisoformat(week["week"]) + timedelta(days=6)
    return Row(
        end=day(min(sunday, horizon)),
        resolved=percent(1 - week["unresolved"]),
        cumulative=tuple(percent(week["cumulative"][outcome.id]) for outcome in now.outcomes),
    )


def _halfway(rows: tuple[Row, ...], place: int) -> Day | None:
    total = rows[-1].cumulative[place].value
    if total <= 0:
        return None
    return next(row.end for row in rows if row.cumulative[place].value >= total / 2)
