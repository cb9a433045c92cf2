"""Deadlines: the pace is another one in the weeks before a day, in the past and in the future alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.errors import InputError
from forecast.model.anchor import anchor
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


@pytest.mark.parametrize("by", [dt.date(2026, 2, 11), dt.date(2026, 2, 10), dt.date(2026, 3, 4)])
def test_no_day_after_a_deadline_is_hurried_and_none_before_its_time(tmp_path: Path, by: dt.date) -> None:
    as_of = dt.date(2026, 2, 11)
    problem = problem_of(tmp_path, as_of, by=by)
    future = problem.structure.due(problem.calendar.future_weeks, as_of, HORIZON, as_of)[0, :, 0]
    at_risk = 7 * problem.calendar.future_exposure
    ahead = [day for n in range(1, 60) if as_of < (day := as_of + dt.timedelta(days=n)) <= by]
    assert float(future @ at_risk) == pytest.approx(sum(day > by - dt.timedelta(weeks=WEEKS) for day in ahead))
    past = problem.arrays["past_due"][0, :, 0]
    lived = [OPENING + dt.timedelta(days=n) for n in range(1, (as_of - OPENING).days + 1)]
    expected = sum(by - dt.timedelta(weeks=WEEKS) < day <= by for day in lived)
    assert float(past @ problem.calendar.exposure(OPENING, as_of)) * 7 == pytest.approx(expected)


def test_a_deadline_of_a_gate_hurries_the_gate_alone(tmp_path: Path) -> None:
    problem = problem_of(tmp_path, OPENING, gate="permit")
    due = problem.structure.due(problem.calendar.future_weeks, OPENING, HORIZON, OPENING)
    assert due.shape == (1, len(problem.calendar.future_weeks), 2)
    assert due[..., 0].sum() == 0.0
    assert due[..., 1].sum() == pytest.approx(WEEKS)


ANNOUNCED = dt.date(2026, 2, 18)  # within the run-up


def test_nobody_knows_of_a_deadline_before_it_is_announced(tmp_path: Path) -> None:
    """Not on an earlier day, and not at the opening, when a later day looks back on it."""
    early = problem_of(tmp_path, ANNOUNCED - dt.timedelta(days=1), announced=ANNOUNCED)
    weeks = early.calendar.future_weeks
    assert not early.structure.due(weeks, early.calendar.as_of, HORIZON, early.calendar.as_of).any()
    assert not early.arrays["past_due"].any()
    late = problem_of(tmp_path / "late", dt.date(2026, 4, 1), announced=ANNOUNCED)
    at_opening = late.at_opening()
    calendar = at_opening.calendar
    assert not late.structure.due(calendar.future_weeks, calendar.as_of, HORIZON, calendar.as_of).any()
    np.testing.assert_array_equal(anchor(latent_drivers(), late).mean, anchor(latent_drivers(), early).mean)


@pytest.mark.parametrize("as_of", [ANNOUNCED, dt.date(2026, 2, 25), dt.date(2026, 4, 1)])
def test_once_announced_it_hurries_from_that_day_on(tmp_path: Path, as_of: dt.date) -> None:
    problem = problem_of(tmp_path, as_of, announced=ANNOUNCED)
    calendar = problem.calendar
    past = problem.arrays["past_due"][0, :, 0] @ calendar.exposure(OPENING, as_of)
    future = problem.structure.due(calendar.future_weeks, as_of, HORIZON, as_of)[0, :, 0] @ calendar.future_exposure
    assert float(past) * 7 == pytest.approx(max(0, (min(as_of, BY) - ANNOUNCED).days))
    assert float(future) * 7 == pytest.approx(max(0, (BY - as_of).days))


def test_a_deadline_is_announced_before_its_day(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="announced on 2026-03-02, after the day by which it is due"):
        problem_of(tmp_path, OPENING, announced=BY + dt.timedelta(days=1))


def test_two_deadlines_of_one_thing_on_one_day_are_one_too_many(tmp_path: Path) -> None:
    due = [assumption(name, "deadline", by=BY, weeks=WEEKS, factor=2.0) for name in ("due", "due-too")]
    folder = write_harbour(tmp_path / "harbour", gates=[], assumptions=[*assumptions(gates=[]), *due])
    with pytest.raises(InputError, match="'due' and 'due-too' both state the deadline"):
        read_case(folder)
