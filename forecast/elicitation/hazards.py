"""The futures of the opening day as hazards: a change of pace multiplies them, so that nothing is lived again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.evidence.journal import View
from forecast.model.anchor import DRAWS, PATHS
from forecast.model.calendar import Calendar, days_within, monday
from forecast.model.contract import Model
from forecast.model.problem import build_problem

Array = NDArray[np.float64]

SLOWEST, FASTEST = 0.001, 500.0
"""By how many times a deadline can be slower or faster than usual."""
_LEAST = 1e-16


@dataclass(frozen=True)
class Hazards:
    """How fast the question resolves along every future of the opening day, before any report.

    Attributes
    ----------
    calendar
        Of the opening day.
    gathered
        -log P(still open at the end of each week), shape (future, week).
    days
        Each day's part of its week's hazard, by what is due, shape (draw, day of the week, week); a draw has as many
        futures, one after the other.
    """

    calendar: Calendar
    gathered: Array
    days: Array

    @property
    def opening(self) -> dt.date:
        """The day from whose end on the question is open."""
        return self.calendar.opening

    def by_the_week_of(self, day: dt.date) -> Array:
        """What has gathered by the end of a day's week, shape (future,)."""
        return np.asarray(self.gathered[:, self.calendar.future_weeks.index(monday(day))])

    def between(self, after: dt.date, until: dt.date) -> Array:
        """What gathers on the days in (after, until], shape (future,)."""
        parts = (days_within(self.calendar.future_weeks, after, until) * self.days).sum(axis=1)
        futures = np.repeat(parts, len(self.gathered) // len(parts), axis=0)
        return np.asarray((np.diff(self.gathered, axis=1, prepend=0.0) * futures).sum(axis=1))


def hazards(model: Model, case: Case, *, free: bool = False) -> Hazards:
    """Live on from the opening day; where it is `free`, every gate is passed from the beginning.

    Random numbers are common to all cases of one shape.
    """
    opening = build_problem(case, View(case.question.opening, "published", (), (), 0)).at_opening()
    if free:
        opening = replace(opening, passed=(case.question.opening,) * len(opening.passed))
    draws = model.law.opening_draws(opening, np.random.default_rng(0), DRAWS)
    weeks = [week.resolved.ravel() for week in model.law.futures(draws, opening, PATHS)]
    resolved = np.cumsum(np.stack(weeks, axis=1), axis=1)
    calendar = opening.calendar
    due = opening.structure.due(calendar.future_weeks, calendar.as_of)[..., 0]
    days = calendar.future_days_at_risk * np.exp(np.tensordot(draws["deadline"], due, axes=1))
    return Hazards(calendar, -np.log(np.maximum(1.0 - resolved, _LEAST)), days / days.sum(axis=1, keepdims=True))


def chances(gathered: Array) -> tuple[float, ...]:
    """P(resolved) where so much hazard has gathered; (future, day) → one a day."""
    return tuple(np.mean(-np.expm1(-gathered), axis=0).tolist())


def reaching(chance: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Where a chance that only rises is the wanted one, by bisection; an end where it is not reached between them."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) < wanted else (low, middle)
    return (low + high) / 2
