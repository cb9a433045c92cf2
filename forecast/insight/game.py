"""The game of a bridge: a player joins by multiplying his likelihood ratio into the density, and may change futures.

What a coalition achieves is the forecast under its density, by weights on pooled draws; a player's share is his
Shapley value. Every share has its Monte Carlo error, by the delta method: the draws' influence on all coalitions'
forecasts is summed before it is squared, so that what two coalitions have in common cancels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.insight.pool import Pool
from forecast.insight.shapley import Members, coalitions, coefficients

Array = NDArray[np.float64]

BLOCK = 256
"""Coalitions that are weighted at once."""


@dataclass(frozen=True)
class Played:
    """A game that was played.

    Attributes
    ----------
    shares
        Shapley values, shape (player, outcome).
    start, end
        The forecast of nobody and of everybody, shape (outcome,).
    felt
        What each draw contributes to each share, and then to start and end, shape (draw, player + 2, outcome).
    """

    shares: Array
    start: Array
    end: Array
    felt: Array


def play(pool: Pool, log_ratios: Array, futures: Callable[[Members], Array]) -> Played:
    """Play the game exactly.

    Parameters
    ----------
    pool
        The pooled draws.
    log_ratios
        What each player adds to the log density that all start from, shape (player, draw).
    futures
        Who is in → the chance of every outcome by draw, shape (draw, outcome). The same array for the same answer.
    """
    members = coalitions(len(log_ratios))
    counts = coefficients(members)
    ends = np.zeros((2, len(members)))
    ends[0, 0] = ends[1, -1] = 1.0
    counts = np.vstack([counts, ends])
    leverage = pool.leverage()
    draws, outcomes = futures(members[0]).shape
    results, felt = np.zeros((len(counts), outcomes)), np.zeros((draws, len(counts), outcomes))
    for chances, chosen in _alike(members, futures):
        owned_chances = (chances[:, :, None] * pool.membership[:, None, :]).reshape(draws, -1)
        for block in np.array_split(chosen, -(-len(chosen) // BLOCK)):
            weights = pool.weights(members[block] @ log_ratios)
            value, share = weights @ chances, counts[:, block]
            results += share @ value
            felt += (share @ weights).T[:, :, None] * chances[:, None, :]
            valued = (share[:, :, None] * value).transpose(0, 2, 1).reshape(-1, len(block))  # (share x outcome, who)
            felt -= (valued @ weights).T.reshape(felt.shape)
            owned = (weights @ owned_chances).reshape(len(block), outcomes, -1)
            owned -= value[:, :, None] * (weights @ pool.membership)[:, None, :]
            moved = np.tensordot(share, owned, axes=1)  # (share, outcome, state)
            felt += np.tensordot(leverage, moved, axes=(1, 2))
    return Played(results[:-2], results[-2], results[-1], felt)


def _alike(members: Members, futures: Callable[[Members], Array]) -> list[tuple[Array, NDArray[np.intp]]]:
    """The coalitions that look at the same futures, together."""
    groups: dict[int, tuple[Array, list[int]]] = {}
    for number, who in enumerate(members):
        chances = futures(who)
        groups.setdefault(id(chances), (chances, []))[1].append(number)
    return [(chances, np.array(numbers)) for chances, numbers in groups.values()]
