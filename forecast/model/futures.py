"""From now to the horizon: common random numbers, gates, and incidence accumulated over simulated futures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model import laws
from forecast.model.priors import Shock

Array = NDArray[np.float64]

STREAM = 20260124
"""Seed of the futures' random numbers: the same in every run, so that two runs differ by what is known, not by luck."""


class Future(NamedTuple):
    """One week of every future: the mass that resolves in it, and where that mass goes.

    `resolved` has shape (draw, path); `logits` (draw, path, outcome) are the outcomes' log-odds before intercepts.
    """

    resolved: Array
    logits: Array


Chance = Callable[[int], Generator]
"""Random numbers for one purpose: a week's ordinal number for its shocks, 0 for the gates."""


Act = Callable[[date, Array, Array, Array], Array]
"""What somebody does to the drivers in a week, or only looks at. Given the week, each latent's own movement (draw,
path, latent), how the drivers' values add up from it (draw, driver, driver), and their levels (draw, driver), it
returns the own movement with which the week is lived and from which the next one goes on."""


def common_chance(purpose: int) -> Generator:
    """The same random numbers for the same week in every run."""
    return np.random.default_rng([STREAM, purpose])


def weekly_shocks(chance: Chance, week: date, draws: int, paths: int, latents: int) -> Array:
    """Antithetic shocks of one calendar week, shape (draw, path, latent)."""
    rng = chance(week.toordinal())
    half = Shock((paths - paths // 2, latents)).sample(rng, draws)
    return np.concatenate([half, -half[:, : paths // 2]], axis=1)


class Gates:
    """The gates still shut, along every path: each is passed when its accumulated pace reaches an exponential draw.

    Parameters
    ----------
    chance
        Source of randomness.
    passed
        The day each gate was passed, None where it has not been, in the order in which they must be passed.
    draws, paths
        Number of draws and of paths a draw.
    """

    def __init__(self, chance: Chance, passed: Sequence[date | None], draws: int, paths: int) -> None:
        uniform = chance(0).random((len(passed), draws, paths - paths // 2))
        uniform = np.concatenate([uniform, 1.0 - uniform[..., : paths // 2]], axis=-1)
        shut = np.array([day is None for day in passed], dtype=float)
        self._left = -np.log1p(-uniform) * shut[:, None, None]

    def pass_week(self, pace: Array, weeks: float) -> Array:
        """Spend a week waiting; return how much of it is left with every gate passed, shape (draw, path).

        Parameters
        ----------
        pace
            Passages per week of each gate, shape (draw, path, gate).
        weeks
            Length of the week (a part-week counts by its days).
        """
        left = np.full(pace.shape[:2], weeks)
        for gate in range(len(self._left)):
            waited = np.minimum(left, self._left[gate] / pace[..., gate])
            self._left[gate] = np.maximum(self._left[gate] - waited * pace[..., gate], 0.0)
            left = left - waited
        return left


def already(ended: Array, draws: int, weeks: int) -> Array:
    """The incidence of a question that has been resolved, the same from the first week on; (draw, week, outcome)."""
    return np.broadcast_to(ended, (draws, weeks, len(ended)))


def cumulative_incidence(futures: Iterator[Future], intercepts: Array, out: Array | None = None) -> Array:
    """P(resolved as each outcome by the end of each future week), averaged exactly over outcomes given the path.

    Parameters
    ----------
    futures
        The weeks, in order.
    intercepts
        alpha, shape (draw, outcome).
    out
        1 where an outcome is ruled out, else 0, shape (outcome,); None where none is.

    Returns
    -------
    Shape (draw, week, outcome); what is missing to 1 in the last week is still unresolved.
    """
    weeks = []
    for week in futures:
        chances = destination(week.logits + intercepts[:, None, :], out)
        weeks.append(np.mean(week.resolved[..., None] * chances, axis=1))
    return np.cumsum(np.stack(weeks, axis=1), axis=1)


def destination(logits: Array, out: Array | None) -> Array:
    """P(outcome | it resolves), with what is ruled out; (..., outcome)."""
    if out is None or not out.any():
        return np.asarray(np.exp(laws.log_softmax(np, logits)))
    return np.asarray(np.exp(laws.log_destination(np, logits, out)))
