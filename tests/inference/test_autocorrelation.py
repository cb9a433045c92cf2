"""Errors of many means at once are those that ArviZ gives one by one."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.inference.autocorrelation import errors_of_means
from forecast.inference.gate import mcse


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(-0.9, 0.99),
    st.integers(1, 5),
    st.integers(8, 300),
)
def test_the_same_as_one_by_one(seed: int, phi: float, chains: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    draws = rng.standard_normal((3, chains, length))
    for t in range(1, length):
        draws[..., t] += phi * draws[..., t - 1]
    draws[1] **= 3
    one_by_one = [float(array_stats.mcse(one)) for one in draws]
    np.testing.assert_allclose(errors_of_means(draws), one_by_one, rtol=1e-9)


def test_what_never_changes_has_no_error() -> None:
    rng = np.random.default_rng(1)
    draws = np.stack([np.full((4, 50), 0.25), rng.standard_normal((4, 50))])
    assert errors_of_means(draws)[0] == 0.0
    assert errors_of_means(draws)[1] == pytest.approx(mcse(draws[1]), rel=1e-9)
    assert errors_of_means(np.zeros((0, 4, 50))).shape == (0,)
