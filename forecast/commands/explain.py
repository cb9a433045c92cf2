"""`forecast explain`: why the forecast moved."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from forecast.commands.opening import TrustRecord
from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet

if TYPE_CHECKING:
    from forecast.insight.states import State
    from forecast.model.contract import Problem
    from forecast.reopened import Reopened
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
    from forecast.commands.opening import opener, progress_shown, run_meant
    from forecast.errors import UsageError
    from forecast.insight.usual import explained

    groupings: dict[str, Literal["event", "indicator", "source"]] = {
        "event": "event", "indicator": "indicator", "source": "source",
    }  # fmt: skip
    if by not in groupings:
        raise UsageError(f"--by {by}: choose event, indicator or source")
    workspace, new = run_meant(case, run, as_of, model, assumptions)
    old = _earlier(workspace / "reports", new, since)
    with progress_shown() as (stage, progress):

        def sampled(before: Reopened, problem: Problem) -> State:
            from forecast.insight.states import sampled_state

            return sampled_state(before.model, problem, new, stage, progress)

        opened = opener(workspace, trusted=trust_record, stage=stage, progress=progress)
        found = explained(
            old, new, opened, by=groupings[by], named=top, sampled=sampled, trusted=trust_record, stage=stage
        )
    if as_json:
        console.emit_json(found)
    else:
        from forecast.commands.waterfall import show_explanation

        show_explanation(found, new.forecast)


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
    if found.as_of > run.as_of:
        raise UsageError(f"--since {since}: that run is of a later day than {run.id}: swap them, or leave --since out")
    if not (found.complete and run.complete):
        raise UsageError(f"run {(run if found.complete else found).id} has no forecast to explain: its gate says why")
    return found
