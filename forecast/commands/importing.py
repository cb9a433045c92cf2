"""`forecast evidence import`: the rows of a file, shown before they join the ledger where somebody is there to look."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from forecast.commands.options import AsJson, CaseName
from forecast.commands.proposing import propose
from forecast.commands.taking import counted, counts, now_in_utc, show, show_differences, take_in_sheet
from forecast.errors import UsageError


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv, .xlsx or .parquet file, one row a coding.")],
    case_name: CaseName = None,
    *,
    layout: Annotated[
        Literal["gdelt", "acled", "polecat"] | None,
        typer.Option("--format", help="FILE holds events of this feed, to be written as proposals."),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE.yaml", help="What a feed's events are in this case.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.csv", help="Where a feed's proposals are written.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, show what it changes, add nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, at a terminal, before rows are added.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add the codings of a file: all of them, or none if any is bad.

    Rows that are in the ledger already are passed over. At a terminal it shows what the others change, and asks.
    With --format nothing is added: a feed's events become proposals, which 'evidence accept' takes.
    """
    if layout is not None and dry_run:
        raise UsageError(
            "--dry-run: with --format nothing is added in any case: look at the proposals, and leave it out"
        )
    if layout is not None:
        propose(file, case_name, layout, mapping, output, as_json=as_json)
        return
    if mapping is not None or output is not None:
        raise UsageError("--mapping and --output belong to --format: name the feed, or leave them out")
    from forecast.commands.asking import is_somebody_there, says_yes
    from forecast.commands.console import open_case
    from forecast.evidence.exchange import read_file

    case = open_case(case_name)
    sheet = read_file(file, now_in_utc())
    asking = not (dry_run or yes) and is_somebody_there()
    intake = take_in_sheet(sheet, case, dry_run=dry_run or asking)
    agreed = True
    if (dry_run and not as_json) or (asking and intake.new):
        show_differences(intake.differences)
    if asking and intake.new:
        agreed = says_yes(f"Add {counted(len(intake.new), 'row')}?")
        if agreed:
            from forecast.evidence.ledger import ledger_of

            ledger_of(case).append(intake.new)
    done = "would be added" if dry_run else "added" if agreed else "not added"
    said = f"{counted(len(intake.new), 'row')} {done}, {intake.skipped} there already"
    changes = [each.document() for each in intake.differences]
    told = counts(intake) if agreed else {**counts(intake), "added": 0}
    show(said, {"case": case.id, "file": sheet.file, "dry_run": dry_run, **told, "changes": changes}, as_json)
