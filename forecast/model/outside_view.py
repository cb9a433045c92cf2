"""The outside view: what past episodes alone say of the question, without its drivers, reports or stated shares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.case.assumptions import Episodes
from forecast.model import base_rates, laws
from forecast.model.futures import Gates, common_chance
from forecast.model.nominees import reference
from forecast.model.priors import Draws, draw_all
from forecast.model.problem import Problem, UnfitError

Array = NDArray[np.float64]

DRAWS, PATHS = base_rates.POOL_SIZE, 16
JEFFREYS = 0.5
TINY = 1e-12


def has_outside_view(problem: Problem) -> bool:
    """Whether the case's assumptions name past episodes at all."""
    return bool(problem.structure.past.countries)


def outside_view(problem: Problem) -> Array:
    """Cumulative incidence by the base rates alone, given that the question is still open; (draw, week, outcome).

    Raises
    ------
    UnfitError
        If the case's assumptions name no past episodes.
    """
    if not has_outside_view(problem):
        raise UnfitError("its assumptions name no past episodes (kind 'episodes')")
    return waiting(problem)[..., None] * split(problem, np.random.default_rng(1), DRAWS)[:, None, :]


def by_horizon(problem: Problem) -> Array:
    """Each outcome's chance by the horizon, the same way; shape (outcome,)."""
    shares = split(problem, np.random.default_rng(1), DRAWS)
    return np.asarray(waiting(problem)[:, -1] @ shares / DRAWS)


# ---------------------------------------------------------------------------- when


def waiting(problem: Problem) -> Array:
    """P(resolved by the end of each future week) at the paces as the past taught them, no driver hastening anything.

    The draws are picked by their chance of having left the question open until now. Where a case names no past
    episodes, the stated paces are all there is. Deadlines are judgements of this question, and left out.

    Returns
    -------
    Shape (draw, week); draws that are not independent of each other stand together.
    """
    draws = _still_open(problem, np.random.default_rng(0))
    return np.cumsum(np.stack(list(_resolved(draws, problem)), axis=1), axis=1)


def _still_open(problem: Problem, rng: Generator) -> Draws:
    s, a = problem.structure, problem.arrays
    stated = draw_all(base_rates.priors(s.past, s.log_pace.normal, s.selection.normal), rng, DRAWS)
    draws = stated | base_rates.taught_by_chain(s.past, s.log_pace.normal, s.selection.normal)
    pace = base_rates.log_rates(np, draws, a["past_band"], a)
    log_open = laws.log_waiting(np, pace, a["exposure"]) + np.sum(a["passages"] * pace, axis=(-2, -1))
    weights = np.exp(laws.log_softmax(np, log_open))
    steps = (np.arange(DRAWS) + rng.random()) / DRAWS  # systematic resampling
    picked = np.minimum(np.searchsorted(np.cumsum(weights), steps), DRAWS - 1)
    return {name: values[picked] for name, values in draws.items()}


def _resolved(draws: Draws, problem: Problem) -> Iterator[Array]:
    """The mass that resolves in each future week, shape (draw,)."""
    s, calendar = problem.structure, problem.calendar
    pace = base_rates.log_rates(np, draws, s.past.band_of(calendar.weeks_since_opening()), problem.arrays)
    gates = Gates(common_chance, problem.passed, DRAWS, PATHS)
    still_open = np.ones((DRAWS, PATHS))
    for week, days in enumerate(calendar.future_exposure):
        now = np.repeat(pace[:, None, week, :], PATHS, axis=1)
        free = gates.pass_week(np.exp(now[..., 1:]), float(days))
        resolved = still_open * laws.happens_within(np, now[..., 0], free + base_rates.SHUT * (days - free))
        yield resolved.mean(axis=1)
        still_open = still_open - resolved


# ---------------------------------------------------------------------------- which


def split(problem: Problem, rng: Generator, draws: int) -> Array:
    """Shares of the outcomes given resolution, drawn from what the past says of them; (draw, outcome).

    Each end of past episodes has its share, half an episode of each added (Jeffreys' prior), and splits it evenly over
    its outcomes. How often a nominee gets through comes from the reference class of nominees: that is taken out of the
    ends at which it can happen, and the other ends keep what they have.
    """
    outcomes, found = problem.structure.outcomes, reference(problem.case)
    (asked,) = problem.case.assumptions.of(Episodes)
    ends = rng.dirichlet(np.array(problem.structure.past.ends) + JEFFREYS, size=draws)
    through = np.zeros(draws) if found is None else rng.beta(*found.weights, size=draws)
    own = [e for e, ending in enumerate(asked.ends) if found is not None and found.outcome in ending.outcomes]
    if own:
        mass = ends[:, own].sum(axis=1)
        ends[:, own] *= (np.maximum(mass - through, 0.0) / mass)[:, None]
    shares = np.zeros((draws, len(outcomes)))
    for e, ending in enumerate(asked.ends):
        left = [outcome for outcome in ending.outcomes if found is None or outcome != found.outcome]
        for outcome in left:
            shares[:, outcomes.index(outcome)] += ends[:, e] / len(left)
    # nothing to do but where more nominees got through than ends allow for
    shares *= ((1.0 - through) / np.maximum(shares.sum(axis=1), TINY))[:, None]
    if found is not None:
        shares[:, outcomes.index(found.outcome)] = through
    return shares / shares.sum(axis=1, keepdims=True)
