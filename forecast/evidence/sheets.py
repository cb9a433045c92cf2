"""From a table of text to rows: what a header and a line must be, whatever kind of file they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from forecast.case.phrases import listed, nearest, quoted
from forecast.errors import InputError, Problem
from forecast.evidence.cells import ALL_COLUMNS, COLUMNS, OPTIONAL_COLUMNS, PADDING, TIMES, RowError, names_a_zone
from forecast.evidence.journal import Row
from forecast.evidence.rows import row_of

MOST_FAULTS: Final = 5_000
"""A file with more faults than these is of another kind: the others are not told."""
MOST_COLUMNS: Final = 5 * len(ALL_COLUMNS)


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one line of a table, and where it stands: from 1, or 0 if it stands in no file."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(cell.strip(PADDING) for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A file as text in lines, the header first, to be read once; problems stand for lines that are no text."""

    file: str
    lines: Iterable[Line | Problem]


@dataclass(frozen=True)
class Incoming:
    """A row on its way in; where it says nothing of `coded_at`, it is not `dated` and was coded just now."""

    row: Row
    dated: bool = True


class _Time(NamedTuple):
    """A time of the day as it is written, and whether it says in which zone."""

    line: int
    column: str
    text: str
    zoned: bool


@dataclass(frozen=True)
class Sheet:
    """The good rows of a file and the faults of the bad ones.

    Of a bad row its line and what stands for its indicator are kept, so that this can be judged in the same breath.
    """

    file: str
    columns: tuple[str, ...]
    incoming: tuple[Incoming, ...]
    problems: tuple[Problem, ...]
    unread: tuple[tuple[int, str], ...] = ()


def sheet_of(table: Table, now: datetime, *, may_be_undated: bool) -> Sheet:
    """Read every row of a table.

    Parameters
    ----------
    now
        The present moment, in UTC.
    may_be_undated
        Whether an empty `coded_at` means now; in a ledger it is a fault.

    Raises
    ------
    InputError
        If the table has no header, or one that does not say what the cells are.
    """
    lines = (line for line in table.lines if isinstance(line, Problem) or not line.is_blank)
    header = next(lines, None)
    if header is None:
        raise InputError.at(table.file, None, "the file is empty", f"begin it with the header {','.join(COLUMNS)}")
    if isinstance(header, Problem):
        raise InputError([header])
    columns = tuple(cell.strip(PADDING) for cell in header.cells)
    if faults := tuple(_header_problems(table.file, header.number, columns)):
        raise InputError(faults)
    timed = [(number, column) for number, column in enumerate(columns) if column in TIMES]
    incoming: list[Incoming] = []
    problems: list[Problem] = []
    times: list[_Time] = []
    unread: list[tuple[int, str]] = []
    for line in lines:
        found = [line] if isinstance(line, Problem) else _read(table.file, columns, line, now, may_be_undated)
        if isinstance(found, Incoming):
            incoming.append(found)
            times += _times(timed, line)
        elif len(problems) < MOST_FAULTS:
            problems += found
            if isinstance(line, Line) and len(line.cells) == len(columns):
                unread.append((line.number, line.cells[columns.index("indicator")].strip(PADDING)))
        else:
            problems.append(_and_more(table.file, found[0].line))
            break
    problems += _without_zone(table.file, times)
    return Sheet(table.file, columns, tuple(incoming), first_of(problems, table.file), tuple(unread))


def sheet_of_one(cells: Mapping[str, str], origin: str, now: datetime) -> Sheet:
    """A sheet of a single row that stands in no file; `origin` says where it comes from instead."""
    line = Line(0, tuple(cells.get(column, "") for column in ALL_COLUMNS))
    return sheet_of(Table(origin, (Line(0, ALL_COLUMNS), line)), now, may_be_undated=True)


def wrong_width(file: str, line: int | None, found: int, expected: int) -> Problem:
    """A row that is longer or shorter than the header."""
    message = f"the row has {found} fields where the header has {expected}"
    return Problem(file, line, message, "put text that holds a comma in double quotes, and leave no field out")


