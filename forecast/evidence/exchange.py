"""Evidence as files that others read and write: CSV, spreadsheets, Parquet.

A CSV file is opened in spreadsheets, and these run what looks like a formula. Such a cell is written with an apostrophe
in front, which makes it text, and read without it: what is exported comes back the same. Only the beginning of a cell
counts; a line or a quote inside it does not begin another.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from forecast.case.document import shown
from forecast.case.phrases import quoted
from forecast.durable import replace_file, unreadable
from forecast.errors import InputError, Problem, UsageError
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.journal import Row
from forecast.evidence.rows import cells_of
from forecast.evidence.sheets import Line, Sheet, Table, sheet_of

LONGEST_FIELD: Final = 2**31 - 1
"""The csv module refuses fields over 128 KiB unless told otherwise."""
# Japanese spreadsheets take the full-width signs for the plain ones.
_FORMULA: Final = re.compile(r"'*+(\s*+[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
_SIGNED_NUMBER: Final = re.compile(r"[+-](\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?", re.ASCII)


def read_file(path: Path, now: datetime) -> Sheet:
    """Read a file of codings, by its ending.

    Raises
    ------
    UsageError
        If the file is not there or is of another kind.
    InputError
        If it cannot be read as a table; faults of single rows are in the sheet instead.
    StoreError
        If the system does not let it be read.
    """
    if not os.path.isfile(path):  # which, other than Path.is_file, has an answer for any name
        raise UsageError(f"{shown(path)}: there is no such file: check the path")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    match path.suffix.lower():
        case ".csv":
            table = csv_table(data, shown(path))
        case ".xlsx":
            from forecast.evidence.spreadsheet import xlsx_table

            table = xlsx_table(data, shown(path))
        case ".parquet":
            from forecast.evidence.parquet import parquet_table

            table = parquet_table(data, shown(path))
        case other:
            raise UsageError(
                f"{shown(path)}: files of the kind {quoted(other)} cannot be read: save it as .csv or .xlsx"
            )
    return sheet_of(table, now, may_be_undated=True)


def write_file(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as a file of CSV or Parquet, by its ending, whole or not at all.

    Raises
    ------
    UsageError
        If the file would be of another kind, or in a folder that is not there.
    StoreError
        If the system does not let it be written.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".parquet"):
        raise UsageError(f"{shown(path)}: only CSV and Parquet are written: give a name that ends in .csv or .parquet")
    refuse_no_folder(path)
    if kind == ".csv":
        replace_file(path, csv_bytes(rows))
        return
    from forecast.evidence.parquet import parquet_bytes

    texts = ({column: text or None for column, text in cells_of(row).items()} for row in rows)
    replace_file(path, parquet_bytes(texts, dict.fromkeys(ALL_COLUMNS, "string"), shown(path)))


def refuse_no_folder(path: Path) -> None:
    """Refuse a file in a folder that is not there.

    Raises
    ------
    UsageError
        If so.
    """
    if not os.path.isdir(path.parent):
        raise UsageError(f"{shown(path)}: there is no such folder: make it first, or choose another")


def csv_table(data: bytes, file: str) -> Table:
    """Take a CSV file apart, strictly.

    Raises
    ------
    InputError
        If it is not text in UTF-8; a line that cannot be taken apart is a problem among the lines instead.
    """
    return Table(file, _lines(_decoded(data, file), file))


def csv_bytes(rows: Iterable[Row]) -> bytes:
    """Rows as a CSV file with all columns; reading it gives the same rows."""
    return csv_header() + csv_lines(rows, ALL_COLUMNS)


def csv_header() -> bytes:
    """The first line of a CSV file with all columns."""
    return _written([ALL_COLUMNS], "\n")


def csv_lines(rows: Iterable[Row], columns: Sequence[str], newline: str = "\n") -> bytes:
    """Rows as further lines of a CSV file with the given columns."""
    texts = (cells_of(row) for row in rows)
    return _written(([text[column] for column in columns] for text in texts), newline)


def csv_records(records: Iterable[Sequence[str]]) -> bytes:
    """Any lines as CSV that no spreadsheet runs; `csv_table` reads them back."""
    return _written(records, "\n")


def _lines(text: str, file: str) -> Iterator[Line | Problem]:
    """The lines in which something is written; where one cannot be taken apart, that is the last."""
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    number = 1
    try:
        for cells in reader:
            if cells:
                yield Line(number, tuple(map(_as_coded, cells)))
            number = reader.line_num + 1
    except csv.Error as error:
        remedy = "close every double quote, and write a double quote inside a field twice"
        yield Problem(file, number, f"the row cannot be taken apart ({error})", remedy)


def guarded(text: str) -> str:
    """Text that no spreadsheet runs; `_as_coded` undoes it."""
    return f"'{text}" if _is_live(text) else text


def _as_coded(text: str) -> str:
    return text[1:] if text.startswith("'") and _is_live(text[1:]) else text


def _is_live(text: str) -> bool:
    """Whether a spreadsheet would run it, or take it for what `guarded` wrote."""
    return _FORMULA.match(text) is not None and not _SIGNED_NUMBER.fullmatch(text)


def _written(records: Iterable[Sequence[str]], newline: str) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=newline).writerows(map(guarded, record) for record in records)
    return buffer.getvalue().encode()


def _decoded(data: bytes, file: str) -> str:
    if data.startswith(b"PK\x03\x04"):
        raise InputError.at(file, None, "this is a workbook or an archive, not CSV", "name it .xlsx, or save it as CSV")
    if len(data) > 2**21 and len(data.translate(None, b", \t\r\n")) < len(data) / 4:
        what = "it is almost empty, and yet very large"
        raise InputError.at(file, None, what, "keep the lines in which something is written")
    remedy = "save the file as CSV in UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or data.count(0, 0, 1000) > min(len(data), 1000) / 4:
        raise InputError.at(file, None, "the text is UTF-16, not UTF-8", remedy)
    problems = []
    if (nul := data.find(0)) >= 0:
        problems.append(Problem(file, data.count(b"\n", 0, nul) + 1, "there is a NUL byte", "remove it"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8"
        problems.append(Problem(file, line, message, remedy))
    if problems:
        raise InputError(problems)
    return text
