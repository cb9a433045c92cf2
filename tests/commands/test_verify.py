"""`forecast verify` and what `forecast runs` does besides listing: on runs that were really made."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import Exit
from forecast.evidence.ledger import CsvLedger
from forecast.record.remaking import verdict_of
from forecast.runs import digest, list_runs
from tests.commands.test_main import HOSTILE, call
from tests.hostile.reading import is_inert
from tests.model.harbour import EVIDENCE, row, write_harbour

MADE = (("2026-01-20", "uniform"), ("2026-02-11", "ach"), ("2026-02-01", "ach"))
"""As-of dates and models, in the order in which the runs are made."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The harbour with three runs, the last of them as of a day before the second's."""
    ground = tmp_path_factory.mktemp("ground")
    folder = write_harbour(ground / "data" / "harbour")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ground)
        for (day, model), rows in zip(MADE, (EVIDENCE[:3], EVIDENCE[3:], ()), strict=True):
            CsvLedger(folder / "evidence.csv").append(rows)
            patch.setattr("sys.argv", ["forecast", "refresh", "--as-of", day, "--model", model, "--json"])
            with pytest.raises(SystemExit, match="0"):
                __import__("forecast.commands.main", fromlist=["run"]).run()
    return ground


@pytest.fixture
def workspace(ground: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of it."""
    shutil.copytree(ground, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "copy"


@pytest.fixture
def ids(workspace: Path) -> list[str]:
    """The runs in the order in which they were made."""
    runs = list_runs(workspace / "reports", "harbour")
    return [
        run.id for run in sorted(runs, key=lambda run: len(run.record["link"]["journal"]) * 2 + (run.as_of.day == 1))
    ]


@pytest.fixture
def forecast(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *words: call(monkeypatch, capsys, *words)


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False), "utf-8")


# ------------------------------------------------------------------------------------------------ verify


def test_a_run_is_made_again_from_its_record_whatever_has_become_of_the_case(
    forecast: Any, workspace: Path, ids: list[str]
) -> None:
    shutil.rmtree(workspace / "data" / "harbour" / "assumptions")
    for name in ("drivers.yaml", "codebook.yaml"):
        (workspace / "data" / "harbour" / name).write_text("", "utf-8")
    assert forecast("verify", "--all")[0] == Exit.OK


def test_what_is_as_it_was_saved_holds(forecast: Any, ids: list[str]) -> None:
    code, out, _ = forecast("verify", "--all", "--json")
    said = json.loads(out)
    assert (code, said["ok"], said["problems"], said["notes"]) == (Exit.OK, True, [], [])
    assert (said["runs"], said["linked"], said["rows"]) == (3, 3, len(EVIDENCE))
    assert {each["run"]: each["verdict"] for each in said["remade"]} == dict.fromkeys(ids, "same")
    assert all(each["largest_difference"] == 0.0 and not each["other_versions"] for each in said["remade"])
    assert said["heads"].keys() == {ids[-1]}
    code, out, _ = forecast("verify", ids[0], "harbour", "--kept", said["heads"][ids[-1]])
    assert (code, out.count("made again, it says the same numbers")) == (Exit.OK, 1)
    assert "the record is whole (3 of 3 runs are linked, 10 rows of the journal pinned)" in out
    assert "cannot show: rows of the journal that were added after the last run" in out
    assert "edits of resolutions.csv, judgements.csv" in " ".join(out.split())


def test_a_case_that_changed_since_does_not_matter(forecast: Any, workspace: Path, ids: list[str]) -> None:
    path = workspace / "data" / "harbour" / "assumptions" / "first-look.yaml"
    path.write_text(path.read_text("utf-8").replace("per_week: 0.12", "per_week: 0.3"), "utf-8")
    CsvLedger(workspace / "data" / "harbour" / "evidence.csv").append([row("R77", 1, "2026-01-14")])
    code, out, _ = forecast("verify", "--all", "--json")
    assert (code, {each["verdict"] for each in json.loads(out)["remade"]}) == (Exit.OK, {"same"})


def tampered(code: str) -> Callable[[Path, list[str]], None]:
    """A change of a run's file, or of the journal, by its name."""

    def change(ground: Path, ids: list[str]) -> None:
        runs, journal = ground / "reports" / "harbour", ground / "data" / "harbour" / "evidence.csv"
        lines = journal.read_text("utf-8").splitlines(keepends=True)
        match code:
            case "a probability":
                edit(runs / ids[-1] / "forecast.json", lambda said: said["outcomes"][0].update(label="Another"))
            case "an input, its digest mended":

                def mended(record: dict[str, Any]) -> None:
                    record["inputs"]["evidence"][0]["grade"] = "1"
                    record["inputs_digest"] = f"sha256:{digest(record['inputs'])}"

                edit(runs / ids[1] / "record.json", mended)
            case "a run deleted":
                shutil.rmtree(runs / ids[0])
            case "a run made unreadable":
                (runs / ids[0] / "record.json").write_text("{", "utf-8")
            case "a row edited":
                journal.write_text("".join([*lines[:3], lines[3].replace("C,3", "B,2"), *lines[4:]]), "utf-8")
            case "a row deleted":
                journal.write_text("".join([*lines[:3], *lines[4:]]), "utf-8")
            case "a row inserted":
                journal.write_text("".join([*lines[:3], lines[3].replace("R2,R2", "R0,R0"), *lines[3:]]), "utf-8")
            case "rows swapped":
                journal.write_text("".join([*lines[:3], lines[4], lines[3], *lines[5:]]), "utf-8")

    return change


TAMPERED = (
    "a probability", "an input, its digest mended", "a run deleted", "a run made unreadable", "a row edited",
    "a row deleted", "a row inserted", "rows swapped",
)  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_shows(forecast: Any, workspace: Path, ids: list[str], what: str) -> None:
    tampered(what)(workspace, ids)
    code, out, err = forecast("verify", ids[-1], "--quick", "--json")
    said = json.loads(out)
    assert (code, said["ok"], said["remade"]) == (Exit.BAD_INPUT, False, [])
    assert said["problems"]
    code, out, err = forecast("verify", ids[-1], "--quick")
    assert code == Exit.BAD_INPUT
    assert "the record is broken" in out
    assert "Traceback" not in err
    assert ("evidence.csv" in err) == ("row" in what)


def test_a_last_run_that_was_written_anew_is_found_by_making_it_again(
    forecast: Any, workspace: Path, ids: list[str]
) -> None:
    folder = workspace / "reports" / "harbour" / ids[-1]

    def move(said: dict[str, Any]) -> None:
        for outcome, by in zip(said["outcomes"], (0.1, -0.1), strict=False):
            outcome["probability"] += by

    edit(folder / "forecast.json", move)
    forged = f"sha256:{digest(json.loads((folder / 'forecast.json').read_text('utf-8')))}"
    edit(folder / "record.json", lambda record: record["link"].update(forecast=forged))
    assert forecast("verify", ids[-1], "--quick")[0] == Exit.OK
    code, out, _ = forecast("verify", ids[-1])
    assert code == Exit.BAD_INPUT
    assert "MADE AGAIN, IT SAYS SOMETHING ELSE (chances within 10 points)" in out


def test_a_tail_that_was_cut_off_is_shown_by_what_was_kept_or_sent(
    forecast: Any, workspace: Path, ids: list[str]
) -> None:
    kept = json.loads(forecast("verify", "--all", "--quick", "--json")[1])["heads"][ids[-1]]
    forecast("runs", "sent", ids[-1], "--to", "the desk")
    shutil.rmtree(workspace / "reports" / "harbour" / ids[-1])
    code, _, err = forecast("verify", ids[0], "--quick", "--kept", kept)
    assert code == Exit.BAD_INPUT
    assert f"no run has the record {kept}" in err
    assert "it was sent on" in err
    assert "and is gone now" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name the RUN that is to be verified, or say --all"),
        (("2026-01-01-00000000",), "harbour has no run 2026-01-01-00000000: the last ones are 2026-"),
        (("one", "harbour", "--all"), "--all means every run"),
        (("harbour",), "harbour is a case, and verify takes a RUN first: `forecast runs harbour` lists its runs"),
    ],
)
def test_words_that_do_not_fit(forecast: Any, words: tuple[str, ...], message: str) -> None:
    code, out, err = forecast("verify", *words)
    assert (code, out) == (Exit.USAGE, "")
    assert message in err


