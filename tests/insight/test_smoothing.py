"""Smoothed without ArviZ, weights are those that ArviZ smooths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.inference.weights import weigh as of_arviz
from forecast.insight.smoothing import weigh


@given(st.integers(30, 3000), st.floats(0.001, 8.0), st.sampled_from(["normal", "skewed", "bounded"]), st.integers(0))
def test_weights_and_k_hat_are_those_of_arviz(draws: int, spread: float, kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    logs = {"normal": rng.standard_normal, "skewed": rng.standard_exponential, "bounded": rng.random}[kind](draws)
    found, expected = weigh(spread * logs), of_arviz(spread * logs)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-8, atol=1e-14)
    assert found.pareto_k == pytest.approx(expected.pareto_k, rel=1e-8, abs=1e-10)


def test_even_weights_have_no_tail_and_no_number_has_no_k_hat() -> None:
    assert weigh(np.full(400, 3.0)).pareto_k == 0.0
    assert weigh(np.array([0.0, np.nan, 1.0] * 20)).pareto_k == np.inf


def test_where_no_tail_can_be_fitted_nothing_is_smoothed_and_k_hat_says_so() -> None:
    found = weigh(np.where(np.arange(1000) < 500, 0.0, -3.0))
    assert found.pareto_k == np.inf
    assert found.values.max() == pytest.approx(1.0 / (500 * (1.0 + np.exp(-3.0))))
