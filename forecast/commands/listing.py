"""The reports that are known, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from forecast.commands.console import out, visible
from forecast.evidence.listing import Listed


def show_listing(found: Iterable[Listed]) -> None:
    """Each report on a row of its own, its codings one below the other."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("published", "report", "source", "codings", "what"):
        table.add_column(heading, overflow="fold")
    for entry in found:
        report = entry.report
        codings = [f"{c.coder}: {c.indicator} {c.grade}, {c.reliability}{c.credibility}" for c in report.codings]
        what = report.title or next((coding.note for coding in report.codings if coding.note), report.event_id)
        if entry.retracted_on is not None:
            what = f"(retracted {entry.retracted_on}) {what}"
        table.add_row(
            str(report.published_date),
            visible(report.report_id),
            visible(report.source),
            Text("\n").join(visible(coding) for coding in codings),
            visible(" ".join(what.split())),
        )
    out.print(table)
