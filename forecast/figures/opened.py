"""The document of a saved run, for figures in Python: what the page of that run would hold."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from forecast.case.workspace import find_case, find_workspace
from forecast.errors import UnpublishableError
from forecast.report.answers import ASKED, answers
from forecast.report.document import Document, document
from forecast.run_lines import find_run
from forecast.runs import list_runs


def open_document(
    case: str | Path,
    *,
    run: str | None = None,
    as_of: date | None = None,
    model: str | None = None,
    assumptions: str | None = None,
    asked: Collection[str] = ASKED,
) -> Document:
    """The document of a saved run: by its id, else of the last publishable one at or before a date.

    Parameters
    ----------
    case
        The case's folder, or its name under `data/`.
    run, as_of, model, assumptions
        Which run; where none is named, the last one of the case's own model and assumption set.
    asked
        What to ask of the draws, by name (`report.answers.ASKED`); nothing is quick.

    Raises
    ------
    UsageError
        If there is none.
    UnpublishableError
        If it lacks numbers.
    """
    folder = find_case(str(case), Path.cwd())
    workspace = find_workspace(folder)
    reports = workspace / "reports"
    chosen = find_run(reports, folder.name, run, as_of, model, assumptions)
    if not chosen.complete:
        raise UnpublishableError(f"run {chosen.id} lacks numbers, as its checks say: there is nothing to draw")
    found = answers(chosen, workspace, asked=asked)
    runs = [each.forecast for each in list_runs(reports, folder.name)]
    return document(chosen.forecast, chosen.record, runs, answers=found)
