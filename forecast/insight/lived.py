"""Futures lived once and kept, so that a question of the destination alone is answered without living them again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from inspect import signature
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model import laws
from forecast.model.contract import Draws, Model, Problem
from forecast.model.futures import Act, common_chance

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
    latents
        x, the drivers and then the outcomes' own momenta in each week, shape (week, draw, path, latent).
    """

    resolved: Single
    logits: Single
    latents: Single

    @property
    def paths(self) -> int:
        """How many futures a draw has."""
        return int(self.resolved.shape[2])

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
        _, draws, paths = self.resolved.shape
        total = np.zeros((draws, paths, alpha.shape[1] + 1))
        added = alpha.astype(np.float32)[:, None, :]
        for resolved, logits in zip(self.resolved, self.logits, strict=True):
            odds = logits + added
            odds = np.exp(odds - odds.max(axis=-1, keepdims=True))
            total[..., :-1] += odds * (resolved / odds.sum(axis=-1))[..., None]
        total[..., -1] = np.maximum(1.0 - total.sum(axis=-1), 0.0)
        return total


class Drawn(Generator):
    """The futures' common random numbers, which are the same for every change that is asked, drawn once."""

    def __init__(self, purpose: int) -> None:
        super().__init__(common_chance(purpose).bit_generator)
        self._purpose = purpose

    def standard_t(self, df: Any, size: Any = None) -> Any:
        """The first numbers of a week's shocks."""
        return _first(self._purpose, "standard_t", df, size)

    def random(self, size: Any = None, *_: Any) -> Any:  # type: ignore[override]
        """The first numbers of the gates."""
        return _first(self._purpose, "random", size)


@lru_cache(maxsize=128)
def _first(purpose: int, law: str, *how: Any) -> Any:
    numbers = getattr(common_chance(purpose), law)(*how)
    numbers.flags.writeable = False
    return numbers


def live(model: Model, draws: Draws, problem: Problem, paths: int, do: Act | None = None) -> Lived:
    """Live on from the as-of date along so many futures of every draw."""
    latents: list[Single] = []
    size = len(problem.structure.drivers)

    def look(week: date, own: Array, mixing: Array, level: Array) -> Array:
        own = own if do is None else do(week, own, mixing, level)
        drivers = laws.driver_state(own[..., :size], mixing, level)
        latents.append(np.concatenate([drivers, own[..., size:]], axis=-1).astype(np.float32))
        return own

    known = {"chance": Drawn} if "chance" in signature(model.law.futures).parameters else {}
    weeks = list(model.law.futures(draws, problem, paths, do=look, **known))
    return Lived(
        np.stack([week.resolved for week in weeks]).astype(np.float32),
        np.stack([week.logits for week in weeks]).astype(np.float32),
        np.stack(latents),
    )


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
