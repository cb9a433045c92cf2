"""The laws by themselves: what each promises, and that numpy and PyTensor say the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from forecast.model import laws
from forecast.model.priors import HalfNormal, Normal, Shock

Array = NDArray[np.float64]

# ------------------------------------------------------------------------------------------------ both namespaces

rng = np.random.default_rng(1)
ARROWS = np.zeros((2, 3, 3))
ARROWS[0, 1, 0] = ARROWS[1, 2, 1] = 1.0
MIXING = laws.mixing_matrix(np, np.array([0.5, -1.0]), ARROWS)
PERSISTENCE = laws.persistence_array(np.array([0.9, 0.5, 0.99]), 6)
VECTOR, EXTREMES = rng.normal(size=7), np.array([-1e4, -745.0, -1.0, 0.0, 1.0, 745.0, 1e4])
ROWS = laws.log_softmax(np, rng.normal(size=(5, 4)), axis=0)
KERNEL = np.asarray(laws.reading_kernel(np, np.array([2.0, 0.5]), np.array([0.01, 0.3]), np.array([0.0, 0.4])))

CALLS: dict[str, Callable[..., Any]] = {
    "log_sigmoid": laws.log_sigmoid,
    "log_sum_exp": laws.log_sum_exp,
    "log_softmax": laws.log_softmax,
    "own_paths": laws.own_paths,
    "mixing_matrix": laws.mixing_matrix,
    "driver_state": lambda _, *given: laws.driver_state(*given),
    "log_grade": laws.log_grade,
    "reading_kernel": laws.reading_kernel,
    "log_coding": laws.log_coding,
    "log_origin": laws.log_origin,
    "log_event": laws.log_event,
    "intercepts": lambda _, mean, z: laws.intercepts(mean, 0.7, z),
    "told_of": lambda _, *given: laws.told_of(*given),
    "log_hastening": laws.log_hastening,
    "log_hurry": laws.log_hurry,
    "destination_logits": lambda _, *given: laws.destination_logits(*given),
    "log_destination": laws.log_destination,
    "log_waiting": laws.log_waiting,
    "happens_within": laws.happens_within,
}
GIVEN: dict[str, tuple[Array, ...]] = {
    "log_sigmoid": (EXTREMES,),
    "log_sum_exp": (EXTREMES,),
    "log_softmax": (EXTREMES,),
    "own_paths": (PERSISTENCE, np.array([1.0, 0.5, 2.0]), rng.normal(size=(3, 6))),
    "mixing_matrix": (np.array([0.5, -1.0]), ARROWS),
    "driver_state": (rng.normal(size=(6, 3)), MIXING, rng.normal(size=3)),
    "log_grade": (VECTOR, laws.cut_points(np.array([1, 2, 3, 1, 2, 3, 2]))),
    "reading_kernel": (np.array([2.0, 0.5]), np.array([0.01, 0.3]), np.array([0.0, 0.4])),
    "log_coding": (np.array([2.0, 0.5]), np.array([-0.3, 0.3])),
    "log_origin": (KERNEL, rng.normal(size=(5, 2))),
    "log_event": (ROWS, rng.normal(size=(5, 4))),
    "intercepts": (rng.normal(size=4), rng.normal(size=4)),
    "told_of": (rng.normal(size=(6, 3)), rng.normal(size=4), rng.normal(size=3), rng.normal(size=(4, 3))),
    "log_hastening": (
        rng.normal(size=(3, 2)), rng.normal(size=(6, 3)), MIXING, rng.normal(size=3), np.array([0.3, 0.5, 1.0])
    ),
    "log_hurry": (np.array([1.5, -0.7]), rng.integers(0, 2, (2, 7, 6, 3)).astype(float), np.full((7, 6, 3), 1 / 7)),
    "destination_logits": (
        rng.normal(size=(3, 4)), rng.normal(size=(6, 3)), rng.normal(size=(6, 4)), rng.normal(size=4)
    ),
    "log_destination": (rng.normal(0.0, 5.0, size=(6, 4)), np.array([0.0, 1.0, 0.0, 1.0])),
    "log_waiting": (rng.normal(size=(6, 2)), rng.random((6, 2))),
    "happens_within": (VECTOR, np.abs(VECTOR)),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_numpy_and_pytensor_say_the_same(name: str) -> None:
    import pytensor.tensor as pt

    symbols = [pt.TensorType("float64", (None,) * array.ndim)() for array in GIVEN[name]]
    there = CALLS[name](pt, *symbols).eval(dict(zip(symbols, GIVEN[name], strict=True)), mode="FAST_COMPILE")
    here = CALLS[name](np, *GIVEN[name])
    assert there.shape == np.shape(here)
    np.testing.assert_allclose(there, here, rtol=1e-10, atol=1e-12)
    assert np.all(np.isfinite(here))


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"log_sigmoid", "log_sum_exp", "log_softmax"}))
def test_leading_axes_are_draws(name: str) -> None:
    fixed = {
        "own_paths": (0,),
        "mixing_matrix": (1,),
        "log_grade": (1,),
        "told_of": (2, 3),
        "log_hastening": (3, 4),
        "log_hurry": (1, 2),
        "destination_logits": (3,),
        "log_destination": (1,),
    }.get(name, ())
    twice = [array if i in fixed else np.stack([array, 0.5 * array]) for i, array in enumerate(GIVEN[name])]
    if name == "driver_state":
        twice[1] = np.stack([MIXING, MIXING])
    together = CALLS[name](np, *twice)
    for draw in range(2):
        alone = CALLS[name](np, *(array if i in fixed else array[draw] for i, array in enumerate(twice)))
        np.testing.assert_allclose(together[draw], alone, rtol=1e-12)


def test_every_law_of_the_module_is_tried() -> None:
    public = {name for name, thing in vars(laws).items() if callable(thing) and thing.__module__ == laws.__name__}
    public = {name for name in public if not name.startswith("_")}
    assert public - {"persistence_array", "cut_points"} == set(CALLS)


# ------------------------------------------------------------------------------------------------ numbers

finite = st.floats(-1e4, 1e4)


@given(finite)
def test_log_sigmoid_is_finite_and_its_own_mirror(value: float) -> None:
    here, there = float(laws.log_sigmoid(np, value)), float(laws.log_sigmoid(np, -value))
    assert math.isfinite(here)
    assert here <= 0
    assert here - there == pytest.approx(value, abs=1e-9)
    assert math.exp(here) + math.exp(there) == pytest.approx(1.0)


@given(st.lists(finite, min_size=1, max_size=6))
def test_log_softmax_is_finite_and_sums_to_one(values: list[float]) -> None:
    found = laws.log_softmax(np, np.array(values))
    assert np.all(np.isfinite(found))
    assert np.exp(found).sum() == pytest.approx(1.0)
    np.testing.assert_allclose(found - found[0], np.array(values) - values[0], atol=1e-9)


@given(st.floats(-800, 800), st.integers(0, 4))
def test_the_chances_of_the_grades_sum_to_one_far_out_too(eta: float, usual: int) -> None:
    found = laws.log_grade(np, np.array([eta]), laws.cut_points(np.array([usual])))[:, 0]
    assert np.all(np.isfinite(found))
    assert np.exp(found).sum() == pytest.approx(1.0)


@given(st.floats(0.01, 12), st.integers(1, 3))
def test_higher_states_bring_higher_grades(eta: float, usual: int) -> None:
    cuts = laws.cut_points(np.array([usual]))
    low, high = (np.exp(laws.log_grade(np, np.array([e]), cuts)[:, 0]) for e in (-eta, eta))
    assert np.all(np.cumsum(high)[:-1] < np.cumsum(low)[:-1])


@pytest.mark.parametrize("usual", [1, 2, 3])
def test_in_the_usual_state_the_usual_grade_is_likeliest(usual: int) -> None:
    chances = np.exp(laws.log_grade(np, np.array([0.0]), laws.cut_points(np.array([usual])))[:, 0])
    assert np.argmax(chances) == usual
    mirrored = np.exp(laws.log_grade(np, np.array([0.0]), laws.cut_points(np.array([4 - usual])))[:, 0])
    np.testing.assert_allclose(chances, mirrored[::-1], atol=1e-9)


@given(st.floats(0.0, 9.0), st.floats(0.01, 0.99), st.floats(-1, 1))
def test_readings_are_chances_with_a_floor(precision: float, error: float, lean: float) -> None:
    kernel = laws.reading_kernel(np, np.array([precision]), np.array([error]), np.array([lean]))[..., 0]
    np.testing.assert_allclose(kernel.sum(axis=1), 1.0)
    assert np.all(kernel >= error / 5 - 1e-15)


def test_a_lean_shades_the_telling_its_way() -> None:
    error, precision = np.full(3, 0.02), np.full(3, 1.5)
    kernel = laws.reading_kernel(np, precision, error, np.array([-0.8, 0.0, 0.8]))
    shift = np.diff(np.einsum("zrk,r->zk", kernel, np.arange(5.0)), axis=1)
    assert np.all(shift >= -1e-12)
    assert np.all(shift[1:4] > 0.1), "beyond the ends of the scale there is nothing to shade to"


# ------------------------------------------------------------------------------------------------ drivers


@given(st.lists(st.floats(0.0, 0.999), min_size=1, max_size=3), st.integers(1, 12), st.integers(0, 2**32))
def test_the_fixed_weights_are_the_recursion(phis: list[float], weeks: int, seed: int) -> None:
    phi = np.array(phis)
    shocks = np.random.default_rng(seed).normal(size=(len(phi), weeks))
    found = laws.own_paths(np, laws.persistence_array(phi, weeks), np.ones(len(phi)), shocks)
    own = shocks[:, 0]
    np.testing.assert_allclose(found[0], own)
    for t in range(1, weeks):
        own = phi * own + np.sqrt(1 - phi**2) * shocks[:, t]
        np.testing.assert_allclose(found[t], own, atol=1e-12)


@given(st.lists(st.floats(0.0, 0.9999), min_size=1, max_size=4), st.integers(1, 40))
def test_the_weights_keep_unit_variance_in_every_week(phis: list[float], weeks: int) -> None:
    weights = laws.persistence_array(np.array(phis), weeks)
    np.testing.assert_allclose(np.sum(weights**2, axis=-1), 1.0)


strengths = st.lists(st.floats(-3, 3), min_size=3, max_size=3)


@given(strengths)
def test_mixing_is_the_linear_solve_with_rows_of_unit_length(pulls: list[float]) -> None:
    arrows = np.zeros((3, 3, 3))
    arrows[0, 1, 0] = arrows[1, 2, 0] = arrows[2, 2, 1] = 1.0
    mixing = laws.mixing_matrix(np, np.array(pulls), arrows)
    np.testing.assert_allclose(np.sum(mixing**2, axis=-1), 1.0)
    own = np.array([0.3, -1.2, 0.7])
    first = own[0]
    second = own[1] + pulls[0] * first
    third = own[2] + pulls[1] * first + pulls[2] * second
    lengths = [1.0, math.hypot(1, pulls[0]), math.hypot(1, pulls[2], pulls[1] + pulls[2] * pulls[0])]
    np.testing.assert_allclose(mixing @ own, np.array([first, second, third]) / lengths, atol=1e-9)


def test_drivers_have_unit_variance_around_their_level_in_every_week() -> None:
    draws, weeks = 60_000, 8
    rng = np.random.default_rng(0)
    arrows = np.zeros((1, 2, 2))
    arrows[0, 1, 0] = 1.0
    persistence = laws.persistence_array(np.array([0.9, 0.97]), weeks)
    own = laws.own_paths(np, persistence, np.ones((draws, 2)), Shock((2, weeks)).draw(rng, draws))
    mixing = laws.mixing_matrix(np, np.full((draws, 1), 1.3), arrows)
    x = laws.driver_state(own, mixing, np.broadcast_to([0.5, -1.0], (draws, 2)))
    np.testing.assert_allclose(x.mean(axis=0), np.tile([0.5, -1.0], (weeks, 1)), atol=1e-9)  # antithetic: exact
    np.testing.assert_allclose(x.var(axis=0), 1.0, atol=0.04)


@given(strengths, st.integers(0, 2**32))
@settings(max_examples=10)
def test_hastening_keeps_the_mean_pace(gammas: list[float], seed: int) -> None:
    """With normal drivers the mean factor is 1, whatever the arrows between them and however unsure their levels."""
    rng = np.random.default_rng(seed)
    gamma, mean, sd = np.array(gammas)[:, None] / 6, np.array([0.5, 0.0, -2.0]), np.array([0.3, 0.6, 0.1])
    level = mean + sd * rng.standard_normal((40_000, 3))
    state = laws.driver_state(rng.standard_normal((40_000, 1, 3)), MIXING, level)
    factor = np.exp(laws.log_hastening(np, gamma, state, MIXING, mean, sd))[:, 0, 0]
    assert abs(factor.mean() - 1.0) < 4.5 * factor.std() / math.sqrt(len(factor)) + 1e-9


# ------------------------------------------------------------------------------------------------ outcomes


def test_intercepts_sum_to_zero_like_their_means() -> None:
    z = np.random.default_rng(0).normal(size=(50, 4))
    np.testing.assert_allclose(laws.intercepts(np.array([1.0, -0.5, -0.5, 0.0]), 0.8, z).sum(axis=-1), 0, atol=1e-12)


@given(st.floats(-12, 3), st.floats(0, 60))
def test_waiting_and_happening_are_one_event_and_its_opposite(log_pace: float, weeks: float) -> None:
    happens = laws.happens_within(np, np.array(log_pace), weeks)
    waits = laws.log_waiting(np, np.array([[log_pace]]), np.array([[weeks]]))
    assert happens + math.exp(waits) == pytest.approx(1.0)
    halves = laws.log_waiting(np, np.full((2, 1), log_pace), np.full((2, 1), weeks / 2))
    assert halves == pytest.approx(waits)


# ------------------------------------------------------------------------------------------------ priors


@pytest.mark.parametrize("prior", [Normal(1.0, 2.0, (3,)), Shock((3,))])
@pytest.mark.parametrize("draws", [1, 6, 7])
def test_symmetric_priors_come_in_antithetic_pairs(prior: Any, draws: int) -> None:
    drawn = prior.draw(np.random.default_rng(0), draws)
    assert drawn.shape == (draws, 3)
    centre = 1.0 if isinstance(prior, Normal) else 0.0
    half = draws // 2
    np.testing.assert_allclose(drawn[:half] - centre, centre - drawn[half : 2 * half])


def test_priors_have_the_spread_they_say() -> None:
    rng = np.random.default_rng(0)
    assert Normal(1.0, 2.0, ()).draw(rng, 40_000).std() == pytest.approx(2.0, rel=0.02)
    assert Shock(()).draw(rng, 100_000).std() == pytest.approx(1.0, rel=0.03)
    spread = HalfNormal(0.3).draw(rng, 40_000)
    assert spread.min() >= 0
    assert np.sqrt(np.mean(spread**2)) == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize("prior", [Normal(1.0, 2.0, (3,)), Shock((3,)), HalfNormal(0.3, (3,))])
def test_a_prior_draws_from_what_it_tells_pymc(prior: Any) -> None:
    import pymc as pm
    from scipy import stats

    with pm.Model(coords={"place": range(3)}) as model:
        variable = prior.variable("v", ("place",))
    mine = prior.draw(np.random.default_rng(0), 4000)[:2000]  # the first half has no mirror images in it
    theirs = pm.draw(variable, draws=2000, random_seed=1, mode="FAST_COMPILE")
    assert model["v"].eval(mode="FAST_COMPILE").shape == (3,)
    assert stats.ks_2samp(mine.ravel(), theirs.ravel()).pvalue > 1e-4
