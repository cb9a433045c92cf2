"""`forecast backtest`: what every model would have said, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast.commands.options import AsJson, CaseName

if TYPE_CHECKING:
    from forecast.record.backtest import Backtest
    from forecast.record.scoreboard import CaseBoard

MOST_JOBS = 64


def backtest(
    case: CaseName = None,
    every: Annotated[bool, typer.Option("--all", help="Every case of the workspace.")] = False,
    models: Annotated[str | None, typer.Option("--models", metavar="NAME,…", help="Default: all there are.")] = None,
    sets: Annotated[str | None, typer.Option("--sets", metavar="SET,…", help="Default: all of the case.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="YYYY-MM-DD,…", help="Default: the opening day and every seventh after it."),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", help="How many forecasts are made at once.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Make every week's forecast again with what was published by then, by every model and assumption set.

    May be interrupted: what is done is kept in .backtest/, which git ignores. A resolved case is scored.
    """
    from forecast.case.workspace import case_names, find_case, find_workspace
    from forecast.commands import console
    from forecast.commands.opening import progress_shown
    from forecast.errors import UsageError
    from forecast.record.backtest import backtest as make
    from forecast.record.backtest import model_names, tasks_of

    if every and case is not None:
        raise UsageError("--all means every case: leave the case out, or leave --all out")
    if not 1 <= jobs <= MOST_JOBS:
        raise UsageError(f"--jobs {jobs}: choose a whole number from 1 to {MOST_JOBS}")
    found = None if every else find_case(case, Path.cwd())
    workspace = find_workspace(found or Path.cwd())
    known = model_names(workspace)
    chosen = _listed(models) or known
    if unknown := [name for name in chosen if name not in known]:
        raise UsageError(f"--models: there is no model {unknown[0]}: choose of {', '.join(known)}")
    days = [day for text in _listed(as_of) if (day := console.parse_date(text, "--as-of")) is not None]
    folders = [workspace / "data" / name for name in case_names(workspace)] if found is None else [found]
    tasks = [task for folder in folders for task in tasks_of(folder, chosen, _listed(sets), days)]
    if not tasks:
        raise UsageError("no week of it can be asked about: the question was resolved before its first week ended")
    with progress_shown() as (stage, progress):
        stage("Backtesting")
        made = make(workspace, tasks, jobs, progress)
    boards = {name: _scored(each, workspace) for name, each in made.items()}
    if as_json:
        console.emit_json({"cases": [_document(each, boards[name]) for name, each in made.items()]})
    else:
        from forecast.commands.backtested import show_backtest

        for name, each in made.items():
            show_backtest(each, boards[name])


def _listed(text: str | None) -> Sequence[str]:
    return [] if text is None else [part.strip() for part in text.split(",") if part.strip()]


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
