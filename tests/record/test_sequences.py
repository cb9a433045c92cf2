"""The confidence sequence holds whenever one looks, for whatever is bounded, and is no wider than it must be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.record.sequences import boundary, confidence_sequence, log_mixture

SCALE = 2.0


@given(st.floats(-1.0, 1.0), st.floats(0.0, 0.499), st.floats(-1.0, 1.0), st.floats(0.0, 1.0))
def test_no_rate_of_the_mixture_gains_anything_on_average(
    foreseen: float, rate: float, one: float, chance: float
) -> None:
    """E exp(l (d - E d) - (d - g)^2 psi(l)) <= 1, for every d of two values; what makes it a supermartingale."""
    other = -one
    psi = (-math.log1p(-SCALE * rate) - SCALE * rate) / SCALE**2
    mean = chance * one + (1.0 - chance) * other
    gain = sum(
        share * math.exp(rate * (value - mean) - (value - foreseen) ** 2 * psi)
        for value, share in ((one, chance), (other, 1.0 - chance))
    )
    assert gain <= 1.0 + 1e-12


@given(st.lists(st.floats(0.0, 5000.0), min_size=1, max_size=5))
def test_the_boundary_is_where_the_mixture_reaches_its_limit(variances: list[float]) -> None:
    variance = np.array(variances)
    reached = boundary(variance, SCALE, 0.025)
    assert log_mixture(reached, variance, SCALE) == pytest.approx(math.log(40.0), abs=1e-6)


def by_hand(differences: list[float]) -> tuple[float, float]:
    """The interval after the last difference, written out."""
    variance = sum((value - (sum(differences[:i]) / i if i else 0.0)) ** 2 for i, value in enumerate(differences))
    rates = [0.95 / 2.0 / 2.0 ** (j / 2.0) for j in range(48)]

    def mixture(s: float) -> float:
        return sum(
            math.exp(r * s - variance * (-math.log(1 - 2 * r) - 2 * r) / 4) / ((j + 1) * (j + 2))
            for j, r in enumerate(rates)
        )

    low, high = 0.0, 1e3
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if mixture(middle) < 40.0 else (low, middle)
    mean, n = sum(differences) / len(differences), len(differences)
    return max(-1.0, mean - high / n), min(1.0, mean + high / n)


def test_the_interval_by_hand() -> None:
    differences = [0.1, -0.2, 0.3, 0.25] * 12
    found = confidence_sequence(np.array(differences), 1.0)
    assert found.shape == (48, 2)
    for seen in (1, 7, 30, 48):
        assert tuple(found[seen - 1]) == pytest.approx(by_hand(differences[:seen]))


def test_one_question_says_nothing() -> None:
    assert confidence_sequence(np.array([1.0]), 1.0).tolist() == [[-1.0, 1.0]]
    assert confidence_sequence(np.array([]), 1.0).shape == (0, 2)


def test_differences_beyond_their_bound_are_refused() -> None:
    assert confidence_sequence(np.array([1.0 + 1e-9, -1.0 - 1e-9]), 1.0).tolist() == [[-1.0, 1.0]] * 2
    for bad in ([0.5, 1.1], [math.nan]):
        with pytest.raises(ValueError, match="beyond"):
            confidence_sequence(np.array(bad), 1.0)


def test_it_covers_at_any_moment_that_somebody_chooses_to_stop() -> None:
    """Forecasters whose means wander with what came before: the share of worlds that ever leave the interval."""
    rng, worlds, questions, misses = np.random.default_rng(5), 400, 250, 0
    for _ in range(worlds):
        steps, found, mean = np.arange(1, questions + 1), np.zeros(questions), np.zeros(questions)
        for i in range(questions):
            mean[i] = 0.3 * np.sin(i / 9) + (0.3 * found[i - 1] if i else 0.0)
            width = 0.1 + 0.3 * (i % 3)
            found[i] = mean[i] + width * (1.0 if rng.random() < 0.5 else -1.0) * 0.5
        intervals = confidence_sequence(found, 1.0, level=0.9)
        truth = np.cumsum(mean) / steps
        misses += bool(np.any((truth < intervals[:, 0]) | (truth > intervals[:, 1])))
    assert misses / worlds <= 0.1


def test_an_ordinary_interval_does_not_cover_so() -> None:
    rng, misses = np.random.default_rng(6), 0
    steps = np.arange(1, 251)
    for _ in range(200):
        found = np.where(rng.random(250) < 0.5, 0.3, -0.3)
        mean = np.cumsum(found) / steps
        misses += bool(np.any(np.abs(mean[20:]) > 1.645 * 0.3 / np.sqrt(steps[20:])))
    assert misses / 200 > 0.2


def test_it_finds_a_difference_that_is_there() -> None:
    found = np.clip(np.random.default_rng(7).normal(0.1, 0.2, 600), -1.0, 1.0)
    low, high = confidence_sequence(found, 1.0)[-1]
    assert 0.0 < low < 0.1 < high < 0.2
