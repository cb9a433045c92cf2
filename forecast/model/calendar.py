"""Weeks: Monday to Sunday, t = 0 in the week of `history_from`; a part-week counts by its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def monday(day: date) -> date:
    """The Monday on or before a day."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Calendar:
    """The weeks a forecast speaks of.

    The question is at risk from the end of the opening day. What is known at an as-of date is known by the end of
    that day, so the days up to and including it are past and the days after it, to the horizon, are the future.

    Parameters
    ----------
    history_from, opening, as_of, horizon
        Dates, in this order.
    """

    history_from: date
    opening: date
    as_of: date
    horizon: date

    @cached_property
    def weeks(self) -> tuple[date, ...]:
        """Mondays of the past weeks 0..T, the as-of date's week included."""
        first, last = monday(self.history_from), monday(self.as_of)
        return tuple(first + timedelta(weeks=i) for i in range((last - first).days // 7 + 1))

    @cached_property
    def future_weeks(self) -> tuple[date, ...]:
        """Mondays of the weeks with days after the as-of date, up to the horizon's week."""
        first, last = monday(self.as_of + timedelta(days=1)), monday(self.horizon)
        return tuple(first + timedelta(weeks=i) for i in range((last - first).days // 7 + 1))

    @property
    def as_of_week_goes_on(self) -> bool:
        """Whether the first future week is the rest of the as-of week, in which no driver moves again."""
        return bool(self.future_weeks) and self.future_weeks[0] == self.weeks[-1]

    def week_of(self, day: date) -> int:
        """Index of a day's week, clamped into 0..T."""
        index = (monday(day) - self.weeks[0]).days // 7
        return min(max(index, 0), len(self.weeks) - 1)

    def exposure(self, after: date, until: date) -> Array:
        """Weeks' shares of the days in (after, until], by past week; shape (week,)."""
        return days_per_week(self.weeks, after, until) / 7.0

    @cached_property
    def future_exposure(self) -> Array:
        """Weeks' shares of the days after the as-of date up to the horizon; shape (future week,)."""
        return days_per_week(self.future_weeks, self.as_of, self.horizon) / 7.0

    @cached_property
    def future_days_at_risk(self) -> Array:
        """Each day's part of its week's days after the as-of date up to the horizon; shape (day, future week)."""
        within = days_within(self.future_weeks, self.as_of, self.horizon)
        return within / within.sum(axis=0)

    def past_ages(self) -> Array:
        """Middle of each past week, in weeks since the opening; shape (week,)."""
        return self._ages(self.weeks)

    def weeks_since_opening(self) -> Array:
        """Middle of each future week, in weeks since the opening; shape (future week,)."""
        return self._ages(self.future_weeks)

    def _ages(self, weeks: tuple[date, ...]) -> Array:
        return np.array([(week - self.opening).days / 7.0 + 0.5 for week in weeks])


def days_per_week(weeks: tuple[date, ...], after: date, until: date) -> Array:
    """How many days of each week lie in (after, until]."""
    counts = []
    for week in weeks:
        first, last = max(week, after + timedelta(days=1)), min(week + timedelta(days=6), until)
        counts.append(max((last - first).days + 1, 0))
    return np.array(counts, dtype=float)


def days_within(weeks: tuple[date, ...], after: date, until: date) -> Array:
    """Which days of each week lie in (after, until]: zeros and ones, shape (day, week), from Monday to Sunday."""
    mondays = np.array([week.toordinal() for week in weeks], dtype=int)
    days = mondays + np.arange(7)[:, None]
    return ((after.toordinal() < days) & (days <= until.toordinal())).astype(float)
