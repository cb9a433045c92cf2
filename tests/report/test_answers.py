"""What a page asks: the same documents that the commands print, on runs that were really sampled."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from forecast.commands.main import command_line
from forecast.insight import usual
from forecast.insight.usual import explained
from forecast.refresh import Refreshed
from forecast.report.answers import Answers, answers
from forecast.report.document import document
from forecast.report.page import render
from tests.model.made import LAST
from tests.small_case import write_yaml

from .reading import read

Made = dict[dt.date, Refreshed]
SCENARIO = {"id": "long-strike", "label": "A long strike", "reason": "It may.", "do": ["unions=+2"]}


@pytest.fixture(scope="module")
def asked(made: Made, workspace: Path) -> Answers:
    path = write_yaml(workspace / "data" / "harbour" / "scenarios.yaml", {"scenarios": [SCENARIO]})
    try:
        return answers(made[LAST].run, workspace, stage=lambda _: None)
    finally:
        path.unlink()


@pytest.fixture
def said(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(workspace)
    monkeypatch.setattr("forecast.insight.kept.folder", lambda: tmp_path)  # worked out again, not read

    def without_refits(*runs: Any, sampled: Any, **told: Any) -> Any:
        assert sampled is not None
        return explained(*runs, **told)

    monkeypatch.setattr(usual, "explained", without_refits)

    def printed(*words: str) -> Any:
        command_line()([*words, "--json"], standalone_mode=False)
        return json.loads(capsys.readouterr().out)

    return printed


def test_the_answers_are_those_of_the_commands(asked: Answers, said: Any) -> None:
    assert asked.reasons == ()
    assert asked.watched is not None
    assert asked.hanging is not None
    same(asked.explained, said("explain"))  # without refits, as on the page
    same(asked.watched["indicators"], said("watch")["indicators"])
    hanging = said("sensitivity", "--no-refit")
    for part in ("assumptions", "sources", "leader"):
        same(asked.hanging[part], hanging[part])


def same(mine: Any, theirs: Any) -> None:
    """Equal but for the last digits of floating-point sums, which depend on how many processors share the work."""
    if isinstance(theirs, dict):
        assert mine.keys() == theirs.keys()
        for name, value in theirs.items():
            same(mine[name], value)
    elif isinstance(theirs, list):
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            same(one, other)
    else:
        assert mine == (pytest.approx(theirs, abs=1e-9) if isinstance(theirs, float) else theirs)


def test_the_page_holds_them(asked: Answers, made: Made) -> None:
    run = made[LAST].run
    shown = document(run.forecast, run.record, [made[day].run.forecast for day in made], answers=asked)
    assert shown.why is not None
    assert shown.lookout is not None
    assert shown.hanging is not None
    assert [scenario.label for scenario in shown.scenarios] == ["A long strike"]
    for waterfall in shown.why.waterfalls:
        moved = sum(bar.points.value for bar in waterfall.bars)
        assert waterfall.before.value + moved == pytest.approx(waterfall.now.value)
    for driver in shown.drivers:
        assert all(mark.moved is not None for mark in driver.marks)
    page = read(render(shown))
    numbers = {float(element.attributes["value"]) for element in page.find("data")}
    assert {bar["contribution"] for bar in asdict(asked)["explained"]["outcomes"][0]["bars"]} <= numbers


def test_leaving_out_an_event_undoes_what_it_did(asked: Answers, made: Made) -> None:
    """Every event of a positive indicator with a grade above the usual one pushes its driver up."""
    found = {push["event"]: push["push"] for push in asked.pushes}
    rows = made[LAST].run.record["inputs"]["evidence"]
    indicators = made[LAST].run.record["indicators"]
    for event, push in found.items():
        told = [row for row in rows if row["event_id"] == event and row["grade"]]
        excess = {
            indicators[row["indicator"]]["sign"] * (int(row["grade"]) - indicators[row["indicator"]]["usual_grade"])
            for row in told
        }
        if len(told) == 1 and abs(next(iter(excess))) == 2:
            assert push * next(iter(excess)) > 0


def test_ranks_of_all_chains_are_even_together(asked: Answers) -> None:
    assert asked.mixing is not None
    for counts in asked.mixing["ranks"].values():
        together = [sum(part) for part in zip(*counts, strict=True)]
        assert max(together) - min(together) <= 1


def test_a_solved_model_has_no_draws_to_ask(made: Made, workspace: Path) -> None:
    run = made[LAST].run
    solved = type(run)(run.folder, run.forecast, {**run.record, "method": "exact"})
    found = answers(solved, workspace, stage=lambda _: None)
    assert (found.explained, found.watched, found.hanging, found.mixing) == (None, None, None, None)
    assert found.ground is not None
    assert "model without drivers" in found.reasons[0]
