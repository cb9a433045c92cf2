"""Draws of one posterior made to speak for another: Pareto-smoothed importance weights, and how far to trust them.

Vehtari, Simpson, Gelman, Yao and Gabry (2024), "Pareto smoothed importance sampling": the largest weights are replaced
by quantiles of a generalized Pareto distribution fitted to them, whose shape k-hat says whether that is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.inference.autocorrelation import errors_of_means

Array = NDArray[np.float64]
Index = NDArray[np.intp]

PARETO_K = 0.7
"""Above this k-hat weighted means have no error that anybody could state."""
LEAST = 0.1
"""Of 1 - 2 / nu: where the variance rests on two draws or fewer it has no value, and k-hat says so."""
EVEN = 1e-9
"""Log-weights that differ by less than this are all the same: there is nothing to smooth."""


@dataclass(frozen=True)
class Weights:
    """Weights of draws, smoothed and normalized.

    Attributes
    ----------
    values
        They sum to 1; shape (draw,), chain by chain.
    pareto_k
        k-hat of the raw weights; 0 where they are all the same, infinite where they are no numbers.
    """

    values: Array
    pareto_k: float

    @property
    def effective(self) -> float:
        """How many equally weighted draws are worth as much: `1 / sum w^2` (the chains' own correlation apart)."""
        return float(1.0 / np.sum(self.values**2))

    @property
    def reliable(self) -> bool:
        """Whether k-hat allows to use them."""
        return self.pareto_k <= PARETO_K

    @property
    def logarithms(self) -> Array:
        """Their logarithms, up to a constant; never less than what a floating-point number can be."""
        return np.log(np.maximum(self.values, np.finfo(np.float64).tiny))

    def resampled(self) -> Index:
        """As many draws again, each as often as its weight says up to one; places along the draw axis.

        Systematic resampling (Kitagawa 1996) with its one random number held at a half. For what can only be said of
        draws that count alike; means are better taken of the weights.
        """
        count = len(self.values)
        return np.searchsorted(np.cumsum(self.values), (np.arange(count) + 0.5) / count).clip(max=count - 1)

    def mean(self, quantity: Array) -> Array:
        """Weighted mean over draws; (draw, *shape) → (*shape,)."""
        return np.asarray(np.tensordot(self.values, quantity, axes=1))

    def error(self, quantity: Array, chains: int) -> float:
        """Monte Carlo standard error of a weighted mean, the chains' autocorrelation included.

        The delta method for a ratio of means: the error of the mean of `n w (f - mean f)`, which is a plain mean
        over the chains. Where a few heavy draws make up most of its variance, the variance found is itself uncertain,
        and too small more often than too large. It is as if it rested on so many squares as their sizes allow
        (Satterthwaite 1946), and the error is that of Student's t with as many degrees of freedom.

        Parameters
        ----------
        quantity
            f, shape (draw,), chain by chain.
        chains
            Number of chains.
        """
        if np.ptp(quantity) == 0.0:
            return 0.0
        felt = len(self.values) * self.values * (quantity - self.mean(quantity))
        return float(errors_of_means(felt.reshape(1, chains, -1))[0] * np.sqrt(self._stretch(felt)))

    def _stretch(self, felt: Array) -> float:
        """By how much a variance is stretched that rests on so few squares: nu / (nu - 2); 1 for equal weights."""
        if np.ptp(self.values) == 0.0:
            return 1.0
        squares = felt**2
        return 1.0 / max(1.0 - 2.0 * float(np.sum(squares**2) / np.sum(squares) ** 2), LEAST)

    def effective_of(self, quantity: Array, chains: int) -> float:
        """Effective draws of a quantity: its weighted variance over the squared error of its mean."""
        error = self.error(quantity, chains)
        variance = float(self.mean((quantity - self.mean(quantity)) ** 2))
        return float(len(self.values)) if error == 0.0 else variance / error**2

    def quantile(self, quantity: Array, levels: tuple[float, ...]) -> tuple[float, ...]:
        """Weighted quantiles of a quantity of shape (draw,); with equal weights those of `numpy.quantile`."""
        order = np.argsort(quantity, kind="stable")
        steps = np.cumsum(self.values[order])
        place = (steps - steps[0]) / (steps[-1] - steps[0])
        return tuple(float(value) for value in np.interp(levels, place, quantity[order]))


def even(draws: int) -> Weights:
    """So many draws that count alike."""
    return Weights(np.full(draws, 1.0 / draws), 0.0)


def weigh(log_weights: Array) -> Weights:
    """Smooth and normalize log-weights (of any constant offset), shape (draw,)."""
    if not np.all(np.isfinite(log_weights)):
        return _unsmoothed(np.nan_to_num(log_weights, nan=-np.inf, posinf=-np.inf), np.inf)
    if np.ptp(log_weights) < EVEN:
        return _unsmoothed(np.zeros_like(log_weights), 0.0)
    from arviz_stats.base import array_stats

    smooth, pareto_k = array_stats.psislw(-log_weights)  # it takes log-ratios negated, as leave-one-out makes them
    return _unsmoothed(np.asarray(smooth, dtype=np.float64), float(pareto_k))


def _unsmoothed(log_weights: Array, pareto_k: float) -> Weights:
    top = np.max(log_weights)
    values = np.exp(log_weights - top) if np.isfinite(top) else np.ones_like(log_weights)
    return Weights(values / values.sum(), pareto_k)
