"""Updates against real refits, in worlds that the model itself simulates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.inference.batch import Batch
from forecast.inference.gate import mcse
from forecast.inference.sampling import Settings
from forecast.inference.update import update
from forecast.inference.weights import weigh
from forecast.model.anchor import anchor
from forecast.model.problem import Problem
from tests.model.harbour import EVIDENCE, latent_drivers, problem_of
from tests.model.made import MIDDLE

SETTINGS = Settings(tune=500, draws=500)


@dataclass(frozen=True)
class Compared:
    """One world: k-hat and effective draws of the update, and how far it is from the refit in points and errors."""

    pareto_k: float
    effective: float
    points: NDArray[np.float64]
    errors: NDArray[np.float64]


def worlds(count: int, seed: int = 1) -> Iterator[Compared]:
    """Simulate, sample what was known in the middle, update it to the end, and sample the end."""
    law, rng = latent_drivers().law, np.random.default_rng(seed)
    design = problem_of(*EVIDENCE)
    stated = anchor(latent_drivers(), design)
    design = design.anchored(stated.mean, stated.sd)
    batch = Batch(latent_drivers(), design)
    for _ in range(count):
        new = law.simulate(design, rng).problem
        old = _as_known(new)
        before, after = batch.fit(old, rng, SETTINGS), batch.fit(new, rng, SETTINGS)
        draws, log_weights = update(law, before.draws, old, new)
        weights = weigh(log_weights)
        mine, theirs = law.project(draws, new)[:, -1], law.project(after.draws, new)[:, -1]
        errors = [
            np.hypot(weights.error(mine[:, k], 4), mcse(theirs[:, k].reshape(4, -1))) for k in range(mine.shape[1])
        ]
        apart = weights.mean(mine) - theirs.mean(axis=0)
        yield Compared(weights.pareto_k, weights.effective, 100 * apart, apart / np.array(errors))


def _as_known(new: Problem) -> Problem:
    """The same world as it was known in the middle."""
    calendar = replace(new.calendar, as_of=MIDDLE)
    units = {key: unit for key, unit in new.units.items() if unit.week < len(calendar.weeks)}
    return replace(new, calendar=calendar, units=units)


@pytest.mark.long
def test_updates_are_refits_within_their_error() -> None:
    found = list(worlds(12))
    apart = np.concatenate([each.errors for each in found if each.pareto_k <= 0.7])
    assert len(apart) > 20
    assert np.sqrt(np.mean(apart**2)) == pytest.approx(1.0, abs=0.35)
    assert np.max(np.abs(apart)) < 4
