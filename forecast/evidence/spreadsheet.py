"""Reading .xlsx: what a spreadsheet made of a cell is undone where that is safe, and refused where it is not."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from forecast.case.phrases import listed, quoted
from forecast.errors import InputError, Problem, UsageError
from forecast.evidence.rows import PADDING, Fault
from forecast.evidence.sheets import Line, Table

if TYPE_CHECKING:
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
    from openpyxl.workbook import Workbook

    type Cell = ReadOnlyCell | EmptyCell

LARGEST: Final = 256 * 2**20
"""Bytes that a workbook may unpack to: a small file can hold a great many zeros."""
_EXACT: Final = 10**15
"""Whole numbers below this one survive a spreadsheet, which keeps fifteen digits."""
_DATED: Final = ("event_date", "published_date", "coded_at", "retracted_at")
_AS_TEXT: Final = "format the cell as text and type the value again"


def xlsx_table(data: bytes, file: str) -> Table:
    """Read the sheet of a workbook that holds evidence.

    Real dates become ISO text and whole numbers lose their point. A formula, an error value, or an id that the
    spreadsheet took for a date, a truth value or a long number is a problem of its cell.

    Raises
    ------
    InputError
        If it is not a workbook, or does not show which sheet is meant.
    UsageError
        If openpyxl is not installed.
    """
    try:
        import openpyxl
    except ModuleNotFoundError:
        remedy = "install it with 'pip install openpyxl', or save the file as .csv"
        raise UsageError(f"{file}: reading .xlsx needs the package openpyxl: {remedy}") from None
    try:
        _refuse_huge(data, file)
        with warnings.catch_warnings(action="ignore"):  # openpyxl tells of styles and drop-downs that it passes over
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            return _table(workbook, file)
    except InputError:
        raise
    except Exception as error:  # openpyxl lets through whatever its parsers meet
        reason = type(error).__name__
        raise InputError.at(
            file, None, f"it cannot be read as a workbook ({reason})", "save it again as .xlsx"
        ) from None


def _refuse_huge(data: bytes, file: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST:
        message = f"the workbook unpacks to {size // 2**20} MiB"
        raise InputError.at(file, None, message, "keep the sheet with the evidence alone, or save it as .csv")


def _table(workbook: Workbook, file: str) -> Table:
    sheets = {name: _written(workbook[name]) for name in workbook.sheetnames if hasattr(workbook[name], "iter_rows")}
    name = _evidence_sheet(sheets, file)
    (first, names), *rows = sheets[name]
    header = tuple(_heading(cell) for cell in names)
    lines = [Line(first, header)]
    problems: list[Problem] = []
    for number, cells in rows:
        columns = (*header, *("" for _ in cells[len(header) :]))
        read = [_text(cell, column) for cell, column in zip(cells, columns, strict=False)]
        problems += (
            Problem(f"{file}[{name}]", number, f"{column}: {found.message}", found.remedy)
            for found, column in zip(read, columns, strict=False)
            if isinstance(found, Fault)
        )
        texts = tuple(found if isinstance(found, str) else "" for found in read)
        lines.append(Line(number, texts + ("",) * (len(header) - len(texts))))
    return Table(f"{file}[{name}]", tuple(lines), tuple(problems))


def _written(sheet: Any) -> list[tuple[int, Sequence[Cell]]]:
    """The rows in which something is written, each with its number and without the empty cells at its end."""
    sheet.reset_dimensions()  # what a workbook says of its own size need not be true
    rows = ((number, _trimmed(cells)) for number, cells in enumerate(sheet.iter_rows(), start=1))
    return [(number, cells) for number, cells in rows if cells]


def _trimmed(cells: Sequence[Cell]) -> Sequence[Cell]:
    last = max((position for position, cell in enumerate(cells, start=1) if cell.value is not None), default=0)
    return cells[:last]


def _evidence_sheet(sheets: dict[str, list[tuple[int, Sequence[Cell]]]], file: str) -> str:
    """The only sheet with a column `report_id`, else the only sheet with anything in it."""
    filled = [name for name, rows in sheets.items() if rows]
    named = [name for name in filled if any(_heading(cell) == "report_id" for cell in sheets[name][0][1])]
    candidates = named or filled
    if len(candidates) == 1:
        return candidates[0]
    if not filled:
        raise InputError.at(file, None, "the workbook is empty", "begin a sheet with the header of an evidence file")
    what = f"more than one sheet holds evidence ({listed(named)})" if named else "no sheet has a column 'report_id'"
    raise InputError.at(file, None, what, "keep one sheet with the evidence")


def _heading(cell: Cell) -> str:
    return str(cell.value or "").strip(PADDING)


def _text(cell: Cell, column: str) -> str | Fault:
    """The text of a cell, or why it has none that can be relied on."""
    value: object = cell.value
    if cell.data_type == "f":
        return Fault(f"the cell holds a formula, {quoted(str(value))}", "put its value there as text")
    if cell.data_type == "e":
        return Fault(f"the cell holds the error {quoted(str(value))}", "correct it")
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return Fault("the spreadsheet made a truth value of the cell", _AS_TEXT)
        case int() | float() if abs(value) >= _EXACT:
            return Fault("the spreadsheet made a number of the cell and kept only its first digits", _AS_TEXT)
        case int() | float():
            return str(int(value) if value == int(value) else value)
        case dt.datetime() if column in _DATED:
            at_midnight = value.time() == dt.time.min
            return value.date().isoformat() if at_midnight else value.isoformat(timespec="milliseconds")
        case _:
            return Fault("the spreadsheet made a date or time of the cell", _AS_TEXT)
