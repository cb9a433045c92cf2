"""Draw from the posterior: the No-U-Turn sampler, the same draws for the same seed."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import InputError, StoreError
from forecast.inference.chains import Chains, Progress, Settings, draw_chains
from forecast.inference.density import Density, density_of, is_compiled
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem

Array = NDArray[np.float64]

ELSEWHERE = "mend that, or let FORECAST_CACHE=FOLDER name a folder that you may write to"


@dataclass(frozen=True)
class Posterior:
    """Draws from the posterior and what the sampler says of them.

    Attributes
    ----------
    tree
        An `xarray.DataTree` with the groups `posterior` and `sample_stats`.
    shapes
        Shape of one draw of every parameter (those of size zero are in no group).
    seconds
        Time to compile and to sample.
    """

    tree: Any
    shapes: dict[str, tuple[int, ...]]
    seconds: dict[str, float]

    @cached_property
    def draws(self) -> Draws:
        """Every parameter with chains joined: name → (draw, *shape), chain by chain."""
        group = self.tree["posterior"]
        count = group.sizes["chain"] * group.sizes["draw"]
        joined: Draws = {}
        for name, shape in self.shapes.items():
            joined[name] = group[name].values.reshape(count, *shape) if name in group else np.zeros((count, *shape))
        return joined

    def quantity(self, name: str) -> Array:
        """A quantity derived in the model, chains joined: (draw, *shape)."""
        values = self.tree["posterior"][name].values
        chains, draws, *shape = values.shape  # -1 would not do: a case without drivers has quantities of size zero
        return np.asarray(values.reshape(chains * draws, *shape))

    @cached_property
    def content(self) -> bytes:
        """The draws as a netCDF file: the same draws are the same bytes, whenever they were drawn."""
        return bytes(self.tree.to_netcdf(engine="h5netcdf"))

    @property
    def chains(self) -> int:
        """Number of chains."""
        return int(self.tree["posterior"].sizes["chain"])

    def by_chain(self, quantity: Array) -> Array:
        """Split the draw axis of a derived quantity into (chain, draw)."""
        return quantity.reshape(self.chains, len(quantity) // self.chains, *quantity.shape[1:])

    def statistic(self, name: str) -> Array | None:
        """A sampler statistic as (chain, draw), None where the sampler did not report it."""
        group = self.tree["sample_stats"]
        return np.asarray(group[name].values, dtype=float) if name in group else None


def sample(
    model: Model, problem: Problem, seed: int, settings: Settings, progress: Progress | None = None
) -> Posterior:
    """Sample a problem's posterior.

    Raises
    ------
    InputError
        If the posterior's density is no number wherever a chain could start.
    StoreError
        If compiled code cannot be kept, or no process can be started.
    """
    try:
        return _sample(model, problem, seed, settings, progress)
    except ArithmeticError as error:
        remedy = "look with 'forecast check --prior' at what is assumed, and state less extreme numbers"
        raise InputError.at(
            problem.case.set_file, None, f"nothing can be sampled under these ({error})", remedy
        ) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise StoreError(f"{where}sampling cannot go on ({error.strerror or error}): {ELSEWHERE}") from error


def announced(what: str, model: Model, problem: Problem) -> str:
    """What is said before sampling: that it will take longer than usual, where it will."""
    if is_compiled(model, problem):
        return what
    return f"{what} (the first time on a machine the model is compiled, which takes some minutes)"


def _sample(model: Model, problem: Problem, seed: int, settings: Settings, progress: Progress | None) -> Posterior:
    started = time.perf_counter()
    density = density_of(model, problem)
    compiled = time.perf_counter()
    chains = _draw(density, seed, settings, progress)
    seconds = {"compile": compiled - started, "sample": time.perf_counter() - compiled}
    return _posterior(model, problem, density, chains, seconds)


def _draw(density: Density, seed: int, settings: Settings, progress: Progress | None) -> Chains:
    rngs = np.random.default_rng(seed).spawn(settings.chains)
    return draw_chains(density, rngs, settings, min(settings.chains, os.cpu_count() or 1), progress)


def _posterior(
    model: Model, problem: Problem, density: Density, chains: Chains, seconds: dict[str, float]
) -> Posterior:
    """The draws on their own scales, with names along every dimension."""
    import xarray

    priors = model.law.priors(problem)
    count, length, size = chains.points.shape
    draws = density.natural(chains.points.reshape(count * length, size))
    paths = model.law.latents(draws, problem)
    labels = model.law.coordinates(problem)
    by_chain = {
        name: (("chain", "draw", *priors[name][1]), values.reshape(count, length, *values.shape[1:]))
        for name, values in draws.items()
        if values.size
    }
    by_chain["x"] = (("chain", "draw", "past_week", "latent"), paths.reshape(count, length, *paths.shape[1:]))
    numbered = {"chain": np.arange(count), "draw": np.arange(length)}
    used = {name for dims, _ in by_chain.values() for name in dims}
    posterior = xarray.Dataset(by_chain, {**numbered, **{dim: names for dim, names in labels.items() if dim in used}})
    told = {name: (("chain", "draw"), values) for name, values in chains.statistics.items()}
    tree = xarray.DataTree.from_dict({"posterior": posterior, "sample_stats": xarray.Dataset(told, numbered)})
    return Posterior(tree, {name: prior.shape for name, (prior, _) in priors.items()}, seconds)
