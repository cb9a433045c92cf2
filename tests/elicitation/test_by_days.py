"""A chance by a day is what the opening day's forecast says of it, gates and past episodes included."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from forecast.case.assumptions import Deadline, Pace
from forecast.case.schema import Case
from forecast.elicitation.by_days import MOST, chances_by, meet
from forecast.elicitation.judgements import ResolvedBy
from forecast.elicitation.restated import restated
from forecast.elicitation.stretches import STRETCH
from forecast.model.anchor import anchor
from forecast.model.problem import Problem, build_problem
from tests.model.harbour import HORIZON, OPENING, harbour, latent_drivers, seen
from tests.model.past import with_past

MODEL = latent_drivers()
DAY = dt.date(2026, 4, 12)
"""A Sunday: the end of its week."""


@pytest.fixture(scope="module", params=["gate", "past"])
def case(request: pytest.FixtureRequest) -> Case:
    return harbour("permit") if request.param == "gate" else with_past()


def opening(case: Case) -> Problem:
    return build_problem(case, seen(as_of=OPENING)).at_opening()


def forecast_by(case: Case, day: dt.date) -> float:
    """The opening day's forecast by other random draws, on the road that a run takes."""
    problem = opening(case)
    problem = problem.anchored(np.zeros(len(problem.structure.outcomes)), 1.0)
    draws = MODEL.law.opening_draws(problem, np.random.default_rng(7), 4096)
    week = problem.calendar.future_weeks.index(day - dt.timedelta(days=6))
    return float(MODEL.law.project(draws, problem, 4)[:, week].sum(axis=1).mean())


def test_a_chance_by_the_horizon_is_the_anchors(case: Case) -> None:
    met = meet(MODEL, case, [ResolvedBy(by=HORIZON, chance=0.6)])
    assert met.chances == pytest.approx((0.6,), abs=2e-3)
    made = restated(case, met.assumptions)
    assert anchor(MODEL, opening(made)).resolved == pytest.approx(0.6, abs=3e-3)


def test_a_chance_by_a_day_is_the_opening_days_forecast_of_that_week(case: Case) -> None:
    met = meet(MODEL, case, [ResolvedBy(by=DAY, chance=0.25)])
    assert forecast_by(restated(case, met.assumptions), DAY) == pytest.approx(0.25, abs=0.015)
    in_that_week = DAY - dt.timedelta(days=3)
    assert chances_by(MODEL, restated(case, met.assumptions), [in_that_week]) == met.chances


@pytest.mark.parametrize(
    ("made", "curve"),
    [
        (with_past(), {28: 0.02, 84: 0.5, 167: 0.9}),
        (harbour(), {28: 0.5, 167: 0.55}),
        (harbour(), {41: 0.1, 48: 0.6, 160: 0.65}),
    ],
    ids=["slow start", "now or hardly", "a week of its own"],
)
def test_where_one_pace_does_not_meet_all_each_stretch_has_its_own(made: Case, curve: dict[int, float]) -> None:
    judged = [ResolvedBy(by=OPENING + dt.timedelta(days=days), chance=chance) for days, chance in curve.items()]
    met = meet(MODEL, made, judged)
    assert met.chances == pytest.approx(tuple(curve.values()), abs=2e-3)
    stated = restated(made, met.assumptions)
    for one in judged:
        sunday = one.by + dt.timedelta(days=6 - one.by.weekday())
        assert forecast_by(stated, sunday) == pytest.approx(one.chance, abs=0.02)
    again = meet(MODEL, stated, [ResolvedBy(by=HORIZON, chance=0.6)])
    assert again.chances == pytest.approx((0.6,), abs=2e-3), "a judgement replaces the one before"
    hurries = restated(stated, again.assumptions).assumptions.of(Deadline)
    assert all(one.factor == 1.0 for one in hurries if one.id.startswith(STRETCH))


def test_of_two_days_of_one_week_the_later_counts_whatever_their_order() -> None:
    days = [
        ResolvedBy(by=HORIZON - dt.timedelta(days=n), chance=chance) for n, chance in ((60, 0.2), (2, 0.1), (0, 0.9))
    ]
    for order in (days, days[::-1]):
        met = meet(MODEL, harbour(), order)
        by_day = dict(zip((one.by for one in order), met.chances, strict=True))
        assert by_day[HORIZON] == pytest.approx(0.9, abs=2e-3)


def test_a_stretch_of_three_years_is_covered() -> None:
    case = harbour()
    long = replace(case, question=case.question.model_copy(update={"horizon": OPENING + dt.timedelta(weeks=200)}))
    days = {100: 0.7, 1390: 0.75}
    judged = [ResolvedBy(by=OPENING + dt.timedelta(days=day), chance=chance) for day, chance in days.items()]
    met = meet(MODEL, long, judged)
    assert met.chances == pytest.approx(tuple(days.values()), abs=3e-3)


def test_one_pace_that_meets_all_has_no_stretches() -> None:
    case = harbour()
    days = [OPENING + dt.timedelta(weeks=4), HORIZON]
    chances = chances_by(MODEL, case, days)
    met = meet(MODEL, case, [ResolvedBy(by=day, chance=chance) for day, chance in zip(days, chances, strict=True)])
    assert [one.kind for one in met.assumptions] == ["pace"]


def test_what_past_episodes_teach_stays_beside_what_is_judged() -> None:
    case = with_past()
    met = meet(MODEL, case, [ResolvedBy(by=HORIZON, chance=0.6)])
    (hurry,) = met.assumptions
    assert isinstance(hurry, Deadline)
    again = meet(MODEL, restated(case, met.assumptions), [ResolvedBy(by=HORIZON, chance=0.6)])
    assert again == met, "a judgement replaces the one before"


def test_a_gate_that_nobody_can_pass_in_time_leaves_no_more_than_it_leaves() -> None:
    case = harbour("permit")
    met = meet(MODEL, case, [ResolvedBy(by=OPENING + dt.timedelta(weeks=2), chance=0.9)])
    (pace,) = met.assumptions
    assert isinstance(pace, Pace)
    assert pace.per_week == pytest.approx(1.0), "more would go past the gate while it is shut"
    assert met.chances[0] < 0.5


def test_a_hurry_has_its_bounds() -> None:
    met = meet(MODEL, with_past(), [ResolvedBy(by=OPENING + dt.timedelta(weeks=2), chance=0.95)])
    (hurry,) = met.assumptions
    assert isinstance(hurry, Deadline)
    assert hurry.factor == pytest.approx(MOST)
