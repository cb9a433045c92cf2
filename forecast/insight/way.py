"""From one run's problem to another's, in steps that can be told apart: time, gates, evidence, assumptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError
from forecast.insight.changes import Change, Grouping, changed_evidence
from forecast.insight.restated import Restated, evened
from forecast.insight.states import State, log_likelihoods, log_ratio, told_otherwise, weightable
from forecast.model.contract import Law
from forecast.model.problem import Problem, build_problem
from forecast.reopened import Reopened

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """The problems on the way.

    Attributes
    ----------
    start, goal
        Where it begins and ends. The goal is the new run's problem, or all of it that weights can reach.
    told
        The goal under the old assumptions.
    changes
        What evidence differs between start and told, in groups.
    whole
        Whether the goal is the new run's problem; else the rest is another model, or another case.
    """

    start: Problem
    told: Problem
    goal: Problem
    changes: tuple[Change, ...]
    whole: bool

    @property
    def gates_moved(self) -> bool:
        """Whether a gate was passed on the way (or is no longer believed to be)."""
        return self.start.passed != self.told.passed

    def problem(self, *, gates: bool, assumptions: bool) -> Problem:
        """The problem at the new date, with the news of the gates or without, the new assumptions or the old ones."""
        problem = self.goal if assumptions else self.told
        return problem if gates else replace(problem, passed=self.start.passed)


@dataclass(frozen=True)
class Player:
    """One thing that changed.

    Attributes
    ----------
    kind, id, label
        How it is called.
    log_ratio
        What it adds to the log density, shape (draw,).
    moved
        What it adds to every draw's chances of the outcomes, (draw, outcome); None where it leaves futures as they are.
    gates
        Whether with it gates are passed.
    """

    kind: str
    id: str
    label: str
    log_ratio: Array
    moved: Array | None = None
    gates: bool = False


def way_between(old: Reopened, new: Reopened, by: Grouping) -> Way:
    """Lay out the steps from one run to another.

    Raises
    ------
    UsageError
        If the two runs do not answer the same question.
    """
    before, after = old.case.question, new.case.question
    if (before.horizon, before.opening, old.case.outcome_ids) != (after.horizon, after.opening, new.case.outcome_ids):
        raise UsageError(
            f"runs {old.run.id} and {new.run.id} answer different questions: nothing leads from one to the other"
        )
    start, law = old.problem, old.model.law
    whole = same_model(old, new) and weightable(law, start, new.problem)
    case = replace(new.case, assumptions=old.case.assumptions) if whole else old.case
    known = tuple(r for r in new.known.reports if all(coding.indicator in case.indicators for coding in r.codings))
    told = build_problem(case, replace(new.known, reports=known))
    told = told.anchored(np.asarray(start.intercept_mean), start.intercept_sd)
    same = not whole or old.case.assumptions.items == new.case.assumptions.items
    changes = changed_evidence(start, told, old.known, new.known, by)
    return Way(start, told, told if same else new.problem, changes, whole)


def same_model(old: Reopened, new: Reopened) -> bool:
    """Whether both were made by the same model file and the same laws beneath it."""
    laws = [run.run.record["versions"].get("laws") for run in (old, new)]
    return old.model.texts == new.model.texts and laws[0] == laws[1]


def players_on(way: Way, law: Law, states: list[State]) -> list[Player]:
    """What each step adds to the log density of the start; together they lead to the told. Time first, evidence last.

    What does not change of the evidence is never asked: it cancels wherever two densities are compared.
    """
    keys = told_otherwise(way.start, way.told)
    open_then, then = log_likelihoods(law, states, way.start, keys)
    open_told, now = log_likelihoods(law, states, way.told, keys)
    players, nothing = [], np.zeros(len(open_then))
    open_shut = open_told
    if way.gates_moved:
        open_shut, _ = log_likelihoods(law, states, way.problem(gates=False, assumptions=False), ())
    players.append(Player("time", "time", "Time passing, still open", open_shut - open_then))
    if way.gates_moved:
        players.append(Player("event", "gates", _passages(way), open_told - open_shut, gates=True))
    for change in way.changes:
        ratio = np.sum([now.get(key, nothing) - then.get(key, nothing) for key in change.keys], axis=0)
        players.append(Player(change.kind, change.id, change.label, ratio))
    return players


def assumptions_on(
    way: Way, law: Law, states: list[State], alone: Sequence[Restated], chances_of: Callable[[Problem], Array]
) -> list[Player]:
    """The changed assumptions as players, who lead from the told to the goal; each by itself, evened (`restated`)."""
    if way.goal is way.told:
        return []
    told = chances_of(way.told)
    ratios = evened(
        [log_ratio(law, states, way.told, each.problem) for each in alone], log_ratio(law, states, way.told, way.goal)
    )
    moved = evened([chances_of(each.problem) - told for each in alone], chances_of(way.goal) - told)
    return [
        Player("assumption", each.id, each.label, ratio, move)
        for each, ratio, move in zip(alone, ratios, moved, strict=True)
    ]


def halfway(way: Way) -> Problem:
    """The goal with every second change of the evidence left out: near to both ends."""
    kept = {key for change in way.changes[::2] for key in change.keys}
    units = {key: unit for key, unit in way.goal.units.items() if key not in kept}
    units |= {key: unit for key, unit in way.start.units.items() if key in kept}
    return way.goal.with_units(units)


def _passages(way: Way) -> str:
    passages = zip(way.told.case.question.gates, way.told.passed, way.start.passed, strict=True)
    return "; ".join(
        f"{gate.label}: {'not passed after all' if day is None else f'passed on {day.isoformat()}'}"
        for gate, day, was in passages
        if day != was
    )
