"""Before the first datum: the worlds that the assumptions alone make possible, and what nobody may overlook."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.model.anchor import anchor
from forecast.model.before_evidence import BeforeEvidence, before_evidence, every_grade, surprise
from forecast.model.problem import build_problem
from forecast.model.readings import units_of
from tests.model.harbour import OPENING, SHARES, assumptions, harbour, latent_drivers, seen, write_harbour
from tests.small_case import write_set

CERTAIN, NO_OTHER = "certain-outcome", "no-other"


def looked_at(case: Case) -> BeforeEvidence:
    model = latent_drivers()
    return before_evidence(model, case, anchor(model, build_problem(case, seen(as_of=OPENING))))


@cache
def usual() -> BeforeEvidence:
    return looked_at(harbour("permit"))


def stated_as(shares: dict[str, float], concentration: float, **extra: Any) -> Case:
    """A harbour that resolves at once, with other stated chances."""
    said, *others = assumptions(gates=[])
    others = [{**item, "per_week": 3.0} if item["kind"] == "pace" else item for item in others]
    others = [item for item in others if item["kind"] not in ("ripening", "hastening")]
    with TemporaryDirectory() as folder:
        written = write_harbour(Path(folder) / "harbour", gates=[])
        changed = [{**said, "shares": shares, "concentration": concentration}, *others]
        write_set(written, "first-look", changed, **extra)
        return read_case(written)


def test_chances_are_those_of_the_opening_day_and_add_up() -> None:
    found = usual()
    assert found.outcomes == (*SHARES, "unresolved")
    assert np.all(np.diff(found.chances, axis=0) > 0)
    assert np.all((found.chances >= 0) & (found.chances <= 1))
    for k, share in enumerate(SHARES.values()):
        low, high = found.chances[0, k], found.chances[2, k]
        assert low < share * (1 - found.chances[1, -1]) < high
    np.testing.assert_allclose(1.0 - found.resolved[:, -1], found.chances[::-1, -1])
    assert np.all(np.diff(found.resolved, axis=1) >= 0), "what has resolved stays so"


def test_reasonable_assumptions_leave_room_for_everything() -> None:
    assert (usual().certain, usual().faults) == (pytest.approx(0.0, abs=0.01), ())
    assert usual().no_other < 0.05


def test_the_imagined_reports_are_all_there_could_be() -> None:
    """In every world the five grades of an indicator exhaust what a report of it can say."""
    case, law = harbour("permit"), latent_drivers().law
    problem = build_problem(case, seen(as_of=OPENING)).at_opening()
    problem = problem.with_units(units_of(every_grade(case), case, problem.calendar))
    chances = np.exp(law.log_likelihood(law.opening_draws(problem, np.random.default_rng(1), 50), problem)["event"])
    of = np.array([indicator for _, indicator in sorted(problem.units)])
    for indicator in case.indicators:
        np.testing.assert_allclose(chances[:, of == indicator].sum(axis=1), 1.0)


def test_grades_are_expected_around_the_usual_one() -> None:
    grades = usual().grades
    assert list(grades) == list(harbour("permit").indicators)
    for expected in grades.values():
        assert expected.sum() == pytest.approx(1.0)
    means = {indicator: float(expected @ np.arange(1, 6)) for indicator, expected in grades.items()}
    assert means["tax_income"] == pytest.approx(3.0, abs=0.01)
    assert means["layoffs"] < means["strikes"] + 0.5, (
        "the unions are above their usual state, and layoffs turn it round"
    )
    assert means["debts"] > means["tax_income"] + 0.5, "whose usual grade is 4"
    np.testing.assert_allclose(grades["tax_income"], grades["tax_income"][::-1], atol=0.01)
    assert surprise(grades["tax_income"]) == pytest.approx(-np.log2(grades["tax_income"].min()))


def test_worlds_that_know_the_answer_already_are_refused() -> None:
    found = looked_at(stated_as({"city": 0.9, "private": 0.05, "other": 0.05}, 2.0))
    assert found.certain > 0.2
    messages = [str(fault) for fault in found.faults]
    assert any("one outcome has a chance above 95 % (at most 5 %)" in message for message in messages), messages
    assert any("'other' has a chance under 1 % (at most 5 %)" in message for message in messages), messages
    assert all("assumptions/first-look.yaml" in message for message in messages)


@pytest.mark.parametrize("check", [CERTAIN, NO_OTHER])
def test_what_is_signed_off_is_refused_no_longer(check: str) -> None:
    signed = {"check": check, "reason": "All but decided by law.", "author": "Ann"}
    found = looked_at(stated_as({"city": 0.9, "private": 0.05, "other": 0.05}, 2.0, signed_off=[signed]))
    (left,) = found.faults
    assert ("above 95 %" in left.message) is (check == NO_OTHER)
    assert found.document()["signed_off"] == {check: signed}


def test_a_case_without_indicators_expects_no_grades() -> None:
    said = [item for item in assumptions(gates=[]) if item["kind"] != "gate_pace"]
    with TemporaryDirectory() as folder:
        written = write_harbour(Path(folder) / "harbour", gates=[], assumptions=said)
        (written / "codebook.yaml").write_text("indicators: []\n", encoding="utf-8")
        found = looked_at(read_case(written))
    assert found.grades == {}
    assert found.document()["grades"] == {}
