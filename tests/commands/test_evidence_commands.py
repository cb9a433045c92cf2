"""`forecast evidence`: results on stdout, talk on stderr, the contract's exit codes."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import forecast
from forecast.commands.evidence import app
from forecast.errors import Exit, ForecastError, StoreError
from forecast.evidence.ledger import CsvLedger
from forecast.evidence.lock import locked
from tests.evidence.samples import cells, csv_of
from tests.small_case import write_case

CODING = {
    "report-id": "R1",
    "event-id": "strike-vote",
    "indicator": "strikes",
    "grade": "4",
    "event-date": "2026-01-20",
    "published-date": "2026-01-21",
    "source": "Port Gazette",
    "reliability": "B",
    "credibility": "2",
    "coder": "ann",
}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str, typed: str = "") -> Ended:
    """Run a command of `forecast evidence`; an error becomes lines and an exit code, as at the terminal."""
    result = CliRunner().invoke(app, list(arguments), input=typed)
    if isinstance(result.exception, ForecastError):
        return Ended(result.exception.exit_code, result.stdout, f"{result.stderr}{result.exception}\n")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def options(**changes: str | None) -> list[str]:
    """The coding as options; a change to None leaves one out."""
    given = {**CODING, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return [word for name, value in given.items() if value is not None for word in (f"--{name}", value)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the small case, seen from its top."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return write_case(tmp_path / "data" / "harbour")


def ledger_text(folder: Path) -> str:
    return (folder / "evidence.csv").read_text(encoding="utf-8")


def records(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ledger_text(folder))))


# ---------------------------------------------------------------------------- add


def test_add(folder: Path) -> None:
    assert run("add", *options(note="=1+1")) == Ended(0, "R1: added\n", "")
    (record,) = records(folder)
    assert (record["report_id"], record["source_type"], record["note"]) == ("R1", "press", "'=1+1")
    assert record["coded_at"].endswith("Z")


def test_who_says_something_else_of_a_report_is_told_what_it_replaces(folder: Path) -> None:
    run("add", *options(grade="3"))
    said = "R1: amended, what ann had said of it is replaced: grade 3 → 5, note (empty) → again\n"
    assert run("add", *options(grade="5", note="again")) == Ended(0, said, "")


def test_the_case_comes_last(folder: Path) -> None:
    write_case(folder.with_name("other-harbour"))
    assert run("add", *options()).code == Exit.USAGE
    assert run("add", *options(), "harbour").code == Exit.OK
    assert run("list", "harbour", "--json").json["case"] == "harbour"
    assert run("retract", "R1", "harbour", "--coder", "eve").code == Exit.OK


def test_add_as_json(folder: Path) -> None:
    ended = run("add", *options(coded_at="2026-01-22"), "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["case"] == "harbour"
    assert (ended.json["added"], ended.json["skipped"], ended.json["warnings"]) == (1, 0, [])
    assert ended.json["rows"][0]["coded_at"] == "2026-01-22T00:00:00Z"


def test_a_second_coder_need_not_repeat_the_facts(folder: Path) -> None:
    run("add", *options())
    second = {"report_id": "R1", "indicator": "strikes", "grade": "3", "reliability": "C", "credibility": "3"}
    words = [word for name, value in second.items() for word in (f"--{name.replace('_', '-')}", value)]
    assert run("add", *words, "--coder", "bob").code == Exit.OK
    assert [record["event_id"] for record in records(folder)] == ["strike-vote", "strike-vote"]


def test_saying_the_same_again_adds_nothing(folder: Path) -> None:
    run("add", *options())
    before = ledger_text(folder)
    assert run("add", *options()) == Ended(0, "R1: the ledger says so already\n", "")
    assert ledger_text(folder) == before


def test_missing_options_are_named_where_nobody_can_be_asked(folder: Path) -> None:
    ended = run("add", *options(grade=None, event_id=None))
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert ended.err == "missing --event-id, --grade: give them, or run the command at a terminal, which asks\n"
    assert run("add", *options(grade="0")).err.startswith("missing --effort: ")


def test_every_bad_option_is_told(folder: Path) -> None:
    ended = run("add", *options(grade="9", reliability="b", published_date="03/04/2026"))
    assert (ended.code, ended.out) == (Exit.BAD_INPUT, "")
    assert [line.split(": ")[:2] for line in ended.err.splitlines()] == [
        ["evidence add", "grade '9' is not a grade"],
        ["evidence add", "published_date '03/04/2026' is not an ISO date"],
        ["evidence add", "reliability 'b' is not a capital letter from A to F"],
    ]
    assert not (folder / "evidence.csv").exists()


def test_a_new_source_is_a_warning_on_stderr(folder: Path) -> None:
    ended = run("add", *options(source="New Radio", source_type="press"), "--json")
    assert ended.code == Exit.OK
    assert ended.err.startswith("warning: evidence add: source 'New Radio' is not in the register: ")
    assert ended.json["warnings"][0]["message"] == "source 'New Radio' is not in the register"


class Keyboard(io.StringIO):
    """Someone at a terminal, typing these lines."""

    def isatty(self) -> bool:
        return True


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("forecast.commands.asking.sys.stdin", Keyboard("".join(f"{line}\n" for line in lines)))


def sit_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on somebody sits at the terminal; `run` says what they type."""
    monkeypatch.setattr("forecast.commands.asking.is_somebody_there", lambda: True)


