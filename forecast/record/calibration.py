"""Simulation-based calibration on one page: worlds from the model, a fit of each, and what the ranks say.

Where parameters come from the prior, data from the parameters and draws from the posterior, the rank of each true
quantity among its draws is uniform, whatever the quantity (Cook, Gelman and Rubin 2006; Talts et al. 2018), and what a
forecast calls 20 % happens in 20 % of the worlds. The whole chain is tried: drivers, evidence and outcome from the
model, the fit, its projection to the horizon, and the outcome that then happens. The worlds have the design of the real
evidence: the same events, tellings and coders, other grades.

S. Talts, M. Betancourt, D. Simpson, A. Vehtari and A. Gelman (2018), "Validating Bayesian inference algorithms with
simulation-based calibration", arXiv:1804.06788.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.crew.errand import Crew
from forecast.evidence.journal import View
from forecast.installed import versions
from forecast.model.anchor import anchor
from forecast.model.contract import Model
from forecast.model.problem import build_problem
from forecast.provenance import inputs_document
from forecast.record.reliability import LogScore, Reliability, log_score, reliability
from forecast.record.simulation import DIVERGENT_SHARE, RANKED, RHAT, TRIES, Simulation, simulate
from forecast.record.store import FOLDER, Store
from forecast.record.uniformity import band, counts_below, p_value
from forecast.record.worlds import Worlds
from forecast.runs import digest

PLACES = RANKED + 1
LEVEL = 0.95
FAULTY_SHARE = 0.01
"""Fits that may be faulty: one in a hundred, and one in a short run."""

Stage = Callable[[str], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Uniformity:
    """One quantity's ranks against the band.

    Attributes
    ----------
    name
        Of the quantity.
    deviation
        Its largest distance from uniformity as a share of the way out of the band: outside from 1 on.
    p
        The chance of lying as far out if calibrated, all cuts at once.
    ranks
        One a simulation.
    """

    name: str
    deviation: float
    p: float
    ranks: tuple[int, ...]


@dataclass(frozen=True)
class Calibration:
    """What the simulations say of a model.

    Attributes
    ----------
    case, as_of, model, assumptions, seed
        What was calibrated.
    simulations
        In the order of their numbers.
    """

    case: str
    as_of: date
    model: str
    assumptions: str
    seed: int
    simulations: tuple[Simulation, ...]

    @cached_property
    def fitted(self) -> tuple[Simulation, ...]:
        """Those with ranks: all but the ones whose fit broke off."""
        return tuple(simulation for simulation in self.simulations if simulation.ranks)

    @cached_property
    def faulty(self) -> tuple[Simulation, ...]:
        """Those whose fit is not to be trusted."""
        return tuple(simulation for simulation in self.simulations if simulation.faults)

    @cached_property
    def quantities(self) -> tuple[Uniformity, ...]:
        """Every quantity's ranks against the band."""
        if not self.fitted:
            return ()
        edges = band(len(self.fitted), PLACES, LEVEL)
        found = []
        for name in self.fitted[0].ranks:
            ranks = tuple(simulation.ranks[name] for simulation in self.fitted)
            counts = counts_below(ranks, PLACES)
            found.append(Uniformity(name, edges.deviation(counts), p_value(ranks, PLACES), ranks))
        return tuple(found)

    @cached_property
    def reliability(self) -> Reliability | None:
        """Forecasts against what happened; None where there is none."""
        forecasts, _, happened = self._forecasts()
        return reliability(forecasts, happened, LEVEL) if len(happened) else None

    @cached_property
    def log_score(self) -> LogScore | None:
        """Forecasts against an oracle that knows the parameters; None where there is none."""
        forecasts, oracle, happened = self._forecasts()
        return log_score(forecasts, oracle, happened) if len(happened) else None

    @cached_property
    def family_p(self) -> float:
        """One p-value for all quantities and the reliability together (Bonferroni: they hang together, unknown how)."""
        every = [quantity.p for quantity in self.quantities] + ([self.reliability.p] if self.reliability else [])
        return min(1.0, len(every) * min(every, default=0.0))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the model is not calibrated; none where it is."""
        said = []
        if not self.fitted:
            said.append("no world could be fitted")
        elif self.family_p <= 1.0 - LEVEL:
            share = (1.0 - LEVEL) / (len(self.quantities) + 1)
            out = [quantity.name for quantity in self.quantities if quantity.p <= share]
            out += ["reliability of the forecasts"] if self.reliability and self.reliability.p <= share else []
            said.append(f"not as a calibrated model would have it: {', '.join(out)}")
        if len(self.faulty) > max(1.0, FAULTY_SHARE * len(self.simulations)):
            said.append(f"{len(self.faulty)} of {len(self.simulations)} fits are faulty, more than one in a hundred")
        return tuple(said)

    @property
    def calibrated(self) -> bool:
        """Whether nothing speaks against the model."""
        return not self.reasons

    def _forecasts(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        """Forecast and oracle, shape (simulation, outcome), and which outcome happened, shape (simulation,)."""
        names = list(self.fitted[0].forecast) if self.fitted else []
        forecasts, oracle = np.zeros((2, len(self.fitted), len(names)))
        for row, simulation in enumerate(self.fitted):
            forecasts[row] = [simulation.forecast[name] for name in names]
            oracle[row] = [simulation.oracle[name] for name in names]
        happened = np.array([names.index(simulation.happened) for simulation in self.fitted], dtype=np.int64)
        return forecasts, oracle, happened


def calibrate(
    case: Case,
    known: View,
    model: Model,
    workspace: Path,
    *,
    simulations: int,
    seed: int,
    crew: Crew,
    stage: Stage = lambda _: None,
    progress: Progress = lambda _done, _total: None,
) -> Calibration:
    """Calibrate a model on worlds with the design of the evidence known on a day; what was done before is not repeated.

    Raises
    ------
    UsageError
        If the as-of date lies outside the question's life, or one of the crew would get other numbers.
    InputError
        If the assumptions cannot be anchored.
    StoreError
        If a simulation cannot be kept, or the crew is out of reach.
    """
    stage("Anchoring the stated chances")
    problem = replace(build_problem(case, known), ended=None)
    stated = anchor(model, problem)
    problem = problem.anchored(stated.mean, stated.sd)
    named = digest(_identity(case, known, model, seed))[:12]
    store = Store(workspace / FOLDER / f"{case.id}-{named}.jsonl", Simulation.kept)
    done = {number: simulation for number, simulation in store.read().items() if number < simulations}
    progress(len(done), simulations)
    missing = [number for number in range(simulations) if number not in done]
    if missing:
        stage("Compiling")
    worlds = Worlds.of(model, problem, seed, simulate)
    for _, simulation in crew.work(worlds, missing, lambda: stage("Simulating")):
        store.add(simulation)
        done[simulation.number] = simulation
        progress(len(done), simulations)
    return Calibration(
        case.id,
        known.as_of,
        model.name,
        case.assumptions.name,
        seed,
        tuple(done[number] for number in range(simulations)),
    )


def _identity(case: Case, known: View, model: Model, seed: int) -> dict[str, object]:
    """All that decides what a simulation of a given number is."""
    sources = {path.name: path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))}
    return {
        "inputs": inputs_document(case, known, model),
        "versions": versions(),
        "seed": seed,
        "method": {name: sources[name] for name in ("simulation.py", "quantities.py")},
    }


def calibration_document(found: Calibration) -> dict[str, object]:
    """The calibration as `--json` prints it."""
    reliable, score = found.reliability, found.log_score
    return {
        "case": found.case,
        "as_of": found.as_of.isoformat(),
        "model": found.model,
        "assumption_set": found.assumptions,
        "seed": found.seed,
        "calibrated": found.calibrated,
        "reasons": list(found.reasons),
        "simulations": len(found.simulations),
        "faulty": [{"simulation": each.number, "faults": list(each.faults)} for each in found.faulty],
        "settings": {
            "tries": [asdict(settings) for settings in TRIES],
            "ranked_draws": RANKED,
            "limits": {"rhat": RHAT, "ess": RANKED, "divergent_share": DIVERGENT_SHARE, "faulty_share": FAULTY_SHARE},
        },
        "level": LEVEL,
        "family_p": found.family_p,
        "quantities": [
            {"name": each.name, "deviation": each.deviation, "p": each.p, "inside": each.deviation < 1.0}
            for each in found.quantities
        ],
        "reliability": None if reliable is None else asdict(reliable),
        "log_score": None if score is None else asdict(score),
    }
