"""Paces give back the chances that they were made from."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forecast.elicitation.pace import FASTEST, SLOWEST, chance_by, fit_pace

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
    if max(chances) < 0.999:
        assert fit_pace([first, later], chances, 1.8).per_week == pytest.approx(rate, rel=1e-6)
