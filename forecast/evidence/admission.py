"""Which rows may join the journal: what is there already is passed over, what contradicts it is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from forecast.case.phrases import quoted
from forecast.errors import Problem
from forecast.evidence.journal import Row
from forecast.evidence.sheets import Incoming


@dataclass(frozen=True)
class Admission:
    """The rows that are new, those that may not join and why, and how many are there already."""

    new: tuple[Row, ...]
    refused: tuple[Row, ...]
    skipped: int
    problems: tuple[Problem, ...]


def admit(incoming: Iterable[Incoming], present: Iterable[Row], file: str) -> Admission:
    """Compare rows with the journal, and with those before them in the same file.

    A row that equals one that is there is passed over. Another row of the same report, coder and time is refused: a
    journal cannot say two things at once. A row without a time is passed over if it says what stands already.

    Parameters
    ----------
    file
        Where the incoming rows stand, for problems.
    """
    journal = _Journal(present)
    new: list[Row] = []
    refused: list[Row] = []
    problems: list[Problem] = []
    skipped = 0
    for item in incoming:
        row = item.row
        if journal.says(item):
            skipped += 1
        elif fault := journal.contradiction(item):
            refused.append(row)
            problems.append(Problem(file, row.line or None, *fault))
        else:
            journal.add(row)
            new.append(row)
    return Admission(tuple(new), tuple(refused), skipped, tuple(problems))


class _Journal:
    """What has been said: by (report, coder, time), and last by (report, coder) and whether it is a retraction."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._said: dict[tuple[str, str, datetime], list[Row]] = {}
        self._standing: dict[tuple[str, str, bool], Row] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        self._said.setdefault((row.report_id, row.coder, row.coded_at), []).append(row)
        standing = self._standing.get(_subject(row))
        if standing is None or standing.coded_at <= row.coded_at:
            self._standing[_subject(row)] = row

    def says(self, item: Incoming) -> bool:
        row = item.row
        if item.dated:
            return row in self._said.get((row.report_id, row.coder, row.coded_at), [])
        standing = self._standing.get(_subject(row))
        return standing is not None and replace(row, coded_at=standing.coded_at) == standing

    def contradiction(self, item: Incoming) -> tuple[str, str] | None:
        row = item.row
        what = f"{quoted(row.report_id)} by {quoted(row.coder)}"
        if (row.report_id, row.coder, row.coded_at) in self._said:
            message = f"the coding of {what} at this time of coded_at is there already, with other content"
            return message, "to amend it, write the row with a later coded_at"
        standing = self._standing.get(_subject(row))
        if not item.dated and standing is not None and standing.coded_at > row.coded_at:
            message = f"the coding of {what} that stands has a coded_at later than now"
            return message, "write a coded_at that is later still"
        return None


def _subject(row: Row) -> tuple[str, str, bool]:
    return row.report_id, row.coder, row.retracted_at is None
