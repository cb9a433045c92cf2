"""The resolved cases of a workspace, scored from their saved runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.case.workspace import case_names
from forecast.record.scoreboard import CaseBoard, board_of, by_ending
from forecast.record.solved import Solver
from forecast.runs import Run, list_runs

Wanted = Callable[[Run], bool]
"""Which runs are scored."""


def board_in(workspace: Path, case: Case, wanted: Wanted = lambda _: True) -> CaseBoard | None:
    """The scores of a case; None where it is not resolved.

    Raises
    ------
    InputError
        If a saved run cannot be read.
    """
    if case.resolution is None:
        return None
    runs = list_runs(workspace / "reports", case.id)
    return board_of(case, case.resolution, [run for run in runs if wanted(run)], Solver(runs, workspace))


def boards_in(workspace: Path, wanted: Wanted = lambda _: True) -> tuple[list[CaseBoard], list[str]]:
    """The scores of every resolved case, in the order of their endings, and the ids of those that are still open.

    Raises
    ------
    InputError
        If a case or a saved run cannot be read.
    """
    cases = [read_case(workspace / "data" / name) for name in case_names(workspace)]
    boards = by_ending(board for case in cases if (board := board_in(workspace, case, wanted)) is not None)
    return boards, [case.id for case in cases if case.resolution is None]
