"""Confidence sequences for the mean of bounded differences: an interval that holds at every moment one may look at it.

Someone who looks at a comparison every week, and stops when it pleases him, is deceived by ordinary intervals. Let d_i
be the difference of two forecasters' scores on the i-th question to resolve, within [-c/2, c/2]; nothing is assumed of
how questions hang together. At every t at once, with chance 1 - alpha,

    | mean of d_i - mean of E[d_i | the questions before] |  <=  u(V_t) / t,     V_t = sum_i (d_i - g_i)^2

where g_i is the mean of the differences before i, and u(V) the boundary that the mixture of supermartingales
exp(l s - V psi(l)), psi(l) = (-log(1 - c l) - c l) / c^2, over values l in (0, 1/c) crosses with chance alpha / 2.

Y. J. Choe and A. Ramdas (2021), "Comparing sequential forecasters" (theorem 2; arXiv 2110.00115); S. R. Howard,
A. Ramdas, J. McAuliffe and J. Sekhon (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals
of Statistics 49 (theorem 4, and discrete mixtures).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATES: Final = 48
STEEPEST: Final = 0.95
"""The largest rate of the mixture, as a share of 1/c; each further one is smaller by a root of two."""
HALVINGS: Final = 100
ROUNDING: Final = 1e-5
"""How far beyond its bound a difference may be by rounding."""


def confidence_sequence(differences: Array, bound: float, level: float = 0.95) -> Array:
    """The interval after each difference.

    Parameters
    ----------
    differences
        In the order in which their questions resolved, shape (question,).
    bound
        What no difference can exceed in absolute value.
    level
        The chance that all intervals hold at once.

    Returns
    -------
    Low and high, within the bound, shape (question, 2).

    Raises
    ------
    ValueError
        If a difference is no number within the bound.
    """
    if not np.all(np.abs(differences) <= bound + ROUNDING):
        raise ValueError(f"differences beyond {bound}: {differences}")
    differences = np.clip(differences, -bound, bound)
    seen = np.arange(1, len(differences) + 1)
    sums = np.cumsum(differences)
    foreseen = np.concatenate([[0.0], sums[:-1] / np.maximum(seen[:-1], 1)])[: len(seen)]
    variance = np.cumsum((differences - foreseen) ** 2)
    reach = boundary(variance, 2.0 * bound, (1.0 - level) / 2.0) / seen
    mean = sums / seen
    return np.clip(np.stack([mean - reach, mean + reach], axis=-1), -bound, bound)


def boundary(variance: Array, scale: float, alpha: float) -> Array:
    """The smallest s at which the mixture is 1 / alpha, for each variance; shape as `variance`."""
    low, high = np.zeros_like(variance), np.full_like(variance, 1.0)
    while np.any(short := log_mixture(high, variance, scale) < -np.log(alpha)):
        high = np.where(short, 2.0 * high, high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        short = log_mixture(middle, variance, scale) < -np.log(alpha)
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high


def log_mixture(s: Array, variance: Array, scale: float) -> Array:
    """Log of the mixture of exp(l s - V psi(l)): what nobody can expect to be above 1, whenever he looks."""
    rates, weights = _rates(scale)
    psi = (-np.log1p(-scale * rates) - scale * rates) / scale**2
    exponents = np.log(weights) + s[..., None] * rates - variance[..., None] * psi
    largest = exponents.max(axis=-1, keepdims=True)
    return np.asarray(largest[..., 0] + np.log(np.sum(np.exp(exponents - largest), axis=-1)))


def _rates(scale: float) -> tuple[Array, Array]:
    """The rates of the mixture, from the steepest down, and their weights: any will do that sum to 1 at most."""
    place = np.arange(RATES)
    return STEEPEST / scale / np.sqrt(2.0) ** place, 1.0 / ((place + 1.0) * (place + 2.0))
