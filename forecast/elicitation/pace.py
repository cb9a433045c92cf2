"""How fast a question resolves, from the chance that it has by a day: what people can judge, made a rate."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SLOWEST, FASTEST = 1e-4, 7.0
"""Resolutions a week that a case can state."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)


@dataclass(frozen=True)
class FittedPace:
    """A median rate a week with its factor of uncertainty, and the chances that it gives back.

    Attributes
    ----------
    per_week, factor
        As the assumption `pace` states them.
    chances
        P(resolved) by each of the judged days under them.
    """

    per_week: float
    factor: float
    chances: tuple[float, ...]


@dataclass(frozen=True)
class Rush:
    """A day by which something is due, how many times the usual pace the weeks before it have, and how surely."""

    by: dt.date
    weeks: float
    factor: float
    uncertainty: float = 1.5

    def covers(self, day: dt.date) -> bool:
        """Whether a day is among those that hurry."""
        return self.by - dt.timedelta(weeks=self.weeks) < day <= self.by


def usual_weeks(opening: dt.date, day: dt.date, rushes: Sequence[Rush] = ()) -> float:
    """Weeks from the opening to a day, each day counted as many times as the rushes that cover it together hurry."""
    days = (opening + dt.timedelta(days=1 + passed) for passed in range((day - opening).days))
    return math.fsum(math.prod(rush.factor for rush in rushes if rush.covers(one)) for one in days) / 7


def chance_by(weeks: float, per_week: float, factor: float, others: Sequence[float] = ()) -> float:
    """P(resolved within `weeks`), the rate being lognormal: E[1 - exp(-rate weeks)] by Gauss-Hermite quadrature.

    `others` are further factors of uncertainty that multiply the rate: those of the rushes that the weeks count.
    """
    return float(happens(np.array([per_week * weeks]), math.hypot(*map(math.log, (factor, *others))))[0])


def happens(hazards: Array, log_factor: float) -> Array:
    """E[1 - exp(-hazard u)] of each hazard, u being lognormal around 1 with this sd of its logarithm; (n,)."""
    doubts = np.exp(log_factor * _NODES)
    return np.asarray(-np.expm1(-hazards[:, None] * doubts) @ _WEIGHTS / _WEIGHTS.sum())


def fit_pace(
    weeks: Sequence[float], chances: Sequence[float], factor: float, others: Sequence[float] = ()
) -> FittedPace:
    """The one rate whose chances are nearest to the judged ones.

    One judgement is met exactly. Several are met as nearly as one rate can: their rates are averaged in logarithms.

    Parameters
    ----------
    weeks
        Weeks from the opening to each judged day, all above 0; where something is due, as `usual_weeks` counts them.
    chances
        P(resolved by then), each strictly between 0 and 1.
    factor
        How unsure the rate is: one standard deviation up or down multiplies or divides it by this.
    others
        Further factors of uncertainty that multiply it, as of `chance_by`.
    """
    logs = [math.log(_rate(w, p, factor, others)) for w, p in zip(weeks, chances, strict=True)]
    per_week = min(max(math.exp(math.fsum(logs) / len(logs)), SLOWEST), FASTEST)
    return FittedPace(per_week, factor, tuple(chance_by(w, per_week, factor, others) for w in weeks))


def _rate(weeks: float, chance: float, factor: float, others: Sequence[float]) -> float:
    """Bisection on the logarithm of the rate, in which the chance only rises."""
    low, high = math.log(SLOWEST), math.log(FASTEST)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if chance_by(weeks, math.exp(middle), factor, others) < chance else (low, middle)
    return math.exp((low + high) / 2)
