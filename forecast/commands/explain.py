"""`forecast explain`: why the forecast moved."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from forecast.commands.opening import TrustRecord
from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet

if TYPE_CHECKING:
    from forecast.runs import Run

MOST_NAMED = 10


def explain(
    case: CaseName = None,
    since: Annotated[
        str, typer.Option(metavar="last|DATE|RUN", help="Where to begin: the run before, or one by its date or id.")
    ] = "last",
    run: RunId = None,
    by: Annotated[str, typer.Option(metavar="event|indicator|source", help="How to group evidence.")] = "event",
    top: Annotated[int, typer.Option(min=1, max=MOST_NAMED, help="How many groups have a bar of their own.")] = 8,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    trust_record: TrustRecord = False,
    as_json: AsJson = False,
) -> None:
    """Say why the forecast moved: time, each event, retractions, assumptions and noise, in points that add up."""
    from forecast.commands import console
    from forecast.commands.opening import open_run, progress_shown
    from forecast.errors import UsageError
    from forecast.reopened import reopen

    groupings: dict[str, Literal["event", "indicator", "source"]] = {
        "event": "event", "indicator": "indicator", "source": "source",
    }  # fmt: skip
    if by not in groupings:
        raise UsageError(f"--by {by}: choose event, indicator or source")
    with progress_shown() as (stage, progress):
        workspace, new = open_run(
            case, run, as_of, model, assumptions, trusted=trust_record, stage=stage, progress=progress
        )
        earlier = _earlier(workspace / "reports", new.run, since)
        old = reopen(earlier, workspace, trusted=trust_record, stage=stage, progress=progress)
        from forecast.insight.explained import explain as explained
        from forecast.insight.states import sampled_state

        stage("Weighing")
        found = explained(
            old,
            new,
            by=groupings[by],
            named=top,
            refit=lambda problem: sampled_state(old.model, problem, new.run, stage, progress),
            stage=stage,
        )
    if as_json:
        console.emit_json(found.document())
    else:
        from forecast.commands.waterfall import show_explanation

        show_explanation(found)


def _earlier(reports: Path, run: Run, since: str) -> Run:
    """The run that `--since` means, of the same model and assumption set unless it is named by its id."""
    from forecast.commands import console
    from forecast.errors import UsageError
    from forecast.run_lines import find_run, previous_run
    from forecast.runs import list_runs

    case, line = run.forecast["case"], (run.forecast["model"], run.forecast["assumption_set"]["name"])
    if since == "last":
        found = previous_run(reports, case, *line, run.as_of)
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}", since, re.ASCII):
        found = next((saved for saved in list_runs(reports, case) if saved.id == since), None)
        if found is None:
            raise UsageError(f"--since {since}: {case} has no such run: `forecast runs {case}` lists them")
    else:
        found = find_run(reports, case, None, console.parse_date(since, "--since"), *line)
    if found is None:
        raise UsageError(f"--since {since}: there is no publishable run of this model and set before {run.as_of}")
    if found.id == run.id:
        raise UsageError(f"--since {since}: that is run {run.id} itself: choose an earlier date, or another --run")
    if not (found.complete and run.complete):
        raise UsageError(f"run {(run if found.complete else found).id} has no forecast to explain: its gate says why")
    return found