def test_other_draws_may_differ_by_their_monte_carlo_errors_and_no_more(workspace: Path, ids: list[str]) -> None:
    said = copy.deepcopy(list_runs(workspace / "reports", "harbour")[0].forecast)
    for outcome in said["outcomes"]:
        outcome["mcse"] = 0.002
    for gap, verdict in ((0.0004, "same"), (0.01, "within_error"), (0.02, "different")):
        again = copy.deepcopy(said)
        again["outcomes"][0]["probability"] += gap
        assert verdict_of(said, again, sampled=True) == verdict
        assert verdict_of(said, again, sampled=False) == ("same" if verdict == "same" else "different")


# ------------------------------------------------------------------------------------------------ runs


def test_runs_lists_where_nothing_else_is_named(forecast: Any, ids: list[str]) -> None:
    for words in ((), ("harbour",), ("--json",), ("--model", "ach"), ("list", "harbour")):
        code, out, _ = forecast("runs", *words)
        assert code == Exit.OK
        assert (ids[0] in out) == ("--model" not in words)
    assert "compare" in forecast("runs", "--help")[1]


def test_notes_are_shown_and_can_do_nothing(forecast: Any, workspace: Path, ids: list[str]) -> None:
    before = (workspace / "reports" / "harbour" / ids[0] / "record.json").read_bytes()
    assert forecast("runs", "note", ids[0], HOSTILE)[0] == Exit.OK
    code, out, err = forecast("runs", "sent", ids[0], "harbour", "--to", HOSTILE, "--json")
    assert (code, json.loads(out)["text"], err) == (Exit.OK, " ".join(HOSTILE.split()), "")
    for words in (("runs",), ("show", "--run", ids[0])):
        code, out, _ = forecast(*words)
        assert code == Exit.OK
        assert all(is_inert(line) for line in out.splitlines())
        assert f"{ids[0]} note: [red]" in out
        assert f"{ids[0]} sent: [red]" in out
    (listed, *_) = json.loads(forecast("runs", "--json")[1])
    assert [note["kind"] for note in listed["notes"]] == ["note", "sent"]
    assert (workspace / "reports" / "harbour" / ids[0] / "record.json").read_bytes() == before
    assert forecast("verify", ids[0], "--quick")[0] == Exit.OK


def test_two_runs_side_by_side(forecast: Any, ids: list[str]) -> None:
    code, out, _ = forecast("runs", "compare", ids[2], ids[1], "--json")
    said = json.loads(out)
    assert code == Exit.OK
    assert [run["id"] for run in said["runs"]] == [ids[2], ids[1]]
    assert said["inputs"] == {
        "files": [], "base_rates": [], "model": [], "evidence": {"added": ["R5", "R6", "R7", "R8", "R9"], "removed": [],
                                                                 "changed": []},
    }  # fmt: skip
    for row_ in said["outcomes"]:
        assert row_["difference"] == pytest.approx(row_["to"] - row_["from"])
    code, out, _ = forecast("runs", "compare", ids[0], ids[1])
    assert code == Exit.OK
    assert "model: uniform | ach" in out
    assert "Other model texts: uniform, ach" in out
    assert forecast("runs", "compare", ids[0], "2026-01-01-00000000")[0] == Exit.USAGE
