"""Recording how a question ended: one more row in its journal, and none of the others touched."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from forecast.case.changes import parents_of
from forecast.case.document import shown
from forecast.case.plain_csv import LARGEST, LONGEST, LONGEST_PROSE
from forecast.case.resolutions import (
    CLOCK_SKEW,
    FILE,
    HEADER,
    Life,
    Resolution,
    WeightsError,
    misplaced,
    parse_weights,
    read_resolutions,
    written,
)
from forecast.case.schema import Case
from forecast.durable import read_if_there, replace_file
from forecast.errors import InputError, Problem, UsageError
from forecast.evidence.lock import locked

PATIENCE: Final = 60.0
FORMULA: Final = ("=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet would run."""


def resolution_of(case: Case, weights: str, day: date, reason: str, source: str, author: str) -> Resolution:
    """A resolution from the words of a command.

    Raises
    ------
    UsageError
        If it is none that the case can have; the message holds every fault.
    """
    faults: list[str] = []
    shares: dict[str, float] = {}
    try:
        shares = parse_weights(weights, case.question.life)
    except WeightsError as error:
        faults.append(str(error))
    now = datetime.now(UTC).replace(microsecond=0)
    faults += [f"--date: {message}: {remedy}" for message, remedy in misplaced(day, shares, case.question.life)]
    if day > (now + CLOCK_SKEW).date():
        faults.append(f"--date: {day} is still to come: nothing resolves in the future")
    texts = {"--reason": reason, "--source": source, "--author": author}
    texts = {option: " ".join(text.split()) for option, text in texts.items()}
    for option, text in texts.items():
        if not text and option != "--author":
            faults.append(f"{option} is empty: say it in a sentence")
        if text.startswith(FORMULA):
            faults.append(f"{option} begins with {text[0]!r}, which a spreadsheet would run: begin with a word")
        if len(text) > (longest := LONGEST if option == "--author" else LONGEST_PROSE):
            faults.append(f"{option} is longer than {longest} characters: say it in fewer")
        if not text.isprintable():
            faults.append(f"{option} holds a character that no editor shows: remove it")
    if faults:
        raise UsageError(*faults)
    parents = parents_of(case.question.changes)
    return Resolution(day, shares, texts["--reason"], texts["--source"], now, texts["--author"], parents)


def record_resolution(case: Case, resolution: Resolution) -> tuple[Resolution, ...]:
    """Add a resolution to the journal of its case, as recorded after all that it holds.

    Returns
    -------
    Every resolution that the journal then holds.

    Raises
    ------
    InputError
        If what it holds cannot be read.
    StoreError
        If it is busy or cannot be written; it is then as it was.
    """
    path = case.folder / FILE
    with locked(path, PATIENCE):
        before = _read(case.folder, case.question.life)
        content = read_if_there(path) or _line(HEADER)
        moments = [resolution.recorded_at, *(earlier.recorded_at + timedelta(seconds=1) for earlier in before)]
        cells = _cells(replace(resolution, recorded_at=max(moments)))
        header = next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        mended = b"" if content.endswith(b"\n") else b"\n"
        added = content + mended + _line([cells.get(name.strip(), "") for name in header])
        if len(added) > LARGEST:
            raise InputError.at(
                shown(path), None, f"it would be larger than {LARGEST // 1024} KiB", "say it in fewer words"
            )
        replace_file(path, added)
        return _read(case.folder, case.question.life)


def _cells(resolution: Resolution) -> dict[str, str]:
    return {
        "recorded_at": resolution.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "date": resolution.date.isoformat(),
        "weights": written(resolution.weights),
        "reason": resolution.reason,
        "source": resolution.source,
        "author": resolution.author,
    }


def _read(folder: Path, life: Life) -> tuple[Resolution, ...]:
    problems: list[Problem] = []
    found = read_resolutions(folder, life, problems)
    if problems:
        raise InputError(problems)
    return found


def _line(cells: Sequence[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue().encode("utf-8")
