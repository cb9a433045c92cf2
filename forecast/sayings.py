"""What people noted of saved runs: a journal beside them, `reports/<case>/notes.jsonl`, to which lines are only added.

    {"at": "2026-02-09T08:00:00Z", "run": "2026-02-08-d4bbc015", "kind": "sent", "text": "to us", "record": "sha256:…"}

A line is JSON in ASCII, so that nothing in a note can be anything but text. `record` is the digest of the run's record
when the note was made: what was sent is thereby pinned by a file that the run itself does not touch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from forecast.case.document import shown
from forecast.chain import PATIENCE, pin_of
from forecast.durable import read_if_there, replace_file, unreadable
from forecast.errors import InputError, Problem, UsageError
from forecast.evidence.lock import locked
from forecast.runs import Run

FILE: Final = "notes.jsonl"
LONGEST: Final = 2000
"""Characters of a note."""
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a file that is read."""

type Kind = Literal["note", "sent"]


@dataclass(frozen=True)
class Saying:
    """A note on a run.

    Attributes
    ----------
    at
        When it was made, in UTC.
    run
        The run's id.
    kind
        `sent`: this run went to those who decide. `note`: anything else.
    text
        In whose words; may be empty where it says that a run was sent.
    record
        The digest of the run's record at that time.
    """

    at: datetime
    run: str
    kind: Kind
    text: str
    record: str


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    at: str
    run: str = Field(max_length=64)
    kind: Kind
    text: str = Field(max_length=LONGEST)
    record: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")


def say_of(run: Run, kind: Kind, text: str) -> Saying:
    """Add a note on a run to the journal.

    Raises
    ------
    UsageError
        If there is nothing in it, or too much.
    InputError
        If what the journal holds cannot be read.
    StoreError
        If it is busy or cannot be written; it is then as it was.
    """
    text = " ".join(text.split())
    if not text and kind == "note":
        raise UsageError("TEXT is empty: say it in a sentence")
    if len(text) > LONGEST:
        raise UsageError(f"TEXT is longer than {LONGEST} characters: say it in fewer")
    path = run.folder.parent / FILE
    saying = Saying(datetime.now(UTC).replace(microsecond=0), run.id, kind, text, pin_of(run)["record"])
    with locked(path, PATIENCE):
        before = _content(path)
        _read(path, before)
        mended = b"" if not before or before.endswith(b"\n") else b"\n"
        replace_file(path, before + mended + _line(saying))
    return saying


def read_sayings(reports: Path, case_id: str) -> tuple[Saying, ...]:
    """Every note on the runs of a case, in the order in which they were made; none where there is no journal.

    Raises
    ------
    InputError
        If a line is not a note; every such line at once.
    """
    path = reports / case_id / FILE
    return _read(path, _content(path))


def by_run(sayings: Iterable[Saying]) -> dict[str, list[Saying]]:
    """The notes on each run, in order."""
    found: dict[str, list[Saying]] = {}
    for saying in sayings:
        found.setdefault(saying.run, []).append(saying)
    return found


def _content(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise InputError.at(shown(path), None, f"it is larger than {LARGEST // 1024} KiB", "move old lines away")
    except OSError as error:
        raise unreadable(path, error) from error
    return read_if_there(path) or b""


def _read(path: Path, content: bytes) -> tuple[Saying, ...]:
    found: list[Saying] = []
    faults: list[Problem] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                read = _Line.model_validate(json.loads(line.decode("utf-8")))
                at = datetime.fromisoformat(read.at)
                if at.tzinfo is None:
                    raise ValueError
                found.append(Saying(at, read.run, read.kind, read.text, read.record))
            except (ValidationError, ValueError, RecursionError):
                faults.append(Problem(shown(path), number, "this is not a note on a run", "restore or remove the line"))
    if faults:
        raise InputError(faults)
    return tuple(found)


def _line(saying: Saying) -> bytes:
    document: dict[str, Any] = {
        "at": saying.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "run": saying.run,
        "kind": saying.kind,
        "text": saying.text,
        "record": saying.record,
    }
    return json.dumps(document, ensure_ascii=True).replace("\x7f", "\\u007f").encode("ascii") + b"\n"
