"""A backtest as a page of Markdown: every line's chances day by day, and its scores once the question has resolved."""

from __future__ import annotations

import math
from collections.abc import Sequence

from forecast.record.backtest import Backtest
from forecast.record.scoreboard import CaseBoard
from forecast.report.markdown import code, plain, table
from forecast.report.words import percent
from forecast.runs import Run


def page(found: Backtest, board: CaseBoard | None, picture: str) -> str:
    """The page; `picture` is the name of the file that lies beside it."""
    parts = [
        f"# {plain(found.case.question.title)}: backtest\n",
        f"Written by `forecast backtest {found.case.id}`: what each model would have said on each day, from what was "
        "published by then. Reports, amendments and retractions of after the day, and how it ended, were unknown to "
        "all of them; the models and the assumptions are those of today.\n",
        f"![Chances by day, for each model and assumption set]({picture})\n",
    ]
    lines: dict[tuple[str, str], list[Run]] = {}
    for run in found.runs:
        lines.setdefault((run.forecast["model"], run.forecast["assumption_set"]["name"]), []).append(run)
    for (model, name), runs in sorted(lines.items()):
        parts += [f"## {code(model)}, {code(name)}\n", _chances(runs)]
    if found.refused:
        parts += ["## What could not be made\n", _refused(found)]
    parts += ["## Scores\n", _scores(board) if board else "The question is open: there is nothing to score yet.\n"]
    return "\n".join(parts)


def _refused(found: Backtest) -> str:
    """Each reason once, with the models, sets and days that it stood in the way of."""
    by_reason: dict[tuple[str, str, str], list[str]] = {}
    for task, why in found.refused.items():
        by_reason.setdefault((task.model, task.assumptions, why), []).append(str(task.as_of))
    rows = [(code(model), code(name), ", ".join(days), plain(why)) for (model, name, why), days in by_reason.items()]
    return table(("model", "assumptions", "days", "why"), rows)


def _chances(runs: Sequence[Run]) -> str:
    outcomes = [row["id"] for row in runs[-1].forecast["outcomes"]]
    rows = []
    for run in runs:
        said = {row["id"]: row["probability"] for row in run.forecast["outcomes"]}
        cells = [percent(said[name]).text if name in said else "" for name in outcomes]
        rows.append((str(run.as_of), *(cells if run.publishable else ["failed its gate", *[""] * (len(outcomes) - 1)])))
    return table(("as of", *map(code, outcomes)), rows)


def _scores(board: CaseBoard) -> str:
    rows = []
    for standing in board.standings:
        line, mean = standing.line, standing.line.mean
        if mean is not None:
            log = "infinite" if math.isinf(mean.log) else f"{mean.log:.3f}"
            weeks = "" if mean.crps is None else f"{mean.crps:.2f}"
            cells = (log, f"{mean.brier:.3f}", f"{mean.brier / 2:.3f}", f"{mean.spherical:.3f}", weeks, str(line.days))
            rows.append((code(line.model), code(line.assumptions), *cells))
    return table(("model", "assumptions", "log", "Brier, 0-2", "0-1", "spherical", "CRPS, weeks", "days"), rows)
