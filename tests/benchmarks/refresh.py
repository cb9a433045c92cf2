"""The weekly refresh against the same model file through samplers as their manuals have them, side by side in one run.

    python -m tests.benchmarks.refresh --out docs/benchmarks/refresh.json --table docs/speed.md

Each is a process of its own, from its start to its numbers: the case is read, the stated chances are anchored, the
posterior is sampled, futures are projected and the gate is asked. The week before has been made on the same machine, so
whatever a sampler keeps between processes is there; the first run ever is timed too, with every cache in an empty
folder (`--first`). Samplers that are not installed are left out and named: `pip install nutpie "numpyro[cpu]"`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tests.benchmarks.page import keep, setting, tell

ROOT = Path(__file__).parents[2]
CASE, BEFORE, NOW = "iraq-2026", date(2026, 2, 4), date(2026, 2, 8)
OURS = "forecast refresh"
PEERS = {"pm.sample": "pymc", "pm.sample, nutpie": "nutpie", "pm.sample, NumPyro": "numpyro"}
"""How a peer is called, and the name under which PyMC knows it."""

DEEPEST = 10
"""Doublings at which NumPyro stops a trajectory, as it comes."""

Measured = dict[str, Any]


def main() -> None:
    """Time everything that is installed, print a table, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", action="store_true", help="the first run ever too, with empty caches: minutes")
    parser.add_argument("--repeats", type=int, default=3, help="how often each is timed, in turns (3)")
    parser.add_argument("--out", type=Path, help="write what was measured as JSON")
    parser.add_argument("--table", type=Path, help="write the table between its marks in this Markdown file")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--as-of", type=date.fromisoformat, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peer:
        sys.stdout.write(json.dumps(through(asked.peer, asked.as_of)))
        return
    names = [OURS, *(name for name, module in PEERS.items() if importlib.util.find_spec(module))]
    document = begun(asked.out, names)
    for what, name in steps(names, asked.first, asked.repeats):
        if is_measured(document, what, name, asked.repeats):
            continue
        found = {"first": first_ever, "before": week_before, "warm": this_week}[what](name)
        document[what] |= {name: [*document["warm"][name], found] if what == "warm" else found}
        sys.stderr.write(f"{what:6} {name:20} {found['wall']:6.1f} s\n")
        if asked.out:  # it is long, and what was measured is not lost with what was not
            keep(document, asked.out)
    tell("refresh", document, table(document), asked.out, asked.table)


def begun(out: Path | None, names: list[str]) -> Measured:
    """What was measured before, where the file that is asked for is of the same samplers and day; else nothing."""
    plan = {
        **setting(),
        "case": CASE,
        "as_of": NOW.isoformat(),
        "left_out": [name for name in PEERS if name not in names],
    }
    kept: Measured = json.loads(out.read_text("utf-8")) if out and out.is_file() else {}
    same = all(kept.get(key) == value for key, value in plan.items())
    return kept if same else {**plan, "first": {}, "before": {}, "warm": {name: [] for name in names}}


def is_measured(document: Measured, what: str, name: str, repeats: int) -> bool:
    """Whether a step was taken before the benchmark was stopped: it goes on from there."""
    return len(document["warm"][name]) >= repeats if what == "warm" else name in document[what]


def steps(names: list[str], first: bool, repeats: int) -> Iterator[tuple[str, str]]:
    """What is timed of whom: the second week in turns, so that a slow minute of the machine meets all of them."""
    for what in [*(["first"] if first else []), "before", *["warm"] * repeats]:
        for name in names:
            yield what, name


def week_before(name: str) -> Measured:
    """The week before, which leaves behind whatever a sampler keeps."""
    return timed(name, BEFORE)


def this_week(name: str) -> Measured:
    """The week that is measured."""
    return timed(name, NOW)


def first_ever(name: str) -> Measured:
    """One run with nothing kept."""
    with tempfile.TemporaryDirectory() as empty:
        return timed(name, NOW, {"XDG_CACHE_HOME": empty, "PYTENSOR_FLAGS": f"base_compiledir={empty}/pytensor"})


