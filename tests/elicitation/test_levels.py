"""Levels that no case can state are faults at their place, and what the normal makes of a range is told."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case.assumptions import Level
from forecast.elicitation.fits import fit_normal
from forecast.elicitation.judgements import FARTHEST, WIDEST, DriverLevel, judged_quantiles, level_faults
from forecast.elicitation.levels import OFF, told_ranges

EDGES = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]


def judged(**how: Any) -> DriverLevel:
    return DriverLevel(driver="unions", reason="So.", **how)


@pytest.mark.parametrize(
    ("how", "place", "said"),
    [
        ({"quantiles": {"5%": 0.0, "0.95": 1.0}}, ("quantiles", "5%"), "'5%' is not a chance"),
        ({"quantiles": {"nan": 0.0, "0.95": 1.0}}, ("quantiles", "nan"), "'nan' is not a chance"),
        ({"quantiles": {"0.05": -1e308, "0.95": 1e308}}, ("quantiles",), "too wide"),
        ({"quantiles": {"0.05": 5.0, "0.95": 6.0}}, ("quantiles",), "the middle of 'unions' is +5.5"),
        ({"quantiles": {"0.05": 1.0, "0.95": 0.0}}, ("quantiles",), "rise with their probability"),
        ({"edges": EDGES, "chips": [0, 20, 0, 0, 0]}, ("chips",), "three bins or more"),
        ({"edges": EDGES[::-1], "chips": [1, 2, 3, 4, 5]}, ("chips",), "edges of the bins must rise"),
        ({"level": "usual", "quantiles": {"0.05": 0.0, "0.95": 1.0}}, (), "not judged in exactly one way"),
    ],
)
def test_what_no_case_can_state_is_told_at_its_place(how: dict[str, Any], place: tuple[str, ...], said: str) -> None:
    faults = list(level_faults(judged(**how)))
    assert faults[0][0] == place
    assert said in faults[0][1]


@given(low=st.floats(-60, 60), wide=st.floats(0.01, 60))
def test_what_has_no_fault_can_be_stated(low: float, wide: float) -> None:
    one = judged(quantiles={"0.05": low, "0.95": low + wide})
    normal = fit_normal(judged_quantiles(one) or {})
    can_be = abs(normal.mean) <= FARTHEST and normal.sd <= WIDEST
    assert can_be == (not list(level_faults(one)))
    if can_be:
        stated = {"id": "level", "kind": "level", "driver": "unions", "reason": "So.", "source": "elicited"}
        Level.model_validate({**stated, "mean": normal.mean, "sd": max(normal.sd, 0.05)})


def test_a_lopsided_range_is_told_as_the_normal_has_it() -> None:
    lopsided = judged(quantiles={"0.05": 0.0, "0.5": 0.1, "0.95": 3.0})
    (_, told), ((place, why),) = told_ranges([judged(quantiles={"0.05": 0.0, "0.95": 1.0}), lopsided])
    assert place == ("levels", 1, "quantiles")
    assert told.endswith(
        "5 % below +0.00 (normal -0.47), 50 % below +0.10 (normal +1.03), 95 % below +3.00 (normal +2.53)"
    )
    assert "off by 31 % of the range, more than 10 %" in why


@given(mean=st.floats(-2, 2), sd=st.floats(0.1, 2), shift=st.floats(-0.14, 0.14))
def test_a_range_that_a_normal_nearly_has_is_no_warning(mean: float, sd: float, shift: float) -> None:
    law = NormalDist(mean, sd)
    low, middle, high = (law.inv_cdf(p) for p in (0.05, 0.5, 0.95))
    moved = middle + shift * (high - low)  # the least squares leave two thirds of it as the gap
    _, doubts = told_ranges([judged(quantiles={"0.05": low, "0.5": moved, "0.95": high})])
    assert doubts == ()
    assert 2 / 3 * 0.14 < OFF < 2 / 3 * 0.16


def test_chips_are_told_as_the_quantiles_that_they_lay() -> None:
    (told,), doubts = told_ranges([judged(edges=EDGES, chips=[0, 2, 8, 8, 2]), judged(level="usual")])
    assert "10 % below -0.50 (normal -0.50), 50 % below +0.50 (normal +0.50), 90 % below +1.50" in told
    assert doubts == ()
