"""Levers of numbers that are held as they are and have no prior: half-lives, the size of momenta, ripening."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from forecast.insight.levers import Lever, changed
from forecast.insight.lived import live
from forecast.insight.retold import retold, told
from forecast.insight.standing import FEW, Change, Standing
from forecast.model.contract import Problem

RIPENING_STEP = 0.5
"""Log-odds; an assumption of this kind states no spread of its own."""


@dataclass(frozen=True)
class HalfLifeLever(Lever):
    """The half-life of a driver, or of an outcome's own momentum, doubled by a step."""

    latent: int

    slow = True

    def at(self, steps: float) -> float:
        """Weeks."""
        return float(self.stated * 2.0**steps)

    def moved(self, problem: Problem, steps: float) -> Problem:
        """The problem in which this driver forgets faster or slower."""
        persistence = problem.structure.persistence.copy()
        persistence[self.latent] = 2.0 ** (-1.0 / self.at(steps))
        return changed(problem, persistence=persistence)

    def change(self, standing: Standing, steps: float) -> Change:
        """Ratio of the likelihoods, the prior of the shocks being the same, and other futures."""
        moved, keys = self.moved(standing.problem, steps), self._felt_by(standing.problem)
        ratio = retold(standing, moved, keys) - told(standing, keys)
        return Change(ratio, live(standing.model, standing.draws, moved.with_units({}), FEW))  # futures ask no evidence

    def _felt_by(self, problem: Problem) -> frozenset[tuple[str, str]]:
        """The evidence that it bears on: of the latent itself, and of the drivers to which influences lead from it."""
        s = problem.structure
        reached = {self.latent}
        arrows = list(zip(s.influence_cause.tolist(), s.influence_effect.tolist(), strict=True))
        for _ in s.drivers:
            reached |= {effect for cause, effect in arrows if cause in reached}
        return problem.about({s.latents[latent] for latent in reached})


@dataclass(frozen=True)
class MomentumLever(Lever):
    """What an outcome's own momentum adds to its log-odds, doubled by a step.

    The outcome's reports tell of its momentum and of its intercept: of the one the more, the larger it is.
    """

    momentum: int

    slow = True

    def silent(self, standing: Standing) -> bool:
        """Unless there are prices, or reports of the outcome and some doubt of its share beside the momentum."""
        return standing.reading is None and not self._felt_by(standing.problem)

    def at(self, steps: float) -> float:
        """Log-odds a unit."""
        return float(self.stated * 2.0**steps)

    def moved(self, problem: Problem, steps: float) -> Problem:
        """The problem with another size of it."""
        scale = problem.structure.momentum_scale.copy()
        scale[self.momentum] = self.at(steps)
        return changed(problem, momentum_scale=scale)

    def change(self, standing: Standing, steps: float) -> Change:
        """Ratio of the likelihoods, and the same futures, tilted more or less by the outcome's own momentum."""
        problem = standing.problem
        s = problem.structure
        latent, outcome = len(s.drivers) + self.momentum, int(s.momentum_outcome[self.momentum])
        lived = standing.few.tilted(latent, outcome, self.at(steps) - self.stated)
        keys = self._felt_by(problem)
        if not keys:
            return Change(lived=lived)
        return Change(retold(standing, self.moved(problem, steps), keys) - told(standing, keys), lived)

    def _felt_by(self, problem: Problem) -> frozenset[tuple[str, str]]:
        momentum = problem.structure.momenta[self.momentum]
        return problem.about({momentum}) if problem.intercept_sd > 0.0 else frozenset()


@dataclass(frozen=True)
class RipeningLever(Lever):
    """By how much an outcome's log-odds rise over its first weeks."""

    place: int

    slow = True

    def at(self, steps: float) -> float:
        """Log-odds."""
        return self.stated + steps * RIPENING_STEP

    def moved(self, problem: Problem, steps: float) -> Problem:
        """The problem with another rise."""
        rise = problem.structure.ripening_rise.copy()
        rise[self.place] = self.at(steps)
        return changed(problem, ripening_rise=rise)

    def change(self, standing: Standing, steps: float) -> Change:
        """The same futures, tilted by what the rise adds in each week."""
        problem, few = standing.problem, standing.few
        ages = problem.calendar.weeks_since_opening()
        before, after = (each.structure.ripeness(ages) for each in (problem, self.moved(problem, steps)))
        added = (after - before).astype(np.float32)[: len(few.logits), None, None, :]
        return Change(lived=replace(few, logits=few.logits + added))
