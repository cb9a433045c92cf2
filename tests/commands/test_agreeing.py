"""`forecast evidence agreement`, and what a refresh makes of coders who do not agree."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forecast.commands.main import command_line
from forecast.errors import Exit, UnpublishableError
from forecast.evidence.ledger import CsvLedger
from tests.evidence.test_agreement import SIGNED, agreeing, coded, disagreeing
from tests.small_case import write_case

REFRESH = ["refresh", "--model", "ach", "--as-of", "2026-02-08", "--json"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return write_case(tmp_path / "data" / "harbour")


def test_nothing_is_said_of_one_coder(folder: Path) -> None:
    CsvLedger(folder / "evidence.csv").append(coded([(4,), (3,)]))
    said = CliRunner().invoke(command_line(), ["evidence", "agreement"])
    assert said.stdout == "No report has been coded by two coders: nothing can be said of their agreement.\n"


def test_the_document(folder: Path) -> None:
    CsvLedger(folder / "evidence.csv").append(coded(disagreeing(30)))
    found = json.loads(CliRunner().invoke(command_line(), ["evidence", "agreement", "--json"]).stdout)
    assert found["limits"] == {"block": 0.667, "warn": 0.8, "least_units": 20}
    assert not found["publishable"]
    fields = {field["id"]: field for field in found["fields"]}
    assert fields["grade"]["units"] == 30
    low, high = fields["grade"]["ordinal"]["interval"]
    assert low < fields["grade"]["ordinal"]["value"] < high < 0.667
    assert [entry["id"] for entry in found["coders"]] == ["a", "b"]
    assert [entry["id"] for entry in found["months"]] == ["2026-01"]
    assert found["pairs"][0]["coders"] == ["a", "b"]
    assert found["drift"][0]["alarm"] is False


def test_few_units_are_said_to_be_too_few(folder: Path) -> None:
    CsvLedger(folder / "evidence.csv").append(coded(disagreeing(19)))
    said = CliRunner().invoke(command_line(), ["evidence", "agreement"])
    for name in ("grade", "indicator"):
        assert f"Alpha of {name} is not judged: 19 units coded twice, under 20, say more of chance" in said.stdout
    assert said.stderr == ""


def test_in_the_terminal(folder: Path) -> None:
    CsvLedger(folder / "evidence.csv").append(coded(disagreeing(30)))
    said = CliRunner().invoke(command_line(), ["evidence", "agreement"])
    assert "grade of strikes" in said.stdout
    assert "a and b: kappa " in said.stdout
    assert "not judged" not in said.stdout
    assert said.stderr.startswith("not to be published: coder agreement: alpha of grade is ")


def test_a_refresh_is_not_published_unless_somebody_signs(folder: Path) -> None:
    CsvLedger(folder / "evidence.csv").append(coded(disagreeing(30)))
    refused = CliRunner().invoke(command_line(), REFRESH)
    assert isinstance(refused.exception, UnpublishableError)
    assert refused.exception.exit_code == Exit.UNPUBLISHABLE
    assert "next: forecast evidence agreement harbour --as-of 2026-02-08" in str(refused.exception)
    said = json.loads(refused.stdout)
    assert not said["publishable"]
    assert said["diagnostics"]["failures"][0].startswith("coder agreement: alpha of grade is ")

    write_case(folder, case={"signed_off": [{**SIGNED, "date": dt.date(2026, 2, 1)}]})
    signed = CliRunner().invoke(command_line(), REFRESH)
    assert signed.exit_code == Exit.OK
    said = json.loads(signed.stdout)
    assert said["publishable"]
    assert any("signed off by Ada on 2026-02-01" in note for note in said["notes"])


def test_a_refresh_of_coders_who_agree_is_published(folder: Path) -> None:
    CsvLedger(folder / "evidence.csv").append(coded(agreeing(30)))
    assert json.loads(CliRunner().invoke(command_line(), REFRESH).stdout)["publishable"]
