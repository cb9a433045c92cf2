"""Measures of agreement between coders: Krippendorff's alpha and weighted kappa, each with a bootstrap interval.

Everything starts from how often values meet in a unit. A unit is what several coders coded; of its m values each meets
the m - 1 others, so that n_c values c and n_k values k meet n_c n_k / (m - 1) times, and every value counts once:

    o_ck     coincidences, summed over units with two values or more; n_c = sum_k o_ck, n = sum_c n_c
    alpha    1 - (n - 1) sum_ck o_ck d_ck / sum_ck n_c n_k d_ck
    d_ck     nominal: 1 where c and k differ; ordinal: (n_c/2 + n_(c+1) + ... + n_(k-1) + n_k/2)^2

An interval is that of the middle 95 % of alphas over units drawn anew with replacement, which says how far alpha would
move with other units of the same kind, coded by the same coders; it says nothing of other coders.

K. Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability"; J. Cohen (1968), "Weighted kappa".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
type Metric = Literal["nominal", "ordinal"]

RESAMPLES: Final = 1_000
LEVEL: Final = 0.95
SEED: Final = 20_110_125
_TOGETHER: Final = 100
"""Resamples that are made at once, so that many units do not fill the memory."""


@dataclass(frozen=True)
class Estimate:
    """A measure, with the interval in which it would mostly be for other units; None where resamples do not vary."""

    value: float
    interval: tuple[float, float] | None


def coincidences(counts: Array) -> Array:
    """How often values meet in each unit.

    Parameters
    ----------
    counts
        How many coders gave each value, shape (unit, value).

    Returns
    -------
    Shape (unit, value, value); zero where a unit has fewer than two values.
    """
    values = counts.sum(axis=1)
    meetings = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(counts.shape[1])
    return np.asarray(meetings / np.maximum(values - 1.0, 1.0)[:, None, None])


def meetings_of(own: Array, others: Array) -> Array:
    """How often one coder's values meet those of the others: each of his values meets them once in all.

    Parameters
    ----------
    own, others
        Counts of values, shape (unit, value).
    """
    shares = others / np.maximum(others.sum(axis=1), 1.0)[:, None]
    pairs = own[:, :, None] * shares[:, None, :]
    return np.asarray(pairs + np.swapaxes(pairs, 1, 2))


def alpha(coincidence: Array, metric: Metric) -> Array:
    """Krippendorff's alpha of coincidences summed over units, shape (..., value, value); NaN where no value differs."""
    totals = coincidence.sum(axis=-1)
    size = coincidence.shape[-1]
    if metric == "nominal":
        distance = np.broadcast_to(1.0 - np.eye(size), coincidence.shape)
    else:
        middle = np.cumsum(totals, axis=-1) - totals / 2.0  # how many stand below the middle of each value
        distance = (middle[..., :, None] - middle[..., None, :]) ** 2
    everything = totals.sum(axis=-1)
    seen = (coincidence * distance).sum(axis=(-2, -1))
    expected = (totals[..., :, None] * totals[..., None, :] * distance).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(expected > 0.0, 1.0 - (everything - 1.0) * seen / expected, np.nan))


def kappa(table: Array, distance: Array) -> Array:
    """Weighted kappa of a table of one coder's values against another's, shape (..., value, value).

    Parameters
    ----------
    distance
        What it counts that one says c and the other k, shape (value, value); 0 on the diagonal.
    """
    expected = table.sum(axis=-1)[..., :, None] * table.sum(axis=-2)[..., None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = (expected * distance).sum(axis=(-2, -1)) / table.sum(axis=(-2, -1))
        return np.asarray(np.where(chance > 0.0, 1.0 - (table * distance).sum(axis=(-2, -1)) / chance, np.nan))


def quadratic(size: int) -> Array:
    """Distances that grow with the square of how many steps lie between."""
    steps = np.arange(size, dtype=float)
    return np.asarray((steps[:, None] - steps[None, :]) ** 2)


def estimated(units: Array, measure: Callable[[Array], Array]) -> Estimate | None:
    """A measure of tables summed over units, with its bootstrap interval; None where it cannot be said, as of one unit.

    Parameters
    ----------
    units
        What each unit adds, shape (unit, value, value).
    """
    units = units[units.sum(axis=(1, 2)) > 0.0]
    value = float(measure(units.sum(axis=0))) if len(units) > 1 else np.nan
    if not np.isfinite(value):
        return None
    rng = np.random.default_rng(SEED)
    flat = units.reshape(len(units), -1)
    found = []
    for _ in range(RESAMPLES // _TOGETHER):
        weights = rng.multinomial(len(units), np.full(len(units), 1.0 / len(units)), size=_TOGETHER)
        found.append(measure((weights @ flat).reshape(_TOGETHER, *units.shape[1:])))
    resampled = np.concatenate(found)
    resampled = resampled[np.isfinite(resampled)]
    if not len(resampled):
        return Estimate(value, None)
    low, high = np.quantile(resampled, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    return Estimate(value, (float(low), float(high)))
