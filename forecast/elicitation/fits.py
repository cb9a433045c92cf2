"""Closed forms between what people judge and what a model states: quantiles, chips, and splits under a condition.

PreliZ searches a distribution for one person's quantiles; a normal's are met by least squares in closed form, and what
is judged of outcomes hangs on the whole model, which is asked itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_STANDARD = NormalDist()


@dataclass(frozen=True)
class FittedNormal:
    """A normal distribution and the quantiles that it gives back, by probability."""

    mean: float
    sd: float
    quantiles: dict[float, float]


def fit_normal(quantiles: Mapping[float, float]) -> FittedNormal:
    """The normal whose quantiles are nearest to the judged ones: least squares of value on the standard quantile.

    Parameters
    ----------
    quantiles
        Probability → value; two or more, rising together.

    Raises
    ------
    ValueError
        If there are fewer, or a more probable bound lies no higher.
    """
    ordered = sorted(quantiles.items())
    values = [value for _, value in ordered]
    if len(ordered) < 2 or any(later <= earlier for earlier, later in pairwise(values)):
        raise ValueError("quantiles must be two or more, and rise with their probability")
    z = np.array([_STANDARD.inv_cdf(p) for p, _ in ordered])
    sd, mean = np.polyfit(z, np.array(values), 1)
    return FittedNormal(
        float(mean), float(sd), {p: float(mean + sd * at) for (p, _), at in zip(ordered, z, strict=True)}
    )


def chip_quantiles(edges: Sequence[float], chips: Sequence[int]) -> dict[float, float]:
    """The quantiles that a histogram of chips states: the share of chips below each inner edge → the edge.

    Parameters
    ----------
    edges
        Bounds of the bins, one more than there are bins, rising.
    chips
        Chips in each bin.

    Raises
    ------
    ValueError
        If the numbers do not fit together, or the chips lie in fewer than three bins, which says too little.
    """
    if len(edges) != len(chips) + 1 or min(chips, default=-1) < 0 or sum(chips) == 0:
        raise ValueError("there must be one more edge than bins, and some chips")
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise ValueError("the edges of the bins must rise")
    below = np.cumsum(chips)[:-1] / sum(chips)
    inner = {float(p): edge for p, edge in zip(below, edges[1:-1], strict=True) if 0.0 < p < 1.0}
    if len(inner) < 2:
        raise ValueError("the chips must lie in three bins or more, or use quantiles")
    return inner


def fit_roulette(edges: Sequence[float], chips: Sequence[int]) -> FittedNormal:
    """The normal nearest to a histogram of chips, by its quantiles; raises as `chip_quantiles` does."""
    return fit_normal(chip_quantiles(edges, chips))


def log_ratios(shares: Array) -> Array:
    """Log shares around their mean, shape (outcome,): what a softmax of them gives back."""
    logs = np.log(shares)
    return np.asarray(logs - logs.mean())


def loadings_between(now: Array, then: Array, units: float) -> Array:
    """How much one unit of a driver adds to each outcome's log-odds if `units` of it turn one split into the other.

    softmax(alpha) = now and softmax(alpha + units beta) = then give beta up to a constant, which is set so that the
    loadings sum to zero.

    Parameters
    ----------
    now, then
        Shares, each of shape (outcome,), above 0 and summing to 1.
    units
        How far the driver has moved, in standard units.
    """
    return np.asarray((log_ratios(then) - log_ratios(now)) / units)


def split_after(now: Array, loadings: Array, units: float) -> Array:
    """The split that these loadings make of the present one, shape (outcome,)."""
    weights = now * np.exp(units * loadings)
    return np.asarray(weights / weights.sum())


def apart(one: Array, other: Array) -> float:
    """How far two splits differ: the largest difference of a share."""
    return float(np.max(np.abs(one - other)))
