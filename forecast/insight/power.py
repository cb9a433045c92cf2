"""Power-scaling: how much hangs on a part of the prior or of the evidence, and what kind of part it is.

Kallioinen, Paananen, Bürkner and Vehtari (2024), "Detecting and diagnosing prior and likelihood sensitivity with
power-scaling": a component p(theta)^a is made a little weaker and a little stronger, and what that does to a quantity's
distribution is measured (the cumulative Jensen-Shannon distance, by halving or doubling). Above 0.05 it matters. The
arithmetic is ArviZ's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ALPHAS = 0.99, 1.01
MATTERS = 0.05


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
    if np.ptp(log_component) == 0.0:
        return np.zeros(quantities.shape[1])
    from arviz_stats.base import array_stats

    by_chain = log_component.reshape(chains, -1)
    weights = []
    for alpha in ALPHAS:
        log_weights = array_stats.power_scale_lw(by_chain, alpha=alpha, axis=(0, 1))
        scaled = np.exp(log_weights - log_weights.max())
        weights.append(scaled / scaled.sum())
    return np.array(
        [
            0.0 if np.ptp(one) == 0.0 else array_stats.power_scale_sense(one.reshape(chains, -1), *weights, *ALPHAS)
            for one in quantities.T
        ]
    )


def diagnosis(prior: float, likelihood: float) -> str:
    """What kind of assumption it is, from the sensitivity of its own value to its prior and to all evidence."""
    if prior >= MATTERS and likelihood >= MATTERS:
        return "prior-data conflict: the prior and the evidence pull it different ways"
    if prior >= MATTERS:
        return "strong prior: the evidence says little of it"
    return "fine"
