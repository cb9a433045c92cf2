"""Whether outcomes happen as often as their forecasts say, and what the forecasts' log score is worth.

The forecasts of all outcomes and simulations are sorted and cut into equal groups. In each group stands how often the
outcome came, against the interval in which that share lies if the forecasts are right (consistency bars: Bröcker and
Smith 2007). The interval, and one test for all groups together, come from worlds in which the forecasts are right:
exactly one outcome comes true in each, with the chances of its own forecast.

J. Bröcker and L. A. Smith (2007), "Increasing the reliability of reliability diagrams", Weather and Forecasting 22.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

WORLDS = 9_999
"""Worlds in which the forecasts are right: the smallest p-value is then 1 in 10,000."""
GROUPS = 10
FEWEST = 20
"""Forecasts that a group holds at least."""


@dataclass(frozen=True)
class Group:
    """Forecasts of about the same size: their mean, how often the outcome came, and how often it should have."""

    forecast: float
    observed: float
    interval: tuple[float, float]
    count: int


@dataclass(frozen=True)
class Reliability:
    """The groups, from the smallest forecasts to the largest, and the p-value of all of them together."""

    groups: tuple[Group, ...]
    p: float


@dataclass(frozen=True)
class LogScore:
    """Mean log score (natural logarithm; higher is better) of what happened.

    Attributes
    ----------
    forecast
        Of the forecasts.
    expected
        What the forecasts themselves expect of it: the mean of sum_k p_k log p_k.
    oracle
        Of the chances at the true parameters, which nobody can beat on average.
    behind, error
        How far the forecasts stay behind the oracle, and the standard error of that.
    """

    forecast: float
    expected: float
    oracle: float
    behind: float
    error: float


def reliability(forecasts: Array, happened: Index, level: float) -> Reliability:
    """Compare forecasts with what happened.

    Parameters
    ----------
    forecasts
        Shape (simulation, outcome), each row summing to 1.
    happened
        Which outcome came, shape (simulation,).
    level
        Chance of each group's interval.
    """
    simulations, outcomes = forecasts.shape
    order = np.argsort(forecasts, axis=None, kind="stable")
    groups = np.array_split(order, max(1, min(GROUPS, forecasts.size // FEWEST)))
    flat = forecasts.ravel()
    member = np.zeros((flat.size, len(groups)))
    for number, places in enumerate(groups):
        member[places, number] = 1.0
    by_simulation = member.reshape(simulations, outcomes, -1)

    rng = np.random.default_rng(0)
    thresholds = np.cumsum(forecasts, axis=1)
    came = np.zeros((WORLDS, len(groups)))
    for simulation in range(simulations):
        drawn = np.searchsorted(thresholds[simulation, :-1], rng.random(WORLDS), side="right")
        came += by_simulation[simulation, drawn]
    observed = by_simulation[np.arange(simulations), happened].sum(axis=0)

    sizes, expected = member.sum(axis=0), member.T @ flat
    variance = np.maximum(member.T @ (flat * (1.0 - flat)), np.finfo(float).tiny)
    excess = np.sum((observed - expected) ** 2 / variance)
    p = (1.0 + np.sum(np.sum((came - expected) ** 2 / variance, axis=1) >= excess)) / (1.0 + WORLDS)
    low, high = np.quantile(came, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Reliability(
        tuple(
            Group(float(e / n), float(o / n), (float(below / n), float(above / n)), int(n))
            for e, o, below, above, n in zip(expected, observed, low, high, sizes, strict=True)
        ),
        float(p),
    )


def log_score(forecasts: Array, oracle: Array, happened: Index) -> LogScore:
    """Score forecasts against the chances at the truth; shapes (simulation, outcome) twice, and (simulation,)."""
    rows, least = np.arange(len(happened)), np.finfo(float).tiny
    said, true = (np.log(np.maximum(chances, least)) for chances in (forecasts, oracle))
    behind = true[rows, happened] - said[rows, happened]
    error = float(behind.std(ddof=1) / np.sqrt(len(behind))) if len(behind) > 1 else float("inf")
    return LogScore(
        forecast=float(said[rows, happened].mean()),
        expected=float(np.sum(forecasts * said, axis=1).mean()),
        oracle=float(true[rows, happened].mean()),
        behind=float(behind.mean()),
        error=error,
    )
