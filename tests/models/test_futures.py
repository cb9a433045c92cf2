"""The forecast: against futures simulated one by one, and against closed forms."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from forecast.model.futures import common_chance, weekly_shocks
from forecast.model.priors import Draws
from forecast.model.problem import Problem
from tests.model.harbour import HORIZON, OPENING, latent_drivers, prior_draws, problem_of, row
from tests.models import by_hand

Array = NDArray[np.float64]

LAW = latent_drivers().law
MEAN, SD = np.array([0.4, -0.1, -0.3]), 0.3

COPIES, PATHS, LIVES = 256, 32, 30_000


def anchored(*gates: str, as_of: dt.date = dt.date(2026, 2, 11)) -> Problem:
    """The harbour with intercepts that nobody had to solve."""
    return problem_of(gates=gates, as_of=as_of).anchored(MEAN, SD)


def copies(draws: Draws, which: int, count: int) -> Draws:
    """One draw again and again."""
    return {name: np.repeat(values[which : which + 1], count, axis=0) for name, values in draws.items()}


# ------------------------------------------------------------------------------------------------ one by one


def live(p: by_hand.Numbers, problem: Problem, lives: int, rng: np.random.Generator) -> Array:
    """How often each outcome has come by the end of each week, shape (week, outcome), in so many simulated lives."""
    case, structure = problem.case, problem.structure
    drivers, outcomes = list(case.drivers), list(case.outcome_ids)
    items = list(case.assumptions.items.values())
    mix, scale = by_hand.mixing(p, problem), np.array(by_hand.volatilities(p))
    phi = 0.5 ** (1.0 / np.array(by_hand.half_lives(problem)))

    beta = np.zeros((len(drivers), len(outcomes)))
    for item, value in zip([i for i in items if i.kind == "loading"], p["loading"], strict=True):
        beta[drivers.index(item.driver), outcomes.index(item.outcome)] = value
    gates = [gate.id for gate in case.question.gates]
    gamma = np.zeros((len(drivers), 1 + len(gates)))
    for item, value in zip([i for i in items if i.kind == "hastening"], p["hastening"], strict=True):
        gamma[drivers.index(item.driver), 1 + gates.index(item.gate) if item.gate else 0] = value
    levels = {item.driver: item for item in items if item.kind == "level"}
    rest, doubt = (np.array([getattr(levels[driver], of) for driver in drivers]) for of in ("mean", "sd"))
    centring = [
        0.5 * float(np.sum((mix.T @ gamma[:, stage]) ** 2) + np.sum((doubt * gamma[:, stage]) ** 2))
        for stage in range(1 + len(gates))
    ]
    ripening = [(outcomes.index(i.outcome), i.weeks, i.rise) for i in items if i.kind == "ripening"]
    z = np.array(p["intercept_z"])
    alpha = MEAN + SD * (z - z.mean())

    own = np.tile(by_hand.own_movement(p, problem)[-1], (lives, 1))
    is_open, shut_gates = np.ones(lives, dtype=bool), np.zeros(lives, dtype=int)
    shut_gates += sum(day is not None for day in problem.passed)
    came = np.zeros((lives, len(outcomes)), dtype=bool)
    counts = []
    day = problem.calendar.as_of
    while day < problem.calendar.horizon:
        first, week_start = day + dt.timedelta(days=1), day + dt.timedelta(days=1)
        week_start -= dt.timedelta(days=first.weekday())
        day = min(week_start + dt.timedelta(days=6), problem.calendar.horizon)
        length = ((day - first).days + 1) / 7
        if first == week_start:
            shocks = rng.standard_t(5, own.shape) * math.sqrt(3 / 5)
            own = phi * own + np.sqrt(1 - phi**2) * scale * shocks
        x = own[:, : len(drivers)] @ mix.T + p["level"]
        rates = np.exp(p["log_pace"] + (x - rest) @ gamma - np.array(centring))
        left = np.full(lives, length)
        for gate in range(len(gates)):
            waits = rng.exponential(1.0, lives) / rates[:, 1 + gate]
            here = shut_gates == gate
            passes = here & (waits < left)
            left = np.where(here, np.where(passes, left - waits, 0.0), left)
            shut_gates = np.where(passes, gate + 1, shut_gates)
        hazard = rates[:, 0] * (left + 0.02 * (length - left))
        resolves = is_open & (rng.random(lives) < 1 - np.exp(-hazard))
        logits = x @ beta + alpha
        for place, outcome in enumerate(structure.momenta):
            logits[:, outcomes.index(outcome)] += 0.7 * own[:, len(drivers) + place]
        age = (week_start - problem.calendar.opening).days / 7 + 0.5
        for place, weeks, rise in ripening:
            logits[:, place] += rise * min(max(age / weeks, 0.0), 1.0)
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        destination = (rng.random(lives)[:, None] > np.cumsum(chances, axis=1)).sum(axis=1)
        came[np.flatnonzero(resolves), destination[resolves]] = True
        is_open &= ~resolves
        counts.append(came.mean(axis=0))
    return np.array(counts)


def assert_as_lived(projected: Array, lived: Array) -> None:
    """Within Monte Carlo error: copies of one draw, shape (copy, ...), against shares of lives."""
    said = projected.mean(axis=0)
    error = np.sqrt(projected.var(axis=0) / len(projected) + said * (1 - said) / LIVES)
    assert np.all(np.abs(said - lived) < 4.5 * error + 2 / LIVES)


@pytest.mark.parametrize(
    ("gates", "as_of", "seed"),
    [
        ((), dt.date(2026, 1, 18), 1),
        (("permit",), dt.date(2026, 2, 11), 2),
        (("permit",), OPENING, 3),
        (("permit", "hearing"), dt.date(2026, 2, 13), 4),
    ],
)
def test_the_forecast_is_what_becomes_of_many_lives(gates: tuple[str, ...], as_of: dt.date, seed: int) -> None:
    problem = anchored(*gates, as_of=as_of)
    draws = prior_draws(problem, seed, 1)
    draws["loading"] *= 2.0  # so that what the drivers do is large beside the error
    draws["hastening"] *= 2.0
    projected = LAW.project(copies(draws, 0, COPIES), problem, PATHS)
    lived = live(by_hand.one_draw(draws, 0), problem, LIVES, np.random.default_rng(seed))
    assert projected.shape[1:] == lived.shape
    assert_as_lived(projected, lived)


def test_a_gate_that_was_passed_waits_no_more() -> None:
    shut = anchored("permit", "hearing")
    ajar, wide = (replace(shut, passed=passed) for passed in ((OPENING, None), (OPENING, OPENING)))
    draws = prior_draws(shut, 1, 400)
    resolved = [float(LAW.project(draws, problem)[:, -1].sum(axis=-1).mean()) for problem in (shut, ajar, wide)]
    assert resolved[0] < resolved[1] < resolved[2]
    lived = live(by_hand.one_draw(draws, 0), ajar, LIVES, np.random.default_rng(0))[-1]
    assert_as_lived(LAW.project(copies(draws, 0, COPIES), ajar, PATHS)[:, -1], lived)


def test_simulated_worlds_end_as_the_forecast_says() -> None:
    problem = anchored("permit", as_of=OPENING)
    rng = np.random.default_rng(5)
    worlds = 1500
    ends = [LAW.simulate(problem, rng).outcome for _ in range(worlds)]
    lived = np.array([ends.count(outcome) for outcome in problem.structure.outcomes]) / worlds
    said = LAW.project(prior_draws(problem, 6, 2000), problem)[:, -1].mean(axis=0)
    error = np.sqrt(said * (1 - said) / worlds)
    np.testing.assert_array_less(np.abs(lived - said), 4 * error + 0.005)


# ------------------------------------------------------------------------------------------------ closed forms


def still(draws: Draws) -> Draws:
    """No driver hurries or delays anything."""
    return draws | {"hastening": np.zeros_like(draws["hastening"])}


@given(st.integers(0, 160), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_at_a_constant_pace_what_is_open_decays_by_days(days: int, seed: int) -> None:
    problem = anchored(as_of=OPENING + dt.timedelta(days=days))
    draws = still(prior_draws(problem, seed, 4))
    incidence = LAW.project(draws, problem, 2)
    pace = np.exp(draws["log_pace"][:, 0])
    for week, by_week in zip(problem.calendar.future_weeks, np.moveaxis(incidence, 1, 0), strict=True):
        until = min(week + dt.timedelta(days=6), HORIZON)
        elapsed = (until - problem.calendar.as_of).days / 7
        np.testing.assert_allclose(1 - by_week.sum(axis=-1), np.exp(-pace * elapsed), rtol=1e-10)


def test_at_a_constant_pace_one_gate_makes_the_wait_hypoexponential() -> None:
    problem = anchored("permit", as_of=dt.date(2026, 1, 21))
    draws = still(copies(prior_draws(problem, 3, 1), 0, 2000))
    incidence = LAW.project(draws, problem, 32)
    pace, gate = np.exp(draws["log_pace"][0])
    for week, by_week in zip(problem.calendar.future_weeks, np.moveaxis(incidence, 1, 0), strict=True):
        t = (min(week + dt.timedelta(days=6), HORIZON) - problem.calendar.as_of).days / 7
        # shut until s, when the gate is passed: the pace leaks 2 % before and is whole after
        rate = 0.98 * pace - gate
        by_then = gate * math.exp(-pace * t) * math.expm1(rate * t) / rate
        expected = by_then + math.exp(-(gate + 0.02 * pace) * t)
        found = 1 - by_week.sum(axis=-1)
        assert abs(found.mean() - expected) < 4 * found.std() / math.sqrt(len(found)) + 1e-9


# ------------------------------------------------------------------------------------------------ what must hold


@given(st.integers(0, 2**32), st.sampled_from([(), ("permit",), ("permit", "hearing")]), st.integers(0, 160))
@settings(max_examples=20, deadline=None)
def test_incidence_only_grows_and_never_passes_one(seed: int, gates: tuple[str, ...], days: int) -> None:
    problem = anchored(*gates, as_of=OPENING + dt.timedelta(days=days))
    incidence = LAW.project(prior_draws(problem, seed, 6), problem, 3)
    assert incidence.shape == (6, len(problem.calendar.future_weeks), 3)
    assert np.all(incidence >= 0)
    assert np.all(np.diff(incidence, axis=1) >= 0)
    assert np.all(incidence.sum(axis=-1) <= 1)


def test_the_same_futures_come_again() -> None:
    problem = anchored("permit")
    draws = prior_draws(problem, 3, 10)
    np.testing.assert_array_equal(LAW.project(draws, problem), LAW.project(draws, problem))


def test_next_week_has_the_same_shocks_seen_from_any_day() -> None:
    monday = dt.date(2026, 3, 2)
    shocks = weekly_shocks(common_chance, monday, 50, 4, 3)
    np.testing.assert_array_equal(shocks, weekly_shocks(common_chance, monday, 50, 4, 3))
    np.testing.assert_array_equal(shocks[:, :2], -shocks[:, 2:])
    assert not np.array_equal(shocks, weekly_shocks(common_chance, monday + dt.timedelta(weeks=1), 50, 4, 3))
    assert weekly_shocks(common_chance, monday, 5, 3, 2).shape == (5, 3, 2)


def test_what_is_left_of_the_week_moves_no_driver() -> None:
    wednesday, sunday = (anchored(as_of=day) for day in (dt.date(2026, 2, 11), dt.date(2026, 2, 15)))
    draws = prior_draws(wednesday, 3, 5)
    first, second = (next(LAW.futures(draws, problem, 2)) for problem in (wednesday, sunday))
    assert np.ptp(first.logits, axis=1).max() == 0  # every path stands where the as-of week stands
    assert np.ptp(second.logits, axis=1).max() > 0


def test_a_driver_pulls_towards_the_outcomes_it_loads_on() -> None:
    problem = anchored()
    draws = prior_draws(problem, 3, 500)
    budget = draws | {"level": draws["level"] + np.array([2.0, 0.0])}
    shift = LAW.project(budget, problem)[:, -1].mean(axis=0) - LAW.project(draws, problem)[:, -1].mean(axis=0)
    assert shift[problem.structure.outcomes.index("city")] > 0.05


def test_a_driver_that_delays_leaves_more_open() -> None:
    problem = anchored()
    draws = prior_draws(problem, 3, 500) | {"hastening": np.full((500, 1), -0.6)}
    shock = draws["shock"].copy()
    shock[:, 1] = 1.0  # unions rise and stay up
    open_at_the_end = [
        1 - LAW.project(d, problem)[:, -1].sum(axis=-1).mean() for d in (draws, draws | {"shock": shock})
    ]
    assert open_at_the_end[1] > open_at_the_end[0] + 0.03


def test_a_ripening_outcome_gains_with_time() -> None:
    problem = anchored(as_of=OPENING)
    draws = prior_draws(problem, 3, 500)
    by_week = LAW.project(draws, problem).mean(axis=0)
    other = problem.structure.outcomes.index("other")
    new = np.diff(by_week, axis=0)
    shares = (new / new.sum(axis=-1, keepdims=True))[:, other]
    assert all(later > sooner for sooner, later in pairwise(shares[:11]))


def test_no_forecast_without_solved_intercepts() -> None:
    problem = problem_of()
    with pytest.raises(ValueError, match="not anchored"):
        LAW.project(prior_draws(problem, 1, 2), problem)


def test_a_simulated_world_has_the_design_of_the_real_one() -> None:
    rows = [row("R1", 4), row("R2", 2, coder="bob"), row("R3", 5, event_id="R1", source="A docker")]
    problem = problem_of(*rows, row("R4", 0, effort=0.5)).anchored(MEAN, SD)
    world = LAW.simulate(problem, np.random.default_rng(1))
    assert world.problem.units.keys() == problem.units.keys()
    for key, unit in world.problem.units.items():
        real = problem.units[key]
        assert (unit.week, unit.indicator, unit.efforts) == (real.week, real.indicator, real.efforts)
        design = [(o.source, o.cells, [coder for coder, _ in o.codings]) for o in real.origins]
        assert sorted((o.source, o.cells, [coder for coder, _ in o.codings]) for o in unit.origins) == sorted(design)
    assert (world.outcome is None) == (world.week is None)
