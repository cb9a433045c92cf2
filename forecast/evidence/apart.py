"""What somebody said is not one event or one origin (`told_apart.csv`), so that nobody is asked again.

    kind,report_id,into,by,date,accept
    event,R7,strike-vote,eve,2026-03-02,no

It is a file of answers like the one that proposals are answered in. Without a line the question comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final, get_args

from forecast.case.document import shown
from forecast.case.phrases import listed, quoted
from forecast.durable import read_if_there
from forecast.errors import InputError, Problem
from forecast.evidence.answering import ACCEPT, NO, read_answerable, write_answerable
from forecast.evidence.cells import PADDING
from forecast.evidence.duplicates import Joining, Kind
from forecast.evidence.keeping import PATIENCE
from forecast.evidence.lock import locked

FILE: Final = "told_apart.csv"
KINDS: Final[tuple[str, ...]] = get_args(Kind.__value__)
COLUMNS: Final = ("kind", "report_id", "into", "by", "date")


def read_apart(folder: Path) -> tuple[Joining, ...]:
    """What was told apart in a case's folder; nothing where there is no such file.

    Raises
    ------
    InputError
        If it is no such file, with every line that cannot be followed.
    StoreError
        If the system does not let it be read.
    """
    return tuple(_joining(cells) for cells in _read(folder / FILE))


def tell_apart(folder: Path, refused: Iterable[Joining], by: str, today: date) -> int:
    """Remember what somebody said no to; how much of it is new.

    Raises
    ------
    InputError
        If the file that is there cannot be read.
    StoreError
        If the system does not let it be written, or another process holds it too long.
    """
    path = folder / FILE
    if not (wanted := dict.fromkeys(refused)):
        return 0
    with locked(path, PATIENCE):
        before = _read(path)
        known = set(map(_joining, before))
        new = [each for each in wanted if each not in known]
        said = [(each.kind, each.report_id, each.into, by, today.isoformat(), NO[0]) for each in new]
        if new:
            kept = [tuple(cells[name] for name in (*COLUMNS, ACCEPT)) for cells in before]
            write_answerable(path, COLUMNS, [*kept, *said])
    return len(new)


def _read(path: Path) -> list[Mapping[str, str]]:
    content = read_if_there(path)
    if content is None:
        return []
    columns, lines = read_answerable(content, shown(path), COLUMNS, "forecast evidence duplicates")
    found: list[Mapping[str, str]] = []
    problems: list[Problem] = []
    for line in lines:
        if isinstance(line, Problem):
            problems.append(line)
            continue
        cells = dict.fromkeys((*COLUMNS, ACCEPT), "")
        cells |= dict(zip(columns, (cell.strip(PADDING) for cell in line.cells), strict=False))
        if cells["kind"] not in KINDS:
            message = f"kind {quoted(cells['kind'])} is not one of {listed(KINDS)}"
            problems.append(Problem(shown(path), line.number, message, "correct the line, or remove it"))
        elif cells[ACCEPT].casefold() not in NO:
            message = f"{ACCEPT} {quoted(cells[ACCEPT])} is not no"
            problems.append(Problem(shown(path), line.number, message, "write no, or remove the line"))
        else:
            found.append(cells)
    if problems:
        raise InputError(problems)
    return found


def _joining(cells: Mapping[str, str]) -> Joining:
    return Joining(cells["report_id"], "event" if cells["kind"] == "event" else "origin", cells["into"])
