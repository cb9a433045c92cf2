"""The bar of the markets: what their prices add to a forecast now, less what they added then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.insight.bridge import Bar, Bridge
from forecast.runs import Run

Array = NDArray[np.float64]


def with_markets(bridge: Bridge, old: Run, new: Run) -> Bridge:
    """A bridge between two runs' forecasts without markets, led on to what both said with them.

    Both runs hold what prices moved in them; the difference is a bar of its own, before the noise, and the bars still
    sum to the change. The bridge as it is, where neither read any.
    """
    if "markets" not in old.forecast and "markets" not in new.forecast:
        return bridge
    then, now = _moved(old, "contribution"), _moved(new, "contribution")
    error = np.hypot(_moved(old, "mcse"), _moved(new, "mcse"))
    names = sorted({name for run in (old, new) for name in run.forecast.get("markets", {}).get("names", ())})
    bar = Bar("market", "markets", f"Markets' prices: {', '.join(names)}", now - then, error)
    *bars, noise = bridge.bars
    errors = np.hypot(_said(old, "mcse"), _said(new, "mcse"))
    start, end = _said(old, "probability"), _said(new, "probability")
    return replace(bridge, bars=(*bars, bar, noise), mcse=errors, start=start, end=end)


def _moved(run: Run, what: str) -> Array:
    said = run.forecast.get("markets")
    if said is None:
        return np.zeros(len(run.forecast["outcomes"]))
    return np.array([row[what] for row in said["outcomes"]], dtype=np.float64)


def _said(run: Run, what: str) -> Array:
    return np.array([row[what] for row in run.forecast["outcomes"]], dtype=np.float64)
