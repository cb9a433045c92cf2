"""The kinds of worlds: as the model has it, or broken in one way; and one world of a kind, fitted and compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.random import Generator

from forecast.inference.batch import Batch, Fit
from forecast.inference.chains import Settings
from forecast.model.anchor import anchor
from forecast.model.problem import Problem
from forecast.record.quantities import quantities
from tests.model.harbour import latent_drivers, problem_of
from tests.recovery.telling import Broken, Event, Evidence, Search, Tellers, design, evidence, searched, truths
from tests.recovery.truth import Jump, State, ends, waited
from tests.recovery.whole import draw_paces, live_past, pace_draws, pace_truths, whole_problem

SEED = 20260301
AS_OF = dt.date(2026, 3, 1)
EVENTS = 30
JUMP, JUMPED_AGO = 4.0, (1, 5)
"""Size of a jump in prior standard deviations, and how many weeks ago it may have been."""
SETTINGS = Settings(chains=2, tune=200, draws=200, target_accept=0.8)
KEPT, PATHS, ORACLE_PATHS = 200, 64, 2048
"""Draws among which a truth is placed, futures of each, and futures of the truth."""
SEARCHES = (Search("layoffs", 5, 0.5), Search("tax_income", 8, 0.6))
"""Of the whole harbour."""
RHAT, DIVERGENT_SHARE = 1.1, 0.01
"""Limits of a fit without fault."""


@dataclass(frozen=True)
class Kind:
    """A kind of world."""

    label: str
    broken: Broken = field(default_factory=Broken)
    jumps: bool = False
    whole: bool = False


KINDS: Mapping[str, Kind] = {
    "as-modelled": Kind("as the model has it"),
    "whole": Kind("two gates, deadlines, searches and past episodes", whole=True),
    "jump": Kind("a driver jumps by 4 sd, one to five weeks ago", jumps=True),
    "liar": Kind("one of three sources always says grade 5", Broken(lying=True)),
    "turned": Kind("the polarity of `strikes` is the wrong way round", Broken(turned=True)),
    "misfiled": Kind("a fifth of the events is coded under a wrong indicator", Broken(misfiled=True)),
    "copied": Kind("each story is told one to five times, not marked as copies", Broken(copied=True)),
}


@dataclass(frozen=True)
class Recovered:
    """What came of one world.

    Attributes
    ----------
    number, happened
        Which one, and how its question ended.
    oracle, forecast
        Each outcome's chance at the truth, and as forecast.
    places
        Quantity → share of the draws that lie below the truth.
    faults
        What speaks against the fit.
    """

    number: int
    happened: str
    oracle: dict[str, float]
    forecast: dict[str, float]
    places: dict[str, float]
    faults: tuple[str, ...]


@cache
def harbour_problem() -> Problem:
    """The harbour on the day of the forecast, anchored, without evidence."""
    problem = problem_of(as_of=AS_OF)
    stated = anchor(latent_drivers(), problem)
    return problem.anchored(stated.mean, stated.sd)


@cache
def events(whole: bool = False) -> tuple[Event, ...]:
    """What is told of in every world: the same events, sources and coders, so that only grades differ."""
    rng = np.random.default_rng(SEED)
    if whole:
        return design(EVENTS, len(whole_problem().calendar.weeks), rng, "ABCDEF", (1, 2, 3, 4, 5, 6))
    return design(EVENTS, len(harbour_problem().calendar.weeks), rng)


@dataclass(frozen=True)
class Opened:
    """A world whose question is still open: its state and tellers, its problem, and what was filed already.

    `truths` are those beyond what every world has.
    """

    state: State
    tellers: Tellers
    problem: Problem
    filed: Evidence = field(default_factory=dict)
    truths: Mapping[str, float] = field(default_factory=dict)


def open_world(kind: Kind, rng: Generator) -> Opened:
    """A world whose question is still open on the as-of date, and the problem with its gates as they then are.

    Worlds that ended before are drawn again: the plain way to condition on what is known.
    """
    return _whole_world(rng) if kind.whole else _plain_world(kind, rng)


def _plain_world(kind: Kind, rng: Generator) -> Opened:
    problem = harbour_problem()
    s, calendar = problem.structure, problem.calendar
    assert problem.intercept_mean is not None
    while True:
        jump = None
        if kind.jumps:
            week = len(calendar.weeks) - 1 - int(rng.integers(JUMPED_AGO[0], JUMPED_AGO[1] + 1))
            jump = Jump(int(rng.integers(len(s.drivers))), week, JUMP * float(rng.choice([-1, 1])))
        state = State(s, calendar, rng, jump)
        still_open, passed = waited(state, rng)
        if still_open:
            state.settle(problem.intercept_mean, problem.intercept_sd)
            return Opened(state, Tellers(problem, rng), replace(problem, passed=passed))


def _whole_world(rng: Generator) -> Opened:
    """With a past of its own, for which the stated chances are anchored; and with searches that found nothing."""
    problem = whole_problem()
    s, calendar = problem.structure, problem.calendar
    while True:
        paces, slowed = draw_paces(s, rng)
        past = live_past(paces, slowed, rng)
        state, tellers = State(s, calendar, rng, paces=paces), Tellers(problem, rng)
        still_open, passed = waited(state, rng)
        filed = searched(state, tellers, problem, SEARCHES, rng) if still_open else None
        if filed is not None:
            problem = replace(problem, structure=replace(s, past=past), passed=passed)
            stated = anchor(latent_drivers(), problem)
            state.settle(stated.mean, stated.sd)
            return Opened(state, tellers, problem.anchored(stated.mean, stated.sd), filed, pace_truths(paces, slowed))


def recovered(batch: Batch, kind: Kind, number: int) -> Recovered:
    """Simulate one world, fit it, and find the truth's place among the draws."""
    rng = np.random.default_rng([SEED, number])
    world = open_world(kind, rng)
    state, problem = world.state, world.problem
    told = evidence(state, world.tellers, problem, events(kind.whole), kind.broken, rng)
    problem = problem.with_units({**told, **world.filed})
    outcomes, stages = problem.structure.outcomes, ("resolution", *problem.structure.gates)
    passed = sum(day is not None for day in problem.passed)
    oracle = _chances(outcomes, ends(state, passed, rng, ORACLE_PATHS).mean(axis=0))
    once = _chances(outcomes, ends(state, passed, rng, 1)[0])
    happened = str(rng.choice(list(once), p=np.array(list(once.values())) / sum(once.values())))

    fit = batch.fit(problem, rng, SETTINGS)
    draws = {name: values[:: len(fit) // KEPT][:KEPT] for name, values in fit.draws.items()}
    law = latent_drivers().law
    incidence = law.project(draws, problem, PATHS)[:, -1]
    found = quantities(latent_drivers(), problem, draws, law.latents(draws, problem)[:, -1], incidence)
    if kind.whole:
        found |= dict(pace_draws(draws))
    truth = {
        **{f"{latent} now": value for latent, value in zip(problem.structure.latents, state.x[-1], strict=True)},
        **{f"chance of {outcome}": value for outcome, value in oracle.items()},
        **{f"volatility of {name}": v for name, v in zip(problem.structure.latents, state.volatility, strict=True)},
        **{f"pace of {stage}": value for stage, value in zip(stages, state.paces.stage, strict=True)},
        **{f"intercept of {name}": z for name, z in zip(outcomes, state.z - state.z.mean(), strict=True)},
        **truths(world.tellers),
        **world.truths,
    }
    places = {name: float(np.mean(values < truth[name])) for name, values in found.items() if name in truth}
    return Recovered(number, happened, oracle, _chances(outcomes, incidence.mean(axis=0)), places, _faults(fit, found))


def _chances(outcomes: tuple[str, ...], incidence: np.ndarray) -> dict[str, float]:
    chances = dict(zip(outcomes, incidence.tolist(), strict=True))
    return {**chances, "unresolved": max(0.0, 1.0 - sum(chances.values()))}


def _faults(fit: Fit, found: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """What speaks against a fit: quantities whose chains disagree, and divergences."""
    from arviz_stats.base import array_stats

    halves = {name: values.reshape(SETTINGS.chains, -1) for name, values in found.items() if np.ptp(values) > 0}
    said = [f"{name}: R-hat" for name, values in halves.items() if not float(array_stats.rhat(values)) < RHAT]
    if fit.divergences > DIVERGENT_SHARE * len(fit):
        said.append("divergences")
    return tuple(said)
