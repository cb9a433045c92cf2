"""Moving a journal from one store to another: copied whole, compared, and only then named in `case.yaml`.

Nothing is taken away: what the old store holds stays as it was, and is no longer read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from forecast.case.document import shown
from forecast.case.schema import Case
from forecast.durable import read_if_there, replace_file
from forecast.errors import StoreError, UsageError
from forecast.evidence.journal import Row
from forecast.evidence.ledger import Ledger, ledger_at, ledger_of

type Store = Literal["csv", "sqlite", "postgresql"]

_SAID: Final = re.compile(r"^evidence:.*\n?(?:[ \t]+.*\n?)*", re.MULTILINE)


@dataclass(frozen=True)
class Move:
    """What was moved: from where, to where, and how many rows the new store holds."""

    source: str
    target: str
    rows: int


def move(case: Case, store: Store) -> Move:
    """Copy the journal of a case into another store, and have `case.yaml` name it.

    Raises
    ------
    UsageError
        If it is there already, or the store holds rows of the case that the journal does not begin with.
    StoreError
        If either cannot be used, or what was copied does not read as what was there.
    """
    source, target = ledger_of(case), ledger_at(case.folder, case.id, store)
    if source == target:
        raise UsageError(f"--to {store}: the evidence of {case.id} is kept in {source.place} already")
    _copy(source, target)
    path = case.folder / "case.yaml"
    text = (read_if_there(path) or b"").decode("utf-8")
    replace_file(path, with_store(text, store).encode())
    _copy(source, target)  # what others added to the old one meanwhile
    rows = target.read()
    if rows != _each_once(source):
        what = f"{target.place} does not read as {source.place} does"
        raise StoreError(f"{what}: both are whole: see what was added, and name one of them in {shown(path)}")
    return Move(source.place, target.place, len(rows))


def with_store(text: str, store: Store) -> str:
    """The text of `case.yaml`, naming a store; nothing else in it changes."""
    line = f"evidence: {{store: {store}}}\n"
    if _SAID.search(text):
        return _SAID.sub(line, text, count=1)
    end = "" if text.endswith("\n") else "\n"
    return f"{text}{end}\n{line}"


def _copy(source: Ledger, target: Ledger) -> None:
    wanted, there = _each_once(source), target.read()
    if there != wanted[: len(there)]:
        what = f"{target.place} holds other rows of this case than {source.place}"
        raise UsageError(f"{what}: `forecast evidence export` each, and import what one of them lacks")
    target.append(wanted[len(there) :])


def _each_once(ledger: Ledger) -> tuple[Row, ...]:
    """The rows, one that stands there twice only once: it says nothing more."""
    return tuple(dict.fromkeys(ledger.read()))
