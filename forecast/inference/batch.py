"""Many posteriors of one model: compiled once, then fed with the data of one problem after another.

What is compiled holds the sizes of a problem and none of its numbers, so worlds of the same design share it. The
sampler is that of `forecast.inference.sampling`: PyMC's own NUTS with an adapted diagonal metric, started from jittered
points; here its chains run one after the other in this process.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.inference.sampling import Settings, compiled_step, pinned
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem

Array = NDArray[np.float64]

JITTER = 1.0
"""Chains start this far around the priors' middles, on the unconstrained scale, as PyMC's `jitter` does."""


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
    """A model compiled for the sizes of one problem, to be fitted to any problem of these sizes."""

    def __init__(self, model: Model, problem: Problem, seed: int, settings: Settings) -> None:
        import pytensor

        self._sizes = problem.sizes
        self._model, _, self._step = compiled_step(model, problem, seed, settings)
        with pinned():
            natural = self._model.replace_rvs_by_values(self._model.free_RVs)
            self._natural = self._model.compile_fn(natural, inputs=self._model.value_vars, point_fn=False)
            self._latents = pytensor.function(self._model.free_RVs, self._model["x"], on_unused_input="ignore")
        self._middle = self._model.initial_point()
        self._chain(np.random.default_rng(seed), replace(settings, tune=1, draws=1))  # what is called is compiled
        self.latents({name: np.zeros((1, *prior.shape)) for name, (prior, _) in model.law.priors(problem).items()})

    def fit(self, problem: Problem, rng: Generator, settings: Settings) -> Fit:
        """Sample a problem's posterior.

        Raises
        ------
        ValueError
            If the problem has other sizes than what was compiled.
        ArithmeticError
            If a chain cannot go on, because the posterior's density is no number where it is.
        """
        self.look_at(problem)
        chains = [self._chain(rng, settings) for _ in range(settings.chains)]
        points = [point for chain, _ in chains for point in chain]
        names = [variable.name for variable in self._model.free_RVs]
        draws = {name: np.stack([point[place] for point in points]) for place, name in enumerate(names)}
        return Fit(draws, settings.chains, sum(divergences for _, divergences in chains))

    def look_at(self, problem: Problem) -> None:
        """Put a problem's data in the place of the last one's."""
        if problem.sizes != self._sizes:
            raise ValueError("a problem of other sizes needs a model compiled for it")
        with self._model:
            for name, array in problem.arrays.items():
                self._model.set_data(name, array)

    def latents(self, draws: Draws) -> Array:
        """x of every draw under the data last looked at; (draw, week, latent)."""
        names = [variable.name for variable in self._model.free_RVs]
        return np.stack([self._latents(*point) for point in zip(*(draws[name] for name in names), strict=True)])

    def _chain(self, rng: Generator, settings: Settings) -> tuple[list[list[Array]], int]:
        """One chain: its draws on the parameters' own scales, and how many transitions diverged."""
        from pymc.exceptions import SamplingError

        point = {name: value + rng.uniform(-JITTER, JITTER, np.shape(value)) for name, value in self._middle.items()}
        names = [variable.name for variable in self._model.value_vars]
        kept, divergences = [], 0
        with pinned(), self._model, warnings.catch_warnings():
            self._step.setup_chain(rng, settings.tune, settings.draws)
            self._step.tune = True
            self._step.reset_tuning()
            self._step.iter_count = 0
            for number in range(settings.tune + settings.draws):
                if number == settings.tune:
                    self._step.stop_tuning()
                try:
                    point, (statistics,) = self._step.step(point)
                except (SamplingError, ValueError) as error:  # the energy at the start; the metric while tuning
                    raise ArithmeticError(str(error).partition("\n")[0]) from error
                if number >= settings.tune:
                    kept.append(self._natural(*(point[name] for name in names)))
                    divergences += bool(statistics["diverging"])
        return kept, divergences
