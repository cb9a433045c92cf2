"""How far fast answers are from true refits, for every assumption of a case: hours, and it may be interrupted.

    python -m tests.benchmarks.agreement iraq-2026 --table docs/agreement.md

Every lever is moved a step down and a step up, and every source left out; each is refitted, and answered by weights.
Where the two are more than a point apart, though k-hat passes, the refit's own error may be why: it is made with four
times the draws, and that refit stands. A line of refits is written as soon as it is there, and what stands in the file
already is not done again; the weights are asked anew whenever the table is written (`--most 0`: only that), so that it
is always of the present method.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from forecast.case.workspace import find_case, find_workspace
from forecast.inference.chains import Settings
from forecast.inference.weights import PARETO_K
from forecast.insight.assumed import levers
from forecast.insight.components import weigh_parts
from forecast.insight.refitting import Refitted, refitter
from forecast.insight.standing import Answer, Change, Standing, standing
from forecast.model.contract import Problem
from forecast.reopened import Reopened, reopen
from forecast.run_lines import find_run

POINT = 0.01
USUAL, LONG = Settings(), Settings(draws=4 * Settings().draws)
Asked = tuple[str, Problem, Callable[[], Change]]
Row = dict[str, Any]


def questions(here: Standing, opened: Reopened) -> Iterator[Asked]:
    """Everything that is asked: its name, the changed problem, and what it does to the draws at hand.

    First every lever once, by turns up and down; then the sources; then every lever the other way.
    """
    every = list(enumerate(levers(here.problem)))

    def turns(first: int) -> Iterator[Asked]:
        for place, lever in every:
            steps = first * (-1.0) ** place
            name = f"{lever.id} = {lever.at(steps):.4g}"
            yield name, lever.moved(here.problem, steps), partial(lever.change, here, steps)

    yield from turns(1)
    evidence = weigh_parts(here.model, here.problem, here.draws, opened.known)
    for part, log_change in zip(evidence.parts, evidence.log_changes, strict=True):
        if part.kind == "source":
            yield f"without {part.name}", part.applied(here.problem), partial(Change, log_change)
    yield from turns(-1)


def refitted(name: str, found: Refitted, now: Any, draws: int) -> Row:
    """One line of refits; probabilities in the order of the outcomes, draws a chain."""
    true = found.answer
    chances = {"now": now.tolist(), "true": true.chances.tolist(), "mcse": true.mcse.tolist()}
    return {"name": name, "draws": draws, "failures": list(found.failures), **chances}


def compared(row: Row, fast: Answer) -> Row:
    """A refit beside what the weights say."""
    return {
        **row,
        "pareto_k": fast.pareto_k,
        "fast": fast.chances.tolist(),
        "mcse": np.hypot(fast.mcse, row["mcse"]).tolist(),
    }


def agrees(row: Row) -> bool:
    """Whether weights and refit are within a point of each other, or k-hat says that weights cannot tell."""
    return bool(np.max(np.abs(np.subtract(row["fast"], row["true"]))) <= POINT or row["pareto_k"] > PARETO_K)


def is_long(row: Row) -> bool:
    """Whether it was refitted with the most draws."""
    return bool(row.get("draws", USUAL.draws) >= LONG.draws)


def table(rows: list[Row], as_of: date, asked: int) -> str:
    """The results in Markdown, the largest disagreement first."""
    lines = ["| changed | moves by | k-hat | refit differs by | 2 MCSE of that | draws |", "|---|--:|--:|--:|--:|--:|"]
    told = [np.subtract(row["fast"], row["true"]) / row["mcse"] for row in rows if row["pareto_k"] <= PARETO_K]
    size = float(np.sqrt(np.mean(np.square(told)))) if told else 0.0
    for row in sorted(rows, key=lambda row: -max(np.abs(np.subtract(row["fast"], row["true"])))):
        gaps = np.abs(np.subtract(row["fast"], row["true"]))
        k = int(np.argmax(gaps))
        moved = float(np.max(np.abs(np.subtract(row["true"], row["now"]))))
        cells = (f"{100 * moved:.1f}", f"{row['pareto_k']:.2f}", f"{100 * gaps[k]:.2f}", f"{200 * row['mcse'][k]:.2f}")
        draws = USUAL.chains * row.get("draws", USUAL.draws)
        lines.append(f"| {row['name']} | {' | '.join(cells)} | {draws:,} |")
    within = sum(map(agrees, rows))
    again, unsound = sum(map(is_long, rows)), sum(bool(row.get("failures")) for row in rows)
    beyond = [row for row in rows if not agrees(row)]
    sure = [bool(np.all(np.abs(np.subtract(row["fast"], row["true"])) < 2 * np.array(row["mcse"]))) for row in beyond]
    head = [
        f"Of the run as of {as_of}, {len(rows)} of {asked} questions have been refitted.",
        f"{within} fast answers are within one point of their refit, or fail by their own k-hat; of the other",
        f"{len(beyond)}, {sum(sure)} are within twice the error that the two state together, in all outcomes. Where",
        f"k-hat passes, weights and refits lie apart by {size:.2f} of that error, in the root mean square over all",
        "questions and outcomes.",
        "",
        f"{again} of them were more than a point apart at first, which the refit's own error may be; made with four",
        f"times the draws, {again - len(beyond)} came within it. Answers that agree by luck are not looked at again.",
        *([f"{unsound} refits failed a check of their own."] if unsound else []),
        "",
        "In points, the outcome that differs most. The command stands in `CONTRIBUTING.md`.",
    ]
    return "\n".join(["# Fast answers against true refits", "", *head, "", *lines, ""])


def main() -> None:
    """Ask, refit, and write the table of what there is so far."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="?")
    parser.add_argument("--run")
    parser.add_argument("--refits", type=Path, default=Path("tests/benchmarks/refits.jsonl"))
    parser.add_argument("--table", type=Path, default=Path("docs/agreement.md"))
    parser.add_argument("--most", type=int, default=10**6, help="refits to make before stopping")
    asked = parser.parse_args()
    folder = find_case(asked.case, Path.cwd())
    workspace = find_workspace(folder)
    opened = reopen(find_run(workspace / "reports", folder.name, asked.run), workspace)
    here = standing(opened)
    seed = int(opened.run.record["seed"]) + 1
    lines = asked.refits.read_text("utf-8").splitlines() if asked.refits.is_file() else []
    kept = {row["name"]: row for row in map(json.loads, lines)}
    rows = {name: row for name, row in kept.items() if np.allclose(row["now"], here.now, atol=1e-6)}  # of this run
    every = list(questions(here, opened))
    left = asked.most
    for settings in (USUAL, LONG):
        refit = refitter(here, seed, settings=settings)
        for name, problem, change in every:
            if left <= 0:
                break
            row = rows.get(name)
            known = row is not None and (is_long(row) or agrees(compared(row, here.answer(change()))))
            if known or (row is not None and settings is USUAL):
                continue
            rows[name], left = refitted(name, refit(problem, name), here.now, settings.draws), left - 1
            with asked.refits.open("a", encoding="utf-8") as refits:
                refits.write(json.dumps(rows[name]) + "\n")
    fast = [compared(rows[name], here.answer(change())) for name, _, change in every if name in rows]
    asked.table.write_text(table(fast, opened.run.as_of, len(every)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
