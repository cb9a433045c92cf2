"""The reliability diagram: isotonic regression against brute force, the parts of the score, and its band."""

from __future__ import annotations

import itertools
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.record.corp import Calibration, calibration, isotonic


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), min_size=1, max_size=7))
def test_isotonic_regression_is_the_best_of_all_ways_to_pool(pairs: list[tuple[int, int]]) -> None:
    """Every curve that never falls is constant on runs; all ways to cut into runs are tried."""
    values, weights = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    best = np.inf
    for cuts in itertools.product((False, True), repeat=len(values) - 1):
        blocks = np.concatenate([[0], np.cumsum(cuts)]).astype(int)
        means = np.bincount(blocks, values * weights) / np.bincount(blocks, weights)
        if np.all(np.diff(means) >= 0):
            best = min(best, float(np.sum(weights * (values - means[blocks]) ** 2)))
    found = isotonic(values, weights)
    assert np.all(np.diff(found) >= -1e-12)
    assert float(np.sum(weights * (values - found) ** 2)) == pytest.approx(best, abs=1e-9)


def test_the_diagram_by_hand() -> None:
    """Four questions of two outcomes: 0.2 came once in four, 0.8 three times in four."""
    forecasts = [np.array([0.2, 0.8])] * 4
    came = [np.array([1.0, 0.0]), *([np.array([0.0, 1.0])] * 3)]
    found = calibration(forecasts, came)
    assert found.chances.tolist() == [0.2, 0.8]
    assert found.observed.tolist() == [0.25, 0.75]
    assert found.score == pytest.approx((3 * 0.04 + 0.64) / 4)
    assert found.uncertainty == pytest.approx(0.25)
    assert found.miscalibration == pytest.approx(0.05**2)
    assert found.score == pytest.approx(found.miscalibration - found.discrimination + found.uncertainty)


shares = st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(any).map(lambda n: np.array(n) / sum(n))


@given(st.lists(st.tuples(shares, shares), min_size=1, max_size=4))
def test_the_parts_make_up_the_score_for_soft_endings_too(asked: list[tuple[np.ndarray, np.ndarray]]) -> None:
    with patch("forecast.record.corp.WORLDS", 19):
        found = calibration([said for said, _ in asked], [came for _, came in asked])
    assert found.score == pytest.approx(found.miscalibration - found.discrimination + found.uncertainty)
    assert found.miscalibration >= -1e-12
    assert found.discrimination >= -1e-12
    assert np.all(found.low <= found.high + 1e-12)


def questions(rng: np.random.Generator, sharpened: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Forty questions of four outcomes whose forecasts are the truth, sharpened by a power."""
    truth = [rng.dirichlet(np.ones(4)) for _ in range(40)]
    said = [chances**sharpened / np.sum(chances**sharpened) for chances in truth]
    return said, [np.eye(4)[rng.choice(4, p=chances)] for chances in truth]


def test_forecasts_that_are_right_stay_in_the_band_and_boastful_ones_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecast.record.corp.WORLDS", 199)
    rng = np.random.default_rng(3)
    right = [calibration(*questions(rng, 1.0)) for _ in range(12)]
    boastful = [calibration(*questions(rng, 4.0)) for _ in range(6)]

    def outside(found: Calibration) -> float:
        return float(np.mean((found.observed < found.low) | (found.observed > found.high)))

    assert sum(found.p < 0.05 for found in right) <= 3
    assert sum(found.p < 0.01 for found in boastful) >= 5  # a world may flatter
    assert np.mean([outside(found) for found in right]) < 0.2 < np.mean([outside(found) for found in boastful])
