"""The workbook that a coder fills in: what it offers, and that it comes back as it was typed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl.comments import Comment

from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import InputError, UsageError
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.exchange import read_file
from forecast.evidence.journal import Row
from forecast.evidence.template import write_workbook
from tests.evidence.samples import GOOD, NOW, row, rows
from tests.small_case import write_case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return read_case(write_case(tmp_path / "harbour"))


def template(case: Case, tmp_path: Path, *present: Row, filled: tuple[Row, ...] = ()) -> tuple[Path, Any]:
    path = tmp_path / "template.xlsx"
    write_workbook(path, case, present, filled)
    return path, openpyxl.load_workbook(path)


def typed(book: Any, line: int = 2, **changes: str) -> None:
    for number, column in enumerate(ALL_COLUMNS, start=1):
        book["evidence"].cell(line, number, {**GOOD, **changes}[column] or None)


def offered(book: Any, column: str) -> list[str] | None:
    """The drop-down of a column of the sheet 'evidence', if it has one."""
    letter = openpyxl.utils.get_column_letter(ALL_COLUMNS.index(column) + 1)
    for rule in book["evidence"].data_validations.dataValidation:
        if str(rule.sqref).startswith(f"{letter}2:") and rule.type == "list":
            sheet, place = rule.formula1.split("!")
            return [cell.value for (cell,) in book[sheet][place.replace("$", "")]]
    return None


def test_the_codebook_and_the_register_are_offered(case: Case, tmp_path: Path) -> None:
    _, book = template(case, tmp_path, row(source="New Radio", coder="eve"), row(coder="bob"))
    assert offered(book, "indicator") == ["tax_income", "strikes", "tender"]
    assert sorted(offered(book, "grade") or []) == list("012345")
    assert offered(book, "source") == ["Port Gazette", "Harbour Office", "New Radio"]
    assert offered(book, "source_type") == ["press", "official"]
    assert offered(book, "reliability") == list("ABCDEF")
    assert offered(book, "credibility") == list("123456")
    assert offered(book, "coder") == ["bob", "eve"]
    assert offered(book, "note") is None


def test_every_grade_stands_on_the_second_sheet_and_every_column_is_explained(case: Case, tmp_path: Path) -> None:
    _, book = template(case, tmp_path)
    assert book.sheetnames[:2] == ["evidence", "codebook"]
    codebook = {line[0].value: [cell.value for cell in line] for line in book["codebook"].iter_rows(min_row=2)}
    assert codebook["strikes"][4:9] == [f"Grade {grade} of strikes." for grade in range(1, 6)]
    explained = [line[0].value for line in book["columns"].iter_rows(min_row=2) if line[2].value]
    assert explained == list(ALL_COLUMNS)


def test_every_cell_to_type_in_is_text(case: Case, tmp_path: Path) -> None:
    _, book = template(case, tmp_path)
    formats = {book["evidence"].column_dimensions[name].number_format for name in map(column_letter, ALL_COLUMNS)}
    assert formats == {"@"}


CHOSEN = ("indicator", "grade", "source", "source_type", "reliability", "credibility", "coder")
HEADS = {
    "codebook": [
        *("indicator", "label", "tells about", "look for"),
        *("grade 1", "grade 2", "grade 3", "grade 4", "grade 5"),
        *("usual grade", "examples"),
    ],
    "columns": ["column", "needed", "what it holds"],
    "choices": [head for column in CHOSEN for head in (column, "")],
}


def test_sheets_to_read_name_their_columns_and_are_protected(case: Case, tmp_path: Path) -> None:
    _, book = template(case, tmp_path)
    heads = {sheet.title: [cell.value or "" for cell in sheet[1]] for sheet in book}
    assert heads == {"evidence": list(ALL_COLUMNS), **HEADS}
    assert {sheet.title for sheet in book if sheet.protection.sheet} == HEADS.keys()
    assert {sheet.freeze_panes for sheet in book} == {"B2"}
    assert all(cell.font.bold for sheet in book for cell in sheet[1])


def test_a_spreadsheet_refuses_what_could_never_be_taken_and_explains_every_column(case: Case, tmp_path: Path) -> None:
    """A source or a coder may be new, so that another name is only remarked; no rule forbids an empty cell."""
    _, book = template(case, tmp_path, row())
    rules = {str(rule.sqref).split(":")[0]: rule for rule in book["evidence"].data_validations.dataValidation}
    of = {column: rules[f"{column_letter(column)}2"] for column in ALL_COLUMNS}
    refused = {column for column, rule in of.items() if rule.showErrorMessage and rule.errorStyle in (None, "stop")}
    remarked = {column for column, rule in of.items() if rule.errorStyle == "information"}
    assert refused == {
        *("indicator", "grade", "event_date", "published_date", "source_type", "reliability", "credibility"),
    }
    assert remarked == {"source", "coder"}
    assert {of[column].type for column in ("event_date", "published_date")} == {"custom"}
    assert all(rule.allow_blank and rule.showInputMessage and rule.prompt for rule in of.values())
    assert [rule.promptTitle for rule in of.values()] == list(ALL_COLUMNS)


def column_letter(column: str) -> str:
    return str(openpyxl.utils.get_column_letter(ALL_COLUMNS.index(column) + 1))


def test_what_is_typed_comes_back(case: Case, tmp_path: Path) -> None:
    path, book = template(case, tmp_path)
    typed(book, report_id="007")
    book.save(path)
    sheet = read_file(path, NOW)
    assert [incoming.row for incoming in sheet.incoming] == [row(report_id="007")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(journal=rows())
def test_any_row_survives_the_workbook(case: Case, tmp_path: Path, journal: Row) -> None:
    path, _ = template(case, tmp_path, filled=(journal,))
    assert [incoming.row for incoming in read_file(path, NOW).incoming] == [journal]


def test_what_looks_like_a_formula_or_an_escape_is_text(case: Case, tmp_path: Path) -> None:
    kept = row(note="=HYPERLINK(1)", title="#N/A", marking="_x0041_")
    path, book = template(case, tmp_path, filled=(kept,))
    assert {cell.data_type for cell in book["evidence"][2] if cell.value} == {"s"}
    assert read_file(path, NOW).incoming[0].row == kept


def test_an_empty_template_is_no_evidence(case: Case, tmp_path: Path) -> None:
    path, _ = template(case, tmp_path)
    sheet = read_file(path, NOW)
    assert (sheet.incoming, sheet.problems) == ((), ())


def test_names_from_anywhere_are_text_on_every_sheet(tmp_path: Path) -> None:
    hostile = {"name": '=HYPERLINK("http://x.example","open")', "type": "press", "language": "en", "reliability": "B"}
    hostile_case = read_case(write_case(tmp_path / "harbour", sources={"sources": [hostile]}))
    _, book = template(hostile_case, tmp_path, row(source="@SUM(A1)", coder="+cmd|' /C calc'!A0"))
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None}
    assert kinds == {"s"}


# ---------------------------------------------------------------------------- comments


def commented(case: Case, tmp_path: Path, comments: dict[str, Comment], **changes: str) -> Path:
    path, book = template(case, tmp_path)
    typed(book, **changes)
    for place, comment in comments.items():
        book["evidence"][place].comment = comment
    book.save(path)
    return path


def test_comments_beside_cells_join_the_note(case: Case, tmp_path: Path) -> None:
    grade = f"{column_letter('grade')}2"
    path = commented(
        case,
        tmp_path,
        {grade: Comment("Ann:\nIt might be a 3.", "Ann"), "A2": Comment("Seen twice.", "")},
    )
    note = read_file(path, NOW).incoming[0].row.note
    assert note == "The vote was open.\n[report_id] Seen twice.\n[grade] Ann: It might be a 3."


def test_a_comment_alone_is_the_note(case: Case, tmp_path: Path) -> None:
    path = commented(case, tmp_path, {"E2": Comment("A close call.", "Ann")}, note="")
    assert read_file(path, NOW).incoming[0].row.note == "[grade] Ann: A close call."


def test_a_comment_on_the_header_is_about_the_column(case: Case, tmp_path: Path) -> None:
    path = commented(case, tmp_path, {"E1": Comment("Take care.", "Ann")})
    assert read_file(path, NOW).incoming[0].row.note == GOOD["note"]


def test_a_comment_that_belongs_to_no_coding_is_not_lost_in_silence(case: Case, tmp_path: Path) -> None:
    path = commented(case, tmp_path, {"E9": Comment("And this?", "Ann")})
    sheet = read_file(path, NOW)
    assert [(fault.line, fault.message) for fault in sheet.problems] == [
        (9, "a comment stands beside a row without a coding")
    ]


def test_a_thread_is_read_and_its_copy_for_old_programs_is_not(case: Case, tmp_path: Path) -> None:
    import zipfile

    path = commented(case, tmp_path, {"E2": Comment("[Threaded comment] Your version is too old.", "tc={1}")})
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    kinds = "http://schemas.microsoft.com/office/2017/10/relationships"
    thread = (
        f'<ThreadedComments xmlns="{space}"><threadedComment ref="E2" personId="{{p}}" id="{{1}}"><text>Rather a 3?'
        '</text></threadedComment><threadedComment ref="E2" personId="{q}" id="{2}" parentId="{1}"><text>No.</text>'
        "</threadedComment></ThreadedComments>"
    )
    people = f'<personList xmlns="{space}"><person displayName="Ann" id="{{p}}"/></personList>'
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/threadedComments/t1.xml"] = thread.encode()
    parts["xl/persons/p1.xml"] = people.encode()
    for name, kind, target in (
        ("xl/worksheets/_rels/sheet1.xml.rels", "threadedComment", "/xl/threadedComments/t1.xml"),
        ("xl/_rels/workbook.xml.rels", "person", "/xl/persons/p1.xml"),
    ):
        link = f'<Relationship Id="x9" Type="{kinds}/{kind}" Target="{target}"/></Relationships>'
        parts[name] = parts[name].replace(b"</Relationships>", link.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    note = read_file(path, NOW).incoming[0].row.note
    assert note == "The vote was open.\n[grade] Ann: Rather a 3?\n[grade] No."


# ---------------------------------------------------------------------------- what cannot be written


def test_text_that_a_spreadsheet_would_cut_off_is_refused(case: Case, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="note of report 'R1' is longer than a spreadsheet's cell may be"):
        template(case, tmp_path, filled=(row(note="x" * 40_000),))
    assert not (tmp_path / "template.xlsx").exists()


@pytest.mark.parametrize("name", ["out.csv", "nowhere/out.xlsx"])
def test_other_places_are_refused(case: Case, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"^.*(ends in \.xlsx|no such folder)"):
        write_workbook(tmp_path / name, case, ())


def test_without_openpyxl_the_extra_is_named(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=re.escape("pip install 'possibilities[xlsx]'")):
        write_workbook(tmp_path / "out.xlsx", case, ())


def test_reading_needs_no_openpyxl(case: Case, tmp_path: Path) -> None:
    path, _ = template(case, tmp_path, filled=(row(),))
    script = (
        "import sys, datetime, pathlib; sys.modules['openpyxl'] = None;"
        "from forecast.evidence.exchange import read_file;"
        "print(len(read_file(pathlib.Path(sys.argv[1]), datetime.datetime.now(datetime.UTC)).incoming))"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert ended.stdout == "1\n"


def test_a_comment_at_no_cell_is_damage(case: Case, tmp_path: Path) -> None:
    import zipfile

    path = commented(case, tmp_path, {"E2": Comment("Hm.", "Ann")})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    (name,) = [name for name in parts if "comment" in name and name.endswith(".xml") and "rels" not in name]
    parts[name] = parts[name].replace(b'ref="E2"', b'ref="here"')
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    with pytest.raises(InputError, match="it is damaged"):
        read_file(path, NOW)
