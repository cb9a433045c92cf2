"""Futures raked to what a run said: each column times a factor, each row back to a sum of 1, until both hold.

Iterative proportional fitting (Deming and Stephan 1940). The factors are within a percent or two of 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.inference.weights import Weights

Array = NDArray[np.float64]

RAKED = 1e-12
"""Gap from 1 of the factors at which it is done."""


def raked(by_path: Array, said: Array, weights: Weights) -> Array:
    """Futures whose chances have the mean that was said, moved as little as that takes; (draw, path, outcome)."""
    for _ in range(100):
        gap = said / weights.mean(by_path.mean(axis=1))
        if np.max(np.abs(gap - 1.0)) < RAKED:
            break
        by_path = by_path * gap
        by_path = by_path / by_path.sum(axis=2, keepdims=True)
    return by_path
