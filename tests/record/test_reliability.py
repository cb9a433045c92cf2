"""Forecasts against what happened: right ones pass, overconfident ones do not, and nobody beats the oracle for free."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.record.reliability import log_score, reliability

Array = NDArray[np.float64]


def worlds(simulations: int, seed: int, sharper: float = 1.0) -> tuple[Array, Array, NDArray[np.int64]]:
    """Forecasts, the chances by which outcomes came, and the outcomes."""
    rng = np.random.default_rng(seed)
    logits = 1.2 * rng.standard_normal((simulations, 4))
    true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    said = np.exp(sharper * logits) / np.exp(sharper * logits).sum(axis=1, keepdims=True)
    happened = np.array([rng.choice(4, p=row) for row in true])
    return said, true, happened


def test_right_forecasts_raise_no_more_alarms_than_stated() -> None:
    found = np.array([reliability(*worlds(30, seed)[::2], level=0.95).p for seed in range(60)])
    for level in (0.05, 0.3):
        assert np.mean(found <= level) < level + 4 * np.sqrt(level * (1 - level) / 60)


def test_overconfident_forecasts_are_found() -> None:
    said, _, happened = worlds(200, 3, sharper=2.5)
    found = reliability(said, happened, 0.95)
    assert found.p < 0.001
    low, high = found.groups[-1].interval
    assert found.groups[-1].observed < low < found.groups[-1].forecast < high


def test_groups_share_the_forecasts_evenly_from_small_to_large() -> None:
    said, _, happened = worlds(100, 4)
    groups = reliability(said, happened, 0.95).groups
    assert [group.count for group in groups] == [40] * 10
    assert [group.forecast for group in groups] == sorted(group.forecast for group in groups)
    assert sum(group.count * group.forecast for group in groups) == pytest.approx(100)
    assert sum(group.count * group.observed for group in groups) == pytest.approx(100)
    assert len(reliability(said[:2], happened[:2], 0.95).groups) == 1


def test_the_log_score_is_compared_with_the_oracle_and_with_its_own_expectation() -> None:
    said, true, happened = worlds(3000, 5, sharper=2.0)
    found = log_score(said, true, happened)
    assert found.behind == pytest.approx(found.oracle - found.forecast)
    assert found.behind > 3 * found.error, "overconfidence costs"
    assert found.expected > found.forecast + 0.1, "and does not expect to"
    perfect = log_score(true, true, happened)
    assert (perfect.behind, perfect.error) == (0.0, 0.0)
    assert perfect.forecast == pytest.approx(perfect.expected, abs=0.08)
    assert np.isfinite(log_score(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]]), np.array([1])).forecast)
