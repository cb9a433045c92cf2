"""`forecast runs` and `forecast show`: what was said before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet

OfModel = Annotated[str | None, typer.Option("--model", metavar="NAME", help="Runs of this model.")]
WithSet = Annotated[str | None, typer.Option("--assumptions", metavar="SET", help="Runs with this assumption set.")]


def runs(
    case: CaseName = None,
    as_of: RunAsOf = None,
    model: OfModel = None,
    assumptions: WithSet = None,
    as_json: AsJson = False,
) -> None:
    """List the saved runs of a case, oldest first."""
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.runs import list_runs

    folder, day = find_case(case, Path.cwd()), console.parse_date(as_of, "--as-of")
    saved = [
        run
        for run in list_runs(find_workspace(folder) / "reports", folder.name)
        if (day is None or run.as_of <= day)
        and model in (None, run.forecast["model"])
        and assumptions in (None, run.forecast["assumption_set"]["name"])
    ]
    if as_json:
        keys = ("as_of", "publishable", "model", "assumption_set", "outcomes")
        console.emit_json([{"id": run.id, **{key: run.forecast[key] for key in keys}} for run in saved])
    else:
        from forecast.commands.display import show_runs

        show_runs(saved, folder.name)


def show(
    case: CaseName = None,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    as_json: AsJson = False,
) -> None:
    """Show a saved forecast: by default the last one that passed its gate."""
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.runs import find_run, list_runs

    folder = find_case(case, Path.cwd())
    reports = find_workspace(folder) / "reports"
    chosen = find_run(reports, folder.name, run, console.parse_date(as_of, "--as-of"), model, assumptions)
    if as_json:
        console.emit_json(chosen.forecast)
    else:
        from forecast.commands.display import show_run

        show_run(chosen, list_runs(reports, folder.name), saved=True)
