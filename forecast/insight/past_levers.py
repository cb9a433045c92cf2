"""Levers of the past: how much the episodes behind the base rates count, all of them or those of some countries."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forecast.insight.levers import Lever, changed
from forecast.insight.standing import Change, Standing
from forecast.model import base_rates
from forecast.model.base_rates import past_rates
from forecast.model.contract import Problem

COUNTS = ("events", "weeks", "gate_events", "gate_weeks")


@dataclass(frozen=True)
class PastLever(Lever, ABC):
    """How much the past counts."""

    def at(self, steps: float) -> float:
        """The weight."""
        return float(self.stated * 2.0**steps)

    def change(self, standing: Standing, steps: float) -> Change:
        """Ratio of the likelihoods of the past."""
        problem, gates = standing.problem, len(standing.problem.structure.gates)
        after, before = (
            base_rates.log_past(np, standing.draws, each.structure.past.arrays(gates))
            for each in (self.moved(problem, steps), problem)
        )
        return Change(np.asarray(after - before))


@dataclass(frozen=True)
class RelevanceLever(PastLever):
    """How much the past of some countries counts, as a share of its full weight."""

    def moved(self, problem: Problem, steps: float) -> Problem:
        """The problem with these countries' episodes counted at another weight."""
        case = problem.case
        moved = case.assumptions.items[self.id].model_copy(update={"relevance": self.at(steps)})
        items = {**case.assumptions.items, self.id: moved}
        return changed(problem, past=past_rates(replace(case, assumptions=replace(case.assumptions, items=items))))


@dataclass(frozen=True)
class EpisodesLever(PastLever):
    """How much the whole table of episodes counts, times the weight it has."""

    def moved(self, problem: Problem, steps: float) -> Problem:
        """The problem with every count of the past times the same factor."""
        past, factor = problem.structure.past, self.at(steps)
        counts: dict[str, Any] = {name: tuple(factor * count for count in getattr(past, name)) for name in COUNTS}
        return changed(problem, past=replace(past, **counts))
