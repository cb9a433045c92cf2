"""`forecast score`: what forecasts were worth once their questions had resolved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.commands.options import HUMILITY, AsJson, CaseName, Humility, RunAsOf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecast.record.scoreboard import Record
    from forecast.runs import Run

OfModel = Annotated[str | None, typer.Option("--model", metavar="NAME", help="Runs of this model.")]
WithSet = Annotated[str | None, typer.Option("--assumptions", metavar="SET", help="Runs with this assumption set.")]


def score(
    case: CaseName = None,
    every: Annotated[bool, typer.Option("--all", help="Every resolved case of the workspace together.")] = False,
    as_of: RunAsOf = None,
    model: OfModel = None,
    assumptions: WithSet = None,
    humility: Humility = HUMILITY,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE.svg", help="With --all: draw how often what was given a chance came true."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score every forecast of a resolved case, week by week and over its life, beside what others said.

    With --all: every model over all resolved cases, with intervals that may be looked at after each, and calibration.
    """
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.errors import UsageError
    from forecast.record.combination import check_share
    from forecast.record.past import past_questions
    from forecast.record.pool_track import pool_records, pool_track
    from forecast.record.resolved import board_in, boards_in
    from forecast.record.score_documents import case_document, records_document
    from forecast.record.scoreboard import records_of

    if every and case is not None:
        raise UsageError("--all means every case: leave the case out, or leave --all out")
    if picture is not None and not every:
        raise UsageError("--picture: one question has come out once, and shows no calibration: say --all")
    check_share(humility)
    day = console.parse_date(as_of, "--as-of")

    def wanted(run: Run) -> bool:
        name = run.forecast["assumption_set"]["name"]
        return (
            (day is None or run.as_of <= day) and model in (None, run.forecast["model"]) and assumptions in (None, name)
        )

    workspace = find_workspace(Path.cwd() if every else find_case(case, Path.cwd()))
    if every:
        boards, still_open = boards_in(workspace, wanted)
        if not boards:
            raise UsageError(f"no case is resolved: {_how(still_open[0])}")
        records = records_of(boards, assumptions)
        tracks = [pool_track(board, past_questions(workspace, board.case.id), humility) for board in boards]
        pools = pool_records(tracks)
        if picture is not None:
            _draw(picture, records, len(boards))
        if as_json:
            console.emit_json(records_document(boards, records, pools, still_open))
        else:
            from forecast.commands.standings import show_records

            show_records(records, pools, boards, still_open)
        return
    read = console.open_case(case)
    board = board_in(workspace, read, wanted)
    if board is None:
        raise UsageError(f"{read.id} is not resolved: {_how(read.id)}")
    pooled = pool_track(board, past_questions(workspace, read.id), humility)
    if as_json:
        console.emit_json(case_document(board, pooled))
    else:
        from forecast.commands.standings import show_board

        show_board(board, pooled)


def _draw(path: Path, records: Sequence[Record], questions: int) -> None:
    from forecast.commands.console import say
    from forecast.durable import replace_file
    from forecast.errors import UsageError
    from forecast.record.scoreboard import AGE
    from forecast.report.reliability import draw

    found = {record.model: record.calibration for record in records if record.calibration is not None}
    if not found:
        raise UsageError(
            f"--picture: no resolved question was open for {AGE} weeks: there is no calibration to draw yet"
        )
    lines = (f"Each question once, with what stood {AGE} weeks after its opening.",)
    replace_file(path, draw(f"Calibration over {questions} questions", lines, found).encode("utf-8"))
    say(f"written: {path}")


def _how(case: str) -> str:
    words = "--outcome ID --date YYYY-MM-DD --reason TEXT --source TEXT"
    return f"record how it ended with `forecast resolve {case} {words}`"
