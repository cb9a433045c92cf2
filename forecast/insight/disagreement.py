"""Who differs on what, and how much it matters: what each outcome gains where the team takes an analyst's number.

One number at a time is set to what one analyst states, with all others as the team has them and the intercepts held, by
the same levers that sensitivity moves. The stated shares count as one number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.case.teams import Pooled
from forecast.inference.summary import about
from forecast.inference.weights import PARETO_K
from forecast.insight.assumed import levers
from forecast.insight.held_levers import HalfLifeLever, MomentumLever
from forecast.insight.levers import Lever
from forecast.insight.lived import intercepts
from forecast.insight.past_levers import PastLever
from forecast.insight.refitting import Refit
from forecast.insight.sensitivity import THINNED
from forecast.insight.standing import Answer, Change, Standing
from forecast.insight.switchboard import weighed
from forecast.model.contract import Problem
from forecast.model.structure import structure
from forecast.reopened import Stage

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Taken:
    """What follows where the team takes one analyst's number.

    Attributes
    ----------
    set
        The analyst's set.
    change
        What each outcome gains, `unresolved` last; (outcome,).
    mcse
        Monte Carlo standard error of it, (outcome,).
    pareto_k
        Of the weights; None after a refit, or where draws were moved and not weighted.
    method
        `weights` or `refit`.
    reliable
        Whether the draws, or the refit, can tell.
    """

    set: str
    change: Array
    mcse: Array
    pareto_k: float | None
    method: str
    reliable: bool


@dataclass(frozen=True)
class Difference:
    """A number on which analysts differ, or all shares together.

    Attributes
    ----------
    about
        What it is, in the case's labels.
    numbers
        As they were pooled.
    taken
        What follows, for each analyst.
    """

    about: str
    numbers: tuple[Pooled, ...]
    taken: tuple[Taken, ...]

    @property
    def most(self) -> float:
        """The largest change of any outcome."""
        return max((float(np.max(np.abs(each.change))) for each in self.taken), default=0.0)


def differences(
    standing: Standing, *, refit: Refit | None = None, every: bool = False, stage: Stage = lambda _: None
) -> tuple[Difference, ...]:
    """Every number on which the run's set pools analysts who differ, the one that matters most first.

    Parameters
    ----------
    standing
        Where the team's run stands.
    refit
        How to refit where k-hat fails; None to leave such answers as they are, with their k-hat.
    every
        Whether to refit everywhere.
    stage
        Told of what takes time.
    """
    problem, thin = standing.problem, standing.thinned(THINNED)
    items = problem.case.assumptions.items
    found = []
    for numbers in _together(problem.case.assumptions.pooled):
        first = numbers[0]
        told = about(items[first.id], problem.case) if first.kind != "shares" else "The stated shares"
        named = f"{told}, {first.key}" if first.key and first.kind != "shares" else told
        stage(f"Taking each analyst's {first.id}")
        taken = []
        for view in first.views:
            values = {number.key: next(v.value for v in number.views if v.set == view.set) for number in numbers}
            move = _Move(standing, thin, numbers, values)
            answer, base = move.answer()
            if refit is not None and (every or (answer.pareto_k or 0.0) > PARETO_K):
                answer, base = refit(move.problem(), f"{first.id} as {view.set} has it").answer, standing.now
            change = answer.chances - base
            taken.append(Taken(view.set, change, answer.mcse, answer.pareto_k, answer.method, answer.reliable))
        found.append(Difference(named, numbers, tuple(taken)))
    return tuple(sorted(found, key=lambda each: -each.most))


def _together(pooled: Sequence[Pooled]) -> Iterator[tuple[Pooled, ...]]:
    """Numbers one by one, of those on which anybody differs; the shares of one assumption together."""
    groups: dict[tuple[str, str], list[Pooled]] = {}
    for number in pooled:
        groups.setdefault((number.id, "" if number.kind == "shares" else number.key), []).append(number)
    for numbers in groups.values():
        if any(_differ(view.value for view in number.views) for number in numbers):
            yield tuple(numbers)


def _differ(values: Iterable[float]) -> bool:
    values = list(values)
    return max(values) - min(values) > 1e-9 * max(1.0, *map(abs, values))


class _Move:
    """One analyst's value of a number, put in the place of the team's."""

    def __init__(self, full: Standing, thin: Standing, numbers: tuple[Pooled, ...], values: dict[str, float]) -> None:
        self._full, self._thin, self._numbers, self._values = full, thin, numbers, values
        first = numbers[0]
        name = f"{first.id}:{first.key}" if first.key else first.id
        self._shares = first.kind == "shares"
        self._lever = next((lever for lever in levers(full.problem) if lever.id == name and not self._shares), None)

    def problem(self) -> Problem:
        """The team's problem with the analyst's value."""
        problem = self._full.problem
        if self._shares:
            return problem.anchored(np.asarray(problem.intercept_mean) + self._ratios(), problem.intercept_sd)
        if self._lever is not None:
            return self._lever.moved(problem, self._steps(self._lever))
        (number,) = self._numbers
        items = problem.case.assumptions.items
        stated = items[number.id].model_copy(update={number.key: self._values[number.key]})
        assumed = replace(problem.case.assumptions, items={**items, number.id: stated})
        case = replace(problem.case, assumptions=assumed)
        return replace(problem, case=case, structure=structure(case))

    def answer(self) -> tuple[Answer, Array]:
        """The outcomes' chances, and those that they are to be compared with."""
        standing = self._full if self._lever is not None and not self._lever.slow else self._thin
        return standing.answer(self._change(standing)), standing.now

    def _change(self, standing: Standing) -> Change:
        if self._shares:
            return Change(alpha=intercepts(self.problem(), standing.draws))
        if self._lever is not None:
            return self._lever.change(standing, self._steps(self._lever))
        return weighed(standing, self.problem()) or Change()

    def _steps(self, lever: Lever) -> float:
        """How many steps it is from the team's value to the analyst's."""
        (value,) = self._values.values()
        if isinstance(lever, HalfLifeLever | MomentumLever | PastLever):  # a step doubles
            return math.log2(value / lever.stated) if value > 0.0 else -math.inf
        if self._numbers[0].scale == "log":
            value = math.log(value)
        return (value - lever.stated) / (lever.at(1.0) - lever.stated)

    def _ratios(self) -> Array:
        """What the analyst's shares add to the team's log-ratios, (outcome,)."""
        outcomes = self._full.problem.structure.outcomes
        team = {number.key: number.value for number in self._numbers}
        ratios = np.array([math.log(self._values[name] / team[name]) for name in outcomes])
        return np.asarray(ratios - ratios.mean())
