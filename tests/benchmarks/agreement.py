"""How far fast answers are from true refits, for every assumption of a case: hours, and it may be interrupted.

    python -m tests.benchmarks.agreement iraq-2026 --results agreement.jsonl --table docs/agreement.md

Every lever is moved a step down and a step up, and every source left out; each is answered by weights and refitted. A
line of results is written as soon as it is there, and what stands in the file already is not done again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from forecast.case.workspace import find_case, find_workspace
from forecast.inference.chains import Settings
from forecast.inference.weights import PARETO_K
from forecast.insight.assumed import levers
from forecast.insight.components import weigh_parts
from forecast.insight.refitting import refitter
from forecast.insight.standing import Answer, Change, Standing, standing
from forecast.model.contract import Problem
from forecast.reopened import Reopened, reopen
from forecast.runs import find_run

POINT = 0.01
Asked = tuple[str, Problem, Change]


def questions(here: Standing, opened: Reopened) -> Iterator[Asked]:
    """Everything that is asked: its name, the changed problem, and what it does to the draws at hand."""
    for lever in levers(here.problem):
        for steps in (-1.0, 1.0):
            name = f"{lever.id} = {lever.at(steps):.4g}"
            yield name, lever.moved(here.problem, steps), lever.change(here, steps)
    evidence = weigh_parts(here.model, here.problem, here.draws, opened.known)
    for part, log_change in zip(evidence.parts, evidence.log_changes, strict=True):
        if part.kind == "source":
            yield f"without {part.name}", part.applied(here.problem), Change(log_change)


def compared(name: str, fast: Answer, true: Answer, now: Any) -> dict[str, Any]:
    """One line of results; probabilities in the order of the outcomes."""
    return {
        "name": name,
        "pareto_k": fast.pareto_k,
        "now": now.tolist(),
        "fast": fast.chances.tolist(),
        "true": true.chances.tolist(),
        "mcse": np.hypot(fast.mcse, true.mcse).tolist(),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The results in Markdown, the largest disagreement first."""
    lines = ["| changed | moves by | k-hat | refit differs by | 2 MCSE of that |", "|---|--:|--:|--:|--:|"]
    within = 0
    for row in sorted(rows, key=lambda row: -max(np.abs(np.subtract(row["fast"], row["true"])))):
        gaps = np.abs(np.subtract(row["fast"], row["true"]))
        k = int(np.argmax(gaps))
        moved = float(np.max(np.abs(np.subtract(row["true"], row["now"]))))
        within += bool(gaps[k] <= POINT or row["pareto_k"] > PARETO_K)
        cells = (f"{100 * moved:.1f}", f"{row['pareto_k']:.2f}", f"{100 * gaps[k]:.2f}", f"{200 * row['mcse'][k]:.2f}")
        lines.append(f"| {row['name']} | {' | '.join(cells)} |")
    head = f"{within} of {len(rows)} fast answers are within one point of their refit, or fail by their own k-hat."
    return "\n".join(
        ["# Fast answers against true refits", "", head, "In points, the outcome that differs most.", "", *lines, ""]
    )


def main() -> None:
    """Ask, refit, and write the table of what there is so far."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="?")
    parser.add_argument("--run")
    parser.add_argument("--results", type=Path, default=Path("agreement.jsonl"))
    parser.add_argument("--table", type=Path, default=Path("docs/agreement.md"))
    parser.add_argument("--most", type=int, default=10**6, help="refits to make before stopping")
    asked = parser.parse_args()
    folder = find_case(asked.case, Path.cwd())
    workspace = find_workspace(folder)
    opened = reopen(find_run(workspace / "reports", folder.name, asked.run), workspace)
    here = standing(opened)
    refit = refitter(here, int(opened.run.record["seed"]) + 1, settings=Settings())
    lines = asked.results.read_text("utf-8").splitlines() if asked.results.is_file() else []
    rows = [json.loads(line) for line in lines]
    done = {row["name"] for row in rows}
    for name, problem, change in questions(here, opened):
        if len(rows) - len(lines) >= asked.most:
            break
        if name in done:
            continue
        rows.append(compared(name, here.answer(change), refit(problem, name).answer, here.now))
        with asked.results.open("a", encoding="utf-8") as results:
            results.write(json.dumps(rows[-1]) + "\n")
    asked.table.write_text(table(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
