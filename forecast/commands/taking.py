"""What commands that add to the ledger share: taking rows in, and saying what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from forecast.case.schema import Case
    from forecast.evidence.difference import Difference
    from forecast.evidence.intake import Intake
    from forecast.evidence.sheets import Sheet

MOST_SHOWN = 200
"""Rows of a difference that a person is shown; the rest are counted."""


def take_in_one(cells: Mapping[str, str], case: Case, now: datetime, *, origin: str, done: str, as_json: bool) -> None:
    """Add one row that stands in no file, and say so."""
    from forecast.evidence.rows import cells_of
    from forecast.evidence.sheets import sheet_of_one

    intake = take_in_sheet(sheet_of_one(cells, origin, now), case)
    rows = [cells_of(row) for row in intake.new]
    amended = [_amended(each) for each in intake.differences if each.kind == "amendment"]
    show(
        f"{cells['report_id']}: {' '.join(amended) or done if rows else 'the ledger says so already'}",
        {"case": case.id, **counts(intake), "rows": rows},
        as_json,
    )


def _amended(difference: Difference) -> str:
    """What a coder's own coding says otherwise now, since it may have been meant for another report."""
    changes = [f"{each.column} {each.before or '(empty)'} → {each.after or '(empty)'}" for each in difference.changes]
    return f"amended, what {difference.row.coder} had said of it is replaced: {', '.join(changes)}"


def take_in_sheet(sheet: Sheet, case: Case, *, dry_run: bool = False) -> Intake:
    """Add the rows of a sheet to the case's ledger, unless it is a dry run; warnings go to stderr."""
    from forecast.commands.console import print_problems
    from forecast.evidence.intake import take_in
    from forecast.evidence.ledger import ledger_of

    intake = take_in(sheet, case, ledger_of(case), dry_run=dry_run)
    print_problems(intake.warnings, warning=True)
    return intake


def counts(intake: Intake) -> dict[str, object]:
    """How many rows came in, and what should be looked at again, for a document."""
    warnings = [asdict(warning) for warning in intake.warnings]
    return {"added": len(intake.new), "skipped": intake.skipped, "warnings": warnings}


def show_differences(found: Iterable[Difference]) -> None:
    """What rows change, a line each, on stderr: stdout says how many they are, as it does to scripts."""
    from rich.table import Table
    from rich.text import Text

    from forecast.commands.console import err, visible

    found = tuple(found)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "report", "coder", "what it changes"):
        table.add_column(heading, overflow="fold")
    for each in found[:MOST_SHOWN]:
        changes = [
            f"{change.column}: {change.before or '(empty)'} → {change.after or '(empty)'}" for change in each.changes
        ]
        row = each.row
        judged = f"{row.indicator} {row.grade}, {row.reliability}{row.credibility}" if row.is_coding else ""
        table.add_row(
            {"report": "new report", "coding": "new coding"}.get(each.kind, each.kind),
            visible(row.report_id),
            visible(row.coder),
            Text("\n").join(visible(" ".join(text.split())) for text in (changes or [judged])),
        )
    if found:
        err.print(table)
    if len(found) > MOST_SHOWN:
        err.print(f"… and {len(found) - MOST_SHOWN} rows more")


def show(said: str, document: Mapping[str, object], as_json: bool) -> None:
    """The result of a command, in words or as JSON."""
    from forecast.commands.console import emit_json, out, visible

    if as_json:
        emit_json(document)
    else:
        out.print(visible(said), soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def now_in_utc() -> datetime:
    """The present moment in UTC, to the millisecond, as new rows carry it."""
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
