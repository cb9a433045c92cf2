"""The futures of the opening day as hazards: a change of pace multiplies them, so that nothing is lived again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.evidence.journal import View
from forecast.model.anchor import DRAWS, PATHS
from forecast.model.calendar import Calendar
from forecast.model.contract import Model
from forecast.model.problem import build_problem

Array = NDArray[np.float64]

_LEAST = 1e-16


def hazards(model: Model, case: Case, *, free: bool = False) -> tuple[Calendar, Array]:
    """How fast the question resolves along every future of the opening day, before any report.

    Random numbers are common to all cases of one shape. In a `free` one every gate is passed from the beginning.

    Returns
    -------
    The calendar of the opening day, and -log P(still open at the end of each week), shape (future, week).
    """
    opening = build_problem(case, View(case.question.opening, "published", (), (), 0)).at_opening()
    if free:
        opening = replace(opening, passed=(case.question.opening,) * len(opening.passed))
    draws = model.law.opening_draws(opening, np.random.default_rng(0), DRAWS)
    weeks = [week.resolved.ravel() for week in model.law.futures(draws, opening, PATHS)]
    resolved = np.cumsum(np.stack(weeks, axis=1), axis=1)
    return opening.calendar, np.asarray(-np.log(np.maximum(1.0 - resolved, _LEAST)))


def chances(gathered: Array) -> tuple[float, ...]:
    """P(resolved) where so much hazard has gathered; (future, day) → one a day."""
    return tuple(np.mean(-np.expm1(-gathered), axis=0).tolist())


def reaching(chance: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Where a chance that only rises is the wanted one, by bisection; an end where it is not reached between them."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) < wanted else (low, middle)
    return (low + high) / 2
