"""Files of proposals that somebody answers line by line, in the last column: yes, no, or nothing yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from forecast.case.document import shown
from forecast.case.phrases import quoted
from forecast.durable import read_if_there, replace_file
from forecast.errors import InputError, Problem, UsageError
from forecast.evidence.cells import PADDING
from forecast.evidence.exchange import csv_records, csv_table, refuse_no_folder
from forecast.evidence.sheets import Line

ACCEPT: Final = "accept"
YES, NO = ("yes", "y"), ("no", "n")


def write_answerable(path: Path, columns: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Write proposals for somebody to say yes or no to; each line ends with what is answered already, or nothing.

    Raises
    ------
    UsageError
        If the name does not end in .csv, or its folder is not there.
    StoreError
        If the system does not let it be written.
    """
    if path.suffix.lower() != ".csv":
        raise UsageError(f"{shown(path)}: proposals are written as CSV: give a name that ends in .csv")
    refuse_no_folder(path)
    replace_file(path, csv_records([(*columns, ACCEPT), *lines]))


def refuse_answered(path: Path) -> None:
    """Refuse to write proposals over a file in which somebody has said yes or no.

    Raises
    ------
    UsageError
        If so.
    """
    content = read_if_there(path) if path.is_file() else None
    lines = csv_table(content, shown(path)).lines if content else ()
    last = [line.cells[-1].strip(PADDING).casefold() for line in lines if isinstance(line, Line) and line.cells]
    if last[:1] == [ACCEPT] and any(said in (*YES, *NO) for said in last):
        raise UsageError(
            f"{shown(path)}: somebody has answered in it: accept that, then remove it, or give another name"
        )


def read_answerable(
    data: bytes, file: str, needed: Collection[str], writer: str
) -> tuple[tuple[str, ...], Iterator[Line | Problem]]:
    """The columns of a file of proposals, and its lines.

    Parameters
    ----------
    data, file
        Its content and how it is named.
    needed
        Columns without which it is none.
    writer
        The command that writes one.

    Raises
    ------
    InputError
        If it is no such file.
    """
    lines = (line for line in csv_table(data, file).lines if isinstance(line, Problem) or not line.is_blank)
    header = next(lines, None)
    columns = tuple(cell.strip(PADDING) for cell in header.cells) if isinstance(header, Line) else ()
    if not {*needed, ACCEPT} <= set(columns):
        remedy = f"write one with '{writer}'"
        raise InputError.at(file, 1, "it has not the columns of a file of proposals", remedy)
    return columns, lines


def neither(said: str) -> tuple[str, str]:
    """What is wrong with an answer that is neither, and how to mend it."""
    return f"{ACCEPT} {quoted(said)} is neither yes nor no", "write yes, no, or nothing"
