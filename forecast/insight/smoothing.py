"""Pareto smoothing in numpy alone, for answers that are given while somebody waits.

The arithmetic is that of `forecast.inference.weights`, which takes it from ArviZ, and a test holds the two together;
to load ArviZ takes longer than most answers. The tail of the weights is fitted by a generalized Pareto distribution
(Zhang and Stephens 2009, "A new and efficient estimation method for the generalized Pareto distribution") with a weak
prior of k around a half, and is replaced by its quantiles (Vehtari, Simpson, Gelman, Yao and Gabry 2024).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from forecast.inference.weights import EVEN, Weights
from forecast.inference.weights import weigh as weigh_plainly

Array = NDArray[np.float64]

FEWEST = 5
"""Draws of a tail below which there is nothing to fit."""
QUARTILE_WEIGHT, PRIOR_DRAWS, PRIOR_SHAPE = 3.0, 10.0, 0.5
"""Zhang and Stephens' weight of the first quartile; and the prior of k: worth so many draws, around a half."""


def weigh(log_weights: Array) -> Weights:
    """Smooth and normalize log-weights (of any constant offset), shape (draw,)."""
    if not np.all(np.isfinite(log_weights)) or np.ptp(log_weights) < EVEN:
        return weigh_plainly(log_weights)  # there is nothing to smooth
    logs = log_weights - log_weights.max()
    order = np.argsort(logs)
    tail = order[len(logs) - _tail_length(len(logs)) :]
    cutoff = math.exp(logs[order[len(logs) - len(tail) - 1]])
    shape, scale = _fitted(np.exp(logs[tail]) - cutoff)
    if math.isfinite(shape) and scale > 0.0:
        places = (np.arange(len(tail)) + 0.5) / len(tail)
        logs[tail] = np.minimum(np.log(cutoff + _quantiles(places, shape, scale)), logs[tail[-1]])
    values = np.exp(logs)
    return Weights(values / values.sum(), shape)


def _tail_length(draws: int) -> int:
    """How many of the largest weights are smoothed."""
    return int(3.0 * math.sqrt(draws)) if draws > 225 else draws // 5


def _fitted(excess: Array) -> tuple[float, float]:
    """Shape k and scale of a generalized Pareto distribution; an infinite shape where none fits.

    Parameters
    ----------
    excess
        By how much the tail is above its threshold, ascending; (draw,).
    """
    count = len(excess)
    if count < FEWEST or excess[math.floor(count / 4 + 0.5) - 1] <= excess[0]:
        return math.inf, math.nan
    quartile = excess[math.floor(count / 4 + 0.5) - 1]
    grid = np.arange(30 + int(math.sqrt(count))) + 0.5
    rates = 1.0 / excess[-1] + (1.0 - np.sqrt(len(grid) / grid)) / (QUARTILE_WEIGHT * quartile)
    shapes = np.log1p(-rates[:, None] * excess).mean(axis=1)
    log_profile = count * (np.log(-rates / shapes) - shapes - 1.0)
    weights = np.exp(log_profile - log_profile.max())
    weights[weights < 10 * np.finfo(np.float64).eps * weights.sum()] = 0.0
    rate = float(weights @ rates / weights.sum())
    shape = float(np.log1p(-rate * excess).mean())
    return (count * shape + PRIOR_DRAWS * PRIOR_SHAPE) / (count + PRIOR_DRAWS), -shape / rate


def _quantiles(places: Array, shape: float, scale: float) -> Array:
    """Quantiles of a generalized Pareto distribution above its threshold."""
    if shape == 0.0:
        return np.asarray(-scale * np.log1p(-places))
    return np.asarray(scale * np.expm1(-shape * np.log1p(-places)) / shape)
