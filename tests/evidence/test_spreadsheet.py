"""Spreadsheets: what Excel made of a cell is undone where that is safe, and refused where it is not."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import InputError
from forecast.evidence.cells import ALL_COLUMNS, COLUMNS
from forecast.evidence.rows import cells_of
from forecast.evidence.sheets import Sheet, sheet_of
from forecast.evidence.spreadsheet import xlsx_table
from tests.evidence.samples import NOW, cells, row, rows


def workbook(*records: dict[str, Any], sheet: str = "Codings", columns: tuple[str, ...] = ALL_COLUMNS) -> bytes:
    """A workbook of one sheet; cells that are empty text stay empty."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    fill(book.active, *records, columns=columns)
    return saved(book)


def fill(sheet: Any, *records: dict[str, Any], columns: tuple[str, ...] = ALL_COLUMNS) -> None:
    sheet.append(columns)
    for line, record in enumerate(records, start=2):
        for place, column in enumerate(columns, start=1):
            value = record[column]
            cell = sheet.cell(line, place, None if value == "" else value)
            if isinstance(value, str) and value:
                cell.data_type = "s"  # as typed into a cell formatted as text


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes) -> Sheet:
    return sheet_of(xlsx_table(data, "e.xlsx"), NOW, may_be_undated=True)


def faults(**changes: Any) -> list[str]:
    return [str(problem) for problem in read(workbook({**cells(), **changes})).problems]


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(data)
    return str(caught.value)


def test_a_good_row_of_text_is_read() -> None:
    (item,) = read(workbook(cells())).incoming
    assert (item.row, item.row.line, item.dated) == (row(), 2, True)


@settings(max_examples=25)
@given(st.lists(rows(), max_size=3))
def test_text_cells_read_back_the_same(journal) -> None:
    sheet = read(workbook(*(cells_of(item) for item in journal)))
    assert sheet.problems == ()
    assert [item.row for item in sheet.incoming] == journal


def test_real_dates_and_numbers() -> None:
    typed = {
        **cells(),
        "grade": 4,
        "credibility": 2.0,
        "event_date": dt.date(2026, 1, 20),
        "published_date": dt.datetime(2026, 1, 21),  # noqa: DTZ001, a spreadsheet knows no zones
        "coded_at": dt.datetime(2026, 1, 22, 10, 0),  # noqa: DTZ001
    }
    assert [item.row for item in read(workbook(typed)).incoming] == [row()]


def test_a_real_date_is_midnight_of_coded_at() -> None:
    (item,) = read(workbook({**cells(), "coded_at": dt.date(2026, 1, 22)})).incoming
    assert item.row.coded_at == dt.datetime(2026, 1, 22, tzinfo=dt.UTC)


def test_effort_is_a_number() -> None:
    (item,) = read(workbook({**cells(), "grade": 0, "effort": 0.25})).incoming
    assert item.row.effort == 0.25


def test_a_whole_number_as_id_is_its_digits() -> None:
    assert read(workbook({**cells(), "report_id": 7})).incoming[0].row.report_id == "7"


def test_ids_typed_as_text_stay_text() -> None:
    for text in ("NA", "None", "NO", "007", "1e5", "true"):
        assert read(workbook(cells(report_id=text))).incoming[0].row.report_id == text


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (True, "the spreadsheet made a truth value of the cell"),
        (dt.date(2026, 1, 2), "the spreadsheet made a date or time of the cell"),
        (dt.time(10, 30), "the spreadsheet made a date or time of the cell"),
        (12345678901234567, "the spreadsheet made a number of the cell and kept only its first digits"),
        (1e300, "the spreadsheet made a number of the cell and kept only its first digits"),
    ],
)
def test_ids_that_the_spreadsheet_changed(value: object, what: str) -> None:
    assert faults(report_id=value) == [
        f"e.xlsx[Codings]:2: report_id: {what}: format the cell as text and type the value again"
    ]


