"""The other program's worlds are those that the model means; a few of them are recovered on every run of the tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecast.inference.batch import Batch
from forecast.model.priors import Draws
from forecast.model.problem import Problem
from tests.model.harbour import latent_drivers, prior_draws
from tests.recovery.findings import GROUPS, LEVELS, covered, grouped, wilson
from tests.recovery.page import MARKS, put, tables
from tests.recovery.truth import Jump, State, ends
from tests.recovery.whole import draw_paces, live_past, whole_problem
from tests.recovery.worlds import JUMP, KINDS, Recovered, harbour_problem, open_world, recovered

LAW = latent_drivers().law
FEW = 6


def state(seed: int, jump: Jump | None = None, problem: Problem | None = None) -> State:
    """A state of the plain harbour, or of another problem with paces drawn as that of the whole one."""
    rng = np.random.default_rng(seed)
    paces = None if problem is None else draw_paces(problem.structure, rng)[0]
    problem = problem or harbour_problem()
    given = State(problem.structure, problem.calendar, rng, jump, paces)
    given.settle(np.asarray(problem.intercept_mean), problem.intercept_sd)
    return given


def as_draws(given: State, problem: Problem) -> Draws:
    """The same truth in the model's own parameters."""
    s = given.s
    draws = {name: values[:1].copy() for name, values in prior_draws(problem, 1, 2).items()}
    phi = s.persistence
    shock = np.zeros_like(draws["shock"][0].T)
    shock[0] = given.own[0] / given.volatility
    steps = given.own[1:] - phi * given.own[:-1]
    shock[1 : len(given.own)] = steps / (np.sqrt(1 - phi**2) * given.volatility)
    causes = np.linalg.inv(given.mixing / np.diag(given.mixing)[:, None])
    pulls = -causes[s.influence_effect, s.influence_cause]
    changed = {
        "shock": shock.T,
        "volatility_spread": np.array(1.0),
        "volatility_z": np.log(given.volatility),
        "level": given.level,
        "influence": pulls,
        "log_pace": given.paces.stage,
        "country_spread": np.array(1.0),
        "country_z": np.array(given.paces.country[: len(s.past.countries)]),
        "baseline_spread": np.array(1.0),
        "baseline_z": np.diff(given.paces.age)[: s.past.bands],
        "deadline": np.array(given.paces.hurry),
        "hastening": given.hastening[s.hastening_stage, s.hastening_driver],
        "loading": given.loading[s.loading_outcome, s.loading_driver],
        "intercept_z": (given.alpha - problem.intercept_mean) / problem.intercept_sd,
    }
    return draws | {name: np.asarray(value)[None] for name, value in changed.items()}


@pytest.mark.parametrize("seed", range(4))
def test_drivers_and_endings_are_those_of_the_model(seed: int) -> None:
    agree(state(seed), harbour_problem(), 0, seed, 0.004)


@pytest.mark.parametrize("passed", [0, 1, 2])
def test_so_are_those_of_the_whole_harbour(passed: int) -> None:
    """Two gates, deadlines ahead and a past, from the middle of a week on."""
    problem = whole_problem().anchored(np.array([0.4, -0.1, -0.3]), 0.3)
    days = tuple(problem.calendar.as_of if gate < passed else None for gate in range(2))
    past = live_past(*draw_paces(problem.structure, np.random.default_rng(passed)), np.random.default_rng(passed))
    problem = replace(problem, passed=days, structure=replace(problem.structure, past=past))
    agree(state(passed, problem=problem), problem, passed, passed, 0.008)


def agree(given: State, problem: Problem, passed: int, seed: int, apart: float) -> None:
    """Drivers to the last digits; chances within their error, and how far days and weeks may lie apart."""
    draws = as_draws(given, problem)
    np.testing.assert_allclose(LAW.latents(draws, problem)[0], given.x, atol=1e-9)
    chances = LAW.project(draws, problem, 4096)[0, -1]
    by_hand = ends(given, passed, np.random.default_rng(seed), 4096)
    error = by_hand.std(axis=0) / np.sqrt(len(by_hand))
    np.testing.assert_array_less(np.abs(by_hand.mean(axis=0) - chances), 5 * error + apart)  # days, not moments


