"""Scores against scoringrules, by another formula each.

The tool itself does not rest on it: it compiles for seconds at every import, scores what sums to any number, and has no
spherical score and no log or Brier score of several outcomes. Those of two outcomes it has, of which ours are sums; and
the CRPS of the day of resolution is a ranked probability score over days.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st

from forecast.record.scores import Statement, brier_score, log_score, score
from tests.record.statements import ENDS, HORIZON, day, resolved, said

AS_OF = "2026-01-14"  # a Wednesday: the first week is a part of one
DAYS = (HORIZON - day(AS_OF)).days

shares = st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(any).map(lambda n: [k / sum(n) for k in n])
curves = st.lists(st.integers(0, 1000), min_size=4, max_size=4).map(lambda n: [sorted(n)[k] / 1000 for k in range(4)])
weeks = st.integers(1, DAYS)


def by_name(values: list[float]) -> dict[str, float]:
    return dict(zip(ENDS, values, strict=True))


@given(shares, shares)
def test_the_log_score_is_that_of_what_came_true_against_the_rest(chances: list[float], weights: list[float]) -> None:
    with np.errstate(divide="ignore"):
        costs = [float(scoringrules.log_score(1, chance)) for chance in chances]
    theirs = sum(weight * cost for weight, cost in zip(weights, costs, strict=True) if weight)
    assert log_score(by_name(chances), by_name(weights)) == pytest.approx(theirs, abs=1e-12)


@given(shares, shares)
def test_the_brier_score_is_the_sum_of_that_of_each_outcome(chances: list[float], weights: list[float]) -> None:
    theirs = [float(np.sum(scoringrules.brier_score(happened, chances))) for happened in np.eye(4, dtype=int)]
    assert brier_score(by_name(chances), by_name(weights)) == pytest.approx(np.dot(weights, theirs), abs=1e-12)


def days_of(statement: Statement) -> np.ndarray:
    """The chance of being resolved on each day after the statement's own, and of still being open at the horizon."""
    return np.diff(np.concatenate([[0.0], statement.by_day(statement.as_of), [1.0]]))


def crps_of(statement: Statement, number: int | None) -> float:
    """Of a resolution on the nth day, or of none."""
    when = HORIZON if number is None else statement.as_of + timedelta(days=number)
    found = score(statement, resolved(when.isoformat(), **{"unresolved" if number is None else "city": 1.0}))
    assert found is not None
    assert found.crps is not None
    return found.crps


@given(shares, curves, weeks | st.none())
def test_the_crps_is_a_ranked_probability_score_over_days(
    chances: list[float], curve: list[float], number: int | None
) -> None:
    statement = said(AS_OF, chances, curve)
    category = DAYS + 1 if number is None else number
    theirs = float(scoringrules.rps_score(category, days_of(statement))) / 7.0
    assert crps_of(statement, number) == pytest.approx(theirs, abs=1e-9)


@given(shares, curves, weeks | st.none())
def test_the_crps_is_that_of_an_ensemble_of_days(chances: list[float], curve: list[float], number: int | None) -> None:
    """By the distance between members, not by the curve: E|X - T| - E|X - X'| / 2."""
    statement = said(AS_OF, chances, curve)
    category = DAYS + 1 if number is None else number
    members = np.arange(1.0, DAYS + 2)
    theirs = (
        float(scoringrules.crps_ensemble(float(category), members, estimator="nrg", ens_w=days_of(statement))) / 7.0
    )
    assert crps_of(statement, number) == pytest.approx(theirs, abs=1e-9)


@given(shares, curves)
def test_a_soft_crps_is_the_expectation_of_hard_ones(chances: list[float], curve: list[float]) -> None:
    statement = said(AS_OF, chances, curve)
    soft = score(statement, resolved(HORIZON.isoformat(), city=0.25, unresolved=0.75))
    assert soft is not None
    hard = [float(scoringrules.rps_score(category, days_of(statement))) / 7.0 for category in (DAYS, DAYS + 1)]
    assert soft.crps == pytest.approx(0.25 * hard[0] + 0.75 * hard[1], abs=1e-9)
