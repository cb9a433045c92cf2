"""Many refits: simulated worlds of the shipped case fitted here, on a cluster, and by plain `pm.sample` processes.

    python -m tests.benchmarks.many --out docs/benchmarks/many.json --table docs/speed.md

Every world has the design of the case's last day and is fitted with the settings of a calibration: two chains of 198
draws after 200. A plain loop starts a process for each, as a script does that is called again and again: it simulates
the same world and calls `pm.sample` on the model file's PyMC model, on as many cores as there are. Whatever is compiled
is there before the clock starts, for all. Each crew is timed once, from being asked to the last answer: its processes
start and load the model within that time, the cluster's are running by then.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from forecast.case.reading import read_case
from forecast.crew.cluster import Cluster
from forecast.crew.errand import Crew
from forecast.crew.processes import Processes
from forecast.evidence.journal import view
from forecast.evidence.ledger import ledger_of
from forecast.model.anchor import anchor
from forecast.model.contract import Model, Problem, load_sampled
from forecast.model.problem import build_problem
from forecast.record.simulation import TRIES, simulate
from forecast.record.worlds import Worlds
from tests.benchmarks.page import setting, tell
from tests.crew.scheduler import cluster

ROOT = Path(__file__).parents[2]
CASE, AS_OF, SEED = "iraq-2026", date(2026, 2, 8), 1
LOOP = "a loop of `pm.sample` processes"
SETTINGS = TRIES[0]

Measured = dict[str, Any]


def main() -> None:
    """Time everybody, print a table, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=40, help="how many each crew fits (40)")
    parser.add_argument("--loops", type=int, default=4, help="how many the plain loop fits (4); 0: none")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="most workers of the cluster (cores)")
    parser.add_argument("--out", type=Path, help="write what was measured as JSON")
    parser.add_argument("--table", type=Path, help="write the table between its marks in this Markdown file")
    parser.add_argument("--peer", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peer is not None:
        plain(asked.peer)
        return
    found = {LOOP: loop(asked.loops)} if asked.loops else {}
    list(Processes(1).work(worlds(), [0]))  # what is compiled is there
    for count in sorted({1, asked.workers}):
        found[_called("process", count)] = crew(Processes(count), asked.worlds)
        with tempfile.TemporaryDirectory() as place, cluster(Path(place), count) as started:
            found[_called("Dask worker", count)] = crew(Cluster(started.address), asked.worlds)
    document = {**setting(), "case": CASE, "as_of": AS_OF.isoformat(), "crews": found}
    tell("many", document, table(document), asked.out, asked.table)


def _called(what: str, count: int) -> str:
    return f"{count} {what}{'' if count == 1 else 'es' if what.endswith('s') else 's'}"


def ground() -> tuple[Model, Problem]:
    """The model, and the case's problem, anchored."""
    case, model = read_case(ROOT / "data" / CASE), load_sampled("latent_drivers", ROOT)
    problem = build_problem(case, view(ledger_of(case).read(), AS_OF, "published"))
    stated = anchor(model, problem)
    return model, problem.anchored(stated.mean, stated.sd)


def worlds() -> Worlds[Any]:
    """Simulated worlds of its design."""
    model, problem = ground()
    return Worlds.of(model, problem, SEED, simulate)


def crew(who: Crew, count: int) -> Measured:
    """Seconds that a crew takes for so many worlds."""
    errand, started = worlds(), time.perf_counter()
    fits = sum(1 for _ in who.work(errand, range(count)))
    return {"fits": fits, "seconds": time.perf_counter() - started}


def loop(count: int) -> Measured:
    """Seconds that plain processes take, one after another; a first one, which is not timed, compiles."""
    command = [sys.executable, "-m", "tests.benchmarks.many", "--peer"]
    subprocess.run([*command, str(count)], cwd=ROOT, check=True, capture_output=True)
    started = time.perf_counter()
    for number in range(count):
        subprocess.run([*command, str(number)], cwd=ROOT, check=True, capture_output=True)
    return {"fits": count, "seconds": time.perf_counter() - started}


def plain(number: int) -> None:
    """One world, by PyMC alone."""
    import pymc as pm

    model, problem = ground()
    world = model.law.simulate(problem, np.random.default_rng([SEED, number]))
    with model.law.build(world.problem):
        pm.sample(
            draws=SETTINGS.draws, tune=SETTINGS.tune, chains=SETTINGS.chains, target_accept=SETTINGS.target_accept,
            random_seed=number, progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip


def table(document: Measured) -> str:
    """What was measured as Markdown; a ratio is to the first that was measured in the same run."""
    crews = document["crews"]
    first = next(iter(crews))
    rate = {name: 60.0 * each["fits"] / each["seconds"] for name, each in crews.items()}
    lines = [
        f"Measured on {document['made']} ({document['machine']}), simulated worlds of {document['case']} as of "
        f"{document['as_of']}.",
        "",
        "| | fits | seconds | fits a minute | times the first |",
        "|---|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {name} | {each['fits']} | {each['seconds']:.0f} | {rate[name]:.1f} | {rate[name] / rate[first]:.1f} |"
        for name, each in crews.items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
