"""Weights of draws: their sign, their error, and when not to use them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.inference.gate import mcse
from forecast.inference.weights import PARETO_K, weigh

CHAINS, DRAWS = 4, 4000


def normal(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(DRAWS)


def test_weights_move_draws_to_where_the_target_is() -> None:
    """N(0, 1) weighted by exp(x / 2) is N(1/2, 1): the sign and the size are known."""
    draws = normal()
    weights = weigh(draws / 2)
    error = weights.error(draws, CHAINS)
    assert weights.reliable
    assert 0.005 < error < 0.05
    assert abs(float(weights.mean(draws)) - 0.5) < 4 * error
    low, middle, high = weights.quantile(draws, (0.16, 0.5, 0.84))
    assert (low, middle, high) == pytest.approx((-0.5, 0.5, 1.5), abs=0.15)


@pytest.mark.parametrize("shape", [0.2, 0.5, 0.9])
def test_k_hat_finds_the_tail_of_the_weights(shape: float) -> None:
    """exp of an exponential variable of mean k is Pareto with shape k; turned round, it is bounded."""
    log_weights = shape * np.random.default_rng(1).exponential(size=20_000)
    assert weigh(log_weights).pareto_k == pytest.approx(shape, abs=0.15)
    assert weigh(log_weights).reliable == (shape < PARETO_K)
    assert weigh(-log_weights).pareto_k < 0


def test_even_weights_are_no_weights() -> None:
    draws = normal()
    weights = weigh(np.full(DRAWS, -1234.5))
    assert weights.values == pytest.approx(1 / DRAWS)
    assert (weights.pareto_k, weights.reliable) == (0.0, True)
    assert weights.effective == pytest.approx(DRAWS)
    assert weights.error(draws, CHAINS) == pytest.approx(mcse(draws.reshape(CHAINS, -1)))
    levels = (0.05, 0.5, 0.95)
    assert weights.quantile(draws, levels) == pytest.approx(np.quantile(draws, levels))


@given(st.floats(-1e4, 1e4), st.floats(0.0, 1.5))
def test_a_constant_changes_nothing_and_weights_sum_to_one(constant: float, size: float) -> None:
    log_weights = size * normal(3)
    weights = weigh(log_weights)
    assert weights.values.sum() == pytest.approx(1.0)
    assert weigh(log_weights + constant).values == pytest.approx(weights.values, rel=1e-6)
    assert 1.0 <= weights.effective <= DRAWS + 1e-6


@pytest.mark.parametrize("odd", [math.nan, -math.inf, math.inf])
def test_weights_that_are_no_numbers_are_never_used(odd: float) -> None:
    log_weights = normal()
    log_weights[7] = odd
    weights = weigh(log_weights)
    assert not weights.reliable
    assert np.all(np.isfinite(weights.values))
    assert not weigh(np.full(DRAWS, odd)).reliable


def test_the_error_is_that_of_repetitions_and_knows_of_chains_that_stick() -> None:
    rng = np.random.default_rng(5)
    means, errors = [], []
    for _ in range(200):
        steps = rng.standard_normal((CHAINS, 500))
        chains = np.empty_like(steps)
        chains[:, 0] = steps[:, 0]
        for t in range(1, 500):
            chains[:, t] = 0.8 * chains[:, t - 1] + 0.6 * steps[:, t]
        draws = chains.ravel()
        weights = weigh(0.5 * draws)
        means.append(float(weights.mean(draws)))
        errors.append(weights.error(draws, CHAINS))
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.2)
    independent = np.sqrt(np.mean(errors) ** 2 * 500 * CHAINS)
    assert independent > 2, "chains that stick are worth less than their length"


def test_effective_draws_of_a_quantity() -> None:
    draws = normal()
    weights = weigh(draws / 2)
    assert weights.effective_of(draws, CHAINS) < weigh(np.zeros(DRAWS)).effective_of(draws, CHAINS)
    assert weights.effective_of(np.ones(DRAWS), CHAINS) == DRAWS


def test_stated_errors_are_those_that_are_made_though_few_draws_carry_the_weight() -> None:
    """Chains with a memory, moved by most of a standard deviation: the error must not be too small."""
    rng, phi, shift = np.random.default_rng(8), 0.3, 0.9
    off = []
    for _ in range(150):
        x = rng.standard_normal((2, 4, 500))
        for t in range(1, 500):
            x[:, :, t] = phi * x[:, :, t - 1] + np.sqrt(1 - phi**2) * x[:, :, t]
        moved, still = x.reshape(2, -1)
        weights = weigh(shift * moved)
        quantity = moved + still
        off.append((weights.mean(quantity) - shift) / weights.error(quantity, 4))
    assert 0.9 < np.sqrt(np.mean(np.square(off))) < 1.11
