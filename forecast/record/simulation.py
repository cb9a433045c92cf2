"""One simulated world: drawn from the model, fitted as if it were real, and the truth ranked among the draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.inference.batch import Batch, Fit
from forecast.inference.chains import Settings
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem
from forecast.model.worlds import World
from forecast.record.quantities import quantities

Array = NDArray[np.float64]

RANKED = 99
"""Draws among which a truth is ranked: its rank is then one of a hundred."""
TRIES = (
    Settings(chains=2, tune=200, draws=2 * RANKED, target_accept=0.8),
    Settings(chains=2, tune=600, draws=8 * RANKED, target_accept=0.8),
)
"""How to sample; the second, with the same data, only where the first is not sound."""
RHAT, DIVERGENT_SHARE = 1.05, 0.01
"""Limits of a sound fit; and in every quantity there are as many effective draws as it is ranked among."""
ORACLE_PATHS = 1024


@dataclass(frozen=True)
class Simulation:
    """What came of one simulated world.

    Attributes
    ----------
    number
        Which one: with the seed, it decides everything.
    happened
        The outcome that came, or `unresolved`.
    oracle
        Each outcome's chance at the true parameters.
    ranks
        Quantity → how many of the `RANKED` draws lie below the truth. Empty where the fit could not be made at all.
    forecast
        Each outcome's chance as forecast, its posterior mean; empty likewise.
    faults
        One sentence a reason not to trust the fit; its ranks and forecast count nevertheless, since to leave out the
        worlds that are hard to fit would be to calibrate another model.
    """

    number: int
    happened: str
    oracle: dict[str, float]
    ranks: dict[str, int]
    forecast: dict[str, float]
    faults: tuple[str, ...]

    @classmethod
    def kept(cls, fields: dict[str, Any]) -> Simulation:
        """As a file keeps it."""
        return cls(**{**fields, "faults": tuple(fields["faults"])})


def simulate(batch: Batch, model: Model, problem: Problem, seed: int, number: int) -> Simulation:
    """Draw one world, fit it, and compare.

    Parameters
    ----------
    batch
        The model, compiled for the sizes of the problem.
    model
        The same model.
    problem
        Whose design the world shares: anchored.
    seed, number
        Of the whole calibration, and of this world in it.
    """
    rng = np.random.default_rng([seed, number])
    world = model.law.simulate(problem, rng)
    oracle = _chances(problem, model.law.project(world.parameters, world.problem, ORACLE_PATHS)[0, -1])
    begun = Simulation(number, world.outcome or "unresolved", oracle, ranks={}, forecast={}, faults=())
    try:
        return _fitted(begun, batch, model, world, rng)
    except ArithmeticError as error:
        return replace(begun, faults=(f"the fit broke off: {error}",))


def _fitted(begun: Simulation, batch: Batch, model: Model, world: World, rng: Generator) -> Simulation:
    """The same simulation with what came of its fit."""
    for settings in TRIES:
        fit = batch.fit(world.problem, rng, settings)
        truth, draws, incidence = _side_by_side(model, world, fit, rng)
        faults = tuple(_faults(draws, fit))
        if not faults:
            break
    return replace(
        begun,
        ranks={name: _rank(truth[name], draws[name], rng) for name in truth},
        forecast=_chances(world.problem, incidence.mean(axis=0)),
        faults=faults,
    )


def _side_by_side(
    model: Model, world: World, fit: Fit, rng: Generator
) -> tuple[dict[str, float], dict[str, Array], Array]:
    """Every quantity of the truth and of the draws, and the draws' chances of the outcomes.

    The truth hides among the draws while they are projected: each row of draws has its own random numbers, and if the
    truth always had the same ones, it would be told apart by them.
    """
    rows = {name: np.concatenate([truth, fit.draws[name]]) for name, truth in world.parameters.items()}
    count = len(next(iter(rows.values())))
    shuffled = rng.permutation(count)
    back = np.argsort(shuffled)
    hidden: Draws = {name: values[shuffled] for name, values in rows.items()}
    incidence = model.law.project(hidden, world.problem)[back, -1]
    found = quantities(model, world.problem, rows, model.law.latents(rows, world.problem)[:, -1], incidence)
    if bad := [name for name, values in found.items() if not np.all(np.isfinite(values))]:
        raise FloatingPointError(f"not every draw is a finite number: {', '.join(bad)}")
    truth = {name: float(values[0]) for name, values in found.items()}
    return truth, {name: values[1:] for name, values in found.items()}, incidence[1:]


def _rank(truth: float, draws: Array, rng: Generator) -> int:
    """How many of `RANKED` draws, evenly thinned, lie below the truth; ties are broken by lot."""
    thinned = draws[:: len(draws) // RANKED][:RANKED]
    ties = int(np.sum(thinned == truth))
    return int(np.sum(thinned < truth)) + int(rng.integers(ties + 1))


def _faults(draws: dict[str, Array], fit: Fit) -> Iterator[str]:
    """What speaks against a fit. A statistic that is NaN fails every comparison, so each asks for what is good."""
    from arviz_stats.base import array_stats

    for name, values in draws.items():
        by_chain = fit.by_chain(values)
        if np.ptp(values) > 0.0:  # what is known beforehand needs no draws
            rhat, ess = float(array_stats.rhat(by_chain)), float(array_stats.ess(by_chain))
            if not rhat < RHAT:
                yield f"{name}: R-hat is {rhat:.3f}, must be below {RHAT:g}"
            if not ess >= RANKED:
                yield f"{name}: {ess:.0f} effective draws, must be at least {RANKED}"
    if fit.divergences > DIVERGENT_SHARE * len(fit):
        yield f"{fit.divergences} of {len(fit)} draws diverged"


def _chances(problem: Problem, incidence: Array) -> dict[str, float]:
    """Each outcome's chance by the horizon and that of none, by id."""
    chances = dict(zip(problem.structure.outcomes, incidence.tolist(), strict=True))
    return {**chances, "unresolved": 1.0 - float(incidence.sum())}
