"""The problem of a day: its dates, the gates passed by then, and what surviving until then says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from forecast.case.reading import read_case
from forecast.errors import UsageError
from forecast.evidence.journal import Row
from forecast.model.problem import Problem, build_problem
from tests.model.harbour import (
    HORIZON,
    OPENING,
    assumptions,
    latent_drivers,
    prior_draws,
    problem_of,
    row,
    seen,
    write_harbour,
)
from tests.small_case import assumption

LAW = latent_drivers().law


def permit(report: str, grade: int, day: str = "2026-01-20", **changes: object) -> Row:
    return row(report, grade, day, **{"indicator": "permit", **changes})


# ------------------------------------------------------------------------------------------------ dates


@pytest.mark.parametrize("as_of", [OPENING - dt.timedelta(days=1), HORIZON, HORIZON + dt.timedelta(days=9)])
def test_a_forecast_is_made_while_the_question_is_open(as_of: dt.date) -> None:
    with pytest.raises(UsageError, match=f"--as-of {as_of}: .* choose a date from 2026-01-12 to 2026-06-27"):
        problem_of(as_of=as_of)


@pytest.mark.parametrize("as_of", [OPENING, HORIZON - dt.timedelta(days=1)])
def test_the_first_and_the_last_day_are_good(as_of: dt.date) -> None:
    assert problem_of(as_of=as_of).calendar.as_of == as_of


def test_the_opening_day_knows_nothing() -> None:
    problem = problem_of(permit("R", 5), row("S", 4)).at_opening()
    assert problem.calendar.as_of == OPENING
    assert problem.units == {}
    assert problem.passed == (None,)
    assert not problem.exposure.any()


def test_the_opening_day_knows_of_a_gate_that_was_passed_before() -> None:
    assert problem_of(permit("R", 5, "2026-01-10")).at_opening().passed == (dt.date(2026, 1, 10),)


@pytest.mark.parametrize(("judged_with", "known"), [("none", {"R", "S", "T"}), ("reports", {"T"})])
def test_reports_that_a_judgement_contains_are_not_counted_twice(
    tmp_path: Path, judged_with: str, known: set[str]
) -> None:
    shares, *others = assumptions()
    stated = {**shares, "judged_on": dt.date(2026, 1, 20), "judged_with": judged_with}
    case = read_case(write_harbour(tmp_path / "harbour", assumptions=[stated, *others]))
    rows = [row("R", 4, "2026-01-05"), row("S", 4, "2026-01-20"), row("T", 4, "2026-01-21")]
    assert {event for event, _ in build_problem(case, seen(*rows)).units} == known


# ------------------------------------------------------------------------------------------------ gates


def test_the_passage_is_not_counted_again_as_a_grade() -> None:
    rows = [permit("R", 5), row("R/2", 4, event_id="R"), permit("S", 5, "2026-01-25"), permit("T", 2)]
    assert set(problem_of(*rows).units) == {("R", "strikes"), ("S", "permit"), ("T", "permit")}


def test_a_gate_is_passed_on_the_day_of_the_event_once_it_is_known() -> None:
    reported = permit("R", 5, "2026-01-20", published_date=dt.date(2026, 1, 24))
    assert problem_of(reported, as_of=dt.date(2026, 1, 23)).passed == (None,)
    assert problem_of(reported, as_of=dt.date(2026, 1, 24)).passed == (dt.date(2026, 1, 20),)


# ------------------------------------------------------------------------------------------------ surviving


def weeks(problem: Problem) -> list[float]:
    """Weeks at risk by stage."""
    return [float(share) for share in problem.exposure.sum(axis=0)]


def test_without_gates_every_day_since_the_opening_was_at_risk() -> None:
    assert weeks(problem_of(gates=())) == pytest.approx([30 / 7])


def test_a_shut_gate_takes_the_weeks_upon_itself() -> None:
    assert weeks(problem_of()) == pytest.approx([0.02 * 30 / 7, 30 / 7])


def test_a_passed_gate_starts_the_clock_of_what_comes_next() -> None:
    assert weeks(problem_of(permit("R", 5))) == pytest.approx([22 / 7 + 0.02 * 8 / 7, 8 / 7])
    two = problem_of(permit("R", 5), gates=("permit", "hearing"))
    assert weeks(two) == pytest.approx([0.02 * 30 / 7, 8 / 7, 22 / 7])
    assert two.passages.sum(axis=0) == pytest.approx([0, 1, 0])
    assert two.passages[two.calendar.week_of(dt.date(2026, 1, 20)), 1] == 1


def test_a_gate_passed_before_the_opening_teaches_nothing_of_its_pace() -> None:
    problem = problem_of(permit("R", 5, "2026-01-10"))
    assert weeks(problem) == pytest.approx([30 / 7, 0])
    assert not problem.passages.any()


def test_a_gate_passed_before_the_one_before_it_teaches_nothing_of_its_pace() -> None:
    """Nobody waited for the second gate: an event without a day at risk would speak for a pace without bound."""
    early = permit("H", 5, "2026-01-18", indicator="tender")
    after = problem_of(permit("R", 5), early, gates=("permit", "hearing"))
    assert weeks(after) == pytest.approx([22 / 7 + 0.02 * 8 / 7, 8 / 7, 0])
    assert after.passages.sum(axis=0) == pytest.approx([0, 1, 0])
    alone = problem_of(early, gates=("permit", "hearing"))
    assert weeks(alone) == pytest.approx([0.02 * 30 / 7, 30 / 7, 0])
    assert not alone.passages.any()


@given(st.tuples(*[st.one_of(st.none(), st.integers(-20, 29))] * 2))
@settings(deadline=None)
def test_no_passage_without_a_day_at_risk(days: tuple[int | None, ...]) -> None:
    problem = problem_of(gates=("permit", "hearing"))
    opening = problem.calendar.opening
    passed = tuple(None if day is None else opening + dt.timedelta(days=day) for day in days)
    problem = replace(problem, passed=passed)
    waited, passages = problem.exposure.sum(axis=0)[1:], problem.passages.sum(axis=0)[1:]
    assert np.all(waited[passages > 0] > 0)
    assert problem.exposure[:, 1:].sum() <= 30 / 7 + 1e-9


def slope(problem: Problem, stage: int) -> NDArray[np.float64]:
    """How much more likely what was seen becomes when a stage's pace doubles, by draw."""
    draws = prior_draws(problem, 1, 200)
    faster = draws["log_pace"].copy()
    faster[:, stage] += np.log(2)
    base, changed = (LAW.log_likelihood(d, problem)["open"] for d in (draws, draws | {"log_pace": faster}))
    return np.asarray(changed - base)


