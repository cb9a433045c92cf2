"""Shapley values against all orders, one by one."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecast.insight.shapley import MOST_PLAYERS, coalitions, coefficients, shapley


@st.composite
def games(draw: st.DrawFn) -> np.ndarray:
    """Any values of the coalitions of 1 to 5 players, of two outcomes."""
    players = draw(st.integers(1, 5))
    return draw(arrays(np.float64, (2**players, 2), elements=st.floats(-1, 1)))


def by_all_orders(values: np.ndarray) -> np.ndarray:
    players = (len(values) - 1).bit_length()
    shares = np.zeros((players, *values.shape[1:]))
    orders = list(permutations(range(players)))
    for order in orders:
        coalition = 0
        for player in order:
            shares[player] += values[coalition | 1 << player] - values[coalition]
            coalition |= 1 << player
    return shares / len(orders)


@given(games())
def test_shares_are_the_mean_over_all_orders(values: np.ndarray) -> None:
    np.testing.assert_allclose(shapley(values), by_all_orders(values), atol=1e-12)


@given(games())
def test_shares_add_up_to_what_all_achieve(values: np.ndarray) -> None:
    np.testing.assert_allclose(shapley(values).sum(axis=0), values[-1] - values[0], atol=1e-12)


@given(games(), st.randoms(use_true_random=False))
def test_the_order_in_which_players_are_named_does_not_matter(values: np.ndarray, random: object) -> None:
    members = coalitions((len(values) - 1).bit_length())
    order = list(range(members.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    renamed = members[:, order] @ (1 << np.arange(len(order)))
    np.testing.assert_allclose(shapley(values[renamed])[order], shapley(values), atol=1e-12)


def test_who_adds_nothing_gets_nothing_and_who_adds_always_the_same_gets_that() -> None:
    members = coalitions(4)
    values = 0.3 * members[:, 0] + 0.2 * (members[:, 1] & members[:, 2])
    assert shapley(values) == pytest.approx([0.3, 0.1, 0.1, 0.0])


def test_twelve_are_exact_and_thirteen_too_many() -> None:
    counts = coefficients(coalitions(MOST_PLAYERS))
    assert counts.sum(axis=1) == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(ValueError, match="13 players"):
        coalitions(MOST_PLAYERS + 1)
