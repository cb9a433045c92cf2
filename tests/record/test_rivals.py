"""Whom a line is held against: each says what he said, or what he would have made of the same inputs."""

from __future__ import annotations

import copy
import datetime as dt
import math
from dataclasses import replace
from pathlib import Path

import pytest

from forecast.case.others import Numbers
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.evidence.ledger import CsvLedger
from forecast.model.contract import load_model
from forecast.record.rivals import Rival, rivals_of, uniform
from forecast.record.scores import Statement
from forecast.record.solved import Solver
from forecast.record.track import Line, lines_of
from forecast.recorded import recorded_case
from forecast.refresh import refresh
from forecast.runs import Run, list_runs
from tests.model.harbour import EVIDENCE, row
from tests.model.past import write_with_past
from tests.record.statements import ENDS, resolved, run_of, said

DAYS = (dt.date(2026, 1, 21), dt.date(2026, 2, 11))
WITHDRAWN = (
    row("R11", 2, "2026-01-30"),
    row("R11", None, "2026-01-30", reliability="", credibility=None,
        retracted_at=dt.datetime(2026, 2, 9, tzinfo=dt.UTC), coder="bob"),
)  # fmt: skip
JOURNAL = (*EVIDENCE, *WITHDRAWN)
SIGNED = resolved("2026-03-01", city=1.0)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The harbour with a past, and what three models that are solved made of two days."""
    found = tmp_path_factory.mktemp("workspace")
    folder = write_with_past(found / "data" / "harbour")
    CsvLedger(folder / "evidence.csv").append(JOURNAL)
    case = read_case(folder)
    for name in ("uniform", "ach", "base_rates"):
        for day in DAYS:
            model = load_model(name, found)
            refresh(case, JOURNAL, model, found / "reports", as_of=day, seed=1, clock="published")
    return found


@pytest.fixture
def case(workspace: Path) -> Case:
    return read_case(workspace / "data" / "harbour")


@pytest.fixture
def runs(workspace: Path) -> list[Run]:
    return list_runs(workspace / "reports", "harbour")


def line_by(model: str, runs: list[Run]) -> Line:
    return next(line for line in lines_of(runs, SIGNED) if line.model == model)


def by_name(line: Line, case: Case, runs: list[Run], workspace: Path) -> dict[str, Rival]:
    return {rival.name: rival for rival in rivals_of(line, case, Solver(runs, workspace))}


def same(one: Statement | None, other: Statement | None) -> bool:
    assert one is not None
    assert other is not None
    assert (one.as_of, one.horizon, list(one.chances)) == (other.as_of, other.horizon, list(other.chances))
    assert [day for day, _ in one.resolved] == [day for day, _ in other.resolved]
    assert one.chances == pytest.approx(other.chances, abs=1e-12)
    assert dict(one.resolved) == pytest.approx(dict(other.resolved), abs=1e-12)
    return True


def test_a_record_may_hold_how_the_question_ended(workspace: Path, runs: list[Run]) -> None:
    record = copy.deepcopy(runs[0].record)
    text = "recorded_at,date,weights,reason,source,author\n2026-03-02T00:00:00Z,2026-03-01,city,Signed.,Gazette,\n"
    record["inputs"]["files"]["resolutions.csv"] = text
    ended = recorded_case(Run(runs[0].folder, runs[0].forecast, record), workspace).resolution
    assert ended is not None
    assert ended.outcome == "city"


def test_models_that_are_solved_are_asked_from_the_record_where_no_run_is_saved(
    workspace: Path, case: Case, runs: list[Run]
) -> None:
    only = [run for run in runs if run.forecast["model"] == "uniform"]
    saved = by_name(line_by("uniform", runs), case, runs, workspace)
    asked = by_name(line_by("uniform", runs), case, only, workspace)
    for name in ("ach", "base_rates"):
        assert asked[name].missing is None
        assert all(same(*pair) for pair in zip(saved[name].said, asked[name].said, strict=True))
    assert asked["ach"].said[0] != asked["ach"].said[1]


def test_no_rival_knows_the_ending(workspace: Path, case: Case, runs: list[Run]) -> None:
    only = [run for run in runs if run.forecast["model"] == "uniform"]
    told = [copy.deepcopy(run) for run in runs if run.forecast["model"] == "ach"]
    for run in told:
        run.record["inputs"]["files"]["resolutions.csv"] = "city"
        for outcome in run.forecast["outcomes"]:
            outcome["probability"] = float(outcome["id"] == "city")
    asked = by_name(line_by("uniform", runs), case, only, workspace)["ach"]
    assert told
    assert by_name(line_by("uniform", runs), case, [*only, *told], workspace)["ach"].said == asked.said


def test_uniform_is_the_model_of_that_name(workspace: Path, case: Case, runs: list[Run]) -> None:
    line = line_by("uniform", runs)
    for entry in line.entries:
        closed = uniform(entry.said)
        assert closed.chances == pytest.approx(entry.said.chances)
        assert closed.by_day(entry.said.as_of) == pytest.approx(entry.said.by_day(entry.said.as_of))


def test_the_one_before_is_the_line_s_own(workspace: Path, case: Case, runs: list[Run]) -> None:
    line = line_by("ach", runs)
    found = by_name(line, case, runs, workspace)
    assert found["last_run"].said == (None, line.entries[0].said)
    assert "ach" not in found  # nobody is his own rival


def test_a_record_that_cannot_be_read_again_is_said_and_base_rates_are_taken_from_the_run(case: Case) -> None:
    rates = (0.3, 0.3, 0.2, 0.2)
    run = run_of("2026-01-18", (0.4, 0.3, 0.1, 0.2), base_rate=rates)
    (line,) = lines_of([run], resolved("2026-02-01", city=1.0))
    found = by_name(line, case, [run], Path())
    assert found["ach"].said == (None,)
    assert "cannot be read again" in str(found["ach"].missing)
    assert found["base_rates"].said == (said("2026-01-18", rates),)


def numbers(day: str, by: str, chances: tuple[float, ...], overround: float = 0.0) -> Numbers:
    return Numbers(dt.date.fromisoformat(day), by, dict(zip(ENDS, chances, strict=True)), overround)


def test_people_and_markets_say_what_they_last_said(case: Case) -> None:
    told = replace(
        case,
        judgements=(
            numbers("2026-01-14", "ann", (0.4, 0.4, 0.1, 0.1)),
            numbers("2026-01-20", "bob", (0.6, 0.2, 0.1, 0.1)),
            numbers("2026-01-22", "ann", (0.8, 0.0, 0.1, 0.1)),
        ),
        prices=(numbers("2026-01-20", "Exchange", (0.7, 0.1, 0.1, 0.1), 0.06),),
    )
    line_runs = [run_of(day, (0.4, 0.3, 0.1, 0.2)) for day in ("2026-01-13", "2026-01-18", "2026-01-25")]
    (line,) = lines_of(line_runs, resolved("2026-02-01", city=1.0))
    found = by_name(line, told, line_runs, Path())

    def city(name: str) -> list[float | None]:
        return [each.chances["city"] if each else None for each in found[name].said]

    assert city("team") == [None, 0.4, pytest.approx(0.7)]
    assert city("author ann") == [None, 0.4, 0.8]
    assert city("author bob") == [None, None, 0.6]
    assert city("market Exchange") == [None, None, 0.7]
    assert found["market Exchange"].overround == pytest.approx(0.06)
    for rival in found.values():
        for each in rival.said:
            assert each is None or math.fsum(each.chances.values()) == pytest.approx(1.0)