def test_surviving_shut_weeks_says_almost_nothing_of_the_pace() -> None:
    behind_gate, free = slope(problem_of(), 0), slope(problem_of(gates=()), 0)
    assert np.all(free < 0)
    assert np.all(behind_gate <= 0)
    assert np.mean(behind_gate) == pytest.approx(0.02 * np.mean(free), rel=0.1)
    assert np.all(slope(problem_of(), 1) < 0), "but it slows the gate"


def test_passing_a_gate_early_speaks_for_a_fast_gate() -> None:
    soon, late = (problem_of(permit("R", 5, day)) for day in ("2026-01-14", "2026-02-10"))
    assert np.mean(slope(soon, 1)) > np.mean(slope(late, 1))
    assert np.mean(slope(soon, 1)) == pytest.approx(np.log(2), abs=0.15)


def test_surviving_is_the_exponential_of_pace_times_weeks() -> None:
    problem = problem_of(permit("R", 5))
    draws = prior_draws(problem, 1, 20)
    draws["hastening"] = np.zeros_like(draws["hastening"])
    expected = -np.exp(draws["log_pace"]) @ np.array(weeks(problem)) + draws["log_pace"][:, 1]
    np.testing.assert_allclose(LAW.log_likelihood(draws, problem)["open"], expected)


def test_other_evidence_leaves_the_gates_as_they_are() -> None:
    problem = problem_of(permit("R", 5))
    assert problem.with_units({}).passed == problem.passed
    assert replace(problem, units={}).exposure == pytest.approx(problem.exposure)


# ------------------------------------------------------------------------------------------------ sizes


def test_sizes_leave_room_for_what_later_weeks_bring() -> None:
    small, large = problem_of(), problem_of(*(row(f"R{n}", n % 5 + 1, source=f"Paper {n}") for n in range(40)))
    assert small.sizes == large.sizes
    shapes = [{name: prior.shape for name, (prior, _) in LAW.priors(p).items()} for p in (small, large)]
    assert shapes[0] == shapes[1]
    many = problem_of(*(row(f"R{n}", 3, source=f"Paper {n}") for n in range(65)))
    assert many.sizes["source"] == 2 * small.sizes["source"]


def test_places_that_nobody_has_taken_touch_nothing() -> None:
    problem = problem_of(row("R", 5), row("R", 2, coder="bob"))
    draws = prior_draws(problem, 1, 10)
    free = {name: draws[name].copy() for name in ("source_effect", "coder_severity", "coder_precision", "news_cycle")}
    for name, taken in (("source_effect", 1), ("coder_severity", 2), ("coder_precision", 2), ("news_cycle", 1)):
        free[name][:, taken:] += 3.0
    changed = LAW.log_likelihood(draws | free, problem)["event"]
    np.testing.assert_array_equal(changed, LAW.log_likelihood(draws, problem)["event"])


def test_a_stated_momentum_has_its_own_size_and_half_life(tmp_path: Path) -> None:
    stated = [*assumptions(), assumption("momentum-of-the-city", "momentum", outcome="city", log_odds=1.2, weeks=13)]
    structure = build_problem(read_case(write_harbour(tmp_path / "harbour", assumptions=stated)), seen()).structure
    assert structure.momenta == ("city", "private"), "one stated, one of an outcome with an indicator of its own"
    np.testing.assert_array_equal(structure.momentum_places, [[1.2, 0.0, 0.0], [0.0, 0.7, 0.0]])
    np.testing.assert_allclose(structure.persistence[-2:], [0.5 ** (1 / 13), 0.5 ** (1 / 26)])
