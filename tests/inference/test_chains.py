"""The sampler by itself: it draws from densities that are known, whoever runs it and on however many threads."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from arviz_stats.base import array_stats
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from numpy.typing import NDArray

from forecast.inference.adaptation import StepSize, Variances, windows
from forecast.inference.chains import STATISTICS, Chains, Settings, draw_chains
from forecast.inference.compiling import compiled_transition
from forecast.inference.density import Density, Parameter

Array = NDArray[np.float64]


@njit
def gaussian(point: Any, precision: Any, mean: Any) -> tuple[Any, Any]:
    slope = -np.dot(precision, point - mean)
    return np.array(0.5 * np.sum((point - mean) * slope)), slope


@njit
def heavy_tailed(point: Any, degrees: Any) -> tuple[Any, Any]:
    """Independent Student-t with five degrees."""
    inside = 1.0 + point**2 / degrees
    return np.array(-np.sum(0.5 * (degrees + 1.0) * np.log(inside))), -(degrees + 1.0) * point / degrees / inside


@njit
def walled(point: Any, rate: Any) -> tuple[Any, Any]:
    """A half-line whose end the gradient does not see coming: exponential from 0 on."""
    return np.array(-np.sum(rate * point) if np.all(point > 0.0) else -np.inf), -rate * np.ones_like(point)


COVARIANCE = np.array([[1.0, 1.8, 0.0], [1.8, 4.0, 0.0], [0.0, 0.0, 400.0]])
MEAN = np.array([1.0, -2.0, 50.0])


def density_of(function: Any, size: int, *data: Array) -> Density:
    middle = np.full(size, 2.0)
    function(middle, *data)
    return Density(
        parameters=(Parameter("value", (size,), slice(0, size), np.asarray),),
        middle=middle,
        variances=np.ones(size),
        compiled=function,
        data=tuple(data),
        names=tuple(f"data{place}" for place in range(len(data))),
        transition=compiled_transition(function, middle, tuple(data)),
    )


def correlated() -> Density:
    return density_of(gaussian, 3, np.linalg.inv(COVARIANCE), MEAN)


def run(density: Density, settings: Settings, seed: int = 0, threads: int = 2) -> Chains:
    return draw_chains(density, np.random.default_rng(seed).spawn(settings.chains), settings, threads)


def assert_mean(draws: Array, expected: float) -> None:
    """Of draws (chain, draw): within four Monte Carlo errors, and the chains agree."""
    assert array_stats.rhat(draws) < 1.01
    assert abs(draws.mean() - expected) < 4 * float(array_stats.mcse(draws, method="mean"))


@pytest.fixture(scope="module")
def known() -> Chains:
    return run(correlated(), Settings(tune=600, draws=3000, target_accept=0.8))


def test_a_gaussian_is_drawn_with_its_means_and_covariances(known: Chains) -> None:
    for place in range(3):
        assert_mean(known.points[..., place], MEAN[place])
        for other in range(place + 1):
            product = (known.points[..., place] - MEAN[place]) * (known.points[..., other] - MEAN[other])
            assert_mean(product, COVARIANCE[place, other])


def test_heavy_tails_are_drawn_to_the_tails() -> None:
    degrees = 5.0
    chains = run(density_of(heavy_tailed, 2, np.array([degrees])), Settings(tune=500, draws=4000, target_accept=0.8))
    for cut, beyond in ((1.0, 0.3632), (2.571, 0.05), (4.032, 0.01)):  # two-sided tails from a printed table
        for place in range(2):
            assert_mean((np.abs(chains.points[..., place]) > cut).astype(float), beyond)


def test_the_acceptance_is_about_what_was_asked_for(known: Chains) -> None:
    assert 0.7 < known.statistics["acceptance_rate"].mean() < 0.95
    assert not known.statistics["diverging"].any()
    assert not known.statistics["reached_max_treedepth"].any()


def test_the_energies_are_those_of_the_draws(known: Chains) -> None:
    """Energy is minus log density plus kinetic energy, whose law in d dimensions is half a chi-square of d."""
    away = known.points - MEAN
    potential = 0.5 * np.einsum("cdi,ij,cdj->cd", away, np.linalg.inv(COVARIANCE), away)
    kinetic = known.statistics["energy"] - potential
    assert np.all(kinetic > 0)
    assert_mean(kinetic, 1.5)


def test_every_statistic_stands_for_every_draw(known: Chains) -> None:
    assert set(known.statistics) == set(STATISTICS)
    assert {values.shape for values in known.statistics.values()} == {known.points.shape[:2]}


def test_threads_change_no_number() -> None:
    settings = Settings(tune=60, draws=40)
    one, two, eight = (run(correlated(), settings, threads=threads).points for threads in (1, 2, 8))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, eight)


def test_a_seed_is_a_sample_and_another_seed_another() -> None:
    settings = Settings(tune=60, draws=40)
    np.testing.assert_array_equal(run(correlated(), settings).points, run(correlated(), settings).points)
    assert not np.any(run(correlated(), settings).points == run(correlated(), settings, seed=1).points)


def test_running_into_a_wall_is_a_divergence_and_never_a_draw() -> None:
    chains = run(density_of(walled, 2, np.array([1.0])), Settings(tune=200, draws=1000))
    assert chains.statistics["diverging"].any()
    assert np.all(chains.points > 0)


def test_a_density_that_is_nowhere_a_number_is_not_sampled() -> None:
    with pytest.raises(ArithmeticError):
        run(density_of(gaussian, 3, np.full((3, 3), np.nan), MEAN), Settings(tune=5, draws=5))


def test_an_interruption_ends_every_chain() -> None:
    told = []

    def interrupt(done: int, total: int) -> None:
        told.append(done)
        if done == 50:
            raise KeyboardInterrupt

    settings = Settings(tune=10_000, draws=10_000)
    with pytest.raises(KeyboardInterrupt):
        draw_chains(correlated(), np.random.default_rng(0).spawn(4), settings, 2, interrupt)
    assert told == list(range(1, 51))


@given(tune=st.integers(0, 3000))
def test_windows_follow_each_other_and_leave_time_to_settle(tune: int) -> None:
    found = list(windows(tune))
    for one, next_one in pairwise(found):
        assert one.stop == next_one.start
        assert len(next_one) >= 2 * len(one)
    assert all(window for window in found)
    if tune >= 100:
        assert found[-1].stop <= tune - 10


@given(draws=st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=50))
def test_running_variances_are_the_variances_a_little_shrunk(draws: list[float]) -> None:
    variances = Variances(1)
    for draw in draws:
        variances.add(np.array([draw]))
    count = len(draws)
    expected = (count * np.var(draws, ddof=1) + 5e-3) / (count + 5)
    assert variances.shrunk == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_the_step_size_finds_the_acceptance_it_is_told_to_find() -> None:
    """A toy whose acceptance falls with the step: exp(-step)."""
    step, rng = StepSize(0.01, 0.8), np.random.default_rng(0)
    for _ in range(2000):
        step.learn(float(np.clip(math.exp(-step.now) + rng.normal(0, 0.05), 0, 1)))
    assert math.exp(-step.settled) == pytest.approx(0.8, abs=0.02)
