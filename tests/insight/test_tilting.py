"""Tilting, against a general optimizer that knows nothing of exponentials."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from forecast.errors import UsageError
from forecast.insight.tilting import largest_part, tilt, tilted_weights, way_to
from tests.insight.standings import standing


@pytest.mark.parametrize(("seed", "target"), [(0, 0.3), (1, 0.55), (2, 0.7)])
def test_it_is_the_least_relative_entropy(seed: int, target: float) -> None:
    rng = np.random.default_rng(seed)
    values, prior = rng.random(12), rng.dirichlet(np.full(12, 5.0))
    found = minimize(
        lambda w: float(np.sum(w * np.log(w / prior))),
        prior,
        method="SLSQP",
        bounds=[(1e-9, 1.0)] * 12,
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1.0},
            {"type": "eq", "fun": lambda w: w @ values - target},
        ],
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert found.success
    np.testing.assert_allclose(tilted_weights(values, prior, tilt(values, prior, target)), found.x, atol=1e-4)


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=30, unique=True), st.floats(0.1, 0.9))
def test_the_target_is_reached(values: list[float], where: float) -> None:
    array = np.array(values)
    if np.ptp(array) < 0.05:
        return
    target = array.min() + where * np.ptp(array)
    prior = np.full(len(array), 1 / len(array))
    assert tilted_weights(array, prior, tilt(array, prior, target)) @ array == pytest.approx(target, abs=1e-6)


@given(st.integers(0, 10**6), st.floats(0.02, 0.98))
def test_the_largest_part_is_that_of_a_linear_program(seed: int, where: float) -> None:
    """How much mass can be kept, at most, so that the mean over it is the target."""
    rng = np.random.default_rng(seed)
    values, prior = rng.random(9), rng.dirichlet(np.full(9, 1.0))
    target = float(values.min() + where * np.ptp(values))
    best = linprog(-np.ones(9), A_eq=[values - target], b_eq=[0.0], bounds=list(zip(np.zeros(9), prior, strict=True)))
    assert best.success
    assert largest_part(values, prior, target) == pytest.approx(-best.fun, abs=1e-7)


def test_the_way_gets_there_and_names_who_moves() -> None:
    here = standing(400, 4)
    now = here.now[0]
    way = way_to(here, "city", float(now) + 0.1)
    assert way.answer.chances[0] == pytest.approx(now + 0.1, abs=1e-9)
    assert way.answer.chances.sum() == pytest.approx(1.0)
    assert way.bits > 0.0
    assert 0.0 < way.probability < 1.0
    assert way.probability <= 2.0**-way.bits, "of all that makes it so, an event is never nearer than the tilt"
    movers = {mover.driver: mover.farthest for mover in way.movers}
    assert movers["budget"] > 0.1, "money tilts towards the city"
    assert all(telling.chance_there > telling.chance for telling in way.reports)


def test_where_things_stand_costs_nothing() -> None:
    here = standing(400, 4)
    assert way_to(here, "city", float(here.now[0])).bits == pytest.approx(0.0, abs=1e-9)


def test_a_way_along_a_handful_of_futures_is_told_as_none() -> None:
    """So near the end of what the futures reach, the tilt leaves one of them: no way, and no number that is none."""
    here = standing(400, 4)
    least = float(here.by_path[..., 0].min())
    for target in (least + 1e-7, least * 1.0001 + 1e-12, least + 1e-3 * float(here.now[0])):
        try:
            way = way_to(here, "city", target)
        except UsageError as refused:
            assert "too few of the futures" in str(refused)
            continue
        assert np.isfinite([way.bits, way.probability, way.theta]).all()
        assert way.answer.chances[0] == pytest.approx(target, rel=0.01)


def test_what_no_future_reaches_is_refused() -> None:
    with pytest.raises(UsageError, match="reach from"):
        way_to(standing(), "city", 0.9999)