def asked(case: Path, **given: str) -> dict[str, str]:
    from forecast.case.reading import read_case
    from forecast.commands.asking import complete

    return complete(given, read_case(case), [])


def test_a_person_is_asked_for_what_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {name.replace("-", "_"): value for name, value in CODING.items() if name not in ("indicator", "grade")}
    answer(monkeypatch, "", "Headline", "strike", "strikes", "", "9", "4", "A note")
    draft = asked(folder, **given)
    assert {column: draft[column] for column in ("url", "title", "indicator", "grade", "note")} == {
        "url": "",
        "title": "Headline",
        "indicator": "strikes",
        "grade": "4",
        "note": "A note",
    }
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "strikes  About strikes" in shown.err
    assert "did you mean 'strikes'?" in shown.err
    assert "5  Grade 5 of strikes." in shown.err
    assert "grade is empty: fill it in" in shown.err
    assert "grade '9' is not a grade" in shown.err


def test_a_search_that_found_nothing_is_asked_for_its_effort(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {name.replace("-", "_"): value for name, value in CODING.items() if name != "grade"}
    answer(monkeypatch, "", "", "0", "0.5", "")
    assert asked(folder, **given)["effort"] == "0.5"


def test_nothing_is_asked_where_nothing_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch)
    given = {name.replace("-", "_"): value for name, value in CODING.items()}
    assert asked(folder, **given) == {**given, "source_type": "press"}


def test_an_end_of_the_answers_interrupts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "R1")
    with pytest.raises(KeyboardInterrupt):
        asked(folder)


# ---------------------------------------------------------------------------- import and export


def test_import(folder: Path) -> None:
    Path("new.csv").write_bytes(csv_of(cells(), cells(report_id="R2")))
    assert run("import", "new.csv") == Ended(0, "2 rows added, 0 there already\n", "")
    assert run("import", "new.csv") == Ended(0, "0 rows added, 2 there already\n", "")
    assert len(records(folder)) == 2


def test_import_as_json_and_on_trial(folder: Path) -> None:
    Path("new.csv").write_bytes(csv_of(cells()))
    ended = run("import", "new.csv", "harbour", "--dry-run", "--json")
    assert ended.json == {
        "case": "harbour",
        "file": "new.csv",
        "dry_run": True,
        "added": 1,
        "skipped": 0,
        "warnings": [],
        "changes": [{"report_id": "R1", "coder": "ann", "kind": "report", "changes": {}}],
    }
    assert run("import", "new.csv", "--dry-run").out == "1 row would be added, 0 there already\n"
    assert not (folder / "evidence.csv").exists()


def test_a_trial_shows_what_would_change(folder: Path) -> None:
    run("add", *options(coded_at="2026-01-22"))
    Path("new.csv").write_bytes(
        csv_of(
            cells(grade="5", title="", marking="", note="", url=""),
            cells(coder="bob", event_date="2026-01-19"),
            cells(report_id="R2"),
        )
    )
    ended = run("import", "new.csv", "--dry-run")
    assert "amendment" in ended.err
    assert "grade: 4 → 5" in ended.err
    assert "event_date: 2026-01-20 → 2026-01-19" in ended.err
    assert "new report  R2" in ended.err
    assert ended.out == "3 rows would be added, 0 there already\n"


