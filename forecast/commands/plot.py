"""`forecast plot`: single figures, for slides and papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet


def plot(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which figure; --list tells.", show_default=False)
    ] = None,
    case: CaseName = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.{png,svg,pdf}", help="Where to put it.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(metavar="ID", help="Of bridge and tornado: this outcome's.", show_default=False)
    ] = None,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    listed: Annotated[bool, typer.Option("--list", help="Tell the names of the figures.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw one figure of a saved run as a file: --list tells which there are."""
    from forecast.commands import console
    from forecast.commands.opening import progress_shown
    from forecast.errors import UsageError
    from forecast.figures.gallery import GALLERY, draw, format_of, save
    from forecast.report.wording import phrase

    if listed:
        told = [{"name": each, "shows": phrase("figure_titles")[each]} for each in GALLERY]
        if as_json:
            console.emit_json({"figures": told})
        else:
            for each in told:
                console.out.print(f"{each['name']:<10}{each['shows']}", soft_wrap=True)
        return
    if name not in GALLERY:
        raise UsageError(f"name a figure: one of {', '.join(GALLERY)}")
    if output is None:
        raise UsageError(f"name a file: -o {name}.png, .svg or .pdf")
    ending, picture = format_of(output), GALLERY[name]
    if outcome is not None and name not in ("bridge", "tornado"):
        raise UsageError("--outcome is a choice for bridge and tornado")

    from forecast.case.workspace import find_case, find_workspace
    from forecast.durable import replace_file
    from forecast.errors import UnpublishableError
    from forecast.figures.style import styled
    from forecast.reopened import reopen
    from forecast.report.answers import answers
    from forecast.report.document import document
    from forecast.run_lines import find_run
    from forecast.runs import list_runs

    with styled():
        pass  # what is not installed is said before anything is asked
    folder = find_case(case, Path.cwd())
    workspace = find_workspace(folder)
    reports = workspace / "reports"
    chosen = find_run(reports, folder.name, run, console.parse_date(as_of, "--as-of"), model, assumptions)
    if not chosen.complete:
        raise UnpublishableError(f"run {chosen.id} lacks numbers, as its checks say: there is nothing to draw")
    with progress_shown() as (stage, progress):
        asked = answers(chosen, workspace, stage=stage, progress=progress, asked=picture.asked)
        opened = reopen(chosen, workspace, stage=stage, progress=progress) if picture.of_draws else None
    saved = [each.forecast for each in list_runs(reports, folder.name)]
    shown = document(chosen.forecast, chosen.record, saved, answers=asked)
    for reason in asked.reasons:
        console.say(f"not in the figure: {reason}")
    choice = {"outcome": outcome} if outcome else {}
    replace_file(output, save(draw(name, shown, opened, **choice), ending))
    if as_json:
        console.emit_json({"case": shown.case, "run": chosen.id, "figure": name, "file": str(output)})
    else:
        console.out.print(console.visible(str(output)), soft_wrap=True)