def first_of(problems: Iterable[Problem], file: str) -> tuple[Problem, ...]:
    """Problems by line; where there are too many to read, the first that were found."""
    found = list(islice(problems, MOST_FAULTS + 1))
    told = sorted(found[:MOST_FAULTS], key=lambda problem: problem.line or 0)
    return (*told, *(_and_more(file, more.line) for more in found[MOST_FAULTS:]))


def _and_more(file: str, line: int | None) -> Problem:
    return Problem(file, line, "there are more faults, from here on or above", "mend those that are told first")


def _read(
    file: str, columns: Sequence[str], line: Line, now: datetime, may_be_undated: bool
) -> Incoming | list[Problem]:
    if len(line.cells) != len(columns):
        return [wrong_width(file, line.number or None, len(line.cells), len(columns))]
    cells = dict(zip(columns, line.cells, strict=True))
    dated = not may_be_undated or bool(cells["coded_at"].strip(PADDING))
    if not dated:
        cells["coded_at"] = now.isoformat()
    try:
        return Incoming(row_of(cells, now, line.number), dated)
    except RowError as error:
        return [Problem(file, line.number or None, fault.message, fault.remedy) for fault in error.faults]


def _times(timed: Iterable[tuple[int, str]], line: Line | Problem) -> Iterator[_Time]:
    if isinstance(line, Problem):
        return
    for number, column in timed:
        cell = line.cells[number]
        zoned = names_a_zone(column, cell)
        if zoned is not None:
            yield _Time(line.number, column, cell.strip(PADDING), zoned)


def _without_zone(file: str, times: Sequence[_Time]) -> Iterator[Problem]:
    """Which of two codings stands may hang on an hour: a file's times have a zone all, or none has, and all are UTC."""
    for time in times if any(time.zoned for time in times) else ():
        if not time.zoned:
            message = f"{time.column} {quoted(time.text)} has no time zone, and other times of the file have one"
            yield Problem(file, time.line or None, message, "write Z behind it if it is UTC, else its offset")


def _header_problems(file: str, line: int, columns: Sequence[str]) -> Iterator[Problem]:
    if separator := _other_separator(columns):
        message = f"the columns are separated by {separator}"
        yield Problem(file, line, message, "save it as .xlsx, or as CSV with commas between the columns")
        return
    if len(columns) > MOST_COLUMNS:
        remedy = f"the header is {','.join(COLUMNS)}, and optionally {','.join(OPTIONAL_COLUMNS)}"
        yield Problem(file, line, f"there are {len(columns)} columns", remedy)
        return
    missing = [column for column in COLUMNS if column not in columns]
    for column in sorted(set(columns) - set(ALL_COLUMNS)):
        if not column:
            yield Problem(file, line, "a column has no name", "name it, or remove it")
            continue
        meant = nearest(column, missing)
        missing = [other for other in missing if other != meant]
        remedy = f"did you mean '{meant}'?" if meant else "remove it, or move what it says to the column note"
        yield Problem(file, line, f"there is no column {quoted(column)}", remedy)
    for column in sorted(column for column, times in Counter(columns).items() if column and times > 1):
        yield Problem(file, line, f"the column {quoted(column)} stands there twice", "remove one of the two")
    if missing:
        what = "the column" if len(missing) == 1 else "the columns"
        remedy = f"the header is {','.join(COLUMNS)}, and optionally {','.join(OPTIONAL_COLUMNS)}"
        yield Problem(file, line, f"{what} {listed(missing)} {'is' if len(missing) == 1 else 'are'} missing", remedy)


def _other_separator(columns: Sequence[str]) -> str | None:
    if len(columns) > 1:
        return None
    words = {";": "semicolons", "\t": "tabs", "|": "bars"}
    return next((name for sign, name in words.items() if columns[0].count(sign) >= len(COLUMNS) - 1), None)