@pytest.mark.parametrize(("answer_", "there"), [("y", 1), ("n", 0)])
def test_at_a_terminal_an_import_shows_and_asks(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answer_: str, there: int
) -> None:
    Path("new.csv").write_bytes(csv_of(cells()))
    sit_down(monkeypatch)
    ended = run("import", "new.csv", typed=f"perhaps\n{answer_}\n")
    assert ended.code == Exit.OK
    assert "new report" in ended.err
    assert ended.err.count("Add 1 row? [y/n]") == 2
    assert ended.out == f"1 row {'added' if there else 'not added'}, 0 there already\n"
    assert (folder / "evidence.csv").exists() == bool(there)


def test_who_says_yes_or_has_nothing_new_is_not_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("new.csv").write_bytes(csv_of(cells()))
    sit_down(monkeypatch)
    assert run("import", "new.csv", "--yes") == Ended(0, "1 row added, 0 there already\n", "")
    assert run("import", "new.csv") == Ended(0, "0 rows added, 1 there already\n", "")


def test_a_template_goes_round_with_comments(folder: Path) -> None:
    import openpyxl
    from openpyxl.comments import Comment

    assert run("template", "-o", "week.xlsx") == Ended(0, "a workbook to code in is written to week.xlsx\n", "")
    book = openpyxl.load_workbook("week.xlsx")
    for number, text in enumerate(cells(coded_at="").values(), start=1):
        book["evidence"].cell(2, number, text or None)
    book["evidence"]["E2"].comment = Comment("Ann:\nRather a 3?", "Ann")
    book.save("week.xlsx")
    assert run("import", "week.xlsx").out == "1 row added, 0 there already\n"
    assert records(folder)[0]["note"] == "The vote was open.\n[grade] Ann: Rather a 3?"
    assert run("export", "-o", "out.xlsx").code == Exit.OK
    for name in ("week.xlsx", "out.xlsx"):
        assert run("import", name).out == "0 rows added, 1 there already\n"


def test_a_workbook_that_somebody_may_have_coded_in_is_not_written_over(folder: Path) -> None:
    name = f"{folder.name}-to-code.xlsx"
    assert run("template") == Ended(0, f"a workbook to code in is written to {name}\n", "")
    before = Path(name).read_bytes()
    ended = run("template")
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert f"{name} is there already and may hold codings" in ended.err
    assert Path(name).read_bytes() == before


def test_a_bad_import_names_every_bad_row_and_changes_nothing(folder: Path) -> None:
    run("add", *options())
    before = ledger_text(folder)
    Path("new.csv").write_bytes(csv_of(cells(report_id="R2"), cells(grade="A7"), cells(indicator="strike")))
    ended = run("import", "new.csv", "--json")
    assert (ended.code, ended.out) == (Exit.BAD_INPUT, "")
    assert ended.err.splitlines() == [
        "new.csv:3: grade 'A7' is not a grade: write 1 to 5, or 0 for looked for and not found",
        "new.csv:4: there is no indicator 'strike': did you mean 'strikes'?",
    ]
    assert ledger_text(folder) == before


