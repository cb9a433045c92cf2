"""How a chain finds its step size and its metric before draws are kept.

The step size by dual averaging (M. D. Hoffman and A. Gelman 2014, "The No-U-Turn sampler", JMLR 15, section 3.2), the
metric, one variance a parameter, from draws of ever longer windows (Stan Reference Manual, "Automatic parameter
tuning").
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHRINK, DELAY, FADE = 0.05, 10.0, 0.75
"""Of dual averaging: gamma, t0 and kappa in the paper."""

SETTLE, FIRST, LAST = 0.075, 25, 0.15
"""The share of steps before the first window, its length, and the share after the last one."""

SHRUNK_TO, WORTH = 1e-3, 5.0
"""Variances are shrunk to this, as if by so many draws."""


class StepSize:
    """Dual averaging of the log step size towards an acceptance."""

    def __init__(self, step: float, target: float) -> None:
        self._target = target
        self.restart(step)

    def restart(self, step: float) -> None:
        """Begin again around a step size."""
        self._centre, self._count, self._shortfall, self._average = math.log(10.0 * step), 0, 0.0, 0.0
        self.now = step

    def learn(self, acceptance: float) -> None:
        """Take in the mean acceptance of one trajectory."""
        self._count += 1
        share = 1.0 / (self._count + DELAY)
        self._shortfall = (1.0 - share) * self._shortfall + share * (self._target - acceptance)
        log_step = self._centre - math.sqrt(self._count) / SHRINK * self._shortfall
        fade = self._count**-FADE
        self._average = fade * log_step + (1.0 - fade) * self._average
        self.now = math.exp(log_step)

    @property
    def settled(self) -> float:
        """The step size to keep."""
        return math.exp(self._average) if self._count else self.now


class Variances:
    """Running variances of the draws of a window (Welford)."""

    def __init__(self, size: int) -> None:
        self._count, self._mean, self._squares = 0, np.zeros(size), np.zeros(size)

    def add(self, point: Array) -> None:
        """Take in a draw, shape (parameter,)."""
        self._count += 1
        before = point - self._mean
        self._mean += before / self._count
        self._squares += before * (point - self._mean)

    @property
    def shrunk(self) -> Array:
        """The variances, shrunk a little; shape (parameter,)."""
        count = self._count
        return np.asarray((self._squares / max(count - 1, 1) * count + SHRUNK_TO * WORTH) / (count + WORTH))


def windows(tune: int) -> Iterator[range]:
    """The windows of steps from whose draws the metric is learned; each is at least twice as long as the one before."""
    begins, until, length = int(SETTLE * tune), tune - int(LAST * tune), FIRST
    while begins < until:
        ends = begins + length if begins + 3 * length <= until else until
        yield range(begins, ends)
        begins, length = ends, 2 * length
