"""A codebook that changes its words: which codings were made before."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from forecast.commands.main import command_line
from forecast.evidence.ledger import CsvLedger
from tests.evidence.samples import row
from tests.small_case import indicator, write_case

TODAY = dt.datetime.now(dt.UTC).date()
TOMORROW = dt.datetime.now(dt.UTC) + dt.timedelta(hours=20)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case with two coded reports and a run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    folder = write_case(tmp_path / "data" / "harbour")
    rows = [row(), row(report_id="R2", indicator="tender", coder="bob")]
    CsvLedger(folder / "evidence.csv").append(rows)
    refresh()
    return folder


def refresh() -> None:
    ended = CliRunner().invoke(command_line(), ["refresh", "--model", "ach", "--as-of", "2026-02-08", "--json"])
    assert ended.exit_code == 0, ended.stderr


def reworded(folder: Path, **changes: Any) -> None:
    entries = [
        indicator("tax_income", driver="budget", align={"council": 1}),
        indicator("strikes", **{"driver": "unions", "polarity": "positive", **changes}),
        indicator("tender", outcome="private"),
    ]
    write_case(folder, codebook={"indicators": entries})


def touched() -> list[tuple[str, str]]:
    found = json.loads(CliRunner().invoke(command_line(), ["evidence", "list", "--touched", "--json"]).stdout)
    assert {each["report_id"] for each in found["reports"]} == {each["report_id"] for each in found["touched"]}
    return [(each["report_id"], each["coder"]) for each in found["touched"]]


def warned() -> list[dict[str, Any]]:
    said = json.loads(CliRunner().invoke(command_line(), ["check", "--json"]).stdout)["warnings"]
    return [warning for warning in said if "another wording" in warning["message"]]


GRADES = {str(grade): f"Grade {grade} of strikes, said otherwise." for grade in range(1, 6)}


def test_the_same_words_touch_nothing(folder: Path) -> None:
    assert touched() == []
    reworded(folder, look_for="Reports  of\nstrikes.", examples=["Another example."])
    assert touched() == []


@pytest.mark.parametrize("change", [{"look_for": "Reports of strikes and lock-outs."}, {"grades": GRADES}])
def test_another_wording_touches_what_was_coded_before(folder: Path, change: dict[str, Any]) -> None:
    reworded(folder, **change)
    assert touched() == [("R1", "ann")]
    (warning,) = warned()
    assert warning["message"].startswith("1 coding by 'strikes' made under another wording (that of run 2026-02-08-")
    assert warning["line"] > 1
    assert "R1" in CliRunner().invoke(command_line(), ["evidence", "list", "--touched"]).stdout


def test_a_later_run_does_not_make_it_forgotten(folder: Path) -> None:
    reworded(folder, grades=GRADES)
    refresh()
    assert touched() == [("R1", "ann")]


def test_coding_again_or_a_review_settles_it_and_the_next_change_asks_anew(folder: Path) -> None:
    reworded(folder, grades=GRADES)
    CsvLedger(folder / "evidence.csv").append([row(grade=3, coded_at=TOMORROW)])
    assert touched() == []
    CsvLedger(folder / "evidence.csv").append([row(report_id="R3", coder="bob")])
    assert touched() == [("R3", "bob")]
    reworded(folder, grades=GRADES, reviewed=TODAY)
    assert (touched(), warned()) == ([], [])
    reworded(folder, grades=GRADES, reviewed=TODAY - dt.timedelta(days=1))
    assert touched() == [("R3", "bob")]
