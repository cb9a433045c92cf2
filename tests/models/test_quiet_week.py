"""A week without a report changes the forecast through time passing alone."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from forecast.inference.chains import Settings
from forecast.inference.gate import mcse
from forecast.inference.sampling import Posterior, sample
from forecast.model.anchor import anchor
from forecast.model.problem import Problem
from tests.model.harbour import EVIDENCE, OPENING, latent_drivers, problem_of, row

SUNDAY = dt.date(2026, 2, 15)
PASSED = row("P1", 5, OPENING.isoformat(), indicator="permit")
"""The gate is behind: a week of waiting for the end is nothing else."""


def fitted(as_of: dt.date) -> tuple[Problem, Posterior]:
    problem = problem_of(*EVIDENCE, PASSED, as_of=as_of)
    stated = anchor(latent_drivers(), problem)
    problem = problem.anchored(stated.mean, stated.sd)
    return problem, sample(latent_drivers(), problem, 7, Settings())


@pytest.mark.slow
def test_a_quiet_week_is_one_more_week_of_waiting() -> None:
    """One Sunday's forecast, given that nothing happens for a week, is the next one's without a report: exactly."""
    (this, before), (following, after) = fitted(SUNDAY), fitted(SUNDAY + dt.timedelta(weeks=1))
    said = latent_drivers().law.project(before.draws, this)
    then = latent_drivers().law.project(after.draws, following)
    assert this.calendar.future_weeks[1:] == following.calendar.future_weeks
    open_ = 1.0 - said[:, 0].sum(axis=-1)
    for k, outcome in enumerate(this.structure.outcomes):
        given_quiet = (said[:, -1, k] - said[:, 0, k]) / open_.mean()
        error = np.hypot(mcse(before.by_chain(given_quiet)), mcse(after.by_chain(then[:, -1, k])))
        assert abs(given_quiet.mean() - then[:, -1, k].mean()) < 4 * error, outcome
        assert error < 0.01
