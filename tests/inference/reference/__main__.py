"""Draw the frozen posteriors anew, with PyMC's own sampler: half an hour.

    python -m tests.inference.reference                  # all five
    python -m tests.inference.reference two-gates        # by name

PyMC's No-U-Turn sampler shares no line with `forecast.inference.trajectory` and adapts in its own way; what both have
is the model as `build` writes it down. Small steps, and chains so long that their own errors hardly count.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tests.inference.reference.problems import CASES, Case, quantities
from tests.inference.reference.summary import summary

FOLDER = Path(__file__).parent
CHAINS, TUNE, DRAWS, TARGET_ACCEPT, SEED = 4, 1000, 5000, 0.9, 20260212
VERSIONS = ("pymc", "pytensor", "numba", "numpy", "arviz-stats")


def drawn(case: Case, draws: int) -> dict[str, Any]:
    """The posterior of one problem, summarized, with all that is needed to draw it again."""
    import pymc as pm
    from arviz_stats.base import array_stats

    problem, model = case.problem(), case.loaded
    with model.law.build(problem):
        tree = pm.sample(
            draws, tune=TUNE, chains=CHAINS, cores=1, target_accept=TARGET_ACCEPT, random_seed=SEED,
            nuts_sampler="pymc", progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip
    posterior, count = tree["posterior"], CHAINS * draws
    parameters = {
        name: posterior[name].values.reshape(count, *prior.shape)
        if name in posterior
        else np.zeros((count, *prior.shape))
        for name, (prior, _) in model.law.priors(problem).items()
    }
    found = {name: values.reshape(CHAINS, draws) for name, values in quantities(parameters, case, problem).items()}
    return {
        "model": case.model,
        "drawn_on": dt.datetime.now(dt.UTC).date().isoformat(),
        "sampler": "pymc.sample, nuts_sampler=pymc",
        "settings": {"chains": CHAINS, "tune": TUNE, "draws": draws, "target_accept": TARGET_ACCEPT, "seed": SEED},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in VERSIONS}},
        "divergences": int(tree["sample_stats"]["diverging"].values.sum()),
        "rhat_max": max(float(array_stats.rhat(values)) for values in found.values()),
        "ess_min": min(float(array_stats.ess(values)) for values in found.values()),
        "quantities": {name: summary(values) for name, values in found.items()},
    }


def text(document: dict[str, Any]) -> str:
    """As it is written: six digits are more than any Monte Carlo error leaves."""
    rounded = json.loads(json.dumps(document), parse_float=lambda number: float(f"{float(number):.6g}"))
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in rounded.items() if key != "quantities"]
    kept = [f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in rounded["quantities"].items()]
    return "\n".join(["{", *lines, '  "quantities": {', ",\n".join(kept), "  }", "}", ""])


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--draws", type=int, default=DRAWS, help="of each chain")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(CASES):
        parser.error(f"there is no problem named {', '.join(sorted(unknown))}")
    for name in asked.names or CASES:
        document = drawn(CASES[name], asked.draws)
        (FOLDER / f"{name}.json").write_text(text(document), encoding="utf-8", newline="\n")
        print(f"{name}: R-hat {document['rhat_max']:.4f}")  # noqa: T201


if __name__ == "__main__":
    main()
