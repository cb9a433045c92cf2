"""Draws of several posteriors of the same parameters, pooled so that they speak for any density in between.

Multistate reweighting (Shirts and Chodera 2008, "Statistically optimal analysis of samples from multiple equilibrium
states"; with two states it is the bridge sampler of Meng and Wong 1996): all draws together are taken as draws of the
mixture of the densities that they came from. That mixture covers every state it was made of, so its weights are
bounded where one posterior's draws alone would have to stretch to the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.inference.autocorrelation import errors_of_means

Array = NDArray[np.float64]

STEPS, TOLERANCE = 1000, 1e-12


@dataclass(frozen=True)
class Pool:
    """Pooled draws, those of one state after those of the other.

    Attributes
    ----------
    log_proposal
        Log density of the mixture, up to a constant, shape (draw,).
    membership
        P(a draw came from each state | where it lies), shape (draw, state).
    sizes, chains
        Draws and chains of each state.
    """

    log_proposal: Array
    membership: Array
    sizes: tuple[int, ...]
    chains: tuple[int, ...]

    def weights(self, log_target: Array) -> Array:
        """Weights that make the pooled draws speak for a density; (..., draw), normalized over draws."""
        logs = log_target - self.log_proposal
        logs -= logs.max(axis=-1, keepdims=True)
        np.exp(logs, out=logs)
        logs /= logs.sum(axis=-1, keepdims=True)
        return logs

    def leverage(self) -> Array:
        """How each draw moves the states' solved constants, shape (draw, state); from their estimating equations."""
        u = self.membership
        slope = np.diag(u.sum(axis=0)) - u.T @ u
        return np.asarray(u @ np.linalg.pinv(slope, hermitian=True))

    def error(self, felt: Array) -> Array:
        """Standard error of a sum over the pooled draws; the chains' autocorrelation included.

        Parameters
        ----------
        felt
            What each draw contributes, shape (draw, *shape).

        Returns
        -------
        Shape (*shape,). The states are independent of each other, and how many draws each has is no accident.
        """
        flat, start = felt.reshape(len(felt), -1), 0
        variance = np.zeros(flat.shape[1])
        for size, chains in zip(self.sizes, self.chains, strict=True):
            part = size * flat[start : start + size].T
            variance += errors_of_means(part.reshape(-1, chains, size // chains)) ** 2
            start += size
        return np.sqrt(variance).reshape(felt.shape[1:])


def pool_draws(log_densities: Array, sizes: Sequence[int], chains: Sequence[int]) -> Pool:
    """Solve the states' constants: each state must own as much of the mixture as it has draws.

    Parameters
    ----------
    log_densities
        Log density of every state at every pooled draw, each up to a constant; shape (state, draw).
    sizes, chains
        Draws and chains of each state, in the order of the draws.
    """
    log_sizes = np.log(np.asarray(sizes, dtype=np.float64))
    constants = np.zeros(len(log_densities))
    for _ in range(STEPS):
        log_mixture = np.logaddexp.reduce(log_densities + (log_sizes + constants)[:, None], axis=0)
        found = -np.logaddexp.reduce(log_densities - log_mixture, axis=1)
        found -= found[0]
        moved, constants = np.max(np.abs(found - constants)), found
        if moved < TOLERANCE:
            break
    logs = log_densities + (log_sizes + constants)[:, None]
    log_mixture = np.logaddexp.reduce(logs, axis=0)
    return Pool(log_mixture, np.exp(logs - log_mixture).T, tuple(sizes), tuple(chains))
