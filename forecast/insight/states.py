"""A posterior's draws looked at from other problems: densities and futures, as the bridge needs them."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.inference.carrying import carry
from forecast.inference.chains import Progress, Settings
from forecast.inference.likelihood import log_likelihood
from forecast.inference.sampling import sample
from forecast.inference.update import changed_ground
from forecast.insight.lived import by_the_horizon, futures, intercepts
from forecast.model.contract import Draws, Law, Model
from forecast.model.narrowing import narrowed
from forecast.model.priors import Normal
from forecast.model.problem import Problem
from forecast.reopened import Stage
from forecast.runs import Run

Array = NDArray[np.float64]

PATHS = 4
"""Futures a draw: an eighth of a forecast's, since a bridge looks at many draws several times."""


@dataclass(frozen=True)
class State:
    """A sampled posterior: its problem, its draws (chain by chain) and how many chains they come from."""

    problem: Problem
    draws: Draws
    chains: int

    def __len__(self) -> int:
        """Number of draws."""
        return len(next(iter(self.draws.values())))


Key = tuple[str, str]
"""An event seen through an indicator."""
Told = dict[Key, Array]


def log_likelihoods(law: Law, states: list[State], problem: Problem, keys: Collection[Key]) -> tuple[Array, Told]:
    """What a part of a problem's evidence says of the pooled draws.

    Returns
    -------
    log P(still open), shape (draw,), and log P(codings) of every (event, indicator) that is asked for, (draw,) each.
    """
    part = narrowed(problem, keys)
    found = [log_likelihood(law, carry(law, state.draws, state.problem, part), part) for state in states]
    events = np.concatenate([each["event"] for each in found])
    return np.concatenate([each["open"] for each in found]), dict(zip(sorted(part.units), events.T, strict=True))


def told_otherwise(old: Problem, new: Problem) -> frozenset[Key]:
    """The (event, indicator) pairs whose likelihood may differ between two problems of the same case."""
    every = frozenset(old.units.keys() | new.units.keys())
    heard_alike = old.readings.coders == new.readings.coders
    if not heard_alike or not np.array_equal(old.structure.persistence, new.structure.persistence):
        return every
    read_alike = all(map(np.array_equal, old.told_parts, new.told_parts))
    otherwise = frozenset(key for key in every if old.units.get(key) != new.units.get(key))
    return otherwise if read_alike else otherwise | old.about_outcomes | new.about_outcomes


def log_ratio(law: Law, states: list[State], old: Problem, new: Problem) -> Array:
    """Log density under one problem over that under another, at every pooled draw; (draw,)."""
    keys = told_otherwise(old, new)
    then, now = (log_likelihoods(law, states, problem, keys & problem.units.keys()) for problem in (old, new))
    told = [sum((of[key] for key in keys & of.keys()), np.zeros(len(then[0]))) for of in (then[1], now[1])]
    return np.asarray(now[0] - then[0] + told[1] - told[0] + log_prior_ratio(law, states, old, new))


def chances(law: Law, states: list[State], problem: Problem, paths: int = PATHS) -> Array:
    """The chance of every outcome, `unresolved` last, as each pooled draw has it under a problem; (draw, outcome)."""

    def end(state: State) -> Array:
        draws = carry(law, state.draws, state.problem, problem)
        if problem.ended is not None:
            final = law.project(draws, problem, paths)[:, -1]
            return np.column_stack([final, 1.0 - final.sum(axis=1)])
        weeks, alpha = futures(law, draws, problem, paths), intercepts(problem, draws)
        return by_the_horizon(weeks, alpha, problem.out).mean(axis=1)

    with ThreadPoolExecutor(len(states)) as pool:
        return np.concatenate(list(pool.map(end, states)))


def log_prior_ratio(law: Law, states: list[State], old: Problem, new: Problem) -> Array:
    """log p(draw | the new assumptions) - log p(draw | the old ones), of every pooled draw; (draw,).

    Only normal priors follow from assumptions.
    """
    before, after = law.priors(old), law.priors(new)
    total = np.zeros(sum(map(len, states)))
    for name, (prior, _) in after.items():
        was = before[name][0]
        if isinstance(prior, Normal) and isinstance(was, Normal) and not _alike(was, prior):
            values = np.concatenate([state.draws[name] for state in states])
            ratio = _log_normal(values, prior) - _log_normal(values, was)
            total += ratio.reshape(len(values), -1).sum(axis=1)
    return total


def weightable(law: Law, old: Problem, new: Problem) -> bool:
    """Whether what changed of the case is a matter of weights: at most assumptions, about the same parameters."""
    if not set(changed_ground(old, new)) <= {"assumptions"}:
        return False
    before, after, growing = law.priors(old), law.priors(new), old.sizes.keys()
    fixed = [name for name, (_, dims) in after.items() if not growing & set(dims)]
    same_shapes = all(name in before and before[name][0].shape == after[name][0].shape for name in fixed)
    same_ids = all(new.structure.named[name].ids == normals.ids for name, normals in old.structure.named.items())
    return same_shapes and same_ids and old.structure.past == new.structure.past


def _alike(one: Normal, other: Normal) -> bool:
    return np.array_equal(one.mean, other.mean) and np.array_equal(one.sd, other.sd)


def _log_normal(values: Array, prior: Normal) -> Array:
    return np.asarray(-0.5 * ((values - prior.mean) / prior.sd) ** 2 - np.log(prior.sd))


def sampled_state(model: Model, problem: Problem, run: Run, stage: Stage, progress: Progress | None) -> State:
    """Sample a posterior on the way, as a run was sampled: the referee of weights that do not reach far enough."""
    stage("Sampling a posterior between the two runs, because the weights do not reach")
    posterior = sample(model, problem, int(run.record["seed"]), Settings(), progress)
    return State(problem, posterior.draws, posterior.chains)
