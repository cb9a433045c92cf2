"""What the worlds of a kind say: how often intervals cover, and how far the forecasts stay behind the oracle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.record.reliability import LogScore, Reliability, log_score, reliability
from tests.recovery.worlds import Recovered

Array = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.95)
SIGMAS = 1.96
GROUPS = {
    "chances": lambda name: name.startswith("chance of "),
    "drivers now": lambda name: name.endswith(" now"),
    "parameters": lambda name: not name.startswith("chance of ") and not name.endswith(" now"),
}


def covered(places: Array, level: float) -> NDArray[np.bool_]:
    """Whether the central interval of a level holds the truth, given the share of draws below it.

    A truth that is one more draw has any of the 201 places among 200 draws alike: the intervals then cover at 50.2,
    80.1 and 95.0 %.
    """
    return np.abs(places - 0.5) <= level / 2 + 1e-9


@dataclass(frozen=True)
class Rate:
    """How often the intervals of a level cover, and the ends of its own 95 % interval."""

    share: float
    low: float
    high: float

    def holds(self, level: float) -> bool:
        """Whether the level lies in it."""
        return self.low <= level <= self.high


def wilson(hits: int, of: int) -> Rate:
    """A share with its binomial interval (Wilson 1927)."""
    share, z2 = hits / of, SIGMAS**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = SIGMAS / (1 + z2 / of) * np.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return Rate(share, max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def coverage(worlds: Sequence[Recovered], name: str) -> dict[float, Rate]:
    """Of one quantity, by level."""
    places = np.array([world.places[name] for world in worlds if name in world.places])
    return {level: wilson(int(covered(places, level).sum()), len(places)) for level in LEVELS}


def grouped(worlds: Sequence[Recovered], group: str) -> dict[float, Rate]:
    """Of a group of quantities, by level. Those of one world hang together: the error is that of worlds' shares."""
    by_world = [np.array([place for name, place in w.places.items() if GROUPS[group](name)]) for w in worlds]
    found = {}
    for level in LEVELS:
        shares = np.array([covered(places, level).mean() for places in by_world])
        half = SIGMAS * shares.std(ddof=1) / np.sqrt(len(shares))
        found[level] = Rate(
            float(shares.mean()), max(0.0, float(shares.mean() - half)), min(1.0, float(shares.mean() + half))
        )
    return found


@dataclass(frozen=True)
class Behind:
    """What a forecast loses to the oracle in expectation, sum_k o_k log(o_k / f_k) in nats, and its standard error."""

    mean: float
    error: float


def lost(worlds: Iterable[Recovered]) -> Array:
    """The expected loss to the oracle in each world."""
    least = np.finfo(float).tiny
    return np.array(
        [
            sum(o * np.log(max(o, least) / max(world.forecast[name], least)) for name, o in world.oracle.items())
            for world in worlds
        ]
    )


def behind(values: Array) -> Behind:
    """Mean of such losses, or of their differences."""
    return Behind(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))))


def scores(worlds: Sequence[Recovered]) -> tuple[LogScore, Reliability]:
    """The forecasts against what happened."""
    names = list(worlds[0].forecast)
    forecasts, oracle = (
        np.array([[getattr(world, kind)[name] for name in names] for world in worlds])
        for kind in ("forecast", "oracle")
    )
    forecasts = forecasts / forecasts.sum(axis=1, keepdims=True)
    happened = np.array([names.index(world.happened) for world in worlds])
    return log_score(forecasts, oracle, happened), reliability(forecasts, happened, 0.95)
