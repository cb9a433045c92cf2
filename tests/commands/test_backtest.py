"""`forecast backtest`: every week, every model, every set; resumed, and scored once the question has resolved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import Exit
from forecast.evidence.ledger import CsvLedger
from tests.commands.test_main import call
from tests.model.harbour import EVIDENCE, write_harbour
from tests.small_case import write_set

ENDED = ("--outcome=city", "--date=2026-02-09", "--reason=Signed.", "--source=Gazette")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_harbour(tmp_path / "data" / "harbour")
    write_set(folder, "second-look", [], based_on="first-look")
    CsvLedger(folder / "evidence.csv").append(EVIDENCE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def backtest(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *words: call(monkeypatch, capsys, "backtest", *words)


def made(workspace: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (workspace / ".backtest" / "harbour").glob("2*")}


def test_every_week_is_forecast_once_and_never_twice(backtest: Any, workspace: Path) -> None:
    code, out, _ = backtest("--models", "uniform", "--sets", "first-look", "--json")
    first = made(workspace)
    assert (code, len(first)) == (Exit.OK, 6)
    days = [run["as_of"] for run in json.loads(out)["cases"][0]["forecasts"]]
    assert days == ["2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02", "2026-02-09", "2026-02-10"]
    code, out, _ = backtest("harbour", "--models", "uniform,ach", "--json")
    (case,) = json.loads(out)["cases"]
    assert (code, len(case["forecasts"]), case["refused"], case["scores"]) == (Exit.OK, 24, [], None)
    assert {run["assumptions"] for run in case["forecasts"]} == {"first-look", "second-look"}
    assert first.items() <= made(workspace).items()
    assert not (workspace / "reports").exists()
    assert (workspace / ".backtest" / ".gitignore").read_text() == "*\n"


def test_a_resolved_case_is_scored_up_to_its_end(
    backtest: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--all", "--models", "uniform,ach", "--sets", "first-look")
    before = json.loads(backtest(*words, "--json")[1])["cases"][0]["forecasts"]
    assert call(monkeypatch, capsys, "resolve", *ENDED)[0] == Exit.OK
    code, out, _ = backtest(*words, "--json")
    (case,) = json.loads(out)["cases"]
    assert code == Exit.OK
    assert case["forecasts"] == [run for run in before if run["as_of"] < "2026-02-09"], "the end changes none of them"
    assert {line["model"] for line in case["scores"]["scores"]} == {"uniform", "ach"}
    code, out, _ = backtest(*words)
    assert code == Exit.OK
    assert "CRPS, weeks" in out


@pytest.mark.slow
def test_several_at_once_make_the_same(backtest: Any, workspace: Path) -> None:
    assert backtest("--models", "uniform,ach", "--jobs", "2")[0] == Exit.OK
    together = made(workspace).keys()
    assert len(together) == 24
    assert backtest("--models", "uniform,ach")[0] == Exit.OK
    assert made(workspace).keys() == together


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--models", "oracle"), "there is no model oracle: choose of ach, base_rates"),
        (("--sets", "third-look"), "there is no assumption set 'third-look'"),
        (("--jobs", "0"), "--jobs 0: choose a whole number from 1 to 64"),
        (("harbour", "--all"), "--all means every case"),
    ],
)
def test_words_that_do_not_fit(backtest: Any, words: tuple[str, ...], message: str) -> None:
    code, out, err = backtest(*words)
    assert (code, out) == (Exit.USAGE, "")
    assert message in err
