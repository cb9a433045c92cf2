"""The forecast's numbers from projected draws."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from forecast.outcomes import batched_mcse, forecast_of, probabilities

NAMES = ("city", "private", "other")
WEEKS = tuple(dt.date(2026, 2, 9) + dt.timedelta(weeks=n) for n in range(5))


def incidence(seed: int, chains: int = 4, draws: int = 50) -> NDArray[np.float64]:
    """Projected draws, chain by chain: shape (draw, week, outcome)."""
    steps = np.random.default_rng(seed).dirichlet(np.ones(16), chains * draws)[:, :15]
    return np.asarray(np.cumsum(steps.reshape(-1, 5, 3), axis=1))


@given(st.integers(0, 2**32))
def test_outcomes_and_unresolved_sum_to_one(seed: int) -> None:
    found = forecast_of(incidence(seed), 4, NAMES, WEEKS)
    assert [outcome.id for outcome in found.outcomes] == [*NAMES, "unresolved"]
    assert abs(sum(outcome.probability for outcome in found.outcomes) - 1) < 1e-12
    for outcome in found.outcomes:
        low, high = outcome.interval
        assert 0 <= low <= high <= 1
        assert outcome.mcse > 0


def test_a_probability_is_the_mean_and_an_interval_the_spread_over_draws() -> None:
    drawn = incidence(1, draws=2000)
    drawn[:, -1, 0] = np.linspace(0.2, 0.3, len(drawn))
    city = forecast_of(drawn, 4, NAMES, WEEKS).outcomes[0]
    assert city.probability == pytest.approx(0.25)
    assert city.interval == pytest.approx((0.205, 0.295))


def test_the_weeks_are_means_over_draws_and_end_at_the_outcomes() -> None:
    drawn = incidence(2)
    found = forecast_of(drawn, 4, NAMES, WEEKS)
    assert found.weeks == WEEKS
    np.testing.assert_allclose(found.incidence, drawn.mean(axis=0))
    np.testing.assert_allclose(found.incidence[-1], [outcome.probability for outcome in found.outcomes[:-1]])


def test_draws_are_told_apart_by_chain() -> None:
    drawn = incidence(3)
    quantities = probabilities(drawn, 4, NAMES)
    assert all(quantity.is_probability and quantity.draws.shape == (4, 50) for quantity in quantities)
    np.testing.assert_array_equal(quantities[1].draws[2], drawn[100:150, -1, 1])
    np.testing.assert_allclose(sum(quantity.draws for quantity in quantities), 1.0)
    # chains that disagree make the error larger than draws that are merely shuffled
    apart = drawn.copy()
    apart[:, -1, 0] = np.sort(apart[:, -1, 0])
    mixed = forecast_of(drawn, 4, NAMES, WEEKS).outcomes[0].mcse
    assert forecast_of(apart, 4, NAMES, WEEKS).outcomes[0].mcse > 2 * mixed


def test_the_error_of_a_solved_model_knows_which_draws_hang_together() -> None:
    """Means of 512 blocks of eight equal draws are as uncertain as 512 draws; of 4,096 independent ones, as those."""
    rng = np.random.default_rng(4)
    alone, in_blocks = rng.normal(size=(200, 4096)), np.repeat(rng.normal(size=(200, 512)), 8, axis=1)
    for draws, size in ((alone, 4096), (in_blocks, 512)):
        stated = np.mean([batched_mcse(one) for one in draws])
        assert stated == pytest.approx(draws.mean(axis=1).std(), rel=0.15)
        assert stated == pytest.approx(size**-0.5, rel=0.1)


@given(st.integers(1, 12))
def test_the_error_of_few_draws_is_a_number(size: int) -> None:
    assert (batched_mcse(np.arange(float(size))) > 0) == (size > 1)