def test_a_formula_is_refused_and_never_worked_out() -> None:
    book = openpyxl.Workbook()
    fill(book.active, cells())
    book.active.cell(2, ALL_COLUMNS.index("note") + 1).value = "=1+1"
    assert [str(problem) for problem in read(saved(book)).problems] == [
        "e.xlsx[Sheet]:2: note: the cell holds a formula, '=1+1': put its value there as text"
    ]


def test_an_error_value_is_refused() -> None:
    book = openpyxl.Workbook()
    fill(book.active, cells())
    cell = book.active.cell(2, 5)
    cell.value, cell.data_type = "#N/A", "e"
    assert [str(problem) for problem in read(saved(book)).problems] == [
        "e.xlsx[Sheet]:2: grade: the cell holds the error '#N/A': correct it"
    ]


def test_a_day_number_that_lost_its_format() -> None:
    assert "is a spreadsheet's number of a day" in faults(event_date=46042)[0]


def test_problems_name_file_sheet_and_row() -> None:
    sheet = read(workbook(cells(), cells(grade="9"), sheet="My sheet"))
    assert [str(problem) for problem in sheet.problems] == [
        "e.xlsx[My sheet]:3: grade '9' is not a grade: write 1 to 5, or 0 for looked for and not found"
    ]


def test_blank_rows_are_passed_over_and_counted() -> None:
    book = openpyxl.Workbook()
    fill(book.active, cells(), cells(report_id="R2"))
    book.active.insert_rows(3, amount=2)
    assert [item.row.line for item in read(saved(book)).incoming] == [2, 5]


def test_a_cell_beside_the_table() -> None:
    book = openpyxl.Workbook()
    fill(book.active, cells(), columns=COLUMNS)
    book.active.cell(2, len(COLUMNS) + 2).value = "todo"
    assert "the row has 18 fields where the header has 16" in str(read(saved(book)).problems[0])


def test_what_a_workbook_says_of_its_size_is_not_believed() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(cells()))) as whole, zipfile.ZipFile(stream, "w") as changed:
        for entry in whole.infolist():
            changed.writestr(entry, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', whole.read(entry)))
    assert [item.row for item in read(stream.getvalue()).incoming] == [row()]


def test_the_sheet_with_evidence_is_found_among_others() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Codebook"])
    fill(book.create_sheet("Mine"), cells())
    assert [item.row for item in read(saved(book)).incoming] == [row()]


def test_two_sheets_with_evidence() -> None:
    book = openpyxl.Workbook()
    fill(book.active, cells())
    fill(book.create_sheet("More"), cells())
    assert refused(saved(book)) == (
        "e.xlsx: more than one sheet holds evidence ('Sheet' and 'More'): keep one sheet with the evidence"
    )


def test_a_workbook_without_evidence() -> None:
    assert refused(saved(openpyxl.Workbook())) == (
        "e.xlsx: the workbook is empty: begin a sheet with the header of an evidence file"
    )
    book = openpyxl.Workbook()
    book.active.append(["a"])
    assert refused(saved(book)).startswith("e.xlsx[Sheet]:1: there is no column 'a': ")


def test_what_is_no_workbook() -> None:
    assert refused(b"report_id,event_id") == (
        "e.xlsx: it is not a workbook: save it as .xlsx, or name it by what it is"
    )


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused(place: int, noise: bytes) -> None:
    whole = bytearray(_WHOLE)
    at = place % len(whole)
    whole[at : at + len(noise)] = noise
    with suppress(InputError):
        assert all(problem.line for problem in read(bytes(whole)).problems)


def test_a_workbook_that_would_fill_the_memory() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as entry:
        for _ in range(40):
            entry.write(bytes(2**20))
    assert refused(stream.getvalue()) == (
        "e.xlsx: its 0.0 MiB unpack to 40 MiB: keep the sheet with the evidence alone, or save it as .csv"
    )


_WHOLE = workbook(cells(), cells(report_id="R2"))
