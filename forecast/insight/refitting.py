"""A true refit: the referee of every fast answer, and the answer where the draws at hand cannot give one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecast.inference.chains import Progress, Settings
from forecast.inference.gate import STATISTICS, judge, mcse
from forecast.inference.sampling import Posterior, sample
from forecast.insight.standing import Answer, Standing
from forecast.markets.priced import read_prices
from forecast.markets.reading import Reading
from forecast.model.anchor import anchor
from forecast.model.contract import Draws, Model, Problem
from forecast.model.futures import Act
from forecast.outcomes import probabilities
from forecast.reopened import Stage

Array = NDArray[np.float64]

SETTINGS = Settings(draws=500)
"""Half a run's draws: a refit is set beside a run, not published, and the error of the difference stands with it."""


@dataclass(frozen=True)
class Refitted:
    """A refit.

    Attributes
    ----------
    answer
        The outcomes' probabilities.
    draws, chains
        The new posterior: parameter → (draw, *shape), chain by chain; and how many chains it has.
    """

    answer: Answer
    draws: Draws
    chains: int

    @property
    def failures(self) -> tuple[str, ...]:
        """Why its diagnostics do not allow to use it; empty where they do."""
        return self.answer.failures


class Refit(Protocol):
    """A way to fit a changed problem."""

    def __call__(self, problem: Problem, name: str, *, model: Model | None = None, do: Act | None = None) -> Refitted:
        """Fit a problem, which is named in words, by another model if one is named, and live on with an act."""


def refitter(
    standing: Standing,
    seed: int,
    *,
    stage: Stage = lambda _: None,
    progress: Progress | None = None,
    settings: Settings = SETTINGS,
) -> Refit:
    """A way to refit changed problems with the intercepts that they come with.

    Of a refit the outcomes' probabilities are reported and nothing else, so that they are what its gate is asked of.
    """

    def refit(problem: Problem, name: str, *, model: Model | None = None, do: Act | None = None) -> Refitted:
        stage(f"Refitting: {name}")
        posterior = sample(model or standing.model, problem, seed, settings, progress)
        incidence = standing.model.law.project(posterior.draws, problem, do=do)
        chances = probabilities(incidence, posterior.chains, problem.structure.outcomes)
        verdict = judge(chances, {name: posterior.statistic(name) for name in STATISTICS})
        mean = np.array([float(quantity.draws.mean()) for quantity in chances])
        own = np.array([mcse(quantity.draws) for quantity in chances])
        failures, drawn = verdict.failures, posterior.draws
        if standing.reading is not None and do is None:
            drawn, mean, own, failed = _with_prices(model or standing.model, posterior, problem, standing.reading)
            failures = (*failures, *failed)
        answer = Answer(mean, None, posterior.chains, None, np.hypot(own, standing.error), failures)
        return Refitted(answer, drawn, posterior.chains)

    return refit


def _with_prices(
    model: Model, posterior: Posterior, problem: Problem, reading: Reading
) -> tuple[Draws, Array, Array, tuple[str, ...]]:
    """The refit's draws with the run's prices read: the chances and their errors, and why they do not hold."""
    even = np.zeros(len(next(iter(posterior.draws.values()))))
    draws, weights, incidence = read_prices(model, posterior.draws, even, problem, reading)
    chances = [each.draws.ravel() for each in probabilities(incidence, posterior.chains, problem.structure.outcomes)]
    mean = np.array([float(weights.mean(each)) for each in chances])
    errors = np.array([weights.error(each, posterior.chains) for each in chances])
    failed = () if weights.reliable else (f"with the markets' prices: Pareto k-hat is {weights.pareto_k:.2f}",)
    return draws, mean, errors, failed


def anchored_again(standing: Standing, problem: Problem) -> Problem:
    """The changed problem with intercepts solved for the stated shares, as if it had been so on the opening day.

    Raises
    ------
    InputError
        If no intercepts give the stated shares.
    """
    solved = anchor(standing.model, problem)
    return replace(problem, intercept_mean=solved.mean, intercept_sd=solved.sd)
