"""Draws from a prior, moved by a likelihood to its posterior: elliptical slice sampling, many chains side by side.

Murray, Adams and MacKay (2010), "Elliptical slice sampling": for Gaussian priors it has nothing to tune and rejects
nothing, which suits the few dozen parameters that base rates teach. Here all chains take their steps together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model.priors import Draws, HalfNormal, Normal

Array = NDArray[np.float64]
LogLikelihood = Callable[[Draws], Array]


def condition(
    priors: Mapping[str, Normal | HalfNormal],
    log_likelihood: LogLikelihood,
    rng: Generator,
    *,
    chains: int,
    settle: int,
    keep: int,
    apart: int,
) -> Draws:
    """Draws from the posterior of independent normal parameters (a half-normal one is the size of a normal one).

    Parameters
    ----------
    priors
        Parameter → its prior.
    log_likelihood
        Draws, each (chain, *shape) → (chain,).
    rng
        Source of randomness.
    chains
        How many run side by side, each from a draw of its own from the prior.
    settle, keep, apart
        Steps before the first state that is kept; how many are kept of each chain, and how many steps apart.

    Returns
    -------
    Each array has shape (keep * chains, *shape).
    """
    state = _deviations(priors, rng, chains)
    level, kept = log_likelihood(_values(priors, state)), []
    for step in range(settle + (keep - 1) * apart + 1):
        state, level = _step(priors, log_likelihood, state, level, rng)
        if step >= settle and (step - settle) % apart == 0:
            kept.append(_values(priors, state))
    return {name: np.concatenate([values[name] for values in kept]) for name in priors}


def _step(
    priors: Mapping[str, Normal | HalfNormal], log_likelihood: LogLikelihood, state: Draws, level: Array, rng: Generator
) -> tuple[Draws, Array]:
    """One step of every chain: a point on an ellipse through its state and a draw from the prior."""
    chains = len(level)
    other = _deviations(priors, rng, chains)
    threshold = level + np.log1p(-rng.random(chains))
    angle = rng.uniform(0.0, 2.0 * np.pi, chains)
    low, high, moving = angle - 2.0 * np.pi, angle.copy(), np.arange(chains)
    new, reached = {name: values.copy() for name, values in state.items()}, level.copy()
    while len(moving):
        turn = angle[moving]
        tried = {
            name: state[name][moving] * _along(np.cos(turn), values)
            + other[name][moving] * _along(np.sin(turn), values)
            for name, values in state.items()
        }
        found = log_likelihood(_values(priors, tried))
        good = found > threshold[moving]
        for name, values in tried.items():
            new[name][moving[good]] = values[good]
        reached[moving[good]] = found[good]
        moving, turn = moving[~good], turn[~good]
        low[moving], high[moving] = np.where(turn < 0, turn, low[moving]), np.where(turn < 0, high[moving], turn)
        angle[moving] = rng.uniform(low[moving], high[moving])
    return new, reached


def _along(values: Array, like: Array) -> Array:
    return values.reshape(-1, *([1] * (like.ndim - 1)))


def _deviations(priors: Mapping[str, Normal | HalfNormal], rng: Generator, draws: int) -> Draws:
    """Standard deviations from the prior's centre."""
    return {name: rng.standard_normal((draws, *prior.shape)) for name, prior in priors.items()}


def _values(priors: Mapping[str, Normal | HalfNormal], deviations: Draws) -> Draws:
    return {
        name: prior.mean + prior.sd * deviations[name]
        if isinstance(prior, Normal)
        else prior.sd * np.abs(deviations[name])
        for name, prior in priors.items()
    }
