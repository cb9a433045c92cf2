"""Assumptions that changed between two runs, each by itself.

Each is put in the place of what it was with all others held, and the intercepts are solved for it as if it had been so
on the opening day: what it moves holds the stated shares, as the new run's own intercepts do. What several of them do
together beyond what each does alone has no owner; it is shared out evenly, so that no order is preferred and the parts
make the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Assumption
from forecast.inference.summary import about
from forecast.model.anchor import anchor
from forecast.model.contract import Model
from forecast.model.problem import Problem
from forecast.model.structure import structure
from forecast.reopened import Stage

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Restated:
    """One assumption as it is now, all others as they were.

    Attributes
    ----------
    id, label
        The assumption, and what it speaks of.
    problem
        The problem under it, with intercepts solved for it.
    """

    id: str
    label: str
    problem: Problem


def restated(model: Model, told: Problem, goal: Problem, stage: Stage) -> tuple[Restated, ...]:
    """Every assumption that is other than it was; `told` has the old ones, `goal` the new ones, both all evidence.

    Raises
    ------
    InputError
        If one of them alone leaves no intercepts that give the stated shares.
    """
    changed = tuple(_changed(told, goal))
    found = []
    for name, item in changed:
        label = f"Assumption {name}: {about(item, goal.case)}"
        problem = goal if len(changed) == 1 else _alone(model, told, goal, name, stage)
        found.append(Restated(name, label, problem))
    return tuple(found)


def evened(alone: Sequence[Array], together: Array) -> list[Array]:
    """What each does alone, and of what they do together beyond that an even part; the parts sum to the whole."""
    left = together - np.sum(alone, axis=0)
    return [np.asarray(each + left / len(alone)) for each in alone]


def _changed(told: Problem, goal: Problem) -> Iterator[tuple[str, Assumption]]:
    was, now = told.case.assumptions.items, goal.case.assumptions.items
    for name in (*now, *(gone for gone in was if gone not in now)):
        if was.get(name) != now.get(name):
            yield name, now.get(name) or was[name]


def _alone(model: Model, told: Problem, goal: Problem, name: str, stage: Stage) -> Problem:
    items, now = dict(told.case.assumptions.items), goal.case.assumptions.items
    if name in now:
        items[name] = now[name]
    else:
        del items[name]
    case = replace(told.case, assumptions=replace(told.case.assumptions, items=items))
    problem = replace(told, case=case, structure=structure(case))
    stage(f"Anchoring under {name} alone")
    solved = anchor(model, problem)
    return problem.anchored(solved.mean, solved.sd)
