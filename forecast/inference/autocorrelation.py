"""Monte Carlo errors of many means at once: chains' autocorrelation by Geyer's initial monotone sequence.

The arithmetic is that of the gate's own errors (Vehtari et al. 2021, as ArviZ has it: chains split in halves, Geyer
1992's initial positive and monotone sequences of pairs). Here one Fourier transform serves many quantities, and nothing
but numpy is loaded: a table of sensitivities asks for thousands of errors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EVEN = np.finfo(np.float64).resolution
"""Draws that differ by less than this are all the same, and their mean has no error."""


def errors_of_means(draws: Array) -> Array:
    """Monte Carlo standard error of each quantity's mean.

    Parameters
    ----------
    draws
        Shape (quantity, chain, draw).

    Returns
    -------
    Shape (quantity,); 0 where all draws of a quantity are the same.
    """
    found = np.zeros(len(draws))
    some = np.ptp(draws, axis=(1, 2)) >= EVEN if len(draws) else np.zeros(0, dtype=bool)
    told = draws[some]
    if len(told):
        found[some] = np.std(told, axis=(1, 2), ddof=1) / np.sqrt(_effective_draws(told))
    return found


def _effective_draws(draws: Array) -> Array:
    """Effective number of draws of each quantity, for its mean; (quantity, chain, draw) → (quantity,)."""
    half = draws.shape[2] // 2
    draws = np.concatenate([draws[:, :, :half], draws[:, :, -half:]], axis=1)
    _, chains, length = draws.shape
    covariances = _autocovariances(draws)
    within = covariances[..., 0].mean(axis=1) * length / (length - 1.0)
    total = within * (length - 1.0) / length + np.var(draws.mean(axis=2), axis=1, ddof=1)
    rho = 1.0 - (within[:, None] - covariances.mean(axis=1)) / total[:, None]
    rho[:, 0] = 1.0
    last = (length - 3) // 2
    pairs = rho[:, 0 : 2 * last + 2 : 2] + rho[:, 1 : 2 * last + 2 : 2]
    ended = pairs <= 0.0
    stop = np.where(ended.any(axis=1), ended.argmax(axis=1), last)
    falling = np.minimum.accumulate(pairs, axis=1) * (np.arange(last + 1) < stop[:, None])
    alone = np.maximum(rho[np.arange(len(rho)), 2 * stop], 0.0)
    count = chains * length
    return np.asarray(count / np.maximum(-1.0 + 2.0 * falling.sum(axis=1) + alone, 1.0 / np.log10(count)))


def _autocovariances(draws: Array) -> Array:
    """Autocovariance of every chain at every lag, by Fourier transform; the shape of the draws."""
    length = draws.shape[-1]
    size = 1 << (2 * length - 1).bit_length()
    spectrum = np.fft.rfft(draws - draws.mean(axis=-1, keepdims=True), size)
    powers = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)
    return np.asarray(powers[..., :length] / length)
