"""Draw from the posterior: the No-U-Turn sampler, the same draws for the same seed."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import InputError, StoreError
from forecast.inference.chains import Chains, Progress, Settings, compiled_transition, draw_chains
from forecast.inference.density import Density, cached_functions, compile_density
from forecast.model.contract import Draws, Model, load_sampled
from forecast.model.problem import Problem

Array = NDArray[np.float64]
_compiled_here: set[Path] = set()
"""The models that this process has compiled itself, and so still holds as they were compiled."""

ELSEWHERE = "mend that, or let PYTENSOR_FLAGS=base_compiledir=FOLDER name a folder that you may write to"

PATIENCE = 3.0
"""Seconds that a sampling process is given to end its chains."""


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

    Code that has just been compiled and code that is loaded back from the cache differ in the last bits, which NUTS
    turns into other draws. So where anything had to be compiled here, a fresh process samples: the chains always run
    what was loaded back, and the same seed gives the same draws with a cold cache and a warm one.

    Raises
    ------
    InputError
        If the posterior's density is no number wherever a chain could start.
    StoreError
        If compiled code cannot be kept, or no process can be started.
    """
    try:
        _load_compiler()
        return _sample(model, problem, seed, settings, progress)
    except ArithmeticError as error:
        remedy = "look with 'forecast check --prior' at what is assumed, and state less extreme numbers"
        raise InputError.at(
            problem.case.set_file, None, f"nothing can be sampled under these ({error})", remedy
        ) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise StoreError(f"{where}sampling cannot go on ({error.strerror or error}): {ELSEWHERE}") from error


def _load_compiler() -> None:
    """PyTensor makes the folder of its compiled code when asked for it, and complains in its own way if it cannot."""
    import pytensor

    try:
        _ = pytensor.config.compiledir
    except ValueError as error:
        raise StoreError(f"compiled code cannot be kept ({error}): {ELSEWHERE}") from error


def _sample(model: Model, problem: Problem, seed: int, settings: Settings, progress: Progress | None) -> Posterior:
    started = time.perf_counter()
    cached = cached_functions()
    density = compile_density(model, problem)
    compiled_transition(density)
    compiled = time.perf_counter()
    if cached_functions() != cached:
        _compiled_here.add(model.path)
    if model.path not in _compiled_here:
        chains = _draw(density, seed, settings, progress)
    else:
        chains = _in_fresh_process(model, problem, seed, settings, progress)
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


def _in_fresh_process(
    model: Model, problem: Problem, seed: int, settings: Settings, progress: Progress | None
) -> Chains:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_serve, args=(sender, str(model.path), problem, seed, settings))
    child.start()
    sender.close()
    try:
        while True:
            message = receiver.recv()
            if isinstance(message, ArithmeticError):
                raise message
            if isinstance(message, Chains):
                return message
            if progress is not None:
                progress(*message)
    except EOFError:
        child.join()
        raise RuntimeError(f"the sampling process ended with exit code {child.exitcode}") from None
    except BaseException:
        child.terminate()
        child.join(PATIENCE)
        child.kill()  # a compiler hears nothing before it is done
        raise
    finally:
        child.join()


def _serve(sender: Any, path: str, problem: Problem, seed: int, settings: Settings) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the chains are ended too
    with contextlib.suppress(KeyboardInterrupt):  # the process that waits for this one says so
        density = compile_density(load_sampled(path, Path.cwd()), problem)
        try:
            sender.send(_draw(density, seed, settings, lambda done, total: sender.send((done, total))))
        except ArithmeticError as error:
            sender.send(error)
