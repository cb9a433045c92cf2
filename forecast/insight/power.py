"""Power-scaling: how much hangs on a part of the prior or of the evidence, and what kind of part it is.

Kallioinen, Paananen, Bürkner and Vehtari (2024), "Detecting and diagnosing prior and likelihood sensitivity with
power-scaling": a component p(theta)^a is made a little weaker and a little stronger, and what that does to a quantity's
distribution is measured (the cumulative Jensen-Shannon distance, by halving or doubling). Above 0.05 it matters. The
weights are ArviZ's, and so is the distance's arithmetic, here for all quantities at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scaled = tuple[Array, ...]

ALPHAS = 0.99, 1.01
MATTERS = 0.05
TINY = np.finfo(np.float64).tiny


def sensitivity(log_component: Array, quantities: Array, chains: int) -> Array:
    """Power-scaling sensitivity of quantities to one component of the posterior.

    Parameters
    ----------
    log_component
        Its log density at every draw, up to a constant; (draw,), chain by chain.
    quantities
        (draw, quantity).
    chains
        Number of chains.

    Returns
    -------
    Shape (quantity,); 0 where the component is the same for every draw.
    """
    return felt(scaled(log_component, chains), quantities)


def scaled(log_component: Array, chains: int) -> Scaled:
    """The draws' weights with the component a little weaker, and a little stronger; (draw,) each.

    None at all where it is the same for every draw.
    """
    if np.ptp(log_component) == 0.0:
        return ()
    from arviz_stats.base import array_stats

    by_chain = log_component.reshape(chains, -1)
    logs = [array_stats.power_scale_lw(by_chain, alpha=alpha, axis=(0, 1)).ravel() for alpha in ALPHAS]
    return tuple(np.exp(each - each.max()) for each in logs)


def felt(weights: Scaled, quantities: Array) -> Array:
    """How much quantities feel a component that is scaled, (draw, quantity) → (quantity,)."""
    found = np.zeros(quantities.shape[1])
    told = np.ptp(quantities, axis=0) > 0.0
    if weights:
        scales = zip(weights, ALPHAS, strict=True)
        found[told] = np.mean([distance(quantities[:, told], w) / abs(np.log2(alpha)) for w, alpha in scales], axis=0)
    return found


def distance(quantities: Array, weights: Array) -> Array:
    """Cumulative Jensen-Shannon distance of weighted draws from the same draws unweighted; all quantities at once.

    The larger of that of the distribution functions and that of their complements, as ArviZ has it.

    Parameters
    ----------
    quantities, weights
        (draw, quantity) and (draw,).
    """
    order = np.argsort(quantities.T, axis=1)
    widths = np.diff(np.take_along_axis(quantities.T, order, axis=1), axis=1)
    count = len(weights)
    plain = np.linspace(1.0 / count, 1.0 - 1.0 / count, count - 1)
    sorted_weights = weights[order] / weights.sum()
    ways = [(widths, sorted_weights), (widths[:, ::-1], sorted_weights[:, ::-1])]
    return np.asarray(np.max([_distance(steps, plain, np.cumsum(w, axis=1)[:, :-1]) for steps, w in ways], axis=0))


def _distance(widths: Array, p: Array, q: Array) -> Array:
    """The distance between two distribution functions that are steps of these widths; (quantity, step) each."""
    middle = np.log2(0.5 * (p + q))
    whole_p, whole_q = widths @ p, np.sum(widths * q, axis=1)
    moved = 0.5 / np.log(2.0) * (whole_q - whole_p)
    there = np.sum(widths * p * (np.log2(p) - middle), axis=1) + moved
    back = np.sum(widths * q * (np.log2(np.maximum(q, TINY)) - middle), axis=1) - moved
    return np.asarray(np.sqrt((np.maximum(there, 0.0) + np.maximum(back, 0.0)) / (whole_p + whole_q)))


def diagnosis(prior: float, likelihood: float) -> str:
    """What kind of assumption it is, from the sensitivity of its own value to its prior and to all evidence."""
    if prior >= MATTERS and likelihood >= MATTERS:
        return "prior-data conflict: the prior and the evidence pull it different ways"
    if prior >= MATTERS:
        return "strong prior: the evidence says little of it"
    return "fine"
