"""Where the journal is kept: the interface of a ledger, which one is a case's, and the usual one, a CSV file.

In a file there is one road for every write: lock, read what is there, put a copy with the new rows beside it, make that
durable, and let it take the file's place. What the file held is never altered, and whoever reads needs no lock.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from forecast.case.document import shown
from forecast.case.phrases import listed
from forecast.durable import read_if_there, replace_file
from forecast.errors import InputError, UsageError
from forecast.evidence.admission import admit
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.exchange import csv_header, csv_lines, csv_table
from forecast.evidence.journal import Row
from forecast.evidence.keeping import PATIENCE, VARIABLE, refuse_unreadable, rows_of
from forecast.evidence.lock import locked
from forecast.evidence.rows import cells_of
from forecast.evidence.sheets import Incoming, Sheet, sheet_of

if TYPE_CHECKING:
    from forecast.case.schema import Case


class Ledger(Protocol):
    """A place that keeps rows: it can be read and added to, and nothing else."""

    @property
    def place(self) -> str:
        """What messages call it."""
        ...

    def read(self) -> tuple[Row, ...]:
        """Every row, in the order in which they were added.

        Raises
        ------
        InputError
            If what it holds is not a journal.
        StoreError
            If it cannot be read just now.
        """
        ...

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows, all of them or none; those that are there already are passed over.

        Raises
        ------
        InputError
            If a row contradicts one of the same report, coder and time.
        StoreError
            If the ledger is busy or cannot be written.
        """
        ...


def ledger_of(case: Case) -> Ledger:
    """The ledger of a case: where `case.yaml` says that it is kept.

    Where it says nothing that is `evidence.csv` in its folder, or the database that the environment names if there is
    one and no such file.

    Raises
    ------
    UsageError
        If it is a database, and what reads databases is not installed.
    StoreError
        If it is one that the environment should name, and does not.
    """
    said = case.question.evidence.store if "evidence" in case.question.model_fields_set else None
    return ledger_at(case.folder, case.id, said)


def ledger_at(folder: Path, case_id: str, store: str | None) -> Ledger:
    """The ledger of the case in a folder, by the store that its `case.yaml` names, None where it names none."""
    file = CsvLedger(folder / "evidence.csv")
    if store == "csv" or (store is None and (file.path.exists() or not os.environ.get(VARIABLE, "").strip())):
        return file
    try:
        from forecast.evidence import database
    except ImportError:
        raise UsageError(
            f"{case_id}: a database takes the extra 'database', which is not installed: "
            "`pip install 'possibilities[database]'`"
        ) from None
    if store == "sqlite":
        return database.sqlite_ledger(folder / "evidence.sqlite", case_id)
    return database.server_ledger(case_id, store)


@dataclass(frozen=True)
class CsvLedger:
    """A journal in a CSV file, which need not exist before the first row."""

    path: Path
    patience: float = PATIENCE

    @property
    def place(self) -> str:
        """The file, as problems name it."""
        return shown(self.path)

    def read(self) -> tuple[Row, ...]:
        """Every row, in file order."""
        content = read_if_there(self.path)
        return () if content is None else rows_of(self._sheet(content))

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows at the end of the file."""
        if not rows:
            return
        refuse_unreadable(rows)
        with locked(self.path, self.patience):
            content = read_if_there(self.path)
            if content is None:
                content = csv_header()
            sheet = self._sheet(content)
            admission = admit([Incoming(row) for row in rows], rows_of(sheet), shown(self.path))
            if admission.problems:
                raise InputError(admission.problems)
            if admission.new:
                replace_file(self.path, content + self._addition(content, sheet.columns, admission.new))

    def _sheet(self, content: bytes) -> Sheet:
        table = csv_table(content, shown(self.path))
        return sheet_of(table, datetime.now(UTC), may_be_undated=False)

    def _addition(self, content: bytes, columns: Sequence[str], rows: Sequence[Row]) -> bytes:
        """The new rows in the file's own columns and line ends; a last line without its end is ended first."""
        self._refuse_unwritable_columns(columns, rows)
        newline = "\r\n" if b"\r\n" in content.partition(b"\n")[0] + b"\n" else "\n"
        mended = b"" if content.endswith((b"\n", b"\r")) else newline.encode()
        return mended + csv_lines(rows, columns, newline)

    def _refuse_unwritable_columns(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        absent = [column for column in ALL_COLUMNS if column not in columns]
        used = [column for column in absent if any(cells_of(row)[column] for row in rows)]
        if used:
            message = f"the file has no column for {listed(used)}"
            remedy = "put what 'forecast evidence export' writes, which has all columns, in its place"
            raise InputError.at(shown(self.path), 1, message, remedy)
