"""How well the chains mixed: ranks of each outcome's probability by chain, and the energy of the sampler.

Where chains agree, every chain's draws have ranks among all draws that are spread evenly (Vehtari, Gelman, Simpson,
Carpenter and Bürkner 2021). Where the sampler's steps change its energy as widely as energy varies at all, it reaches
every part of the posterior (Betancourt 2016).
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from forecast.insight.standing import Standing
from forecast.reopened import Reopened

Array = NDArray[np.float64]

BINS: Final = 20
REACH: Final = 3.5
"""Standard deviations to either side of the mean energy that are counted."""


def mixing(opened: Reopened, standing: Standing) -> dict[str, Any]:
    """The counts, as JSON: `ranks` by outcome and chain, and `energy` and its `steps` in standard deviations."""
    chances = opened.by_chain(standing.chances)
    return {
        "chains": opened.chains,
        "draws": chances.shape[1],
        "ranks": {name: rank_counts(chances[..., k]) for k, name in enumerate(standing.outcomes)},
        "energy": _energy(opened.sampled),
    }


def rank_counts(values: Array) -> list[list[int]]:
    """How many draws of each chain have a rank in each of `BINS` equal parts; (chain, draw) → chain lists of counts."""
    ranks = values.ravel().argsort(kind="stable").argsort(kind="stable").reshape(values.shape)
    places = ranks * BINS // values.size
    return [np.bincount(row, minlength=BINS).tolist() for row in places]


def _energy(sampled: Reopened) -> dict[str, Any] | None:
    """Energy around its mean, and its change from draw to draw; None where the file does not hold it."""
    import h5py

    if sampled.run.draws != "there":
        return None
    with h5py.File(io.BytesIO(sampled.run.content()), "r") as file:
        stats = file.get("sample_stats")
        if stats is None or "energy" not in stats:
            return None
        energy = np.asarray(stats["energy"][()], dtype=np.float64)
    spread = float(energy.std())
    if not np.isfinite(spread) or spread == 0.0:
        return None
    edges = np.linspace(-REACH, REACH, 2 * BINS + 1)
    around, steps = (energy - energy.mean()) / spread, np.diff(energy, axis=1) / spread
    return {
        "edges": edges.tolist(),
        "marginal": np.histogram(around, edges, density=True)[0].tolist(),
        "steps": np.histogram(steps, edges, density=True)[0].tolist(),
    }
