"""Several forecasts as one: how to pool them, how much to trust each, and how far they are apart.

    linear        p_k = sum_m v_m p_mk                      keeps every doubt; at least as wide as its members
    logarithmic   p_k ~ prod_m p_mk^v_m                     sharper; what one member rules out stays ruled out
    humility      (1 - h) p + h (base rates)                a stated share of how such things usually go

Stacking gives each member the weight v that would have made the linear pool's log score best on questions that have
resolved. A handful of questions must not make one member everything, so a further question counts, in which all did
alike: v maximizes sum_q log(sum_m v_m p_mq) + mean_m log v_m. With nothing to learn from, all weigh the same.

Disagreement is the Jensen-Shannon divergence: the information, in bits, that knowing which member spoke would give
about the outcome. 0 where all agree, log2 of their number where each is sure of another outcome.

C. Genest and J. V. Zidek (1986), "Combining probability distributions", Statistical Science 1; Y. Yao, A. Vehtari,
D. Simpson and A. Gelman (2018), "Using stacking to average Bayesian predictive distributions", Bayesian Analysis 13.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GAP: Final = 1e-9
"""How far from the best sum of log scores the weights may be."""
ROUNDS: Final = 20_000


def linear_pool(chances: Array, weights: Array) -> Array:
    """The weighted mean; `chances` has the shape (member, outcome), `weights` sum to 1."""
    return np.asarray(weights @ chances)


def log_pool(chances: Array, weights: Array) -> Array:
    """The weighted geometric mean, made to sum to 1 again.

    Raises
    ------
    ValueError
        If the members rule out all outcomes between them.
    """
    heard = weights > 0.0
    with np.errstate(divide="ignore"):
        logs = weights[heard] @ np.log(chances[heard])
    if np.all(np.isneginf(logs)):
        raise ValueError("between them the members rule out every outcome")
    pooled = np.exp(logs - logs.max())
    return np.asarray(pooled / pooled.sum())


def disagreement(chances: Array, weights: Array) -> float:
    """Jensen-Shannon divergence of the members, in bits; shapes (member, outcome) and (member,)."""
    return max(0.0, entropy(linear_pool(chances, weights)) - float(weights @ [entropy(each) for each in chances]))


def entropy(chances: Array) -> float:
    """In bits."""
    said = chances[chances > 0.0]
    return float(-np.sum(said * np.log2(said)))


def stacking_weights(came: Array, mass: Array) -> Array:
    """The members' weights that past questions teach, by the EM algorithm of a mixture.

    Parameters
    ----------
    came
        The chance that each member gave to what came true, shape (row, member).
    mass
        How much each row counts; the rows of one question together count 1. Shape (row,).

    Returns
    -------
    Weights that sum to 1, shape (member,).
    """
    members = came.shape[1]
    weights = np.full(members, 1.0 / members)
    told = came.max(axis=1, initial=0.0) > 0.0  # where nobody gave it a chance, nobody is better than another
    came, mass = came[told] / came[told].max(axis=1, keepdims=True), mass[told]  # only their ratios matter
    prior, total = 1.0 / members, mass.sum() + 1.0
    for _ in range(ROUNDS):
        gain = mass @ (came / (came @ weights)[:, None]) + prior / weights  # the slope in each weight
        if np.max(gain) - total < GAP:  # which at the best is the same for all, and their number of questions
            break
        weights = weights * gain / total
    return np.asarray(weights / weights.sum())
