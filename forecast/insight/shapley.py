"""Shapley values: what each player adds to a result, averaged over every order in which they may come.

Shapley (1953), "A value for n-person games". The shares of all players add up to what they achieve together, and no
order of telling the story is preferred to another. Exact: every one of the 2^n coalitions is asked.
"""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Members = NDArray[np.bool_]

MOST_PLAYERS = 12
"""4,096 coalitions."""


def coalitions(players: int) -> Members:
    """Who is in each coalition, shape (coalition, player); the first is empty and the last has everybody.

    Raises
    ------
    ValueError
        If there are more than `MOST_PLAYERS`.
    """
    if players > MOST_PLAYERS:
        raise ValueError(f"{players} players are more than {MOST_PLAYERS}")
    numbers = np.arange(2**players)
    return np.asarray((numbers[:, None] >> np.arange(players)) % 2, dtype=np.bool_)


def coefficients(members: Members) -> Array:
    """What each coalition's value counts in each player's share, shape (player, coalition).

    A player's share is the mean over orders of what he adds to those before him: a coalition of size s that he is in
    counts (s-1)! (n-s)! / n!, one that he is not in -s! (n-s-1)! / n!.
    """
    players, sizes = members.shape[1], members.sum(axis=1)
    with_him = np.array([factorial(max(s - 1, 0)) * factorial(players - s) for s in range(players + 1)], dtype=float)
    without = np.array([factorial(s) * factorial(max(players - s - 1, 0)) for s in range(players + 1)], dtype=float)
    counts = np.where(members, with_him[sizes][:, None], -without[sizes][:, None]) / factorial(players)
    return np.asarray(counts.T)


def shapley(values: Array) -> Array:
    """Shares of the players in a game.

    Parameters
    ----------
    values
        What each coalition achieves, in the order of `coalitions`; shape (coalition, *shape).

    Returns
    -------
    Shape (player, *shape); they sum to the last value minus the first.
    """
    players = (len(values) - 1).bit_length()
    return np.asarray(np.tensordot(coefficients(coalitions(players)), values, axes=1))
