"""A table in CSV as rows of text and days, each with its line: every fault is found at once.

Further columns are welcome and not read, so a table may say more of its rows than a case asks.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from forecast.case.document import shown
from forecast.case.phrases import listed, quoted
from forecast.case.plain_text import read_text
from forecast.errors import InputError, Problem

LARGEST: Final = 512 * 1024
MOST_FAULTS: Final = 100  # of one table; the rest of such a table teaches nothing more
LONGEST: Final = 200  # characters of a name in a table
LONGEST_PROSE: Final = 5000
YEARS: Final = (1000, 2999)


@dataclass(frozen=True)
class Columns:
    """What a table must have.

    Attributes
    ----------
    key
        The columns of which no two rows may say the same.
    texts, days
        Columns that no row may leave empty.
    maybe_days
        Columns with a day or nothing.
    prose
        As `texts`, but whole sentences.
    maybe_texts
        Columns with a text or nothing.
    """

    key: tuple[str, ...]
    texts: tuple[str, ...]
    days: tuple[str, ...] = ()
    maybe_days: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()
    maybe_texts: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.texts, *self.days, *self.maybe_days, *self.prose, *self.maybe_texts)


@dataclass(frozen=True)
class TableRow:
    """One row: what its cells say by column, and where it stands."""

    file: str
    line: int
    texts: dict[str, str]
    days: dict[str, dt.date]

    def problem(self, message: str) -> Problem:
        """A fault of this row."""
        return Problem(self.file, self.line, message, "correct the row, or remove it")


def read_table(path: Path, columns: Columns) -> tuple[str, list[TableRow]]:
    """Read a table that has these columns.

    Returns
    -------
    Its text, and its rows; lines without a filled cell are passed over.

    Raises
    ------
    InputError
        If it is no such table, with every such fault.
    """
    file, text = shown(path), read_text(path, LARGEST)
    csv.field_size_limit(LARGEST)  # whatever another reader of this process allowed
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[TableRow] = []
    problems: list[Problem] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if missing := [column for column in columns.names if header.count(column) != 1]:
            message = f"the table has not exactly one column {listed(missing, 'or')}"
            raise InputError.at(file, 1, message, "name each of these columns once")
        for cells in reader:
            if any(map(str.strip, cells)):
                row = TableRow(file, reader.line_num, dict(zip(header, map(str.strip, cells), strict=False)), {})
                rows.append(row)
                problems += map(row.problem, _read_cells(row, len(cells), len(header), columns))
    except csv.Error as error:
        problems.append(Problem(file, reader.line_num, f"this is not CSV ({error})", "mend the quotes of its cells"))
    problems += islice(_said_twice(rows, columns.key), MOST_FAULTS)
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0)[:MOST_FAULTS])
    return text, rows


def _read_cells(row: TableRow, cells: int, places: int, columns: Columns) -> Iterator[str]:
    """Note the days that a row names, and say what is wrong with its cells."""
    if cells != places:
        yield f"the row has {cells} cell{'' if cells == 1 else 's'} for {places} columns"
        return
    for column in columns.names:
        text = row.texts[column]
        if not text:
            if column not in columns.maybe_days + columns.maybe_texts:
                yield f"{quoted(column)} is empty"
        elif len(text) > (longest := LONGEST_PROSE if column in columns.prose else LONGEST):
            yield f"{quoted(column)} is longer than {longest} characters"
        elif column in columns.days or column in columns.maybe_days:
            day = _day(text)
            if day is None:
                yield f"{quoted(column)} is {quoted(text)}, which is no date of the form YYYY-MM-DD"
            elif not YEARS[0] <= day.year <= YEARS[1]:
                yield f"{quoted(column)} ({day}) is in no year from {YEARS[0]} to {YEARS[1]}"
            else:
                row.days[column] = day


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def _said_twice(rows: list[TableRow], key: tuple[str, ...]) -> Iterator[Problem]:
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        name = tuple(row.texts.get(column, "") for column in key)
        if name in seen and all(name):
            yield row.problem(f"{listed(name)} {'is' if len(key) == 1 else 'are'} there twice")
        seen.add(name)
