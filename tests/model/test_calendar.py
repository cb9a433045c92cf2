"""Weeks: every day between two dates is counted once, in the week it lies in."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.model.calendar import Calendar, monday

START = dt.date(2025, 1, 1)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    first = START + dt.timedelta(days=draw(st.integers(0, 400)))
    opening = first + dt.timedelta(days=draw(st.integers(0, 60)))
    as_of = opening + dt.timedelta(days=draw(st.integers(0, 200)))
    return Calendar(first, opening, as_of, as_of + dt.timedelta(days=draw(st.integers(1, 200))))


@given(calendars())
def test_every_day_at_risk_is_counted_once(calendar: Calendar) -> None:
    past = calendar.exposure(calendar.opening, calendar.as_of)
    assert past.shape == (len(calendar.weeks),)
    assert past.sum() == pytest.approx((calendar.as_of - calendar.opening).days / 7)
    assert calendar.future_exposure.sum() == pytest.approx((calendar.horizon - calendar.as_of).days / 7)
    for shares in (past, calendar.future_exposure):
        assert np.all((shares >= 0) & (shares <= 1))
    assert np.all(calendar.future_exposure > 0), "a future week without a day"


@given(calendars(), st.data())
def test_a_day_adds_a_seventh_to_its_own_week_alone(calendar: Calendar, data: st.DataObject) -> None:
    span = (calendar.as_of - calendar.history_from).days
    day = calendar.history_from + dt.timedelta(days=data.draw(st.integers(0, span)))
    expected = np.zeros(len(calendar.weeks))
    expected[calendar.week_of(day)] = 1 / 7
    np.testing.assert_allclose(calendar.exposure(day - dt.timedelta(days=1), day), expected)
    assert calendar.weeks[calendar.week_of(day)] <= day < calendar.weeks[calendar.week_of(day)] + dt.timedelta(days=7)


@given(calendars())
def test_weeks_are_mondays_in_a_row(calendar: Calendar) -> None:
    for weeks in (calendar.weeks, calendar.future_weeks):
        assert all(week.weekday() == 0 for week in weeks)
        assert all((b - a).days == 7 for a, b in pairwise(weeks))
    assert calendar.weeks[0] == monday(calendar.history_from)
    assert calendar.weeks[-1] <= calendar.as_of <= calendar.weeks[-1] + dt.timedelta(days=6)
    assert calendar.future_weeks[-1] <= calendar.horizon <= calendar.future_weeks[-1] + dt.timedelta(days=6)


@given(calendars())
def test_the_as_of_week_goes_on_unless_it_ends_that_day(calendar: Calendar) -> None:
    assert calendar.as_of_week_goes_on == (calendar.as_of.weekday() != 6)


@pytest.mark.parametrize(
    ("as_of", "first_future", "share"),
    [
        (dt.date(2026, 2, 9), dt.date(2026, 2, 9), 6 / 7),  # a Monday: six days of its week are left
        (dt.date(2026, 2, 11), dt.date(2026, 2, 9), 4 / 7),
        (dt.date(2026, 2, 14), dt.date(2026, 2, 9), 1 / 7),
        (dt.date(2026, 2, 15), dt.date(2026, 2, 16), 1.0),  # a Sunday: the next week is the first
    ],
)
def test_the_first_future_week(as_of: dt.date, first_future: dt.date, share: float) -> None:
    calendar = Calendar(dt.date(2025, 12, 1), dt.date(2026, 1, 12), as_of, dt.date(2026, 6, 28))
    assert calendar.future_weeks[0] == first_future
    assert calendar.future_exposure[0] == pytest.approx(share)


def test_the_horizon_ends_a_week_early_where_it_falls_inside_one() -> None:
    calendar = Calendar(dt.date(2025, 12, 1), dt.date(2026, 1, 12), dt.date(2026, 1, 18), dt.date(2026, 1, 28))
    assert calendar.future_weeks == (dt.date(2026, 1, 19), dt.date(2026, 1, 26))
    np.testing.assert_allclose(calendar.future_exposure, [1.0, 3 / 7])
    np.testing.assert_allclose(calendar.weeks_since_opening(), [1.5, 2.5])


def test_days_outside_the_history_go_to_its_ends() -> None:
    calendar = Calendar(dt.date(2025, 12, 3), dt.date(2026, 1, 12), dt.date(2026, 1, 18), dt.date(2026, 6, 28))
    assert calendar.week_of(dt.date(2025, 11, 1)) == 0
    assert calendar.week_of(dt.date(2026, 5, 1)) == len(calendar.weeks) - 1
