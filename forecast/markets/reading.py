"""Prices of markets and crowds as readings of each draw's chances: noisy, biased, and thin where nobody trades.

    logit(price_k)  =  bias + longshot logit(p_k | draw) + error_k

The price of contract k is what the market asked for; p_k is the chance of that outcome by the horizon that the draw
gives today, its futures averaged. The bias (fees, fondness for one side) is common to a market's contracts and normal
around none; it is integrated out in closed form. A contract's error has variance

    sd^2 (1 + deep / volume)  +  (spread / sqrt(12) / (price (1 - price)))^2

so that one which nobody trades says nothing. Together a market's errors are Student-t: one that is far off pulls no
harder for being farther. Several markets read each other: of n' (by depth, Kish 1965) each counts
1 / (1 + alike (n' - 1)).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecast.case.markets import Markets
from forecast.case.others import Numbers

Array = NDArray[np.float64]

TICK: Final = 0.005
"""Prices and chances nearer to 0 or 1 than this cannot be told apart."""


@dataclass(frozen=True)
class _Market:
    """One market's prices: which contracts say anything, what they say in log-odds, and how surely.

    Shapes: `told` (outcome,), `logits` (contract,), `precision` (contract, contract). `depth` is 1 where all contracts
    are as sure as `sd` alone.
    """

    told: NDArray[np.bool_]
    logits: Array
    precision: Array
    depth: float


@dataclass(frozen=True)
class Reading:
    """Prices, and how they are read.

    Attributes
    ----------
    quotes
        One for each market.
    stated
        How they are read.
    ends
        Ids along the outcome axis, `unresolved` last.
    """

    quotes: tuple[Numbers, ...]
    stated: Markets
    ends: tuple[str, ...]

    @cached_property
    def _markets(self) -> tuple[_Market, ...]:
        found = [self._market(quote) for quote in self.quotes]
        return tuple(market for market in found if market.told.any())

    @cached_property
    def _share(self) -> float:
        """How much each market counts beside the others."""
        depths = [market.depth for market in self._markets]
        worth = math.fsum(depths) ** 2 / math.fsum(depth**2 for depth in depths) if depths else 1.0
        return 1.0 / (1.0 + self.stated.alike * (worth - 1.0))

    def log_likelihood(self, chances: Array) -> Array:
        """log p(prices | draw), up to a constant; (draw, outcome) → (draw,)."""
        total = np.zeros(len(chances))
        for market in self._markets:
            tails, left = self.stated.degrees, self._left(market, chances)
            far = np.einsum("dk,kj,dj->d", left, market.precision, left)
            total += -0.5 * (tails + len(market.logits)) * np.log1p(far / tails)
        return self._share * total

    def normal_equations(self, chances: Array, slope: Array, point: Array) -> tuple[Array, Array]:
        """The prices as if they were normal around a point, each as heavy as Student's t has it there (least squares).

        Parameters
        ----------
        chances
            At the point, (draw, outcome).
        slope
            Of the chances in some parameters, (draw, outcome, parameter).
        point
            The parameters, (draw, parameter).

        Returns
        -------
        Precision (draw, parameter, parameter), and precision times the best point (draw, parameter).
        """
        size = point.shape[1]
        precision, gain = np.zeros((len(point), size, size)), np.zeros(point.shape)
        inside = (chances > TICK) & (chances < 1.0 - TICK)
        felt = self.stated.longshot * slope * (inside / np.clip(chances * (1.0 - chances), TICK / 2, None))[..., None]
        for market in self._markets:
            tails, left, own = self.stated.degrees, self._left(market, chances), felt[:, market.told]
            far = np.einsum("dk,kj,dj->d", left, market.precision, left)
            heavy = self._share * (tails + len(market.logits)) / (tails + far)
            drawn = np.einsum("dkp,kj->dpj", own, market.precision) * heavy[:, None, None]
            precision += drawn @ own
            gain += np.einsum("dpj,dj->dp", drawn, left + np.einsum("dkp,dp->dk", own, point))
        return precision, gain

    def _left(self, market: _Market, chances: Array) -> Array:
        """What the draws' chances leave of a market's log-odds, (draw, contract)."""
        return np.asarray(market.logits - self.stated.longshot * _logit(chances[:, market.told]))

    def _market(self, quote: Numbers) -> _Market:
        stated = self.stated
        price = np.array([quote.chances[end] * (1.0 + quote.overround) for end in self.ends])
        variance = self._variance(quote, price)
        told = np.isfinite(variance)
        covariance = np.diag(variance[told]) + stated.bias**2
        precision = np.linalg.inv(covariance) if told.any() else covariance
        return _Market(told, _logit(price[told]), precision, float(np.mean(stated.sd**2 / variance)))

    def _variance(self, quote: Numbers, price: Array) -> Array:
        """Of each contract's error; infinite where nobody trades it."""
        stated = self.stated
        volume = np.array([quote.volumes.get(end, stated.deep) for end in self.ends])
        gap = np.array([quote.spreads.get(end, 0.0) for end in self.ends])
        within = np.clip(price, TICK, 1.0 - TICK)
        with np.errstate(divide="ignore"):
            thin = stated.sd**2 * (1.0 + stated.deep / volume)
        return np.asarray(thin + gap**2 / 12.0 / (within * (1.0 - within)) ** 2)


def _logit(chances: Array) -> Array:
    within = np.clip(chances, TICK, 1.0 - TICK)
    return np.asarray(np.log(within) - np.log1p(-within))


def reading_of(quotes: Sequence[Numbers], stated: Markets, outcomes: Sequence[str]) -> Reading:
    """Prices ready to be read, for a case's outcomes with `other`."""
    return Reading(tuple(quotes), stated, (*outcomes, "unresolved"))
