"""A day that is fixed: the forecast of its eve gives it the judged chance."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from forecast.case.assumptions import Deadline, Pace
from forecast.case.schema import Case
from forecast.elicitation.by_days import chances_by
from forecast.elicitation.fixed import Fixed, fixed
from forecast.elicitation.judgements import EndsOn, Judgements
from forecast.elicitation.restated import restated
from forecast.elicitation.timing import timing
from forecast.model.problem import build_problem
from tests.model.harbour import HORIZON, OPENING, harbour, latent_drivers, seen
from tests.model.past import with_past

MODEL = latent_drivers()
SAID = {"set": "ana", "author": "Ana", "date": OPENING, "reason": "Ten years at the harbour."}


def ends(first: dt.date, last: dt.date, chance: float, **more: object) -> EndsOn:
    return EndsOn.model_validate({"from": first, "by": last, "chance": chance, "reason": "It is fixed.", **more})


def solved(case: Case, one: EndsOn) -> tuple[Fixed, ...]:
    return fixed(MODEL, case, Judgements.model_validate({**SAID, "ends": [one.model_dump(by_alias=True)]}))


def deadlines(found: tuple[Fixed, ...]) -> list[Deadline]:
    return [one.deadline for one in found]


def chance_from_the_eve(case: Case, first: dt.date, last: dt.date) -> float:
    """Of lives that are open on the eve, how many end on these days: by other draws, weighted by the law's own wait."""
    law, eve = MODEL.law, first - dt.timedelta(days=1)
    ahead = build_problem(case, seen(as_of=eve)).anchored(np.zeros(3), 1.0)
    on_the_last = build_problem(case, seen(as_of=last)).anchored(np.zeros(3), 1.0)
    draws = law.opening_draws(on_the_last, np.random.default_rng(7), 4096)
    earlier = draws | {"shock": draws["shock"][..., : ahead.sizes["week"]]}
    still_open = np.exp(law.log_likelihood(earlier, ahead)["open"]).sum()
    until_then = np.exp(law.log_likelihood(draws, on_the_last)["open"]).sum()
    return float(1.0 - until_then / still_open)


@pytest.mark.parametrize(
    ("first", "days", "chance"),
    [("2026-03-05", 3, 0.92), ("2026-03-08", 1, 0.6), ("2026-02-02", 14, 0.95), ("2026-05-28", 4, 0.02)],
)
def test_a_fixed_day_has_its_chance(first: str, days: int, chance: float) -> None:
    """Within a week, on its last day, over two weeks, and a lull: less than usual."""
    case = harbour()
    begins = dt.date.fromisoformat(first)
    by = begins + dt.timedelta(days=days - 1)
    found = solved(case, ends(begins, by, chance))
    assert found[0].given == pytest.approx(chance, abs=1e-3)
    assert chance_from_the_eve(restated(case, deadlines(found)), begins, by) == pytest.approx(chance, abs=0.03)


@pytest.mark.parametrize("case", [harbour("permit"), with_past()], ids=["gate", "past"])
def test_beside_gates_and_past_episodes_it_is_so_where_all_that_comes_first_has_come(case: Case) -> None:
    """The permit in hand since the opening, two whole weeks, lived on with the deadline in."""
    begins, by = dt.date(2026, 3, 16), dt.date(2026, 3, 29)
    found = solved(case, ends(begins, by, 0.5))
    ahead = build_problem(restated(case, deadlines(found)), seen(as_of=OPENING)).at_opening()
    ahead = replace(ahead, passed=(OPENING,) * len(ahead.passed)).anchored(np.zeros(len(ahead.ruled_out)), 1.0)
    draws = MODEL.law.opening_draws(ahead, np.random.default_rng(7), 4096)
    resolved = MODEL.law.project(draws, ahead, 4).sum(axis=2).mean(axis=0)
    eve, last = (ahead.calendar.future_weeks.index(monday) for monday in (dt.date(2026, 3, 9), dt.date(2026, 3, 23)))
    assert (resolved[last] - resolved[eve]) / (1.0 - resolved[eve]) == pytest.approx(0.5, abs=0.02)


