"""What is kept of a quantity's draws: mean, spread and quantiles, each with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray

Array = NDArray[np.float64]

QUANTILES = {"5 %": 0.05, "50 %": 0.5, "95 %": 0.95}

Summary = Mapping[str, tuple[float, float]]
"""Statistic → (value, Monte Carlo error)."""


def summary(by_chain: Array) -> Summary:
    """Summarize the draws of one quantity, shape (chain, draw)."""
    found = {
        "mean": (float(by_chain.mean()), float(array_stats.mcse(by_chain, method="mean"))),
        "sd": (float(by_chain.std(ddof=1)), float(array_stats.mcse(by_chain, method="sd"))),
    }
    for name, prob in QUANTILES.items():
        error = array_stats.mcse(by_chain, method="quantile", prob=prob)
        found[name] = (float(np.quantile(by_chain, prob)), float(error))
    return found
