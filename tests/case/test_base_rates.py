"""Tables of base rates that nobody should be able to break a case with: each fault is one line, and all are said."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.case.plain_csv import MOST_FAULTS
from forecast.case.reading import read_case
from forecast.errors import Exit
from tests.case.editing import edit, faults, said
from tests.commands.test_main import call
from tests.model.past import EPISODES, NOMINATIONS, PASSAGES, past, write_with_past

STRIKES, PERMITS, NOMINEES = (f"data/base_rates/{name}.csv" for name in ("strikes", "permits", "nominees"))


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The harbour with a past, seen from its workspace."""
    monkeypatch.chdir(tmp_path)
    return write_with_past(tmp_path / "data" / "harbour")


def test_what_the_tables_say_is_read_and_further_columns_are_not(harbour: Path) -> None:
    rates = read_case(harbour).base_rates
    assert [episode.id for episode in rates.episodes] == [line.split(",")[0] for line in EPISODES.splitlines()[1:]]
    assert [episode.id for episode in rates.episodes if not episode.end] == ["H-5"]
    assert list(rates.passages) == [("H-1", "permit"), ("H-2", "permit"), ("H-3", "permit")]
    assert len(rates.nominations) == 8
    assert rates.texts == {"strikes.csv": EPISODES, "permits.csv": PASSAGES, "nominees.csv": NOMINATIONS}


def test_signs_of_a_spreadsheet_are_no_fault(harbour: Path) -> None:
    plain = read_case(harbour).base_rates
    for path in (STRIKES, PERMITS, NOMINEES):
        lines = Path(path).read_text("utf-8").replace('"quick, once the permit was there"', "quick").splitlines()
        rows = [*(line.replace(",", " , ") for line in lines), "," * lines[0].count(","), " "]
        Path(path).write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*rows, "", ""]).encode())
    read = read_case(harbour).base_rates
    assert (read.episodes, read.passages, read.nominations) == (plain.episodes, plain.passages, plain.nominations)


def test_a_table_without_rows_is_a_table(harbour: Path) -> None:
    Path(NOMINEES).write_text(NOMINATIONS.splitlines()[0], "utf-8")
    assert read_case(harbour).base_rates.nominations == ()


Damage = Callable[[str], str]


def replaced(old: str, new: str) -> Damage:
    return lambda text: text.replace(old, new, 1)


def added(rows: str) -> Damage:
    return lambda text: text + rows


BAD = {
    "empty": (STRIKES, lambda _: "", ":1: the table has not exactly one column 'episode_id', 'country', 'office',"),
    "a column lost": (STRIKES, replaced("office", "place"), ":1: the table has not exactly one column 'office': name"),
    "a column twice": (STRIKES, replaced("note", "office"), ":1: the table has not exactly one column 'office': name"),
    "semicolons": (PERMITS, lambda text: text.replace(",", ";"), ":1: the table has not exactly one column 'episode"),
    "a comma too many": (PERMITS, added("H-4,permit,2011-03-01,\n"), ":5: the row has 4 cells for 3 columns: correct"),
    "a comma too few": (PERMITS, added("H-4\n"), ":5: the row has 1 cell for 3 columns: correct the row, or remove"),
    "an open quote": (PERMITS, added('H-4,"permit,2011-03-01\n'), ":5: this is not CSV (unexpected end of data): mend"),
    "a name too long": (STRIKES, replaced("Elsewhere", "x" * 201), ":12: 'country' is longer than 200 characters: co"),
    "an id twice": (STRIKES, replaced("N-1", "H-1"), ":7: 'H-1' is there twice: correct the row, or remove it"),
    "a gate passed twice": (PERMITS, added("H-1,permit,2001-02-21\n"), ":5: 'H-1' and 'permit' are there twice: corr"),
    "no id": (STRIKES, replaced("N-1", " "), ":7: 'episode_id' is empty: correct the row, or remove it"),
    "30 February": (STRIKES, replaced("2001-01-01", "2001-02-30"), ":2: 'trigger_date' is '2001-02-30', which is no"),
    "a British day": (STRIKES, replaced("2001-01-01", "01/01/2001"), ":2: 'trigger_date' is '01/01/2001', which is no"),
    "a day of a week": (STRIKES, replaced("2001-01-01", "2001-W01-1"), ":2: 'trigger_date' is '2001-W01-1', which is"),
    "a serial": (STRIKES, replaced("2001-01-01", "36892"), ":2: 'trigger_date' is '36892', which is no date of the"),
    "a moment": (STRIKES, replaced("2001-01-01", "2001-01-01T00:00"), ":2: 'trigger_date' is '2001-01-01T00:00', wh"),
    "Arabic digits": (STRIKES, replaced("2001-01-01", "\u0662001-01-01"), ":2: 'trigger_date' is '\u0662001"),
    "year 9999": (STRIKES, replaced("2026-02-20", "9999-12-31"), ":10: 'end_date' (9999-12-31) is in no year from"),
    "year 1": (STRIKES, replaced("2001-01-01", "0001-01-01"), ":2: 'trigger_date' (0001-01-01) is in no year from"),
    "backwards": (STRIKES, replaced("2001-03-30", "2000-03-30"), ":2: 'end_date' (2000-03-30) is before 'trigger_da"),
    "NUL": (STRIKES, replaced("another office", "an\0other"), ":5: it holds the control character U+0000: delete that"),
    "an escape": (NOMINEES, replaced("Home", "\x1b[2J"), ":2: it holds the control character U+001B: delete that"),
    "huge": (NOMINEES, added("\n" * 600_000), ": it is larger than 512 KiB: keep only what an analyst wrote in it"),
    "no such country": (STRIKES, replaced("S-1,South", "S-1,Soth"), ": the assumption 'abroad' speaks of the country "
                        "'South', which is not here: did you mean 'Soth'?"),
    "no such episode": (PERMITS, replaced("H-3", "H-33"), ":4: the episode 'H-33' is not in data/base_rates/str"),
    "no such end": (STRIKES, replaced("closed", "shut"), ": the assumption 'strikes-of-the-past' speaks of the end "),
    "its own episode lost": (STRIKES, replaced("H-5", "X-5"), ": the assumption 'strikes-of-the-past' speaks of the "),
}  # fmt: skip


