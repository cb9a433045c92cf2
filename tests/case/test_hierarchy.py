"""Several analysts' numbers as one: the closed form against what the hierarchy itself draws, and what it never does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case.hierarchy import Team, team

numbers = st.lists(st.floats(-3, 3), min_size=2, max_size=6)


def pooled(values: list[float], doubt: float = 0.2, spread: float = 0.1, weights: list[float] | None = None) -> Team:
    return team([[each] for each in values], [doubt] * len(values), weights or [1.0] * len(values), spread, 4.0)


def test_two_analysts_by_hand() -> None:
    found = pooled([0.0, 0.6])
    between = (4 * 0.1**2 + 0.18) / (4 + 1 - 2)
    assert found.means == pytest.approx((0.3,))
    assert found.between == pytest.approx(math.sqrt(between))
    assert found.sd == pytest.approx(math.sqrt(0.2**2 + 1.5 * between))


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (2.0, 0.5, 0.5)])
def test_the_closed_form_is_what_quadrature_makes_of_the_hierarchy(weights: tuple[float, ...]) -> None:
    """The posterior of tau on a grid; the team's value given tau is normal around the weighted mean."""
    values, spread, worth = np.array([-0.2, 0.1, 0.7]), 0.25, 6.0
    w = np.array(weights) * 3 / sum(weights)
    mean = w @ values / 3
    squares = w @ (values - mean) ** 2
    logs = np.linspace(-9, 5, 20_001)
    variance = np.exp(logs)
    density = -0.5 * worth * logs - 0.5 * worth * spread**2 / variance - logs * (3 - 1) / 2 - 0.5 * squares / variance
    density = np.exp(density - density.max())
    expected = (density @ variance) / density.sum()
    found = team([[v] for v in values], [0.1, 0.2, 0.3], weights, spread, worth)
    assert found.means[0] == pytest.approx(mean)
    assert found.between**2 == pytest.approx(expected, rel=1e-4)


def test_the_pooled_prior_is_what_the_hierarchy_draws() -> None:
    """Teams drawn at random; of those whose analysts said about this, the number that held in the world."""
    rng, said, doubt, spread, worth = np.random.default_rng(1), np.array([0.1, 0.5]), 0.15, 0.3, 5.0
    draws = 4_000_000
    tau = np.sqrt(worth * spread**2 / rng.chisquare(worth, draws))
    mu = rng.uniform(-2.7, 3.3, draws)
    stated = mu[:, None] + tau[:, None] * rng.standard_normal((draws, 2))
    world = mu + tau * rng.standard_normal(draws) + doubt * rng.standard_normal(draws)
    alike = np.all(np.abs(stated - said) < 0.05, axis=1)
    found = team([[said[0]], [said[1]]], [doubt, doubt], [1.0, 1.0], spread, worth)
    assert alike.sum() > 2000
    assert found.means[0] == pytest.approx(world[alike].mean(), abs=4 * world[alike].std() / math.sqrt(alike.sum()))
    assert found.sd == pytest.approx(world[alike].std(), rel=0.08)


@given(numbers, st.randoms())
def test_the_order_of_analysts_does_not_matter(values: list[float], random: object) -> None:
    shuffled = sorted(values, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, other = pooled(values), pooled(shuffled)
    assert one.means == pytest.approx(other.means, abs=1e-12)
    assert one.sd == pytest.approx(other.sd)


@given(st.floats(-3, 3), st.integers(2, 8), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_analysts_who_agree_give_back_their_own_value(value: float, count: int, doubt: float, spread: float) -> None:
    found = pooled([value] * count, doubt, spread)
    assert found.means == pytest.approx((value,))
    extra = (1 + 1 / count) * 4 * spread**2 / (4 + count - 3)
    assert found.sd**2 == pytest.approx(doubt**2 + extra)
    assert found.doubt == pytest.approx(doubt)


@given(numbers, st.floats(1.0, 3.0))
def test_more_disagreement_never_narrows(values: list[float], factor: float) -> None:
    middle = sum(values) / len(values)
    apart = [middle + factor * (each - middle) for each in values]
    assert pooled(apart).sd >= pooled(values).sd * (1 - 1e-12)


@given(numbers, st.floats(-2, 2), st.floats(0.1, 5.0))
def test_another_unit_gives_the_same_answer_in_that_unit(values: list[float], shift: float, unit: float) -> None:
    one = pooled(values)
    other = pooled([shift + unit * each for each in values], 0.2 * unit, 0.1 * unit)
    assert other.means[0] == pytest.approx(shift + unit * one.means[0], abs=1e-9)
    assert other.sd == pytest.approx(unit * one.sd)


@given(numbers)
def test_one_analyst_with_all_the_weight_is_followed(values: list[float]) -> None:
    found = pooled(values, weights=[1e6, *[1e-6] * (len(values) - 1)])
    assert found.means[0] == pytest.approx(values[0], abs=1e-9)


def test_numbers_that_share_a_spread_count_together() -> None:
    """With d free numbers there are d (n - 1) squares to learn the spread from."""
    found = team([[0.4, -0.4], [0.0, 0.0]], [0.1, 0.1], [1.0, 1.0], 0.2, 4.0, dimensions=1)
    alone = team([[0.4 * math.sqrt(2)], [0.0]], [0.1, 0.1], [1.0, 1.0], 0.2, 4.0)
    assert found.between == pytest.approx(alone.between)
    assert found.means == pytest.approx((0.2, -0.2))
