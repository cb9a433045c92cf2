"""The whole table, on a run that was really sampled; and fast answers against true refits."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from forecast.commands.main import command_line
from forecast.insight.assumed import levers
from forecast.insight.components import weigh_parts
from forecast.insight.flip import Line
from forecast.insight.refitting import refitter
from forecast.insight.sensitivity import sensitivities
from forecast.insight.sensitivity_document import sensitivity_document
from forecast.insight.sensitivity_table import Sensitivity
from forecast.insight.standing import Change, Standing, standing
from forecast.refresh import Refreshed
from forecast.reopened import Reopened, reopen
from tests.model.made import LAST

Made = dict[dt.date, Refreshed]


@pytest.fixture(scope="module")
def opened(made: Made, workspace: Path) -> Reopened:
    return reopen(made[LAST].run, workspace)


@pytest.fixture(scope="module")
def here(opened: Reopened) -> Standing:
    return standing(opened)


@pytest.fixture(scope="module")
def table(here: Standing, opened: Reopened) -> Sensitivity:
    return sensitivities(here, opened.known, lines=[Line("city", 0.9)])


def test_it_starts_from_what_the_run_said(here: Standing, made: Made) -> None:
    said = [row["probability"] for row in made[LAST].run.forecast["outcomes"]]
    np.testing.assert_allclose(here.now, said, atol=1e-9)
    np.testing.assert_allclose(here.by_path.sum(axis=2), 1.0, atol=1e-9)


def test_every_answer_is_a_distribution(table: Sensitivity) -> None:
    answers = [answer for row in table.moved for answer in (row.down, row.up)] + [row.answer for row in table.left_out]
    chances = np.array([answer.chances for answer in answers])
    np.testing.assert_allclose(chances.sum(axis=1), 1.0, atol=1e-9)
    assert np.all(chances >= 0.0)


def test_signs_are_those_that_the_assumptions_have(table: Sensitivity) -> None:
    per_step = {row.lever.id: dict(zip(table.standing.outcomes, row.per_step, strict=True)) for row in table.moved}
    assert per_step["stated-chances:city"]["city"] > 0.01
    assert per_step["steady-pace"]["unresolved"] < -0.01
    assert per_step["pace-of-permit"]["unresolved"] < -0.01
    assert per_step["closing-takes-time"]["other"] > 0.01
    diagnoses = {row.lever.id: row.diagnosis for row in table.moved}
    assert diagnoses["money-for-the-city"].startswith("prior only")
    assert diagnoses["half-life-of-budgets"].startswith("held as it is")


def test_the_document_is_the_contract_and_is_json(table: Sensitivity, opened: Reopened) -> None:
    document = json.loads(json.dumps(sensitivity_document(table, opened.case), allow_nan=False))
    assert {"outcomes", "assumptions", "sources", "coders", "indicators", "cells", "grades", "gates"} <= document.keys()
    for row in document["assumptions"]:
        assert {"id", "kind", "sensitivity", "pareto_k", "method", "diagnosis", "flip"} <= row.keys()
        assert set(row["sensitivity"]) == set(table.standing.outcomes)
        assert row["flip"] is None or {"distance", "unit", "leader"} <= row["flip"].keys()
    for row in document["sources"]:
        assert {"id", "without", "leader_changes"} <= row.keys()


def test_a_flip_flips(table: Sensitivity, here: Standing) -> None:
    flips = [row for row in table.moved if row.flip is not None and row.flip_reliable and not row.lever.slow]
    assert flips
    for row in flips:
        assert row.flip is not None
        after = here.answer(row.lever.change(here, row.flip.steps)).chances
        if row.flip.leader is not None:
            assert table.verdict.leader(after) == row.flip.leader != table.verdict.leader(here.now)


@pytest.mark.long
def test_fast_answers_are_those_of_true_refits(here: Standing, opened: Reopened) -> None:
    refit = refitter(here, seed=11)
    by_id = {lever.id: lever for lever in levers(here.problem)}
    evidence = weigh_parts(here.model, here.problem, here.draws, opened.known)
    parts = {
        (part.kind, part.name): (part, row) for part, row in zip(evidence.parts, evidence.log_changes, strict=True)
    }
    part, log_change = parts["source", "A docker"]
    asked = [
        (by_id[name].moved(here.problem, 1.0), by_id[name].change(here, 1.0))
        for name in ("level-of-unions", "half-life-of-budgets")
    ] + [(part.applied(here.problem), Change(log_change))]
    for problem, change in asked:
        fast, true = here.answer(change), refit(problem, "a test").answer
        assert fast.pareto_k is not None
        assert fast.pareto_k < 0.7
        off = np.abs(fast.chances - true.chances)
        assert np.all(off < 0.01 + 2 * np.hypot(fast.mcse, true.mcse)), off


def test_the_command_answers_as_json(
    made: Made, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace)
    words = ["sensitivity", "--json", "--no-refit", "--line", "city=0.5", "--set", "half-life-of-budgets=20"]
    command_line()(words, standalone_mode=False)
    said = json.loads(capsys.readouterr().out)
    assert said["run"] == made[LAST].run.id
    assert [row["id"] for row in said["alternatives"]] == ["half-life-of-budgets=20"]
    assert said["intercepts"] == "held"


def test_the_command_prints_a_tornado(
    made: Made, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace)
    command_line()(["sensitivity", "--no-refit"], standalone_mode=False)
    said = capsys.readouterr().out
    assert "what that hangs on" in said
    assert "Intercepts are held" in said
