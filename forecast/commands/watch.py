"""`forecast watch`: what to look for next week, and what each grade would do to each outcome."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from forecast.commands.opening import TrustRecord, open_run, progress_shown
from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet


def watch(
    case: CaseName = None,
    grade: Annotated[str, typer.Option(metavar="CELL", help="Admiralty cell of the report that would come.")] = "B2",
    search: Annotated[
        float, typer.Option(metavar="P", help="Chance that a search finds what there is, for 'looked and not found'.")
    ] = 0.8,
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
    from forecast.insight.standing import standing as stand
    from forecast.insight.standing import thinned
    from forecast.insight.watch import watch as look
    from forecast.insight.whatif_document import watch_document

    if not re.fullmatch("[A-F][1-6]", grade, re.ASCII):
        raise UsageError(f"--grade {grade}: write reliability A to F and credibility 1 to 6, such as B2")
    if not 0.0 < search <= 1.0:
        raise UsageError(f"--search {search:g}: choose a chance above 0 and up to 1")
    with progress_shown() as (stage, progress):
        _, opened = open_run(case, run, as_of, model, assumptions, trusted=trust_record, stage=stage, progress=progress)
        stage("Imagining next week's reports")
        standing = stand(thinned(opened))
        found = look(standing, (grade[0], int(grade[1])), search)
    document = {
        "case": opened.case.id,
        "as_of": opened.run.as_of.isoformat(),
        "run": opened.run.id,
        "cell": grade,
        "search": search,
        **watch_document(found, standing),
    }
    if as_json:
        console.emit_json(document)
        return
    from forecast.commands.supposing import show_watch

    show_watch(document, opened.case, rows)
