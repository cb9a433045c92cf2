"""The text of one row and what it means: every rule that a row must keep by itself.

A row is text in a file and a `Row` in the program; `row_of` and `cells_of` go from one to the other without loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from forecast.evidence.cells import ALL_COLUMNS, GRADE_COLUMNS, Fault, RowError, value_of
from forecast.evidence.journal import Row, day_of

CLOCK_SKEW: Final = timedelta(days=1)
"""How far ahead a coder's clock may be: a naive local time is read as UTC, and zones reach 14 hours."""


def row_of(cells: Mapping[str, str], now: datetime, line: int = 0) -> Row:
    """Read one row.

    Parameters
    ----------
    cells
        Text by column; columns that are left out are empty.
    now
        The present moment, in UTC: nothing was published or coded after it.
    line
        Where the row stands in its file.

    Raises
    ------
    RowError
        If the row breaks any rule.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in ALL_COLUMNS:
        try:
            values[column] = value_of(column, cells.get(column, ""))
        except RowError as error:
            faults += error.faults
    faults += _between(values, now)
    if faults:
        raise RowError(*faults)
    return Row(**values, line=line)


def cells_of(row: Row) -> dict[str, str]:
    """The text of a row by column, as a file holds it."""
    return {column: _text(getattr(row, column)) for column in ALL_COLUMNS}


def _between(values: Mapping[str, Any], now: datetime) -> Iterator[Fault]:
    """What the columns of a row owe each other, as far as they could be read."""
    if "retracted_at" in values and values["retracted_at"] is None:
        for column in GRADE_COLUMNS:
            if column in values and values[column] in ("", None):
                yield Fault(f"{column} is empty", "fill it in (only a retraction may leave it out)")
    yield from _effort(values)
    yield from _order_of_dates(values, now)


def _effort(values: Mapping[str, Any]) -> Iterator[Fault]:
    if "grade" in values and "effort" in values:
        grade, effort = values["grade"], values["effort"]
        if grade == 0 and effort is None:
            remedy = "write in the column effort the chance, up to 1, that the search would have found it"
            yield Fault("grade 0 (looked for and not found) needs an effort", remedy)
        if grade != 0 and effort is not None:
            yield Fault("effort belongs to grade 0 (looked for and not found) alone", "leave it empty, or grade 0")


def _order_of_dates(values: Mapping[str, Any], now: datetime) -> Iterator[Fault]:
    happened: date | None = values.get("event_date")
    published: date | None = values.get("published_date")
    for column in ("coded_at", "retracted_at"):
        moment: datetime | None = values.get(column)
        if moment is not None and moment > now + CLOCK_SKEW:
            yield Fault(f"{column} {_text(moment)} lies in the future", "correct it")
    if published is None:
        return
    if happened is not None and published < happened:
        yield Fault(f"published_date {published} is before event_date {happened}", "correct one of the two")
    if published > day_of(now):
        yield Fault(f"published_date {published} is after today ({day_of(now)} UTC)", "correct it")
    elif "coded_at" in values and published > day_of(values["coded_at"]):
        coded = day_of(values["coded_at"])
        yield Fault(f"published_date {published} is after the day of coded_at ({coded} UTC)", "correct one of the two")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        precision = "auto" if value.microsecond % 1000 or not value.microsecond else "milliseconds"
        return value.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
