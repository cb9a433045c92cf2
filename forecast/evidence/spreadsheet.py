"""Reading .xlsx: what a spreadsheet made of a cell is undone where that is safe, and refused where it is not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from forecast.case.phrases import listed, quoted
from forecast.errors import InputError, Problem
from forecast.evidence.cells import PADDING, Fault
from forecast.evidence.markup import Cell, Cells, WorkbookError
from forecast.evidence.remarks import Remarks
from forecast.evidence.sheets import Line, Table, wrong_width
from forecast.evidence.workbook import Workbook

_EXACT: Final = 10**15
"""Whole numbers below this one survive a spreadsheet, which keeps fifteen digits."""
_DATED: Final = ("event_date", "published_date", "coded_at", "retracted_at")
_AS_TEXT: Final = "format the cell as text and type the value again"
_NUMBER: Final = re.compile(r"[+-]?(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?", re.ASCII)

type Rows = Iterator[tuple[int, Cells]]


def xlsx_table(data: bytes, file: str) -> Table:
    """Read the sheet of a workbook that holds evidence.

    Real dates become ISO text and whole numbers lose their point. A formula, an error value, or an id that the
    spreadsheet took for a date, a truth value or a long number is a problem of its cell. What coders wrote in comments
    beside the cells of a row is added to its note.

    Raises
    ------
    InputError
        If it is not a workbook, or does not show which sheet is meant.
    """
    try:
        workbook = Workbook(data)
        name, rows = _evidence_sheet(workbook, file)
        remarks = workbook.remarks(name)
    except WorkbookError as error:
        raise InputError.at(file, None, error.message, error.remedy) from None
    place = f"{file}[{name}]"
    return Table(place, _lines(rows, remarks, place, workbook.counts_from_1904))


def _lines(rows: Rows, remarks: Remarks, place: str, from_1904: bool) -> Iterator[Line | Problem]:
    header: tuple[str, ...] = ()
    beside: dict[int, list[tuple[int, str]]] = {}
    for (row, column), said in sorted(remarks.items()):
        beside.setdefault(row, []).extend((column, str(remark)) for remark in said)
    try:
        for number, cells in rows:
            if not header:
                header = tuple(_heading(cells.get(column)) for column in range(1, max(cells) + 1))
                yield Line(number, header)
                beside = {row: said for row, said in beside.items() if row > number}
                continue
            said_here = beside.pop(number, [])
            if max(cells) > len(header):
                yield wrong_width(place, number, max(cells), len(header))
                continue
            texts = [""] * len(header)
            faults: list[Problem] = []
            for column, cell in cells.items():
                found = _text(cell, header[column - 1], from_1904)
                if isinstance(found, Fault):
                    faults.append(Problem(place, number, f"{header[column - 1]}: {found.message}", found.remedy))
                else:
                    texts[column - 1] = found
            if faults:
                yield from faults
            else:
                yield Line(number, tuple(_with_remarks(texts, header, said_here)))
        for row in beside:
            yield Problem(place, row, "a comment stands beside a row without a coding", "move it to its coding")
    except WorkbookError as error:
        raise InputError.at(place, None, error.message, error.remedy) from None


def _with_remarks(texts: list[str], header: tuple[str, ...], beside: list[tuple[int, str]]) -> list[str]:
    """A row's cells, with the comments beside them as further lines of its note: `[grade] Ann: it might be a 3`."""
    if not beside or "note" not in header:
        return texts
    note = header.index("note")
    said = [f"[{header[column - 1]}] {text}" if column <= len(header) else text for column, text in beside]
    return [*texts[:note], "\n".join(filter(None, [texts[note].strip(PADDING), *said])), *texts[note + 1 :]]


def _evidence_sheet(workbook: Workbook, file: str) -> tuple[str, Rows]:
    """The only sheet with a column `report_id`, else the only sheet with anything in it."""
    filled: dict[str, Rows] = {}
    named: list[str] = []
    for name in workbook.sheets:
        rows = workbook.rows(name)
        first = next(rows, None)
        if first is not None:
            filled[name] = chain([first], rows)
            if "report_id" in map(_heading, first[1].values()):
                named.append(name)
    candidates = named or list(filled)
    if len(candidates) == 1:
        return candidates[0], filled[candidates[0]]
    if not filled:
        raise InputError.at(file, None, "the workbook is empty", "begin a sheet with the header of an evidence file")
    what = f"more than one sheet holds evidence ({listed(named)})" if named else "no sheet has a column 'report_id'"
    raise InputError.at(file, None, what, "keep one sheet with the evidence")


def _heading(cell: Cell | None) -> str:
    return "" if cell is None else cell.text.strip(PADDING)


def _text(cell: Cell, column: str, from_1904: bool) -> str | Fault:
    """The text of a cell, or why it has none that can be relied on."""
    match cell.kind:
        case "text":
            return cell.text
        case "formula":
            return Fault(f"the cell holds a formula, {quoted(cell.text)}", "put its value there as text")
        case "error":
            return Fault(f"the cell holds the error {quoted(cell.text)}", "correct it")
        case "truth":
            return Fault("the spreadsheet made a truth value of the cell", _AS_TEXT)
        case "number":
            return _number(cell.text)
        case _ if column in _DATED and (moment := _moment(cell.text, from_1904)):
            return moment
        case _:
            return Fault("the spreadsheet made a date or time of the cell", _AS_TEXT)


def _number(text: str) -> str | Fault:
    if not _NUMBER.fullmatch(text):
        return Fault(f"the cell holds a number that is none, {quoted(text)}", _AS_TEXT)
    value = float(text)
    if abs(value) >= _EXACT:
        return Fault("the spreadsheet made a number of the cell and kept only its first digits", _AS_TEXT)
    return str(int(value) if value == int(value) else value)


def _moment(text: str, from_1904: bool) -> str | None:
    """The day of a number of days or of an ISO text, with its time unless that is midnight; None for a time alone."""
    try:
        if _NUMBER.fullmatch(text):
            days = float(text)
            if days < 1:
                return None
            if not from_1904 and days < 60:
                days += 1  # spreadsheets hold that 1900 had a 29 February
            moment = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001, no zones there
            moment += dt.timedelta(milliseconds=round(days * 86_400_000))
        else:
            moment = dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    at_midnight = moment.time() == dt.time.min
    return moment.date().isoformat() if at_midnight else moment.isoformat(timespec="milliseconds")
