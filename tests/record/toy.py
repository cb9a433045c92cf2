"""A model whose posterior is known, to calibrate the calibration with, and ways to get the posterior wrong.

    theta ~ Normal(0, 1),  y | theta ~ Normal(theta, 1),  theta | y ~ Normal(y / 2, 1 / 2)

The drivers are theta, too, and the chances of the outcomes hang on it. The datum travels as the problem's
`intercept_sd`, which nothing else reads here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from forecast.inference.batch import Fit
from forecast.inference.chains import Settings
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem
from forecast.model.worlds import World
from tests.model.harbour import EVIDENCE, problem_of

THETA = "best_error"
"""One of the names under which a parameter is ranked."""


class Law:
    """The functions of a model file, as far as a calibration asks for them."""

    def simulate(self, problem: Problem, rng: Generator) -> World:
        theta = rng.standard_normal(1)
        told = replace(problem, intercept_sd=float(theta[0] + rng.standard_normal()))
        chances = self.project({THETA: theta}, problem)[0, -1]
        place = int(np.searchsorted(np.cumsum(chances), rng.random()))
        happened = problem.structure.outcomes[place] if place < len(chances) else None
        return World({THETA: theta}, told, happened, None if happened is None else 0)

    def project(self, draws: Draws, problem: Problem, paths: int = 32) -> Any:
        resolved = 1.0 / (1.0 + np.exp(-draws[THETA]))
        first = 1.0 / (1.0 + np.exp(-2.0 * draws[THETA]))
        rest = (1.0 - first)[:, None] * np.array([0.6, 0.4])
        return (resolved[:, None] * np.concatenate([first[:, None], rest], axis=1))[:, None, :]

    def latents(self, draws: Draws, problem: Problem) -> Any:
        return np.repeat(draws[THETA][:, None, None], len(problem.structure.latents), axis=2)

    def log_likelihood(self, draws: Draws, problem: Problem) -> Draws:
        off = problem.intercept_sd - draws[THETA]
        return {"event": -(off[:, None] ** 2) / 2, "open": np.zeros(len(off))}


@dataclass
class Batch:
    """Draws from the posterior, or from what a mistaken program takes for it."""

    shift: float = 0.0
    narrower: float = 1.0
    blind: bool = False
    divergent: float = 0.0
    broken: bool = False
    fits: int = 0

    def fit(self, problem: Problem, rng: Generator, settings: Settings) -> Fit:
        self.fits += 1
        if self.broken:
            raise ArithmeticError("bad initial energy")
        count = settings.chains * settings.draws
        mean, sd = (0.0, 1.0) if self.blind else (problem.intercept_sd / 2, np.sqrt(0.5))
        draws = mean + sd * (self.shift + self.narrower * rng.standard_normal(count))
        return Fit({THETA: draws}, settings.chains, round(self.divergent * count))


def toy_model() -> Model:
    return Model("toy", Path("toy.py"), {"toy": "theta"}, Law())  # type: ignore[arg-type]


def toy_problem() -> Problem:
    return problem_of(*EVIDENCE)
