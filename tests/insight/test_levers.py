"""A lever's move is what the moved problem says: density and futures, by a change of variables where there is one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecast.case.markets import Markets
from forecast.insight.assumed import levers
from forecast.insight.levers import LevelLever, Lever, LoadingLever, NormalLever, ShareLever
from forecast.insight.lived import intercepts
from forecast.insight.retold import re_anchored, retold, told
from forecast.insight.standing import FEW, Standing
from forecast.insight.states import State, log_ratio
from forecast.markets.reading import Reading
from forecast.model.contract import Draws
from tests.insight.standings import log_posterior, problem, standing
from tests.model.harbour import latent_drivers

LEVERS = {lever.id: lever for lever in levers(problem())}


def moved_draws(lever: Lever, steps: float) -> Draws:
    """The parameters that mean, under the moved problem, what these draws mean under the problem as it stands."""
    draws = dict(standing().draws)
    if isinstance(lever, LoadingLever):
        draws["loading"] = draws["loading"].copy()
        draws["loading"][:, lever.element] += steps * lever.sd
    if isinstance(lever, LevelLever):
        gamma = np.tensordot(draws["hastening"], problem().structure.hastening_places[:, lever.element], axes=1)
        draws["log_pace"] = draws["log_pace"] + steps * lever.sd * gamma
    return draws


@pytest.mark.parametrize("steps", [-1.0, 0.7])
@pytest.mark.parametrize("name", LEVERS)
def test_weights_are_the_ratio_of_the_posteriors(name: str, steps: float) -> None:
    lever, here = LEVERS[name], standing()
    change = lever.change(here, steps)
    before = log_posterior(problem(), here.draws)
    after = log_posterior(lever.moved(problem(), steps), moved_draws(lever, steps))
    weights = np.zeros(len(here)) if change.log_weights is None else change.log_weights
    np.testing.assert_allclose(np.diff(weights), np.diff(after - before), atol=1e-8)


def test_a_ratio_of_posteriors_knows_that_intercepts_spread_otherwise() -> None:
    """Shares stated more firmly, beside a moved momentum: reports of an outcome tell less of its intercept."""
    here = standing()
    moved = LEVERS["momentum-private"].moved(problem(), 1.0)
    firm = moved.anchored(np.asarray(moved.intercept_mean), 0.1)
    expected = log_posterior(firm, here.draws) - log_posterior(problem(), here.draws)
    assert np.ptp(expected) > 0.01
    np.testing.assert_allclose(retold(here, firm, firm.about_outcomes) - told(here, firm.about_outcomes), expected)
    found = log_ratio(here.model.law, [State(problem(), here.draws, 2)], problem(), firm)
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("steps", [-1.0, 0.7])
@pytest.mark.parametrize("name", LEVERS)
def test_with_intercepts_solved_again_weights_are_the_ratio_of_the_posteriors(name: str, steps: float) -> None:
    lever, here = LEVERS[name], standing()
    held = lever.moved(problem(), steps)
    solved = held.anchored(np.array([0.1, 0.2, -0.3]), 0.9)
    change = re_anchored(lever.change(here, steps), here, held, solved)
    before = log_posterior(problem(), here.draws)
    after = log_posterior(solved, moved_draws(lever, steps))
    assert change.log_weights is not None
    np.testing.assert_allclose(np.diff(change.log_weights), np.diff(after - before), atol=1e-8)
    assert change.alpha is not None
    np.testing.assert_allclose(change.alpha, intercepts(solved, here.draws))


def test_only_what_was_read_can_speak_of_is_not_silent() -> None:
    def silent(here: Standing) -> set[str]:
        return {name for name, lever in LEVERS.items() if lever.silent(here)}

    loadings = {name for name, lever in LEVERS.items() if isinstance(lever, LoadingLever)}
    shares = {name for name, lever in LEVERS.items() if isinstance(lever, ShareLever)}
    assert silent(standing()) == loadings, "a report tells of the tender, and with it of momentum and intercepts"
    units = {key: unit for key, unit in problem().units.items() if key[1] != "tender"}
    unheard = replace(standing(), problem=problem().with_units(units))
    assert silent(unheard) == loadings | shares | {"momentum-private"}
    priced = replace(unheard, reading=Reading((), Markets(reason="One market."), ()))
    assert silent(priced) == set()


def test_a_share_that_reports_have_told_of_is_no_strong_prior() -> None:
    """Told of is how far an outcome lies from the others: what all deviates have in common is in no likelihood."""
    lever = LEVERS["stated-chances:private"]
    z = np.random.default_rng(5).standard_normal((400, 3))
    own = 0.25 * z[:, 1]
    held = z - z.mean(axis=1, keepdims=True)
    held[:, 1] = own
    held[:, [0, 2]] -= held.sum(axis=1, keepdims=True) / 2.0
    draws = {"intercept_z": held + 3.0 * z[:, :1]}
    values = lever.values(draws)
    assert values is not None
    np.testing.assert_allclose(values, own)
    log_prior = lever.log_prior(draws)
    assert log_prior is not None
    np.testing.assert_allclose(log_prior, -0.5 * np.sum(held**2, axis=1))


@pytest.mark.parametrize("name", LEVERS)
def test_futures_are_those_of_the_moved_problem(name: str) -> None:
    lever, here = LEVERS[name], standing()
    change, moved = lever.change(here, 1.0), lever.moved(problem(), 1.0)
    lived = here.few if change.lived is None else change.lived
    alpha = here.alpha if change.alpha is None else change.alpha
    expected = latent_drivers().law.project(moved_draws(lever, 1.0), moved, FEW)[:, -1]
    np.testing.assert_allclose(lived.chances(alpha).mean(axis=1)[:, :-1], expected, atol=2e-6)


def test_what_is_kept_of_the_futures_is_their_chances() -> None:
    here = standing()
    expected = latent_drivers().law.project(here.draws, problem(), here.lived.paths)[:, -1]
    np.testing.assert_allclose(here.chances[:, :-1], expected, atol=2e-6)
    np.testing.assert_allclose(here.by_path.sum(axis=2), 1.0, atol=1e-9)


def test_every_assumption_that_the_forecast_rests_on_has_a_lever() -> None:
    items = {item.id for item in problem().case.assumptions.items.values() if item.kind != "shares"}
    assert {lever.id.partition(":")[0] for lever in LEVERS.values() if not isinstance(lever, ShareLever)} == items
    shares = next(item for item in problem().case.assumptions.items.values() if item.kind == "shares")
    assert {f"{shares.id}:{outcome}" for outcome in problem().structure.outcomes} <= LEVERS.keys()


def test_a_step_is_a_prior_standard_deviation_or_a_doubling() -> None:
    level, half_life = LEVERS["level-of-unions"], LEVERS["half-life-of-budgets"]
    assert isinstance(level, NormalLever)
    assert level.at(1.0) == pytest.approx(0.9)
    assert [half_life.at(steps) for steps in (-1.0, 0.0, 1.0)] == [5.0, 10.0, 20.0]
    moved = half_life.moved(problem(), 1.0).structure
    assert moved.persistence[0] == pytest.approx(2 ** (-1 / 20))
    assert replace(moved, persistence=problem().structure.persistence).level == problem().structure.level


def test_restated_shares_are_odds_times_a_factor() -> None:
    lever = LEVERS["stated-chances:city"]
    before, after = problem().structure.shares, lever.restated(problem(), 2.0).structure.shares
    odds = (after[0] / (1 - after[0])) / (before[0] / (1 - before[0]))
    assert np.log(odds) == pytest.approx(lever.at(2.0))
    assert after.sum() == pytest.approx(1.0)