def test_past_episodes_are_counted_as_the_likelihood_knows_them() -> None:
    """Of many worlds the weeks at risk and the ends fit each other: a rate is ends over weeks."""
    rng = np.random.default_rng(8)
    s = whole_problem().structure
    expected = came = 0.0
    for _ in range(60):
        paces, slowed = draw_paces(s, rng)
        past = live_past(paces, slowed, rng)
        for (country, band, selected), weeks in zip(past.cells, past.weeks, strict=True):
            expected += weeks * np.exp(paces.stage[0] + paces.country[country] + paces.age[band] - slowed * selected)
        came += sum(past.events)
    assert abs(came - expected) < 4 * np.sqrt(expected)
    assert came > 1000


def test_a_jump_is_one_that_the_shocks_hardly_hold() -> None:
    s = harbour_problem().structure
    own_step = np.sqrt(1 - s.persistence[0] ** 2)
    jumped, quiet = state(3, Jump(0, 9, JUMP)).own, state(3).own
    assert jumped[9, 0] - quiet[9, 0] == pytest.approx(JUMP)
    np.testing.assert_array_equal(jumped[:9], quiet[:9])
    rare = np.mean(np.abs(np.random.default_rng(1).standard_t(5, 10**6)) * np.sqrt(0.6) > JUMP / own_step)
    assert rare < 5e-4


def test_worlds_are_open_and_their_gates_passed_or_not() -> None:
    rng = np.random.default_rng(5)
    passed = [open_world(KINDS["as-modelled"], rng).problem.passed[0] for _ in range(40)]
    calendar = harbour_problem().calendar
    assert 5 < sum(day is None for day in passed) < 35
    assert all(calendar.opening < day <= calendar.as_of for day in passed if day is not None)


def test_intervals_around_right_draws_cover_at_their_rates_and_around_narrow_ones_do_not() -> None:
    rng = np.random.default_rng(2)
    truth = rng.standard_normal(4000)
    for width, holds in ((1.0, True), (0.8, False)):
        places = np.array([np.mean(width * rng.standard_normal(200) < value) for value in truth])
        for level in LEVELS:
            assert wilson(int(covered(places, level).sum()), len(places)).holds(level) is holds


def test_the_tables_go_between_their_marks_and_say_what_does_not_hold() -> None:
    chances = {"a": 0.5, "unresolved": 0.5}
    places = {"chance of a": 0.999, "budget now": 0.5, "pace of permit": 0.3}
    worlds = [Recovered(n, "a", chances, {"a": 0.3, "unresolved": 0.7}, places, ()) for n in range(30)]
    empty = f"before\n{MARKS[0][0]}\nold\n{MARKS[0][1]}\nafter"
    page = put(empty, tables({"as-modelled": worlds, "jump": worlds}), MARKS[0])
    assert page.startswith("before\n")
    assert page.endswith("\nafter")
    assert "old" not in page
    assert "| chance of a | **0 (0 to 11)** |" in page
    with pytest.raises(ValueError, match="holds no"):
        put("nothing", "tables", MARKS[1])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["as-modelled", "whole"])
def test_a_few_worlds_are_recovered(kind: str) -> None:
    """So few that only gross faults show: the long run is `python -m tests.recovery`."""
    batch = Batch(latent_drivers(), harbour_problem())
    worlds = [recovered(batch, KINDS[kind], number) for number in range(1000, 1000 + FEW)]
    assert not [fault for world in worlds for fault in world.faults]
    for group in GROUPS:
        rates = grouped(worlds, group)
        assert rates[0.5].share < 0.9
        assert rates[0.95].share > 0.7
    again = recovered(batch, KINDS[kind], 1000)
    assert again == worlds[0]
