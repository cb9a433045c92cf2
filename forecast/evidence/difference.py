"""What rows would change if they joined the journal: new reports, second opinions, amendments, retractions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from forecast.evidence.cells import ALL_COLUMNS, FACTS
from forecast.evidence.journal import Row, by_report
from forecast.evidence.rows import cells_of

type Kind = Literal["report", "coding", "amendment", "retraction"]


@dataclass(frozen=True)
class Change:
    """A column that would read otherwise."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What one row would do.

    Attributes
    ----------
    kind
        `report`: the first coding of it. `coding`: another coder's. `amendment`: the same coder's own, again.
        `retraction`: it is withdrawn.
    changes
        Columns that differ: of an amendment from the coder's standing row, of another coding from the facts that stand.
    """

    row: Row
    kind: Kind
    changes: tuple[Change, ...]

    def document(self) -> dict[str, Any]:
        """The difference as plain JSON values."""
        changes = {change.column: [change.before, change.after] for change in self.changes}
        return {"report_id": self.row.report_id, "coder": self.row.coder, "kind": self.kind, "changes": changes}


def differences(new: Iterable[Row], present: Iterable[Row]) -> tuple[Difference, ...]:
    """What each new row would do to a journal that holds those present, the rows before it included."""
    new = tuple(new)
    touched = {row.report_id for row in new}
    journal = by_report(row for row in present if row.report_id in touched)
    found = []
    for row in new:
        reports = journal.setdefault(row.report_id, [])
        found.append(_difference(row, reports))
        reports.append(row)
    return tuple(found)


def _difference(row: Row, reports: list[Row]) -> Difference:
    if row.retracted_at is not None:
        return Difference(row, "retraction", ())
    if not reports:
        return Difference(row, "report", ())
    own = [other for other in reports if other.coder == row.coder and other.is_coding]
    if own:
        judged = tuple(column for column in ALL_COLUMNS if column != "coded_at")
        return Difference(row, "amendment", _changes(own[-1], row, judged))
    return Difference(row, "coding", _changes(reports[-1], row, FACTS))


def _changes(before: Row, after: Row, columns: Iterable[str]) -> tuple[Change, ...]:
    was, is_now = cells_of(before), cells_of(after)
    return tuple(Change(column, was[column], is_now[column]) for column in columns if was[column] != is_now[column])
