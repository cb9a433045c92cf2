"""Many posteriors of one model: compiled once, then fed with the data of one problem after another.

What is compiled holds the sizes of a problem and none of its numbers, so worlds of the same design share it. The
sampler is that of `forecast.inference.sampling`; here its chains run one after the other in this process.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.inference.chains import Settings, draw_chains
from forecast.inference.density import density_of
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Draws from one posterior.

    Attributes
    ----------
    draws
        Every parameter, chains joined: name → (draw, *shape), chain by chain.
    chains
        Number of chains.
    divergences
        Number of divergent transitions after tuning.
    """

    draws: Draws
    chains: int
    divergences: int

    def __len__(self) -> int:
        """Number of draws of all chains."""
        return len(next(iter(self.draws.values())))

    def by_chain(self, quantity: Array) -> Array:
        """Split the draw axis of a derived quantity into (chain, draw)."""
        return quantity.reshape(self.chains, len(quantity) // self.chains, *quantity.shape[1:])


class Batch:
    """A model compiled for one problem, to be fitted to any problem with the same arrays, whatever their sizes."""

    def __init__(self, model: Model, problem: Problem) -> None:
        self._model, self._density = model, density_of(model, problem)

    def fit(self, problem: Problem, rng: Generator, settings: Settings) -> Fit:
        """Sample a problem's posterior.

        Raises
        ------
        ValueError
            If the problem has other arrays than the one that was compiled for.
        ArithmeticError
            If no chain can start, because the posterior's density is no number.
        """
        density = self._density.at(self._model, problem)
        chains = draw_chains(density, rng.spawn(settings.chains), settings, threads=1)
        points = chains.points.reshape(-1, chains.points.shape[-1])
        return Fit(density.natural(points), settings.chains, int(np.sum(chains.statistics["diverging"])))