@pytest.mark.parametrize(("file", "damage", "told"), BAD.values(), ids=BAD)
def test_a_bad_table_is_one_line_that_names_its_place(harbour: Path, file: str, damage: Damage, told: str) -> None:
    path = Path(file)
    path.write_bytes(damage(path.read_bytes().decode()).encode())
    (line,) = said(faults(harbour))
    assert line.startswith(file + told)


def test_bytes_of_another_encoding_are_named_by_line(harbour: Path) -> None:
    for encoding, line in (("cp1252", 5), ("utf-16", 1)):
        Path(STRIKES).write_bytes(EPISODES.replace("another office", "another café").encode(encoding))
        assert said(faults(harbour)) == [f"{STRIKES}:{line}: it is not UTF-8 text: save it with the encoding UTF-8"]


def test_every_fault_of_every_table_is_said_at_once(harbour: Path) -> None:
    edit(Path(STRIKES), "H-1,Home,pm,2001-01-01", ",Home,pm,1.1.2001")
    edit(Path(PERMITS), "2001-02-20", "")
    edit(Path(NOMINEES), "2001-03-30,confirmed", "soon,")
    assert [line.partition(": correct")[0] for line in said(faults(harbour))] == [
        f"{STRIKES}:2: 'episode_id' is empty",
        f"{STRIKES}:2: 'trigger_date' is '1.1.2001', which is no date of the form YYYY-MM-DD",
        f"{PERMITS}:2: 'passed_date' is empty",
        f"{NOMINEES}:2: 'outcome' is empty",
        f"{NOMINEES}:2: 'outcome_date' is 'soon', which is no date of the form YYYY-MM-DD",
    ]


def test_what_is_no_file_is_said_and_not_waited_for(harbour: Path) -> None:
    path = Path(STRIKES)
    path.unlink()
    remedy = "check the path, or create it; what such files hold stands in docs/"
    assert said(faults(harbour)) == [f"{STRIKES}: there is no such file: {remedy}"]
    path.mkdir()
    assert said(faults(harbour)) == [f"{STRIKES}: this is not a file: put a text file in its place"]
    if os.name != "nt":
        path.rmdir()
        os.mkfifo(path)
        assert said(faults(harbour)) == [f"{STRIKES}: this is not a file: put a text file in its place"]


def test_a_link_out_of_the_workspace_is_not_followed(harbour: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("away") / "strikes.csv"
    away.write_text(EPISODES, "utf-8")
    Path(STRIKES).unlink()
    Path(STRIKES).symlink_to(away)
    (line,) = said(faults(harbour))
    assert line == f"{STRIKES}: the table leads out of the workspace: put the file itself here"


def test_thousands_of_faults_are_said_in_part_and_soon(harbour: Path) -> None:
    few, many = "episode_id,gate,passed_date\n", EPISODES
    few += "".join(f"Z-{number},permit,2001-01-01\n" for number in range(5000))
    many += "".join(f"Y-{number},North,pm,2001-01-01,2001-01-01,signed,\n" for number in range(5000))
    Path(PERMITS).write_text(few, "utf-8")
    Path(STRIKES).write_text(many, "utf-8")
    began = time.process_time()  # what others do on the machine is no work of ours
    assert len(faults(harbour)) == MOST_FAULTS
    assert time.process_time() - began < 2


def test_a_table_has_a_name_and_no_way_out(harbour: Path) -> None:
    stated = [item | {"table": "../../strikes.csv"} if "table" in item else item for item in past()]
    write_with_past(harbour, stated=stated)
    lines = said(faults(harbour))
    assert len(lines) == 2
    assert all(": 'table': '../../strikes.csv' is not the name of a table: write one like" in line for line in lines)


@pytest.mark.parametrize("day", ["2026-01-13", "0900-01-01"])
def test_a_question_s_own_episode_began_before_it_opened(harbour: Path, day: str) -> None:
    edit(harbour / "assumptions" / "first-look.yaml", "trigger_date: 2025-12-08", f"trigger_date: {day}")
    (line,) = said(faults(harbour))
    assert f": 'trigger_date' ({day}) is " in line


def test_the_command_line_says_it_without_a_traceback(
    harbour: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(Path(STRIKES), "2001-01-01", "2001-W01-1")
    for words in (("check", "harbour"), ("refresh", "harbour", "--model", "ach")):
        code, out, err = call(monkeypatch, capsys, *words)
        assert code == Exit.BAD_INPUT
        assert "Traceback" not in out + err
        assert f"{STRIKES}:2: 'trigger_date' is '2001-W01-1'" in out + err
    assert not Path("reports").exists()