def test_import_of_a_workbook(folder: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Week 4"
    book.active.append(list(cells()))
    book.active.append([value or None for value in cells().values()])
    book.active.append([value or None for value in cells(report_id="R2", grade="a").values()])
    book.save("new.xlsx")
    ended = run("import", "new.xlsx")
    assert (ended.code, ended.out) == (Exit.BAD_INPUT, "")
    assert ended.err.startswith("new.xlsx[Week 4]:3: grade 'a' is not a grade")


@pytest.mark.parametrize("name", ["gone.csv", "data", "x" * 5000 + ".csv"])
def test_an_import_of_nothing(folder: Path, name: str) -> None:
    ended = run("import", name)
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert ended.err == f"{name}: there is no such file: check the path\n"


@pytest.mark.parametrize("name", ["NA", "None", "NO", "007", "1e5", "true", "=1+1", "[red]", "-1", "'"])
def test_ids_are_text_on_every_way(folder: Path, name: str) -> None:
    Path("new.csv").write_bytes(csv_of(cells(report_id=name, event_id=name, coder=name)))
    assert run("import", "new.csv").code == Exit.OK
    assert name in run("list").out
    (report,) = run("list", "--json").json["reports"]
    assert (report["report_id"], report["event_id"], report["codings"][0]["coder"]) == (name, name, name)
    assert run("export", "--json").json["rows"][0]["report_id"] == name
    run("export", "-o", "out.csv")
    assert run("import", "out.csv").out == "0 rows added, 1 there already\n"
    assert run("retract", "--coder", "eve", "--", name).code == Exit.OK


GOOD_FILE = csv_of(cells())
BAD_FILES = {
    "empty": (b"", "new.csv: the file is empty"),
    "UTF-16 without its mark": (GOOD_FILE.decode().encode("utf-16-le"), "new.csv: the text is UTF-16"),
    "a workbook": (b"PK\x03\x04" + bytes(40), "new.csv: this is a workbook or an archive, not CSV"),
    "cp1252": (csv_of(cells(note="\x92")).decode().encode("latin-1"), "new.csv:2: the byte 0x92 is not UTF-8"),
    "NUL": (GOOD_FILE + b"\0", "new.csv:3: there is a NUL byte"),
    "an open quote": (GOOD_FILE + b'"x', "new.csv:3: the row cannot be taken apart"),
    "a bidi override": (csv_of(cells(note="a\u202eb")), "new.csv:2: note holds an invisible character, U+202E"),
    "look-alike grades": (csv_of(cells(reliability="\u0410")), "(CYRILLIC CAPITAL LETTER A) is not a capital letter"),
    "a comma too many": (GOOD_FILE[:-1] + b",\n", "new.csv:2: the row has 20 fields where the header has 19"),
    "a header twice": (GOOD_FILE * 2, "new.csv:3: grade 'grade' is not a grade"),
    "100,000 columns": (b"note," * 99_999 + b"x", "new.csv:1: there are 100000 columns"),
    "almost nothing": (GOOD_FILE + b"\n" * 3_000_000, "new.csv: it is almost empty, and yet very large"),
    "faults without end": (GOOD_FILE + b"x\n" * 20_000, "new.csv:5003: there are more faults"),
    "guesses without end": (
        csv_of(*(cells(report_id=f"R{n}", indicator=f"strike{n}") for n in range(5_010))),
        "there are more faults",
    ),
    "a long indicator": (csv_of(cells(indicator="s" * 10**6)), "new.csv:2: there is no indicator 'sss"),
    "day 60 of February": (csv_of(cells(event_date="2026-02-60")), "new.csv:2: event_date '2026-02-60' is not a day"),
    "the end of time": (csv_of(cells(coded_at="9999-12-31T23:59-14:00")), "is not a time of the calendar"),
    "the beginning of time": (csv_of(cells(coded_at="0001-01-01T00:00+14:00")), "is not a time of the calendar"),
    "two in one moment": (
        csv_of(cells(coded_at="2026-01-22T10:00"), cells(coded_at="2026-01-22T13:00+03:00", grade="1")),
        "new.csv:3: the coding of 'R1' by 'ann' at this time of coded_at is there already, with other content",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_and_changes_nothing(folder: Path, name: str) -> None:
    content, told = BAD_FILES[name]
    before = csv_of(cells(report_id="before"))
    (folder / "evidence.csv").write_bytes(before)
    Path("new.csv").write_bytes(content)
    ended = run("import", "new.csv")
    assert (ended.code, ended.out) == (Exit.BAD_INPUT, "")
    assert told in ended.err
    assert all(line.startswith("new.csv") and line.count(": ") >= 2 for line in ended.err.splitlines())
    assert (folder / "evidence.csv").read_bytes() == before


def test_years_before_all_calendars_and_mixed_times_are_valid(folder: Path) -> None:
    ancient = cells(event_date="0001-01-01", published_date="0001-01-01", coded_at="0001-01-01T00:00-14:00")
    Path("new.csv").write_bytes(csv_of(ancient, cells(report_id="R2", event_id="e", coded_at="2026-01-22T10:00+03:00")))
    assert run("import", "new.csv").code == Exit.OK
    assert len(run("list", "--json").json["reports"]) == 2
    assert len(run("list", "--json", "--as-of", "9999-12-31").json["reports"]) == 2
    assert run("list", "--json", "--as-of", "0001-01-01").json["after_as_of"] == 1


def test_a_busy_ledger(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient = CsvLedger(folder / "evidence.csv", patience=0.01)
    monkeypatch.setattr("forecast.evidence.ledger.ledger_of", lambda case: impatient)
    with locked(folder / "evidence.csv", patience=0):
        ended = run("add", *options())
    assert (ended.code, ended.out) == (StoreError.exit_code, "")
    assert ended.err == (
        "data/harbour/evidence.csv: another command is writing to it: wait for it to end, then repeat yours\n"
    )


def test_export_gives_back_what_was_imported(folder: Path) -> None:
    Path("new.csv").write_bytes(csv_of(cells(), cells(coder="bob", note='"a", =b\nc')))
    run("import", "new.csv")
    ended = run("export")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == ledger_text(folder)
    assert run("export", "-o", "out.csv") == Ended(0, "2 rows written to out.csv\n", "")
    assert Path("out.csv").read_text(encoding="utf-8") == ledger_text(folder)
    assert run("import", "out.csv").out == "0 rows added, 2 there already\n"


def test_export_as_json(folder: Path) -> None:
    run("add", *options())
    document = run("export", "--json").json
    assert (document["case"], document["file"], len(document["rows"])) == ("harbour", None, 1)
    assert run("export", "--json", "-o", "out.csv").json["file"] == "out.csv"


def test_export_as_of(folder: Path) -> None:
    Path("new.csv").write_bytes(csv_of(cells(), cells(report_id="R2", coded_at="2026-02-20")))
    run("import", "new.csv")
    for arguments, expected in (
        (("--clock", "recorded"), ["R1"]),
        (("--clock", "published"), ["R1", "R2"]),
        ((), ["R1", "R2"]),  # the clock of the case
    ):
        exported = run("export", "--as-of", "2026-02-08", *arguments).out
        assert [record["report_id"] for record in csv.DictReader(io.StringIO(exported))] == expected


def test_an_empty_ledger_exports_its_header(folder: Path) -> None:
    assert run("export").out.startswith("report_id,event_id,")
    assert run("export").out.count("\n") == 1


def test_export_spares_the_ledger_and_other_kinds_of_file(folder: Path) -> None:
    run("add", *options())
    ended = run("export", "-o", "data/harbour/evidence.csv")
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "this is the ledger itself: choose another file" in ended.err
    assert run("export", "-o", "out.txt").code == Exit.USAGE


# ---------------------------------------------------------------------------- list


@pytest.fixture
def coded(folder: Path) -> Path:
    Path("new.csv").write_bytes(
        csv_of(
            cells(title="[red]Vote[/red]"),
            cells(coder="bob", grade="2", coded_at="2026-01-23", title="[red]Vote[/red]"),
            cells(
                report_id="R2", event_id="e2", indicator="tender", published_date="2026-02-01", coded_at="2026-02-02"
            ),
            cells(report_id="R3", source="Harbour Office", source_type="official"),
        )
    )
    assert run("import", "new.csv").code == Exit.OK
    assert run("retract", "R3", "--coder", "eve", "--on", "2026-02-03", "--note", "Made up.").code == Exit.OK
    return folder


def ids(ended: Ended) -> list[str]:
    return [report["report_id"] for report in ended.json["reports"]]


def test_list(coded: Path) -> None:
    ended = run("list")
    assert (ended.code, ended.err) == (0, "")
    assert "[red]Vote[/red]" in ended.out
    assert "ann: strikes 4, B2" in ended.out
    assert "bob: strikes 2, B2" in ended.out
    assert "R3" not in ended.out
    assert ended.out.splitlines()[-1].startswith("2 reports of 2 events as of ")
    assert ended.out.splitlines()[-1].endswith("(clock: published). Retracted by then: 1. Known only later: 0.")


def test_list_as_json(coded: Path) -> None:
    document = run("list", "--json", "--as-of", "2026-01-31").json
    assert (document["case"], document["as_of"], document["clock"]) == ("harbour", "2026-01-31", "published")
    assert (document["retracted"], document["after_as_of"]) == (0, 1)
    first = document["reports"][0]
    assert (first["report_id"], first["origin_id"], first["published_date"]) == ("R1", "R1", "2026-01-21")
    assert first["retracted_on"] is None
    assert [(coding["coder"], coding["grade"]) for coding in first["codings"]] == [("ann", 4), ("bob", 2)]
    assert first["codings"][0]["coded_at"] == "2026-01-22T10:00:00Z"


def test_list_of_some(coded: Path) -> None:
    assert ids(run("list", "--json")) == ["R1", "R2"]
    assert ids(run("list", "--json", "--all")) == ["R1", "R3", "R2"]
    assert ids(run("list", "--json", "--indicator", "tender")) == ["R2"]
    assert ids(run("list", "--json", "--source", "Port Gazette")) == ["R1", "R2"]
    assert ids(run("list", "--json", "--source", "Harbour Office")) == []
    assert ids(run("list", "--json", "--as-of", "2026-02-02")) == ["R1", "R3", "R2"]
    assert ids(run("list", "--json", "--clock", "recorded", "--as-of", "2026-02-01")) == ["R1", "R3"]


def test_list_shows_retractions_on_request(coded: Path) -> None:
    assert "(retracted 2026-02-03)" in run("list", "--all").out
    assert [report["retracted_on"] for report in run("list", "--all", "--json").json["reports"]] == [
        None,
        "2026-02-03",
        None,
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--indicator", "strike"), "--indicator: there is no 'strike': did you mean 'strikes'?\n"),
        (("--source", "Port Gazete"), "--source: there is no 'Port Gazete': did you mean 'Port Gazette'?\n"),
        (("--source", "qqqq"), "--source: there is no 'qqqq': leave it out to see all reports\n"),
        (("--as-of", "8.2.2026"), "--as-of: '8.2.2026' is not a date: write it as YYYY-MM-DD\n"),
    ],
)
def test_list_of_what_there_is_not(coded: Path, arguments: tuple[str, str], told: str) -> None:
    assert run("list", *arguments) == Ended(Exit.USAGE, "", told)


def test_an_empty_ledger_lists_nothing(folder: Path) -> None:
    assert run("list").out.startswith("0 reports of 0 events as of ")
    assert run("list", "--json").json["reports"] == []


def test_control_characters_are_shown_and_never_obeyed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.evidence.samples import row

    class Elsewhere:
        def read(self) -> tuple[Any, ...]:
            return (row(title="\x1b[31mred\x1b]8;;http://x\x07", source="a\u202eb"),)

    monkeypatch.setattr("forecast.evidence.ledger.ledger_of", lambda case: Elsewhere())
    out = run("list").out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "\\x1b[31mred" in out


# ---------------------------------------------------------------------------- retract


def test_retract(folder: Path) -> None:
    run("add", *options())
    before = ledger_text(folder)
    ended = run("retract", "R1", "--coder", "eve", "--note", "Made up.")
    assert (ended.code, ended.out) == (0, "R1: retracted\n")
    assert re.fullmatch(r"withdrawn as of \S+: forecasts as of earlier days still know it; --on .*\n", ended.err)
    assert ledger_text(folder).startswith(before)
    record = records(folder)[1]
    assert (record["grade"], record["reliability"], record["credibility"]) == ("", "", "")
    assert (record["coder"], record["note"], record["event_id"]) == ("eve", "Made up.", "strike-vote")
    assert record["retracted_at"] == record["coded_at"]
    assert ids(run("list", "--json")) == []


def test_retracting_twice_is_retracting_once(coded: Path) -> None:
    before = ledger_text(coded)
    ended = run("retract", "R3", "--coder", "ann")
    assert (ended.code, ended.out) == (0, "0 rows added\n")
    assert ended.err == "report 'R3' was retracted on 2026-02-03 already: nothing to do\n"
    assert run("retract", "R3", "--coder", "ann", "--json").json["added"] == 0
    assert ledger_text(coded) == before


def test_retracting_what_there_is_not(coded: Path) -> None:
    assert run("retract", "R22", "--coder", "ann") == Ended(
        Exit.USAGE, "", "there is no report 'R22': did you mean 'R2'?\n"
    )
    assert run("retract", "qqqq", "--coder", "ann").err == (
        "there is no report 'qqqq': 'forecast evidence list' shows those there are\n"
    )


def test_retracting_needs_somebody_and_a_good_time(coded: Path) -> None:
    assert run("retract", "R1").err.startswith("missing --coder: ")
    ended = run("retract", "R1", "--coder", "ann", "--on", "yesterday")
    assert (ended.code, ended.out) == (Exit.BAD_INPUT, "")
    assert ended.err.startswith("evidence retract: retracted_at 'yesterday' is not an ISO date or time: ")


# ---------------------------------------------------------------------------- the group


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from forecast.commands.evidence import app\n"
        "heavy = {'pymc', 'arviz', 'pandas', 'numpy', 'openpyxl', 'ruamel'}\n"
        "try: app(['list', '--help'])\n"
        "finally: print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(forecast.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == "[]\n"


def test_faults_of_the_case_come_first(folder: Path) -> None:
    (folder / "codebook.yaml").write_text("indicators: 3\n", encoding="utf-8")
    ended = run("list")
    assert (ended.code, ended.out) == (Exit.BAD_INPUT, "")
    assert ended.err.startswith("data/harbour/codebook.yaml:1: ")


# ---------------------------------------------------------------------------- duplicates


def twice(folder: Path) -> None:
    story = {"url": "https://a.example/story"}
    Path("new.csv").write_bytes(csv_of(cells(**story), cells(**story, report_id="R2", event_id="other", coder="bob")))
    assert run("import", "new.csv").code == Exit.OK


def test_duplicates_are_proposed_and_nothing_is_joined_unasked(folder: Path) -> None:
    twice(folder)
    before = ledger_text(folder)
    found = run("duplicates", "--json").json["proposals"]
    assert {(each["kind"], each["into"], *each["reports"]) for each in found} == {
        ("origin", "R1", "R1", "R2"),
        ("event", "strike-vote", "R1", "R2"),
    }
    assert run("duplicates").out.endswith("2 proposals\n")
    assert ledger_text(folder) == before


def test_duplicates_are_accepted_from_a_file(folder: Path) -> None:
    twice(folder)
    assert run("duplicates", "-o", "found.csv").code == Exit.OK
    with Path("found.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        line["accept"] = line["accept"] or "yes"
    with Path("found.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    assert run("duplicates", "--accept", "found.csv").err.startswith("missing --by: ")
    assert run("duplicates", "--accept", "found.csv", "--by", "eve").out == "1 report joined, 0 told apart\n"
    assert run("duplicates").out == "0 proposals\n"
    assert run("duplicates", "--accept", "found.csv", "--by", "eve").out == "0 reports joined, 0 told apart\n"
    assert len(records(folder)) == 3


def test_duplicates_are_gone_through_at_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twice(folder)
    sit_down(monkeypatch)
    ended = run("duplicates", typed="y\neve\ny\nn\n")
    assert ended.code == Exit.OK
    assert ended.err.count("join them? [y/n]") == 2
    assert len(records(folder)) == 3
    assert run("duplicates").out == "0 proposals\n", "no was said once"


def test_what_is_told_apart_in_a_file_is_not_proposed_again(folder: Path) -> None:
    twice(folder)
    run("duplicates", "-o", "found.csv")
    text = Path("found.csv").read_text("utf-8")
    lines = [line if line.endswith("kept") else f"{line}no" for line in text.splitlines()[1:]]
    Path("found.csv").write_text("\n".join([text.splitlines()[0], *lines]) + "\n", "utf-8")
    ended = run("duplicates", "--accept", "found.csv", "--by", "eve", "--json")
    assert ended.json["told_apart"] == 2
    assert run("duplicates").out == "0 proposals\n"
    assert len(records(folder)) == 2
    assert run("duplicates", "--accept", "found.csv", "--by", "eve").out == "0 reports joined, 0 told apart\n"
    said = (folder / "told_apart.csv").read_text("utf-8")
    (folder / "told_apart.csv").write_text(said.replace("event", "evening").replace(",no", ",nay", 1), "utf-8")
    refused = run("duplicates")
    assert refused.code == Exit.BAD_INPUT
    assert "data/harbour/told_apart.csv:2: " in refused.err
