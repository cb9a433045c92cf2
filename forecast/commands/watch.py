"""`forecast watch`: what to look for next week, and what each grade would do to each outcome."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from forecast.commands.opening import TrustRecord, opener, progress_shown, run_meant
from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet
from forecast.insight.imagined import USUAL_CELL, USUAL_SEARCH

CELL = f"{USUAL_CELL[0]}{USUAL_CELL[1]}"


def watch(
    case: CaseName = None,
    grade: Annotated[str, typer.Option(metavar="CELL", help="Admiralty cell of the report that would come.")] = CELL,
    search: Annotated[
        float, typer.Option(metavar="P", help="Chance that a search finds what there is, for 'looked and not found'.")
    ] = USUAL_SEARCH,
    rows: Annotated[int, typer.Option(metavar="N", help="How many indicators to print.")] = 12,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    trust_record: TrustRecord = False,
    as_json: AsJson = False,
) -> None:
    """Rank the indicators by what a report of them next week would tell about the outcome, for its effort."""
    from forecast.commands import console
    from forecast.errors import UsageError
    from forecast.insight.usual import watched

    if not re.fullmatch("[A-F][1-6]", grade, re.ASCII):
        raise UsageError(f"--grade {grade}: write reliability A to F and credibility 1 to 6, such as B2")
    if not 0.0 < search <= 1.0:
        raise UsageError(f"--search {search:g}: choose a chance above 0 and up to 1")
    workspace, chosen = run_meant(case, run, as_of, model, assumptions)
    with progress_shown() as (stage, progress):
        opened = opener(workspace, trusted=trust_record, stage=stage, progress=progress)
        document = watched(
            chosen, opened, cell=(grade[0], int(grade[1])), search=search, trusted=trust_record, stage=stage
        )
    if as_json:
        console.emit_json(document)
        return
    from forecast.commands.supposing import show_watch

    show_watch(document, chosen, rows)
