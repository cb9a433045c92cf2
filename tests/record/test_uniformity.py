"""The band: what it promises for uniform ranks, and what it finds."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from forecast.record.uniformity import band, chance_of_reaching, counts_below, p_value


def ranks_of(simulations: int, places: int, *, shift: float = 0.0, narrower: float = 1.0, seed: int = 1) -> list[int]:
    """Ranks of standard normal truths among draws from a posterior that is shifted or too narrow."""
    rng = np.random.default_rng(seed)
    draws = shift + narrower * rng.standard_normal((simulations, places - 1))
    return [int(np.sum(row < truth)) for row, truth in zip(draws, rng.standard_normal(simulations), strict=True)]


@pytest.mark.parametrize(("simulations", "places"), [(1, 5), (20, 100), (50, 20), (300, 100)])
def test_the_band_holds_uniform_ranks_as_often_as_it_says(simulations: int, places: int) -> None:
    edges, rng, sets = band(simulations, places, 0.95), np.random.default_rng(5), 4000
    ranks = rng.integers(places, size=(sets, simulations))
    inside = sum(edges.deviation(counts_below(row, places)) < 1.0 for row in ranks)
    error = np.sqrt(0.95 * 0.05 / sets)
    assert inside / sets > 0.95 - 4 * error
    if simulations >= 50:  # with few ranks the next narrower band is much narrower
        assert inside / sets < 0.965 + 4 * error


def test_the_p_value_is_that_of_counting_all_cases() -> None:
    simulations, places = 4, 3
    below, above = {}, {}
    for count in range(simulations + 1):
        for cut in (1, 2):
            chances = [(cut / places) ** k * (1 - cut / places) ** (simulations - k) for k in range(simulations + 1)]
            ways = [1, 4, 6, 4, 1]
            below[cut, count] = sum(w * c for w, c in zip(ways[: count + 1], chances[: count + 1], strict=True))
            above[cut, count] = sum(w * c for w, c in zip(ways[count:], chances[count:], strict=True))

    def extremity(ranks: tuple[int, ...]) -> float:
        counts = counts_below(ranks, places)
        return min(min(below[cut, counts[cut - 1]], above[cut, counts[cut - 1]]) for cut in (1, 2))

    every = list(product(range(places), repeat=simulations))
    for ranks in every:
        as_far = np.mean([extremity(other) <= extremity(ranks) * (1 + 1e-9) for other in every])
        assert p_value(ranks, places) == pytest.approx(as_far)


def test_p_values_of_uniform_ranks_are_no_smaller_than_they_should_be() -> None:
    rng = np.random.default_rng(2)
    found = np.array([p_value(rng.integers(100, size=60).tolist(), 100) for _ in range(400)])
    for level in (0.02, 0.1, 0.5):
        assert np.mean(found <= level) < level + 4 * np.sqrt(level * (1 - level) / 400)


@pytest.mark.parametrize("seed", range(40))
def test_outside_the_band_is_a_p_value_of_one_in_twenty(seed: int) -> None:
    ranks = ranks_of(80, 100, shift=0.25, seed=seed)
    outside = band(80, 100, 0.95).deviation(counts_below(ranks, 100)) >= 1.0
    assert outside == (p_value(ranks, 100) <= 0.05)


@pytest.mark.parametrize("wrong", [{"shift": 0.4}, {"shift": -0.4}, {"narrower": 0.6}, {"narrower": 1.6}])
def test_a_shifted_and_a_too_narrow_posterior_are_found(wrong: dict[str, float]) -> None:
    assert p_value(ranks_of(200, 100, **wrong), 100) < 1e-3
    assert p_value(ranks_of(200, 100), 100) > 0.01


def test_edge_cases() -> None:
    assert p_value([], 100) == 1.0
    assert p_value([0] * 50, 100) < 1e-12
    assert chance_of_reaching(0.0, 20, 10) == 0.0
    assert chance_of_reaching(2.0, 20, 10) == 1.0
    assert counts_below([0, 0, 2], 4).tolist() == [2, 2, 3]
