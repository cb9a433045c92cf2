"""Draws from a prior, moved by a likelihood to its posterior: elliptical slice sampling, many chains side by side.

Murray, Adams and MacKay (2010), "Elliptical slice sampling": for Gaussian priors it has nothing to tune and rejects
nothing, which suits the few dozen parameters that base rates teach. Here all chains take their steps together. What is
kept is held to have settled once the chains, as a crowd, have forgotten where they began, and neither where they are
nor how far they lie apart changes from the first half that is kept to the second by more than chance (Geweke 1992,
over many chains).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.errors import UnpublishableError
from forecast.model.priors import Draws, HalfNormal, Normal

Array = NDArray[np.float64]
LogLikelihood = Callable[[Draws], Array]

DRIFT = 5.0
"""Standard errors by which a parameter's mean or spread may differ between the halves of what is kept."""
MEMORY = 0.2
"""Correlation, over chains, that a kept state may have with the first one: by chance it is 1 / sqrt(chains) or so."""
PATIENCE = 5
"""How often chains may go on from where they are, the wait doubled each time, before they are given up."""


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

    Raises
    ------
    UnpublishableError
        If the chains still move after `PATIENCE` times as long again.
    """
    state = _deviations(priors, rng, chains)
    level, began = log_likelihood(_values(priors, state)), state
    for goes_on in range(PATIENCE + 1):
        kept: list[Draws] = []
        waits = settle * 2**goes_on
        for step in range(waits + (keep - 1) * apart + 1):
            state, level = _step(priors, log_likelihood, state, level, rng)
            if step >= waits and (step - waits) % apart == 0:
                kept.append(_values(priors, state))
        found = {name: np.stack([values[name] for values in kept]) for name in priors}
        moving = [
            name
            for name, values in found.items()
            if drift(values) > DRIFT or memory(_values(priors, began)[name], values[-1]) > MEMORY
        ]
        if not moving:
            return {name: values.reshape(keep * chains, *values.shape[2:]) for name, values in found.items()}
    raise UnpublishableError(
        f"what past episodes teach has not settled ({', '.join(moving)}): "
        "state narrower priors for the paces and the selection, or leave out classes that contradict each other"
    )


def drift(kept: Array) -> float:
    """By how many standard errors the chains' mean or spread moves from the first half that is kept to the second.

    Of states (keep, chain, ...). Chains are independent of each other, so what differs within a chain is compared over
    chains; the largest over elements counts. Nothing of size zero moves; what is no number never stands still.
    """
    keep, chains = kept.shape[:2]
    if kept.size == 0 or keep < 2:
        return 0.0
    centre = kept.mean(axis=(0, 1))
    largest = 0.0
    for values in (kept, np.abs(kept - centre)):
        change = values[keep // 2 :].mean(axis=0) - values[: keep // 2].mean(axis=0)
        error = np.maximum(change.std(axis=0, ddof=1) / np.sqrt(chains), np.finfo(float).tiny)
        largest = max(largest, float(np.max(np.abs(change.mean(axis=0)) / error)))
    return largest if np.all(np.isfinite(kept)) else np.inf


def memory(began: Array, ended: Array) -> float:
    """The largest correlation, over chains, between two states; (chain, ...)."""
    if began.size == 0:
        return 0.0
    one, other = (values - values.mean(axis=0) for values in (began, ended))
    spread = np.sqrt(np.sum(one**2, axis=0) * np.sum(other**2, axis=0))
    shared = np.abs(np.sum(one * other, axis=0))
    return float(np.max(np.divide(shared, spread, out=np.zeros_like(shared), where=spread > 0.0)))


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