def test_one_that_was_announced_later_leaves_the_opening_as_it_was() -> None:
    case, day = harbour(), dt.date(2026, 3, 5)
    judged = ends(day, day + dt.timedelta(days=2), 0.9, announced=dt.date(2026, 2, 20))
    found = solved(case, judged)
    stated = restated(case, deadlines(found))
    for then, known in ((OPENING, False), (dt.date(2026, 2, 20), True)):
        ahead = build_problem(stated, seen(as_of=then))
        assert bool(ahead.structure.due(ahead.calendar.future_weeks, then).any()) == known
    assert chance_from_the_eve(stated, day, judged.by) == pytest.approx(0.9, abs=0.03)


def test_chances_by_a_day_are_met_beside_a_fixed_day() -> None:
    case, day = harbour(), dt.date(2026, 3, 5)
    resolved = [{"by": HORIZON, "chance": 0.8}]
    said = Judgements.model_validate(
        {**SAID, "resolved": resolved, "ends": [ends(day, day, 0.5).model_dump(by_alias=True)]}
    )
    found = timing(MODEL, case, said)
    assert found.met is not None
    assert found.met.chances == pytest.approx((0.8,), abs=5e-3)
    assert found.days[0].given == pytest.approx(0.5, abs=5e-3)
    assert not list(found.doubts())
    assert chance_from_the_eve(restated(case, list(found.assumptions())), day, day) == pytest.approx(0.5, abs=0.03)


def test_days_of_one_week_each_have_their_chance() -> None:
    """The first chance of what is open on Tuesday, the second of what is still open on Thursday."""
    case, days = harbour(), [dt.date(2026, 2, 17), dt.date(2026, 2, 19)]
    judged = [ends(day, day, 0.7).model_dump(by_alias=True) for day in days]
    found = timing(MODEL, case, Judgements.model_validate({**SAID, "ends": judged}))
    stated = restated(case, list(found.assumptions()))
    for day in days:
        assert chance_from_the_eve(stated, day, day) == pytest.approx(0.7, abs=0.03)


def test_a_deadline_that_is_there_already_stays_beside_the_fixed_day() -> None:
    """What was stated of the opening stays as it was, and the chance of the day is met with both."""
    case, day = harbour(), dt.date(2026, 3, 8)
    (known,) = deadlines(solved(case, ends(day, day, 0.3)))
    base = restated(case, [known.model_copy(update={"id": "vote-week", "weeks": 1.0})])
    judged = ends(day, day, 0.9, announced=dt.date(2026, 2, 20))
    found = solved(base, judged)
    both = restated(base, deadlines(found))
    assert chances_by(MODEL, both, [HORIZON]) == pytest.approx(chances_by(MODEL, base, [HORIZON]), abs=5e-3)
    assert chance_from_the_eve(both, day, day) == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize("announced", [None, dt.date(2026, 2, 10)])
def test_the_time_before_a_fixed_day_has_its_chance_too(announced: dt.date | None) -> None:
    case, day = harbour(), dt.date(2026, 3, 5)
    found = solved(case, ends(day, day, 0.9, before=0.03, announced=announced))
    assert [one.given for one in found] == pytest.approx([0.03, 0.9], abs=1e-3)
    stated = restated(case, deadlines(found))
    since = (announced or OPENING) + dt.timedelta(days=1)
    assert chance_from_the_eve(stated, since, day - dt.timedelta(days=1)) == pytest.approx(0.03, abs=0.01)
    assert chance_from_the_eve(stated, day, day) == pytest.approx(0.9, abs=0.03)


def test_what_no_day_can_bring_is_said() -> None:
    slow = harbour().assumptions.of(Pace)[0].model_copy(update={"per_week": 0.002})
    case, day = restated(harbour(), [slow]), OPENING + dt.timedelta(days=2)
    said = Judgements.model_validate({**SAID, "ends": [ends(day, day, 0.98).model_dump(by_alias=True)]})
    ((place, why),) = timing(MODEL, case, said).doubts()
    assert place == ("ends", 0)
    assert "your 98 % that it ends between 2026-01-14 and 2026-01-14 cannot be met" in why
