"""Futures lived once and kept, so that a question of the destination alone is answered without living them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from inspect import signature
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.model import laws
from forecast.model.contract import Draws, Law, Model, Problem
from forecast.model.futures import Act, Future, common_chance

Array = NDArray[np.float64]
Single = NDArray[np.float32]
"""Futures are many and their own noise is far above the seventh digit."""


@dataclass(frozen=True)
class Lived:
    """The weeks to the horizon along every path of every draw.

    Attributes
    ----------
    resolved
        Mass that resolves in each week, shape (week, draw, path).
    logits
        The outcomes' log-odds before intercepts, shape (week, draw, path, outcome).
    own
        Each latent's own movement, drivers first, then the outcomes' momenta; shape (week, draw, path, latent).
    mixing, level
        How the drivers' values add up from it, shape (draw, driver, driver), and their levels, (draw, driver).
    out
        1 where an outcome is ruled out, else 0, shape (outcome,).
    """

    resolved: Single
    logits: Single
    own: Single
    mixing: Single
    level: Single
    out: Array

    @property
    def paths(self) -> int:
        """How many futures a draw has."""
        return int(self.resolved.shape[2])

    @cached_property
    def latents(self) -> Single:
        """x, the drivers and then the outcomes' own momenta in each week, shape (week, draw, path, latent)."""
        drivers = self.level.shape[-1]
        state = laws.driver_state(self.own[..., :drivers], self.mixing, self.level)
        return np.concatenate([state, self.own[..., drivers:]], axis=-1)

    def tilted(self, latent: int, outcome: int, by: float) -> Lived:
        """The same futures with a latent's tilt towards an outcome changed by so many log-odds a unit."""
        logits = self.logits.copy()
        logits[..., outcome] += np.float32(by) * self.latents[..., latent]
        return replace(self, logits=logits)

    def chances(self, alpha: Array) -> Array:
        """P(outcome by the horizon) along every path, `unresolved` last; (draw, path, outcome).

        Parameters
        ----------
        alpha
            Intercepts, shape (draw, outcome).
        """
        return by_the_horizon(zip(self.resolved, self.logits, strict=True), alpha.astype(np.float32), self.out)


def by_the_horizon(weeks: Iterable[tuple[Any, Any]], alpha: Any, out: Array) -> Array:
    """P(outcome by the horizon) along every path, `unresolved` last; (draw, path, outcome).

    The outcomes stand first while it is worked out: numpy is quick along axes that are long.

    Parameters
    ----------
    weeks
        Of each week the mass that resolves, (draw, path), and the outcomes' log-odds before intercepts, (draw, path,
        outcome).
    alpha
        Intercepts, shape (draw, outcome).
    out
        1 where an outcome is ruled out, else 0, shape (outcome,).
    """
    added, total = alpha.T[:, :, None], None
    left = out > 0.0
    for resolved, logits in weeks:
        odds = np.add(np.moveaxis(logits, -1, 0), added, order="C")
        if left.any():
            odds = np.moveaxis(laws.log_destination(np, np.moveaxis(odds, 0, -1).astype(np.float64), out), -1, 0)
        odds -= odds.max(axis=0)
        np.exp(odds, out=odds)
        odds *= resolved / odds.sum(axis=0)
        if total is None:
            total = np.zeros((len(odds) + 1, *resolved.shape))
        total[:-1] += odds
    if total is None:
        raise ValueError("there are no weeks to live")
    total[-1] = np.maximum(1.0 - total[:-1].sum(axis=0), 0.0)
    return np.ascontiguousarray(np.moveaxis(total, 0, -1))


class Drawn:
    """Stands in for a purpose's generator: the numbers that it would give, call by call, but drawn only once.

    Every change that is asked lives the same futures, and to draw their numbers again takes longer than to live them.
    """

    def __init__(self, purpose: int) -> None:
        self._purpose = purpose
        self._calls: tuple[Any, ...] = ()

    def __getattr__(self, law: str) -> Any:
        def draw(*how: Any, **named: Any) -> Any:
            self._calls = (*self._calls, (law, how, tuple(sorted(named.items()))))
            with _ONE_BY_ONE:  # who lives beside waits for the numbers, and does not draw them too
                return _drawn(self._purpose, self._calls)

        return draw


_ONE_BY_ONE = Lock()


@lru_cache(maxsize=128)
def _drawn(purpose: int, calls: tuple[Any, ...]) -> Any:
    """What the last of these calls of a fresh generator gives."""
    generator, numbers = common_chance(purpose), np.zeros(0)
    for law, how, named in calls:
        numbers = np.asarray(getattr(generator, law)(*how, **dict(named)))
    numbers.flags.writeable = False
    return numbers


def futures(law: Law, draws: Draws, problem: Problem, paths: int, do: Act | None = None) -> Iterator[Future]:
    """The weeks to the horizon, with the common random numbers drawn once where the model lets them be handed in."""
    known: dict[str, Any] = {"chance": Drawn} if "chance" in signature(law.futures).parameters else {}
    if do is not None:
        known["do"] = do
    return law.futures(draws, problem, paths, **known)


def live(model: Model, draws: Draws, problem: Problem, paths: int, do: Act | None = None) -> Lived:
    """Live on from the as-of date along so many futures of every draw."""
    structure, weeks, count = problem.structure, len(problem.calendar.future_weeks), len(draws["level"])
    resolved = np.empty((weeks, count, paths), dtype=np.float32)
    logits = np.empty((*resolved.shape, len(structure.outcomes)), dtype=np.float32)
    moved = np.empty((*resolved.shape, len(structure.latents)), dtype=np.float32)
    ground: list[Array] = []
    weekly = iter(moved)

    def look(week: date, own: Array, mixing: Array, level: Array) -> Array:
        own = own if do is None else do(week, own, mixing, level)
        next(weekly)[:] = own
        ground[:] = mixing, level
        return own

    for place, week in enumerate(futures(model.law, draws, problem, paths, look)):
        resolved[place], logits[place] = week
    mixing, level = (each.astype(np.float32) for each in ground)
    return Lived(resolved, logits, moved, mixing, level, problem.out)


def intercepts(problem: Problem, draws: Draws) -> Array:
    """alpha by draw, shape (draw, outcome).

    Raises
    ------
    ValueError
        If the problem's intercepts have not been solved.
    """
    if problem.intercept_mean is None:
        raise ValueError("the problem is not anchored")
    return np.asarray(laws.intercepts(problem.intercept_mean, problem.intercept_sd, draws["intercept_z"]))