def timed(name: str, as_of: date, places: dict[str, str] | None = None) -> Measured:
    """One process: its wall time, and the fewest effective draws of anything that is reported."""
    with tempfile.TemporaryDirectory() as folder:
        if name == OURS:
            workspace = Path(folder)
            shutil.copytree(ROOT / "data", workspace / "data")
            command = ["-m", "forecast", "refresh", CASE, "--as-of", as_of.isoformat(), "--json"]
        else:
            workspace = ROOT
            command = ["-m", "tests.benchmarks.refresh", "--peer", PEERS[name], "--as-of", as_of.isoformat()]
        started = time.perf_counter()
        ended = subprocess.run(
            [sys.executable, *command],
            cwd=workspace,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | (places or {}),
            capture_output=True,
            text=True,
            check=True,
        )
        wall = time.perf_counter() - started
    said = json.loads(ended.stdout.splitlines()[-1] if name != OURS else ended.stdout)
    found = said["diagnostics"]
    sampling = said["run"]["seconds"]["sample"] if name == OURS else said["sampling"]
    return {"wall": wall, "sampling": sampling, "ess": found["ess_bulk_min"], "gate": found["gate"]}


def through(sampler: str, as_of: date) -> Measured:
    """The same forecast with PyMC's own call of a sampler, everything else as a refresh does it."""
    import pymc as pm

    from forecast.case.reading import read_case
    from forecast.evidence.journal import view
    from forecast.evidence.ledger import ledger_of
    from forecast.inference.anchoring import anchored
    from forecast.inference.gate import DEPTH, STATISTICS, judge
    from forecast.inference.sampling import Posterior
    from forecast.inference.summary import reported_quantities
    from forecast.model.contract import load_sampled
    from forecast.model.problem import build_problem
    from forecast.outcomes import probabilities

    case = read_case(ROOT / "data" / CASE)
    model = load_sampled("latent_drivers", ROOT)
    problem = build_problem(case, view(ledger_of(case).read(), as_of, "published"))
    stated = anchored(model, problem)
    problem = problem.anchored(stated.mean, stated.sd)
    with model.law.build(problem):
        started = time.perf_counter()
        # Variables without an element, such as the deadlines of a case that has none, end PyMC's own summary.
        # Four chains, which PyMC takes where there are four cores: the gate refuses fewer.
        tree: Any = pm.sample(
            nuts_sampler=sampler, chains=4, random_seed=1, progressbar=False, compute_convergence_checks=False
        )
        sampling = time.perf_counter() - started
    shapes = {name: prior.shape for name, (prior, _) in model.law.priors(problem).items()}
    posterior = Posterior(tree, shapes, {})
    incidence = model.law.project(posterior.draws, problem)
    quantities = [
        *probabilities(incidence, posterior.chains, problem.structure.outcomes),
        *reported_quantities(posterior.quantity("x"), posterior, problem),
    ]
    said = {name: posterior.statistic(name) for name in STATISTICS}
    if all(said[name] is None for name in DEPTH) and (depth := posterior.statistic("tree_depth")) is not None:
        said[DEPTH[0]] = (depth >= DEEPEST).astype(float)  # NumPyro says how deep, not whether it was stopped
    verdict = judge(quantities, said)
    gate = "pass" if verdict.passed else "; ".join(verdict.failures)
    return {"sampling": sampling, "diagnostics": {"ess_bulk_min": verdict.ess_bulk_min, "gate": gate}}


def table(document: Measured) -> str:
    """What was measured as Markdown; a ratio is to the refresh in the same run."""
    warm, first = document["warm"], document["first"]

    def median(name: str, what: str) -> float:
        values = sorted(each[what] for each in warm[name])
        return float(values[len(values) // 2])

    own = median(OURS, "wall")
    lines = [
        f"Measured on {document['made']} ({document['machine']}), {CASE} as of {document['as_of']}, "
        f"median of {len(warm[OURS])} in turns.",
        "",
        "| | warm, seconds | as a multiple | effective draws a second | first run ever, seconds |",
        "|---|--:|--:|--:|--:|",
    ]
    for name in warm:
        rate = median(name, "ess") / median(name, "wall")
        ever = f"{first[name]['wall']:.0f}" if name in first else ""
        lines.append(
            f"| `{name}` | {median(name, 'wall'):.1f} | {median(name, 'wall') / own:.1f} | {rate:.0f} | {ever} |"
        )
    if document["left_out"]:
        lines += ["", f"Not installed, and so left out: {', '.join(document['left_out'])}."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
