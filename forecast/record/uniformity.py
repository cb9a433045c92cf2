"""Whether ranks are uniform: their distribution function against a band that holds everywhere at once.

With `places` equally likely ranks and `n` simulations, C_i = how many ranks lie below i is Binomial(n, i / places), for
every cut i. The band takes the same tail probability gamma / 2 on either side of every C_i, gamma such that all cuts
together are inside with the stated chance. That chance is exact, by recursion over the cuts: given C_i, the ranks that
come on top up to the next cut are again binomial.

T. Säilynoja, P.-C. Bürkner and A. Vehtari (2022), "Graphical test for discrete uniformity and its applications in
goodness-of-fit evaluation and multiple sample comparison", Statistics and Computing 32, 32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

HALVINGS = 40
"""Steps of the bisection for gamma: its last digit then stands for less than a rank ever does."""
TIE = 1e-9
"""Relative difference below which two tail probabilities are the same and differ by rounding."""


@dataclass(frozen=True)
class Band:
    """Where the counts C_i lie with the stated chance, all at once.

    Attributes
    ----------
    low, high
        Smallest and largest count inside, by cut; shape (places - 1,).
    expected
        The mean of each count.
    simulations
        How many ranks there are.
    """

    low: Counts
    high: Counts
    expected: Array
    simulations: int

    def deviation(self, counts: Counts) -> float:
        """The largest distance from the expected count as a share of the way to the first count outside: 1 is out."""
        way = np.where(counts > self.expected, self.high + 1 - self.expected, self.expected - (self.low - 1))
        return float(np.max(np.abs(counts - self.expected) / way))


def counts_below(ranks: Sequence[int], places: int) -> Counts:
    """C_i, how many ranks lie below each of the cuts 1 .. places - 1."""
    found = np.bincount(np.asarray(ranks, dtype=np.int64), minlength=places)
    return np.cumsum(found)[:-1].astype(np.int64)


@lru_cache(maxsize=64)
def band(simulations: int, places: int, level: float) -> Band:
    """The band that holds all counts of uniform ranks with at least the stated chance."""
    impossible, too_often = 0.0, 1.0
    for _ in range(HALVINGS):
        gamma = (impossible + too_often) / 2
        if chance_of_reaching(gamma, simulations, places) <= 1.0 - level:
            impossible = gamma
        else:
            too_often = gamma
    low, high = _inside(impossible, simulations, places)
    return Band(low, high, simulations * np.arange(1, places) / places, simulations)


def p_value(ranks: Sequence[int], places: int) -> float:
    """The chance that uniform ranks somewhere lie as far out as these do at their worst; exact, all cuts at once."""
    if not len(ranks):
        return 1.0
    below, above = _tails(len(ranks), places)
    cuts, counts = np.arange(places - 1), counts_below(ranks, places)
    gamma = 2.0 * float(np.min(np.minimum(below[cuts, counts], above[cuts, counts])))
    return chance_of_reaching(gamma, len(ranks), places)


@lru_cache(maxsize=512)
def chance_of_reaching(gamma: float, simulations: int, places: int) -> float:
    """The chance that uniform ranks reach a tail probability of gamma / 2 or less at one cut at least."""
    low, high = _inside(gamma, simulations, places)
    if np.any(low > high):
        return 1.0
    log_factorial = _log_factorials(simulations)
    chances, here = np.ones(1), np.zeros(1, dtype=np.int64)
    for (start, end), least, most in zip(pairwise(np.arange(places)), low, high, strict=True):
        step = (end - start) / (places - start)
        there = np.arange(least, most + 1)
        left, added = simulations - here[:, None], there - here[:, None]
        possible = (added >= 0) & (added <= left)
        added = np.where(possible, added, 0)
        log_chance = (
            log_factorial[left] - log_factorial[added] - log_factorial[left - added]
            + added * np.log(step) + (left - added) * np.log1p(-step)
        )  # fmt: skip
        chances = chances @ np.where(possible, np.exp(log_chance), 0.0)
        here = there
    return float(np.clip(1.0 - chances.sum(), 0.0, 1.0))


def _inside(gamma: float, simulations: int, places: int) -> tuple[Counts, Counts]:
    """The smallest and the largest count whose tail probabilities are both above gamma / 2, by cut."""
    below, above = _tails(simulations, places)
    limit = gamma / 2 * (1.0 + TIE)
    low = np.sum(below <= limit, axis=1)
    high = simulations - np.sum(above <= limit, axis=1)
    return low.astype(np.int64), high.astype(np.int64)


@lru_cache(maxsize=16)
def _tails(simulations: int, places: int) -> tuple[Array, Array]:
    """P(C_i <= c) and P(C_i >= c) for every cut and count, shape (places - 1, simulations + 1)."""
    share = np.arange(1, places)[:, None] / places
    count, log_factorial = np.arange(simulations + 1), _log_factorials(simulations)
    log_ways = log_factorial[simulations] - log_factorial[count] - log_factorial[simulations - count]
    chance = np.exp(log_ways + count * np.log(share) + (simulations - count) * np.log1p(-share))
    return np.cumsum(chance, axis=1), np.cumsum(chance[:, ::-1], axis=1)[:, ::-1]


def _log_factorials(largest: int) -> Array:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, largest + 1)))])
