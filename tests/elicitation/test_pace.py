"""Paces give back the chances that they were made from."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forecast.elicitation.pace import FASTEST, SLOWEST, Rush, chance_by, fit_pace, usual_weeks

CHANCES = st.floats(0.02, 0.97)


@given(weeks=st.floats(2, 200), chance=CHANCES, factor=st.floats(1.01, 3))
def test_one_judgement_is_met_exactly(weeks: float, chance: float, factor: float) -> None:
    fitted = fit_pace([weeks], [chance], factor)
    assume(SLOWEST * 1.001 < fitted.per_week < FASTEST / 1.001)  # beyond them no case can state it
    assert fitted.chances == pytest.approx((chance,), abs=1e-6)


def test_a_rate_that_is_known_has_the_exponential_chance() -> None:
    assert chance_by(10.0, 0.1, 1.0) == pytest.approx(1 - math.exp(-1.0))


@given(rate=st.floats(0.005, 0.3), first=st.floats(1, 20), later=st.floats(21, 60))
def test_judgements_of_one_rate_find_it_again(rate: float, first: float, later: float) -> None:
    chances = [chance_by(weeks, rate, 1.8) for weeks in (first, later)]
    assume(max(chances) < 0.999)
    assert fit_pace([first, later], chances, 1.8).per_week == pytest.approx(rate, rel=1e-6)


def test_weeks_before_something_is_due_count_as_often_as_they_hurry() -> None:
    opening, rush = dt.date(2026, 1, 5), Rush(dt.date(2026, 3, 2), weeks=2, factor=10)
    counted = [usual_weeks(opening, opening + dt.timedelta(weeks=weeks), [rush]) for weeks in (6, 7, 8, 12)]
    assert counted == pytest.approx([6, 16, 26, 30])
    assert usual_weeks(opening, opening + dt.timedelta(weeks=12)) == 12
    twice = usual_weeks(opening, opening + dt.timedelta(weeks=8), [rush, rush])
    assert twice == pytest.approx(6 + 2 * 100)
    began_late = usual_weeks(dt.date(2026, 2, 23), dt.date(2026, 3, 2), [rush])
    assert began_late == pytest.approx(10)
