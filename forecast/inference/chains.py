"""Chains of the No-U-Turn sampler on a compiled density, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.inference.adaptation import StepSize, Variances, windows
from forecast.inference.density import Density

DEEPEST = 10
"""Doublings of a trajectory before it is cut off."""

Array = NDArray[np.float64]

JITTER = 1.0
"""Chains start this far around the middle of the priors, on the scale without bounds."""

ATTEMPTS = 20
"""Places that are tried until the density at one is a number."""

CROSSED = 0.8
"""The first step size is one at which a single step's acceptance crosses this (Hoffman and Gelman, algorithm 4)."""

STEPS = (1e-7, 1e3)
"""Beyond these no step size is looked for."""

STATISTICS = (
    "diverging", "energy", "reached_max_treedepth", "acceptance_rate", "n_steps", "tree_depth", "step_size",
)  # fmt: skip
"""What is kept of every draw."""

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all) while sampling."""


@dataclass(frozen=True)
class Settings:
    """How much to sample."""

    chains: int = 4
    tune: int = 250
    draws: int = 800
    target_accept: float = 0.8


@dataclass(frozen=True)
class Chains:
    """What the sampler drew after tuning.

    Attributes
    ----------
    points
        On the scale without bounds; shape (chain, draw, parameter).
    statistics
        `STATISTICS`, each of shape (chain, draw).
    """

    points: Array
    statistics: dict[str, NDArray[Any]]


def draw_chains(
    density: Density, rngs: Sequence[Generator], settings: Settings, threads: int, progress: Progress | None = None
) -> Chains:
    """Run a chain for each source of randomness; how many threads share the work changes no number.

    Raises
    ------
    ArithmeticError
        If the density is no number wherever a chain could start.
    """
    from threadpoolctl import threadpool_limits

    clock = _Clock(len(rngs) * (settings.tune + settings.draws), progress)
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        chains = [pool.submit(_chain, density, rng, settings, clock) for rng in rngs]
        try:
            ended, _ = wait(chains, return_when=FIRST_EXCEPTION)
        finally:
            clock.stop()  # whatever ended the waiting, no chain goes on
    for chain in ended:
        if (error := chain.exception()) is not None and not isinstance(error, CancelledError):
            raise error
    found = [chain.result() for chain in chains]
    points = np.stack([points for points, _ in found])
    return Chains(points, {name: np.stack([kept[name] for _, kept in found]) for name in found[0][1]})


class _Clock:
    """Counts the steps of all chains, and tells every chain when to stop."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress, self._done = total, progress, 0
        self._stopped, self._counting = threading.Event(), threading.Lock()

    def stop(self) -> None:
        self._stopped.set()

    def tick(self) -> None:
        with self._counting:
            if self._stopped.is_set():
                raise CancelledError
            self._done += 1
            if self._progress is not None:
                try:
                    self._progress(self._done, self._total)
                except BaseException:
                    self.stop()  # before another chain counts a step
                    raise


def _chain(
    density: Density, rng: Generator, settings: Settings, clock: _Clock
) -> tuple[Array, dict[str, NDArray[Any]]]:
    """One chain: its draws after tuning, shape (draw, parameter), and what the sampler says of each."""
    point, value, slope = _start(density, rng)
    variances = density.variances.copy()
    step = StepSize(_first_step(density, rng, point, value, slope, variances), settings.target_accept)
    learning, ends = Variances(len(point)), {window[-1]: window for window in windows(settings.tune)}
    learned_from, first = {number for window in ends.values() for number in window}, min(ends, default=0)
    points, kept = np.empty((settings.draws, len(point))), []
    for number in range(settings.tune + settings.draws):
        tuning = number < settings.tune
        length = step.now if tuning else step.settled
        point, value, slope, acceptance, steps, depth, diverged, energy = density.transition(
            density.compiled, density.data, rng, point, value, slope, variances, length, DEEPEST
        )
        clock.tick()
        if not tuning:
            points[number - settings.tune] = point
            kept.append((diverged, energy, depth >= DEEPEST, acceptance, steps, depth, length))
            continue
        step.learn(acceptance)
        if number in learned_from:
            learning.add(point)
        if number in ends:
            variances, learning = learning.shrunk, Variances(len(point))
            if number == first:  # later windows change the metric by too little to begin again
                step.restart(_first_step(density, rng, point, value, slope, variances))
    return points, {name: np.array(column) for name, column in zip(STATISTICS, zip(*kept, strict=True), strict=True)}


def _start(density: Density, rng: Generator) -> tuple[Array, float, Array]:
    """A point near the middle of the priors at which the density is a number."""
    for _ in range(ATTEMPTS):
        point = density.middle + rng.uniform(-JITTER, JITTER, len(density.middle))
        value, slope = density(point)
        if np.isfinite(value) and np.all(np.isfinite(slope)):
            return point, value, slope
    raise ArithmeticError("the log density is no finite number wherever a chain could start")


def _first_step(density: Density, rng: Generator, point: Array, value: float, slope: Array, variances: Array) -> float:
    """A step size at which one step's acceptance is about right: doubled or halved until it crosses `CROSSED`."""
    step, way = 0.1, 0
    while STEPS[0] < step < STEPS[1]:
        momentum = rng.standard_normal(len(point)) / np.sqrt(variances)
        half = momentum + 0.5 * step * slope
        new_value, new_slope = density(point + step * variances * half)
        new_momentum = half + 0.5 * step * new_slope
        with np.errstate(over="ignore", invalid="ignore"):  # a step that leaves all numbers behind is too long
            gained = new_value - value + 0.5 * float(np.sum(variances * (momentum**2 - new_momentum**2)))
        towards = 1 if gained > np.log(CROSSED) else -1
        if way not in (0, towards):
            break
        way = towards
        step *= 2.0**way
    return step
