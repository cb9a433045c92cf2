"""What a concentration of shares means in log-odds.

A concentration c stands for the spread of independent normal log-odds that leaves the shares as uncertain as a
Dirichlet of that weight, to first order: `sum S (1 - S) / (c + 1) = sd^2 Q(S)`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def log_ratios(shares: Sequence[float]) -> list[float]:
    """Logarithms of the shares over their geometric mean."""
    logs = [math.log(share) for share in shares]
    middle = math.fsum(logs) / len(logs)
    return [each - middle for each in logs]


def doubt_of(shares: Sequence[float], concentration: float) -> float:
    """The standard deviation of log-odds that a concentration stands for."""
    return math.sqrt(_variance(shares) / ((concentration + 1.0) * _felt(shares)))


def concentration_of(shares: Sequence[float], sd: float) -> float:
    """The concentration that stands for a standard deviation of log-odds, as far as there is one."""
    return min(max(_variance(shares) / (sd**2 * _felt(shares)) - 1.0, 1.0), 1000.0)


def _variance(shares: Sequence[float]) -> float:
    return math.fsum(share * (1.0 - share) for share in shares)


def _felt(shares: Sequence[float]) -> float:
    """Q: the variance of the shares, summed, when every log-odds has a variance of 1."""
    squares = math.fsum(share**2 for share in shares)
    return math.fsum(share**2 * (1.0 - 2.0 * share + squares) for share in shares)
