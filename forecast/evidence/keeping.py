"""What every ledger keeps to, whatever it is kept in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from forecast.errors import InputError
from forecast.evidence.journal import Row
from forecast.evidence.rows import cells_of, row_of
from forecast.evidence.sheets import Sheet

PATIENCE: Final = 60.0
"""Seconds a writer waits for those before it: sixteen that import at once need less."""
VARIABLE: Final = "FORECAST_DATABASE"
"""The environment variable that names a database, with what it takes to get in."""


def refuse_unreadable(rows: Sequence[Row]) -> None:
    """Whatever a program hands over, the ledger must read back; a row that is not what it says is a bug of ours."""
    now = datetime.now(UTC)
    for row in rows:
        if row_of(cells_of(row), now) != row:
            raise ValueError(f"not a row as a ledger can hold it: {row}")


def rows_of(sheet: Sheet) -> tuple[Row, ...]:
    """The rows of a sheet without a fault.

    Raises
    ------
    InputError
        With every fault of the others.
    """
    if sheet.problems:
        raise InputError(sheet.problems)
    return tuple(incoming.row for incoming in sheet.incoming)
