"""Whether what is said to have a chance of p comes true in a share p of questions: the CORP reliability diagram.

The chances of all outcomes of all questions are put in order, and isotonic regression (pooling adjacent violators)
finds how often outcomes of such a chance came true: no groups to choose. The consistency band is where that curve lies,
for each chance, in worlds in which the forecasts are right: in each, one outcome of each question comes true, with the
chances of its own forecast. The mean Brier score of the chances splits into

    score = miscalibration - discrimination + uncertainty

T. Dimitriadis, T. Gneiting and A. I. Jordan (2021), "Stable reliability diagrams for probabilistic classifiers", PNAS
118.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WORLDS: Final = 999
PLACES: Final = 12
"""Chances that differ by rounding alone are one."""


@dataclass(frozen=True)
class Calibration:
    """The diagram, and what it makes of the score.

    Attributes
    ----------
    chances
        The distinct chances that were said, ascending; shape (chance,).
    observed
        How often outcomes of such a chance came true, never falling; shape (chance,).
    low, high
        The consistency band; shape (chance,).
    score, miscalibration, discrimination, uncertainty
        The mean Brier score of single outcomes (0 to 1), and its parts.
    p
        In what share of the worlds in which the forecasts are right the miscalibration is as large.
    """

    chances: Array
    observed: Array
    low: Array
    high: Array
    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    p: float


def calibration(forecasts: Sequence[Array], came: Sequence[Array], level: float = 0.9) -> Calibration:
    """Compare forecasts with what came.

    Parameters
    ----------
    forecasts
        For each question the chances of its outcomes, which sum to 1.
    came
        For each question the weights of its resolution.
    level
        Of the band, for each chance by itself.
    """
    said, truth = np.concatenate(forecasts), np.concatenate(came)
    chances, place = np.unique(said.round(PLACES), return_inverse=True)
    counts = np.bincount(place).astype(float)

    def curve(outcome: Array) -> Array:
        return isotonic(np.bincount(place, outcome) / counts, counts)

    def excess(outcome: Array, recalibrated: Array) -> float:
        return float(np.mean((said - outcome) ** 2 - (recalibrated[place] - outcome) ** 2))

    observed = curve(truth)
    rng = np.random.default_rng(0)
    worlds = [np.concatenate([_drawn(chance, rng) for chance in forecasts]) for _ in range(WORLDS)]
    curves = [curve(world) for world in worlds]
    low, high = np.quantile(curves, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    miscalibration = excess(truth, observed)
    as_large = sum(excess(world, found) >= miscalibration for world, found in zip(worlds, curves, strict=True))
    uncertainty = float(np.mean((truth.mean() - truth) ** 2))
    return Calibration(
        chances=chances,
        observed=observed,
        low=low,
        high=high,
        score=float(np.mean((said - truth) ** 2)),
        miscalibration=miscalibration,
        discrimination=uncertainty - float(np.mean((observed[place] - truth) ** 2)),
        uncertainty=uncertainty,
        p=(1.0 + as_large) / (1.0 + WORLDS),
    )


def isotonic(values: Array, weights: Array) -> Array:
    """The closest curve that never falls, by pooling adjacent violators; shapes (chance,)."""
    means: list[float] = []
    masses: list[float] = []
    sizes: list[int] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        means.append(value)
        masses.append(weight)
        sizes.append(1)
        while len(means) > 1 and means[-2] >= means[-1]:
            mean, mass, size = means.pop(), masses.pop(), sizes.pop()
            means[-1] = (means[-1] * masses[-1] + mean * mass) / (masses[-1] + mass)
            masses[-1] += mass
            sizes[-1] += size
    return np.repeat(means, sizes)


def _drawn(chances: Array, rng: np.random.Generator) -> Array:
    """One outcome, drawn with these chances, as weights."""
    place = int(np.searchsorted(np.cumsum(chances)[:-1], rng.random(), side="right"))
    return np.asarray(np.eye(len(chances))[place])
