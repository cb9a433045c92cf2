"""Where draws of the harbour stand: from the prior, so that everything moves and nothing need be sampled."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.evidence.journal import Row
from forecast.insight.standing import Standing, stand
from forecast.model.contract import Draws, Problem
from forecast.model.priors import Normal
from forecast.model.problem import build_problem
from tests.model.harbour import EVIDENCE, latent_drivers, prior_draws, problem_of, seen

Array = NDArray[np.float64]

MEAN, SD = np.array([0.4, -0.1, -0.3]), 0.3


@cache
def problem() -> Problem:
    """The harbour as of a Wednesday, with intercepts that nobody had to solve."""
    return problem_of(*EVIDENCE).anchored(MEAN, SD)


@cache
def standing(draws: int = 200, paths: int = 4) -> Standing:
    """Prior draws of the harbour and their futures, as if they were a posterior of two chains."""
    return _standing(problem(), draws, paths)


def standing_of(case: Case, draws: int, *more: Row) -> Standing:
    """The same of another case, and of more evidence."""
    return _standing(build_problem(case, seen(*EVIDENCE, *more)).anchored(MEAN, SD), draws, 2)


def _standing(of: Problem, draws: int, paths: int) -> Standing:
    return stand(latent_drivers(), of, prior_draws(of, 3, draws), np.zeros(draws), 2, paths)


def log_posterior(of: Problem, draws: Draws) -> Array:
    """The posterior's log density, as far as a named assumption can reach it, by the laws; (draw,)."""
    law = latent_drivers().law
    total = np.zeros(len(draws["level"]))
    for name, (prior, _) in law.priors(of).items():
        if isinstance(prior, Normal):
            z = (draws[name] - prior.mean) / prior.sd
            total -= np.sum(0.5 * z**2 + np.log(np.broadcast_to(prior.sd, z.shape)), axis=tuple(range(1, z.ndim)))
    likelihood = law.log_likelihood(draws, of)
    return np.asarray(total + likelihood["event"].sum(axis=1) + likelihood["open"])
