"""A backtest as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate

if TYPE_CHECKING:
    from forecast.record.backtest import Backtest
    from forecast.record.scoreboard import CaseBoard
    from forecast.runs import Run


def show_backtest(found: Backtest, board: CaseBoard | None) -> None:
    """Each line's chances week by week, then, where the question was resolved, what each was worth."""
    lines: dict[tuple[str, str], list[Run]] = {}
    for run in found.runs:
        lines.setdefault((run.forecast["model"], run.forecast["assumption_set"]["name"]), []).append(run)
    for (model, name), runs in lines.items():
        outcomes = [row["id"] for row in runs[-1].forecast["outcomes"]]
        out.print(visible(f"{found.case.id}: {model}, {name}"))
        out.print(tabulate(("as of", *outcomes), [_row(run, outcomes) for run in runs]))
    for reason in dict.fromkeys(found.refused.values()):
        told = [task for task, why in found.refused.items() if why == reason]
        out.print(visible(f"{len(told)} forecasts could not be made: {reason}"))
    if board is None:
        out.print(visible(f"{found.case.id} is not resolved: there is nothing to score yet"))
        return
    rows: list[Sequence[Cell]] = []
    for standing in board.standings:
        line, mean = standing.line, standing.line.mean
        head = visible(f"{line.model}, {line.assumptions}")
        if mean is not None:
            crps = "" if mean.crps is None else f"{mean.crps:.2f}"
            rows.append((head, f"{mean.log:.3f}", f"{mean.brier:.3f}", f"{mean.spherical:.3f}", crps, str(line.days)))
    out.print(tabulate(("line", "log", "Brier 0-2", "spherical", "CRPS, weeks", "days"), rows))


def _row(run: Run, outcomes: Sequence[str]) -> Sequence[Cell]:
    if not run.publishable:
        return (run.forecast["as_of"], "failed its gate", *[""] * (len(outcomes) - 1))
    chances = {row["id"]: row["probability"] for row in run.forecast["outcomes"]}
    return (run.forecast["as_of"], *("" if name not in chances else percent(chances[name]) for name in outcomes))
