"""Pooled draws and the game on them, against posteriors that are known in closed form."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from forecast.insight.game import play
from forecast.insight.pool import Pool, pool_draws
from forecast.insight.shapley import Members, coalitions, shapley

CHAINS = 4
OLD, NEW = 0.0, 1.2
"""Means of two normal posteriors of unit variance."""
PARTS = np.array([0.9, 0.5, -0.2])
"""What each of three reports adds to the mean: they sum to the whole way."""


def log_normal(x: np.ndarray, mean: float) -> np.ndarray:
    return -0.5 * (x - mean) ** 2


def two_states(seed: int, draws: int = 2000) -> tuple[np.ndarray, Pool]:
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(OLD, 1, draws), rng.normal(NEW, 1, draws // 2)])
    densities = np.stack([log_normal(x, OLD) + 7.0, log_normal(x, NEW) - 30.0])  # constants nobody knows
    return x, pool_draws(densities, (draws, draws // 2), (CHAINS, CHAINS))


def test_each_state_owns_as_much_of_the_pool_as_it_has_draws() -> None:
    _, pool = two_states(1)
    assert pool.membership.sum(axis=0) == pytest.approx(pool.sizes, rel=1e-6)
    assert pool.membership.sum(axis=1) == pytest.approx(1.0)


def test_the_pool_speaks_for_both_ends_and_for_what_lies_between() -> None:
    x, pool = two_states(2, draws=20_000)
    for mean in (OLD, 0.5, NEW):
        weights = pool.weights(log_normal(x, mean))
        assert float(weights @ x) == pytest.approx(mean, abs=0.03)
        assert float(weights @ x**2) - mean**2 == pytest.approx(1.0, abs=0.06)


def test_one_state_is_plain_importance_sampling() -> None:
    x = np.random.default_rng(3).normal(OLD, 1, 400)
    pool = pool_draws(log_normal(x, OLD)[None], (400,), (CHAINS,))
    expected = np.exp(0.3 * x)
    np.testing.assert_allclose(pool.weights(log_normal(x, 0.3)), expected / expected.sum(), atol=1e-12)
    np.testing.assert_allclose(pool.weights(log_normal(x, OLD)), 1 / 400)


def game(seed: int) -> tuple[np.ndarray, Pool, np.ndarray]:
    """Chance of being positive as the three parts join: draws, pool of densities over the start's, ratios."""
    x, pool = two_states(seed, draws=1000)
    ratios = PARTS[:, None] * (x - OLD)  # of N(m + part) to N(m), up to a constant
    return x, replace(pool, log_proposal=pool.log_proposal - log_normal(x, OLD)), ratios


def play_it(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, pool, ratios = game(seed)
    chances = np.column_stack([x > 0, x <= 0]).astype(float)

    def futures(_: Members) -> np.ndarray:
        return chances

    played = play(pool, ratios, futures)
    ends = np.stack([played.start, played.end])
    np.testing.assert_allclose(played.shares.sum(axis=0), ends[1] - ends[0], atol=1e-12)
    return played.shares, ends, pool.error(played.felt)


def test_shares_are_those_of_the_known_posteriors_within_errors_that_are_true() -> None:
    members = coalitions(len(PARTS))
    known = np.array([1 - NormalDist(mean, 1).cdf(0) for mean in members @ PARTS])
    expected = np.concatenate([shapley(known), known[[0, -1]]])
    found, errors = [], []
    for seed in range(60):
        shares, ends, error = play_it(seed)
        found.append(np.concatenate([shares, ends])[:, 0])
        errors.append(error[:, 0])
    np.testing.assert_allclose(np.mean(found, axis=0), expected, atol=0.004)
    spread, said = np.std(found, axis=0), np.mean(errors, axis=0)
    np.testing.assert_allclose(said, spread, rtol=0.3)


def test_a_player_may_change_futures_too() -> None:
    x, pool, ratios = game(5)
    before, after = (np.column_stack([x > edge, x <= edge]).astype(float) for edge in (0.0, 0.5))

    def futures(who: Members) -> np.ndarray:
        return after if who[1] else before

    played = play(pool, ratios, futures)
    values = [pool.weights(who.astype(float) @ ratios) @ (after if who[1] else before) for who in coalitions(3)]
    np.testing.assert_allclose(played.shares, shapley(np.array(values)), atol=1e-12)


def test_the_order_of_players_changes_nothing() -> None:
    x, pool, ratios = game(6)
    chances = np.column_stack([x > 0, x <= 0]).astype(float)
    one = play(pool, ratios, lambda _: chances)
    other = play(pool, ratios[[2, 0, 1]], lambda _: chances)
    np.testing.assert_allclose(other.shares, one.shares[[2, 0, 1]], atol=1e-12)
    np.testing.assert_allclose(other.felt[:, :3], one.felt[:, [2, 0, 1]], atol=1e-9)
