"""`forecast backtest`: what every model would have said, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast.commands.crew import DaskAddress, crew_of
from forecast.commands.options import AsJson, CaseName

if TYPE_CHECKING:
    from forecast.record.backtest import Backtest
    from forecast.record.scoreboard import CaseBoard


def backtest(
    case: CaseName = None,
    every: Annotated[bool, typer.Option("--all", help="Every case of the workspace.")] = False,
    models: Annotated[str | None, typer.Option("--models", metavar="NAME,…", help="Default: all there are.")] = None,
    sets: Annotated[str | None, typer.Option("--sets", metavar="SET,…", help="Default: all of the case.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="YYYY-MM-DD,…", help="Default: the opening day and every seventh after it."),
    ] = None,
    simulated: Annotated[
        int | None,
        typer.Option(
            "--simulated", metavar="N", min=1, help="No case: N made-up questions, from the model and broken."
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", metavar="N", help="How many forecasts are made at once (default: 1).")
    ] = None,
    dask: DaskAddress = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE.md", help="Also write tables and, beside it, FILE.svg."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make every week's forecast again with what was published by then, by every model and assumption set.

    May be interrupted: what is done is kept in .backtest/, which git ignores. A resolved case is scored.
    With --simulated the questions are made up, each with reports and an ending, so that many can be scored.
    """
    from forecast.case.workspace import case_names, find_case, find_workspace
    from forecast.commands import console
    from forecast.commands.counted import counted_progress
    from forecast.commands.pages import picture_of
    from forecast.errors import UsageError
    from forecast.record.backtest import backtest as make
    from forecast.record.backtest import model_names, tasks_of

    if output is not None:
        picture_of(output)
    crew = crew_of(jobs, dask, usual=1)
    if simulated is not None:
        from forecast.commands.simulated import backtest_simulated

        if case is not None or every or models or sets or as_of:
            raise UsageError("--simulated makes up its questions: leave CASE, --all, --models, --sets and --as-of out")
        backtest_simulated(simulated, crew, output, as_json=as_json)
        return
    if every and case is not None:
        raise UsageError("--all means every case: leave the case out, or leave --all out")
    found = None if every else find_case(case, Path.cwd())
    workspace = find_workspace(found or Path.cwd())
    known = model_names(workspace)
    chosen = known if models is None else _listed(models)
    wanted = None if sets is None else _listed(sets)
    if unknown := [name for name in chosen if name not in known]:
        raise UsageError(f"--models: there is no model {unknown[0]}: choose of {', '.join(known)}")
    texts = {"--models": models, "--sets": sets, "--as-of": as_of}
    if empty := [option for option, text in texts.items() if text is not None and not _listed(text)]:
        raise UsageError(f"{empty[0]}: name one at least, or leave it out for all there are")
    days = None if as_of is None else [console.parse_date(text, "--as-of") for text in _listed(as_of)]
    folders = [workspace / "data" / name for name in case_names(workspace)] if found is None else [found]
    tasks = [task for folder in folders for task in tasks_of(folder, chosen, wanted, days)]
    if not tasks:
        raise UsageError("no week of it can be asked about: the question was resolved before its first week ended")
    if output is not None and len(folders) > 1:
        raise UsageError(f"-o {output}: a page is of one case: name it")
    with counted_progress("forecasts") as (stage, progress):
        stage("Backtesting")
        made = make(workspace, tasks, crew, progress)
    boards = {name: _scored(each, workspace) for name, each in made.items()}
    if output is not None:
        for name, each in made.items():
            _write(output, each, boards[name])
    if as_json:
        console.emit_json({"cases": [_document(each, boards[name]) for name, each in made.items()]})
    else:
        from forecast.commands.backtested import show_backtest

        for name, each in made.items():
            show_backtest(each, boards[name])


def _write(path: Path, found: Backtest, board: CaseBoard | None) -> None:
    from forecast.commands.pages import picture_of, write_page
    from forecast.report.backtest_page import page
    from forecast.report.backtested import draw

    write_page(path, page(found, board, picture_of(path).name), draw(found))


def _listed(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _scored(found: Backtest, workspace: Path) -> CaseBoard | None:
    from forecast.record.scoreboard import board_of
    from forecast.record.solved import Solver

    resolution = found.case.resolution
    if resolution is None:
        return None
    return board_of(found.case, resolution, found.runs, Solver(found.runs, workspace))


def _document(found: Backtest, board: CaseBoard | None) -> dict[str, Any]:
    from forecast.record.score_documents import case_document

    keys = ("as_of", "model", "publishable", "outcomes")
    return {
        "case": found.case.id,
        "forecasts": [
            {
                "run": run.id,
                "assumptions": run.forecast["assumption_set"]["name"],
                **{key: run.forecast[key] for key in keys},
            }
            for run in found.runs
        ],
        "refused": [
            {
                "as_of": task.as_of.isoformat(),
                "model": task.model,
                "assumptions": task.assumptions,
                "reason": reason,
            }
            for task, reason in found.refused.items()
        ],
        "scores": None if board is None else case_document(board),
    }
