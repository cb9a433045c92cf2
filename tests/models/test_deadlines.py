"""Deadlines: the pace is another one in the weeks before a day, in the past and in the future alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.errors import InputError
from forecast.model.anchor import anchor
from forecast.model.base_rates import SHUT
from forecast.model.priors import Draws
from forecast.model.problem import Problem, build_problem
from tests.model.harbour import HORIZON, OPENING, PERMIT, assumptions, latent_drivers, prior_draws, seen, write_harbour
from tests.small_case import assumption

LAW = latent_drivers().law
BY, WEEKS = dt.date(2026, 3, 1), 3.0


def problem_of(
    folder: Path, as_of: dt.date, *, gate: str | None = None, by: dt.date = BY, **said: dt.date | float
) -> Problem:
    gates: Sequence[str] = [gate] if gate else []
    where = {"gate": gate} if gate else {}
    stated = {"by": by, "weeks": WEEKS, "factor": 2.0, "uncertainty": 1.3, **where, **said}
    due = assumption("due", "deadline", **stated)
    folder = write_harbour(
        folder / "harbour", gates=[PERMIT] if gate else [], assumptions=[*assumptions(gates=gates), due]
    )
    return build_problem(read_case(folder), seen(as_of=as_of)).anchored(np.zeros(3), 0.5)


def days_due(after: dt.date, until: dt.date, by: dt.date) -> int:
    """Days in (after, until] that lie before the deadline, by walking through them."""
    walked = [after + dt.timedelta(days=n) for n in range(1, (until - after).days + 1)]
    return sum(by - dt.timedelta(weeks=WEEKS) < day <= by for day in walked)


@pytest.mark.parametrize("as_of", [OPENING, dt.date(2026, 2, 18), dt.date(2026, 4, 1)])
@pytest.mark.parametrize("by", [BY, BY + dt.timedelta(days=3)], ids=["whole weeks", "parts of weeks"])
def test_what_is_open_decays_faster_before_a_deadline(tmp_path: Path, as_of: dt.date, by: dt.date) -> None:
    problem = problem_of(tmp_path, as_of, by=by, factor=30.0)
    draws = prior_draws(problem, 1, 6)
    draws["hastening"] = np.zeros_like(draws["hastening"])
    pace, hurried = np.exp(draws["log_pace"][:, 0]), np.exp(draws["deadline"][:, 0])

    def survival(after: dt.date, until: dt.date) -> np.ndarray:
        due = days_due(after, until, by)
        return np.exp(-pace * ((until - after).days - due + hurried * due) / 7)

    incidence = LAW.project(draws, problem, 2)
    for week, by_week in zip(problem.calendar.future_weeks, np.moveaxis(incidence, 1, 0), strict=True):
        until = min(week + dt.timedelta(days=6), HORIZON)
        np.testing.assert_allclose(1 - by_week.sum(axis=-1), survival(as_of, until), rtol=1e-10, atol=1e-13)
    found = LAW.log_likelihood(draws, problem)["open"]
    np.testing.assert_allclose(found, np.log(survival(OPENING, as_of)), rtol=1e-10, atol=1e-12)


def waited(problem: Problem, draws: Draws) -> np.ndarray:
    """log P(still open, gates shut as long as they were and passed when they were), day by day; (draw,)."""
    calendar, stages = problem.calendar, 1 + len(problem.passed)
    stated = [item for item in problem.case.assumptions.items.values() if item.kind == "deadline"]
    total = np.zeros(len(draws["level"]))
    for n in range(1, (calendar.as_of - calendar.opening).days + 1):
        day = calendar.opening + dt.timedelta(days=n)
        shut = [gate for gate, passed in enumerate(problem.passed) if passed is None or day <= passed]
        stage_at_risk = {0: SHUT if shut else 1.0, **({1 + shut[0]: 1.0} if shut else {})}
        for stage in range(stages):
            pace = np.exp(draws["log_pace"][:, stage])
            for place, one in enumerate(stated):
                first = max(one.by - dt.timedelta(weeks=one.weeks), one.announced or dt.date.min)
                hurried = first < day <= one.by and (stage == 0) == (one.gate is None)
                pace = pace * (np.exp(draws["deadline"][:, place]) if hurried else 1.0)
            total -= stage_at_risk.get(stage, 0.0) * pace / 7
    return total


@pytest.mark.parametrize("as_of", [dt.date(2026, 1, 22), dt.date(2026, 2, 11), dt.date(2026, 3, 6)])
@pytest.mark.parametrize("passed", [None, dt.date(2026, 1, 22), dt.date(2026, 2, 5)])
def test_waiting_is_told_to_the_day(tmp_path: Path, as_of: dt.date, passed: dt.date | None) -> None:
    """Deadlines that overlap, or follow each other within a week, and a gate that is passed within one."""
    dues = [
        assumption("due", "deadline", by=dt.date(2026, 2, 11), weeks=3, factor=4.0),
        assumption("next", "deadline", by=dt.date(2026, 2, 25), weeks=2, factor=9.0),
        assumption("within", "deadline", by=dt.date(2026, 2, 10), weeks=1 / 7, factor=30.0),
        assumption("called", "deadline", by=dt.date(2026, 2, 13), announced=dt.date(2026, 2, 4), weeks=5, factor=0.3),
        assumption("of-the-gate", "deadline", by=dt.date(2026, 2, 3), weeks=1, factor=6.0, gate="permit"),
    ]
    folder = write_harbour(tmp_path / "harbour", assumptions=[*assumptions(), *dues])
    problem = replace(build_problem(read_case(folder), seen(as_of=as_of)), passed=(passed,))
    if passed is not None and passed > as_of:
        problem = replace(problem, passed=(None,))
    draws = prior_draws(problem, 1, 6)
    draws["hastening"] = np.zeros_like(draws["hastening"])
    pace = LAW.log_pace(
        np, draws, LAW.latents(draws, problem), problem.arrays["past_band"], problem.arrays["past_due"],
        problem.arrays["past_at_risk"], np.broadcast_to(np.eye(2), (6, 2, 2)), problem.arrays,
    )  # fmt: skip
    events = np.sum(problem.arrays["passages"] * pace, axis=(-2, -1))
    found = LAW.log_likelihood(draws, problem)["open"] - events
    np.testing.assert_allclose(found, waited(problem, draws), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("by", [dt.date(2026, 2, 11), dt.date(2026, 2, 10), dt.date(2026, 3, 4)])
def test_no_day_after_a_deadline_is_hurried_and_none_before_its_time(tmp_path: Path, by: dt.date) -> None:
    problem = problem_of(tmp_path, dt.date(2026, 2, 11), by=by)
    for weeks in (problem.calendar.weeks, problem.calendar.future_weeks):
        due = problem.structure.due(weeks, problem.calendar.as_of)[0, ..., 0]
        for (day, week), hurried in np.ndenumerate(due):
            lies = by - dt.timedelta(weeks=WEEKS) < weeks[week] + dt.timedelta(days=day) <= by
            assert hurried == lies


def test_a_deadline_of_a_gate_hurries_the_gate_alone(tmp_path: Path) -> None:
    problem = problem_of(tmp_path, OPENING, gate="permit")
    due = problem.structure.due(problem.calendar.future_weeks, OPENING)
    assert due.shape == (1, 7, len(problem.calendar.future_weeks), 2)
    assert due[..., 0].sum() == 0.0
    assert due[..., 1].sum() == 7 * WEEKS


ANNOUNCED = dt.date(2026, 2, 18)  # within the run-up


def test_nobody_knows_of_a_deadline_before_it_is_announced(tmp_path: Path) -> None:
    """Not on an earlier day, and not at the opening, when a later day looks back on it."""
    early = problem_of(tmp_path, ANNOUNCED - dt.timedelta(days=1), announced=ANNOUNCED)
    assert not early.structure.due(early.calendar.future_weeks, early.calendar.as_of).any()
    assert not early.arrays["past_due"].any()
    late = problem_of(tmp_path / "late", dt.date(2026, 4, 1), announced=ANNOUNCED)
    assert late.arrays["past_due"].any()
    calendar = late.at_opening().calendar
    assert not late.structure.due(calendar.future_weeks, calendar.as_of).any()
    known = problem_of(tmp_path / "known", dt.date(2026, 4, 1))
    called, always = (anchor(latent_drivers(), problem).resolved for problem in (late, known))
    assert called < always - 0.01  # what hurries from the opening on is in what is said of the opening


@pytest.mark.parametrize("as_of", [ANNOUNCED, dt.date(2026, 2, 25), dt.date(2026, 4, 1)])
def test_once_announced_it_hurries_from_that_day_on(tmp_path: Path, as_of: dt.date) -> None:
    problem = problem_of(tmp_path, as_of, announced=ANNOUNCED)
    for weeks in (problem.calendar.weeks, problem.calendar.future_weeks):
        due = problem.structure.due(weeks, as_of)[0, ..., 0]
        for (day, week), hurried in np.ndenumerate(due):
            assert hurried == (ANNOUNCED < weeks[week] + dt.timedelta(days=day) <= BY)


@pytest.mark.parametrize("days", [0, 1])
def test_a_deadline_is_announced_before_its_day(tmp_path: Path, days: int) -> None:
    with pytest.raises(InputError, match="not before the day by which it is due"):
        problem_of(tmp_path, OPENING, announced=BY + dt.timedelta(days=days))


def test_two_deadlines_of_one_thing_on_one_day_are_one_too_many(tmp_path: Path) -> None:
    due = [assumption(name, "deadline", by=BY, weeks=WEEKS, factor=2.0) for name in ("due", "due-too")]
    folder = write_harbour(tmp_path / "harbour", gates=[], assumptions=[*assumptions(gates=[]), *due])
    with pytest.raises(InputError, match=f"'due' and 'due-too' both state the deadline of {BY}, of the same days"):
        read_case(folder)


def test_two_that_end_on_one_day_multiply_where_both_are_due(tmp_path: Path) -> None:
    due = [
        assumption(name, "deadline", by=BY, weeks=weeks, factor=factor, uncertainty=1.01)
        for name, weeks, factor in (("due", 3.0, 2.0), ("due-too", 1.0, 5.0))
    ]
    folder = write_harbour(tmp_path / "harbour", gates=[], assumptions=[*assumptions(gates=[]), *due])
    problem = build_problem(read_case(folder), seen(as_of=BY)).anchored(np.zeros(3), 0.5)
    draws = prior_draws(problem, 1, 6)
    draws["hastening"] = np.zeros_like(draws["hastening"])
    pace, (once, twice) = np.exp(draws["log_pace"][:, 0]), np.exp(draws["deadline"]).T
    days = (BY - OPENING).days
    waited = pace * (days - 21 + 14 * once + 7 * once * twice) / 7
    np.testing.assert_allclose(LAW.log_likelihood(draws, problem)["open"], -waited, rtol=1e-9)
