"""`forecast report`: the page for the people who decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet


def report(
    case: CaseName = None,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to put it (default: the run's folder).")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw the forecast as one picture.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write one offline HTML page: the forecast, how it got here, what drives it, the evidence, the checks."""
    from forecast.case.document import shown as path_shown
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.durable import replace_file
    from forecast.errors import InputError, UnpublishableError
    from forecast.report.page import page
    from forecast.report.picture import draw
    from forecast.runs import find_run, list_runs

    folder = find_case(case, Path.cwd())
    reports = find_workspace(folder) / "reports"
    chosen = find_run(reports, folder.name, run, console.parse_date(as_of, "--as-of"), model, assumptions)
    if not chosen.complete:
        raise UnpublishableError(f"run {chosen.id} lacks numbers, as its checks say: there is nothing to report")
    try:
        saved = [each.forecast for each in list_runs(reports, folder.name)]
        shown, text = page(chosen.forecast, chosen.record, saved)
    except (KeyError, ValueError) as error:
        remedy = "restore its files, or delete the folder"
        raise InputError.at(path_shown(chosen.folder), None, f"the run contradicts itself ({error})", remedy) from None
    target = output or chosen.folder / "report.html"
    replace_file(target, text.encode("utf-8"))
    if picture:
        replace_file(picture, draw(shown).encode("utf-8"))
    if not shown.publishable:
        console.say("warning: this run failed its checks: the report says so at its top, and nobody should use it")
    if as_json:
        console.emit_json(
            {
                "case": shown.case,
                "run": shown.provenance.run,
                "as_of": shown.as_of.iso,
                "publishable": shown.publishable,
                "report": str(target),
                "picture": str(picture) if picture else None,
            }
        )
    else:
        for path in (target, picture) if picture else (target,):
            console.out.print(console.visible(str(path)), soft_wrap=True)
