"""How far updates are from runs that were sampled, on all dates of a case: minutes, where the runs' draws are at hand.

    python -m tests.benchmarks.updates iraq-2026 --table docs/update.md

Every sampled run is updated from each one before it in its line, and held against what was sampled on its own date.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast.case.workspace import find_case, find_workspace
from forecast.found import Found
from forecast.reopened import Reopened, reopen
from forecast.run_lines import find_run
from forecast.runs import list_runs
from forecast.updated import updated
from tests.benchmarks.page import setting, tell

HEAD = (
    "| from | to | k-hat | effective draws | fewest of a tail | largest difference | in errors | gate |",
    "|---|---|--:|--:|--:|--:|--:|---|",
)


@dataclass(frozen=True)
class Compared:
    """An update beside the run that was sampled on its date."""

    old: Reopened
    new: Reopened
    found: Found

    @property
    def apart(self) -> NDArray[np.float64]:
        """How far the outcomes' probabilities are apart, (outcome,)."""
        sampled = [row["probability"] for row in self.new.run.forecast["outcomes"]]
        return np.array([row.probability for row in self.found.forecast.outcomes]) - np.array(sampled)

    @property
    def errors(self) -> NDArray[np.float64]:
        """The same in Monte Carlo errors of both together, (outcome,)."""
        sampled = [row["mcse"] for row in self.new.run.forecast["outcomes"]]
        return np.asarray(self.apart / np.hypot([row.mcse for row in self.found.forecast.outcomes], sampled))

    @property
    def passed(self) -> bool:
        """Whether the update's own gate lets it through."""
        return not self.found.verdict.failures


def compare(opened: list[Reopened]) -> list[Compared]:
    """Every later run updated from every earlier one, the nearest first."""
    pairs = combinations(sorted(opened, key=lambda run: run.run.as_of), 2)
    made = [Compared(old, new, updated(old, new.problem)) for old, new in pairs]
    return sorted(made, key=lambda each: (each.new.run.as_of - each.old.run.as_of, each.new.run.as_of))


def row_of(each: Compared) -> str:
    """One line of the table."""
    descent, tail = each.found.descent, each.found.verdict.ess_tail_min
    assert descent is not None
    worst = int(np.argmax(np.abs(each.apart)))
    days = f"| {each.old.run.as_of} | {each.new.run.as_of} | {descent.pareto_k:.2f} | {descent.effective_draws:,.0f} "
    size = f"| {100 * each.apart[worst]:+.2f} | {each.errors[worst]:+.1f} "
    return f"{days}| {0 if tail is None else tail:,.0f} {size}| {'passed' if each.passed else 'samples'} |"


def summary(kind: str, rows: list[Compared]) -> str:
    """How the differences of some updates compare with the errors that are stated."""
    if not rows:
        return f"- Updates that {kind}: none."
    errors = np.abs(np.concatenate([each.errors for each in rows]))
    within = ", ".join(f"{np.mean(errors < count):.0%} within {count}" for count in (1, 2, 3))
    size = np.sqrt(np.mean(errors**2))
    told = f"of their {len(errors)} differences {within} errors; root mean square {size:.2f}."
    return f"- Updates that {kind}: {len(rows)}; {told}"


def main() -> None:
    """Reopen, update, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="?")
    parser.add_argument("--out", type=Path, help="the same as JSON")
    parser.add_argument("--table", type=Path, help="the page that the table goes into")
    asked = parser.parse_args()
    folder = find_case(asked.case, Path.cwd())
    workspace = find_workspace(folder)
    last = find_run(workspace / "reports", folder.name).forecast
    line = last["model"], last["assumption_set"]["name"]
    runs = [run for run in list_runs(workspace / "reports", folder.name) if run.same_line(*line) and run.publishable]
    rows = compare([reopen(run, workspace) for run in runs if run.record["method"] == "nuts"])
    kinds = {"pass the gate": [r for r in rows if r.passed], "would be sampled": [r for r in rows if not r.passed]}
    where = setting()
    told = [*(summary(kind, some) for kind, some in kinds.items()), f"- Made on {where['made']}: {where['machine']}."]
    table = "\n".join([*told, "", *HEAD, *map(row_of, rows), ""])
    each = [{"table": row_of(row), "apart": row.apart.tolist(), "errors": row.errors.tolist()} for row in rows]
    tell("updates", {**where, "updates": each}, table, asked.out, asked.table)


if __name__ == "__main__":
    main()
