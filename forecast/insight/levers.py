"""Levers: the numbers that the named assumptions state, each with what moving it means.

A lever is moved by steps. One step is one prior standard deviation where the assumption has a prior; a number that is
held as it is (a half-life, the weight of past episodes) is doubled by a step up and halved by a step down. What a move
does to the draws at hand is exact, by the form of the model:

    prior N(m, s), moved by t sd    w  =  N(v | m + t s, s) / N(v | m, s)  =  exp(t z - t^2 / 2),   z = (v - m) / s
    loading, stated share           every draw is moved by t sd, and counts as before: no evidence speaks of loadings,
                                    nor reports of an outcome of more than how far it lies from what was stated of it
    level of a driver that hastens  the pace is centred on the stated level, so that moving it by d is the same as
                                    log_pace + gamma d in the prior of the pace and in the past: no new futures
    half-life, size of a momentum   the shocks' prior stays: w = p(evidence | moved) / p(evidence), and new futures
    weight of past episodes         w = p(past | moved) / p(past), in `past_levers`

Intercepts are held throughout: what is moved is the assumption, not the answer that it was solved for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from forecast.insight.lived import intercepts
from forecast.insight.standing import Change, Standing
from forecast.model import base_rates, laws
from forecast.model.contract import Draws, Problem
from forecast.model.structure import Normals, Structure

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Lever(ABC):
    """One number of a named assumption.

    Attributes
    ----------
    id, kind, about, unit
        Of the assumption; for the stated shares the id is followed by the outcome.
    stated
        The number as it stands, in its unit.
    slow
        Whether the draws' chances must be worked out again when it is moved.
    """

    id: str
    kind: str
    about: str
    unit: str
    stated: float

    slow: ClassVar[bool] = False

    @abstractmethod
    def at(self, steps: float) -> float:
        """The number after so many steps, in its unit."""

    @abstractmethod
    def moved(self, problem: Problem, steps: float) -> Problem:
        """The problem with the number moved and the intercepts held."""

    def restated(self, problem: Problem, steps: float) -> Problem:
        """The same as something that was stated before the intercepts were solved; they are still those of before."""
        return self.moved(problem, steps)

    def silent(self, standing: Standing) -> bool:  # noqa: ARG002
        """Whether nothing that a run has read can speak of it: what rests on it rests on judgement alone."""
        return False

    @abstractmethod
    def change(self, standing: Standing, steps: float) -> Change:
        """What moving it does to the draws at hand."""

    def log_prior(self, draws: Draws) -> Array | None:  # noqa: ARG002
        """Its log prior density up to a constant, (draw,); None where it has none."""
        return None

    def values(self, draws: Draws) -> Array | None:  # noqa: ARG002
        """What the draws say of the number itself, (draw,); None where they say nothing."""
        return None


@dataclass(frozen=True)
class NormalLever(Lever):
    """The mean of a normal prior: element `element` of the parameter `parameter`."""

    parameter: str
    element: int
    sd: float

    def at(self, steps: float) -> float:
        """The mean, so many prior standard deviations away."""
        return self.stated + steps * self.sd

    def moved(self, problem: Problem, steps: float) -> Problem:
        """The problem with another prior mean."""
        normals: Normals = getattr(problem.structure, self.parameter)
        mean = normals.mean.copy()
        mean[self.element] = self.at(steps)
        return changed(problem, **{self.parameter: replace(normals, mean=mean)})

    def score(self, draws: Draws) -> Array:
        """z, how far each draw lies from the prior mean in prior standard deviations; (draw,)."""
        return np.asarray((draws[self.parameter][:, self.element] - self.stated) / self.sd)

    def log_prior(self, draws: Draws) -> Array:
        """A normal density."""
        return np.asarray(-0.5 * self.score(draws) ** 2)

    def values(self, draws: Draws) -> Array:
        """The parameter's draws."""
        return draws[self.parameter][:, self.element]

    def change(self, standing: Standing, steps: float) -> Change:
        """Ratio of the two normal densities."""
        return Change(steps * self.score(standing.draws) - 0.5 * steps**2)


@dataclass(frozen=True)
class LoadingLever(NormalLever):
    """How a driver tilts the outcomes; nothing in the evidence speaks of it."""

    driver: int
    outcome: int

    slow = True

    def silent(self, standing: Standing) -> bool:
        """While the question is open only prices do."""
        return standing.reading is None

    def change(self, standing: Standing, steps: float) -> Change:
        """Every draw's loading moved, along the same futures."""
        return Change(lived=standing.few.tilted(self.driver, self.outcome, steps * self.sd))


@dataclass(frozen=True)
class LevelLever(NormalLever):
    """The level of a driver; where the driver hastens a stage, the centring of the pace moves with it."""

    def change(self, standing: Standing, steps: float) -> Change:
        """Ratio of the densities of the level, and of the paces that mean the same after the centring has moved."""
        own = steps * self.score(standing.draws) - 0.5 * steps**2
        s, draws = standing.problem.structure, standing.draws
        gamma = np.tensordot(draws["hastening"], s.hastening_places[:, self.element], axes=1)  # (draw, stage)
        if not np.any(gamma):
            return Change(own)
        mean, sd = s.log_pace.normal
        pace, moved = draws["log_pace"], draws["log_pace"] + gamma * (steps * self.sd)
        prior = 0.5 * np.sum(((pace - mean) / sd) ** 2 - ((moved - mean) / sd) ** 2, axis=-1)
        past = base_rates.log_past(np, draws | {"log_pace": moved}, standing.problem.arrays)
        return Change(np.asarray(own + prior + past - standing.log_past))


@dataclass(frozen=True)
class ShareLever(Lever):
    """The log-odds of one outcome against each of the others, as the stated shares have it."""

    outcome: int
    sd: float

    slow = True

    def silent(self, standing: Standing) -> bool:
        """Unless there are prices, or reports of outcomes, whose intercepts hang together."""
        return standing.reading is None and not standing.problem.about_outcomes

    def at(self, steps: float) -> float:
        """By how much the log-odds are moved."""
        return steps * self.sd

    def moved(self, problem: Problem, steps: float) -> Problem:
        """The problem with another mean of the intercepts, which still sum to zero."""
        mean = np.asarray(problem.intercept_mean)
        up = np.eye(len(mean))[self.outcome] - 1.0 / len(mean)
        return problem.anchored(mean + self.at(steps) * up, problem.intercept_sd)

    def restated(self, problem: Problem, steps: float) -> Problem:
        """Other stated shares: the outcome's odds times a factor."""
        odds = problem.structure.shares * np.exp(self.at(steps) * np.eye(len(problem.structure.shares))[self.outcome])
        return changed(problem, shares=odds / odds.sum())

    def log_prior(self, draws: Draws) -> Array:
        """Of all intercepts together: they share one width, which is the stated concentration."""
        return np.asarray(-0.5 * np.sum(laws.intercepts(0.0, 1.0, draws["intercept_z"]) ** 2, axis=1))

    def values(self, draws: Draws) -> Array:
        """How far the outcome's intercept lies from the solved mean, in units of their spread."""
        return np.asarray(laws.intercepts(0.0, 1.0, draws["intercept_z"])[:, self.outcome])

    def change(self, standing: Standing, steps: float) -> Change:
        """Every draw's intercept moved, along the same futures."""
        return Change(alpha=intercepts(self.moved(standing.problem, steps), standing.draws))


def changed(problem: Problem, **changes: Any) -> Problem:
    """The problem with other assumptions, intercepts and evidence held."""
    structure: Structure = replace(problem.structure, **changes)
    return replace(problem, structure=structure)
