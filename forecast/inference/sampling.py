"""Draw from the posterior: PyMC's own NUTS, named explicitly, the same draws for the same seed."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import StoreError
from forecast.model.contract import Draws, Model, load_sampled
from forecast.model.problem import Problem

Array = NDArray[np.float64]
_compiled_here: set[Path] = set()
"""The models that this process has compiled itself, and so still holds as they were compiled."""

PINNED = {"floatX": "float64", "mode": "NUMBA", "numba__fastmath": True}
"""How the model is compiled, whatever a user's settings of PyTensor or other packages say: the numbers hang on it."""

ELSEWHERE = "mend that, or let PYTENSOR_FLAGS=base_compiledir=FOLDER name a folder that you may write to"

CLOCKS = ["perf_counter_diff", "perf_counter_start", "process_time_diff"]
"""Statistics of the sampler that are times of the machine, no two of which are alike."""

PATIENCE = 3.0
"""Seconds that a sampling process is given to end its chains."""

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all) while sampling."""


@dataclass(frozen=True)
class Settings:
    """How much to sample."""

    chains: int = 4
    tune: int = 500
    draws: int = 750
    target_accept: float = 0.9


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
        timeless = self.tree.copy()
        statistics = timeless["sample_stats"].to_dataset()
        timeless["sample_stats"] = type(timeless)(statistics.drop_vars(CLOCKS, errors="ignore"))
        for node in timeless.subtree:
            for name in ("created_at", "sampling_time"):
                node.attrs.pop(name, None)
        return bytes(timeless.to_netcdf(engine="h5netcdf"))

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
    StoreError
        If compiled code cannot be kept, or no process can be started.
    """
    try:
        _load_compiler()
        return _sample(model, problem, seed, settings, progress)
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
    ready = compiled_step(model, problem, seed, settings)
    compiled = time.perf_counter()
    if cached_functions() != cached:
        _compiled_here.add(model.path)
    if model.path not in _compiled_here:
        tree = _draw(*ready, seed, settings, progress)
    else:
        tree = _in_fresh_process(model, problem, seed, settings, progress)
    shapes = {name: prior.shape for name, (prior, _) in model.law.priors(problem).items()}
    return Posterior(tree, shapes, {"compile": compiled - started, "sample": time.perf_counter() - compiled})


def compiled_step(model: Model, problem: Problem, seed: int, settings: Settings) -> tuple[Any, Any, Any]:
    """The PyMC model, where its chains start, and its NUTS step, compiled."""
    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.ERROR)
    with pinned(), model.law.build(problem) as pymc_model:
        points, step = pm.init_nuts(
            init="jitter+adapt_diag",
            chains=settings.chains,
            random_seed=seed,
            progressbar=False,
            quiet=True,
            target_accept=settings.target_accept,
        )
    return pymc_model, points, step


def pinned() -> Any:
    """A context in which PyTensor is set up as everywhere here, whatever a user's own settings say."""
    import pytensor

    return pytensor.config.change_flags(**PINNED)


def _draw(pymc_model: Any, points: Any, step: Any, seed: int, settings: Settings, progress: Progress | None) -> Any:
    import pymc as pm

    total, done = settings.chains * (settings.tune + settings.draws), 0

    def count(**_: Any) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    with pinned(), pymc_model, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process .* is multi-threaded, use of fork", DeprecationWarning)
        tree = pm.sample(
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=max(2, min(settings.chains, multiprocessing.cpu_count())),
            mp_ctx="fork" if sys.platform == "linux" else "spawn",
            random_seed=seed,
            nuts_sampler="pymc",
            step=step,
            initvals=points,
            progressbar=False,
            quiet=True,
            compute_convergence_checks=False,
            callback=count,
        )
    if done < total:  # PyMC takes an interruption for a wish to see what there is so far; here it means stop
        raise KeyboardInterrupt
    return tree


def _in_fresh_process(model: Model, problem: Problem, seed: int, settings: Settings, progress: Progress | None) -> Any:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_serve, args=(sender, str(model.path), problem, seed, settings))
    child.start()
    sender.close()
    try:
        while True:
            message = receiver.recv()
            if isinstance(message, tuple):
                if progress is not None:
                    progress(*message)
            else:
                return message
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
        model = load_sampled(path, Path.cwd())
        ready = compiled_step(model, problem, seed, settings)
        sender.send(_draw(*ready, seed, settings, lambda done, total: sender.send((done, total))))


def cached_functions() -> int:
    """How many compiled functions the cache on disk holds."""
    import pytensor

    return sum(1 for _ in Path(pytensor.config.base_compiledir).rglob("*.nbc"))
