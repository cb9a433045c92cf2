"""From one run's problem to another's, in steps to be told apart: time, what was settled, evidence, assumptions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError
from forecast.inference.summary import about
from forecast.insight.acquainted import unaware
from forecast.insight.changes import Change, Grouping, changed_evidence
from forecast.insight.restated import Restated, evened
from forecast.insight.states import State, log_likelihoods, log_ratio, told_otherwise, weightable
from forecast.insight.turns import passages, rulings
from forecast.model.contract import Law
from forecast.model.problem import Problem, build_problem
from forecast.reopened import Reopened

Array = NDArray[np.float64]

type News = str
"""What became known of the question itself: `gates` were passed, `deadlines` announced, `outcome:ID` is ruled out or in
again; `outcomes` where that is so of more of them than have a bar each."""

MOST_RULINGS = 3
"""Outcomes with a bar each: the forecast is asked for every subset of what became known."""


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

    @cached_property
    def announced(self) -> tuple[str, ...]:
        """Deadlines that became known on the way, by the name of their assumption."""
        then, now = (_known_deadlines(problem) for problem in (self.start, self.told))
        return tuple(name for name in self.told.structure.deadline.ids if name in now - then)

    @cached_property
    def news(self) -> tuple[News, ...]:
        """What became known of the question on the way; a gate may also be believed to be shut again."""
        moved = {"gates": self.start.passed != self.told.passed, "deadlines": bool(self.announced)}
        return (*(what for what, is_new in moved.items() if is_new), *self.rulings)

    @cached_property
    def rulings(self) -> dict[News, tuple[str, ...]]:
        """The outcomes that were ruled out or let in again on the way, by the news that has it."""
        turned = tuple(rulings(self.start, self.told))
        if len(turned) > MOST_RULINGS:
            return {"outcomes": turned}
        return {f"outcome:{outcome}": (outcome,) for outcome in turned}

    def knowing(self, news: Collection[News]) -> Problem:
        """The told problem with a part of the news only."""
        return self._knowing[frozenset(news)]

    @cached_property
    def _knowing(self) -> dict[frozenset[News], Problem]:
        """One problem a part, made once: what is asked of it is remembered."""
        parts = chain.from_iterable(combinations(self.news, size) for size in range(len(self.news) + 1))
        return {frozenset(part): self._without(set(self.news) - set(part)) for part in parts}

    def _without(self, unknown: Collection[News]) -> Problem:
        if not unknown:
            return self.told
        problem = self.told
        if "gates" in unknown:
            problem = replace(problem, passed=self.start.passed)
        if "deadlines" in unknown:
            problem = replace(problem, structure=unaware(problem.structure, self.announced))
        unheard = {outcome for what, outcomes in self.rulings.items() if what in unknown for outcome in outcomes}
        ends = zip(problem.structure.outcomes, self.start.ruled_out, problem.ruled_out, strict=True)
        return replace(problem, ruled_out=tuple(was if name in unheard else now for name, was, now in ends))


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
    news
        What becomes known of the question with it, if it is that.
    """

    kind: str
    id: str
    label: str
    log_ratio: Array
    moved: Array | None = None
    news: News | None = None


def _known_deadlines(problem: Problem) -> set[str]:
    s = problem.structure
    said = zip(s.deadline.ids, s.deadline_announced, strict=True)
    return {name for name, day in said if day <= problem.calendar.as_of}


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

    def still_open(*news: News) -> Array:
        problem = way.knowing(news)
        return open_told if problem is way.told else log_likelihoods(law, states, problem, ())[0]

    unheard, nothing = still_open(), np.zeros(len(open_then))
    players = [Player("time", "time", "Time passing, still open", unheard - open_then)]
    ratios = evened([still_open(what) - unheard for what in way.news], open_told - unheard)
    for what, ratio in zip(way.news, ratios, strict=True):
        players.append(Player("event", what, _in_words(way, what), ratio, news=what))
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


def _in_words(way: Way, what: News) -> str:
    if what == "gates":
        return passages(way.start, way.told)
    if what == "deadlines":
        stated = way.told.case.assumptions.items
        return "; ".join(f"Announced: {about(stated[name], way.told.case)}" for name in way.announced)
    turned = rulings(way.start, way.told)
    return "; ".join(turned[outcome] for outcome in way.rulings[what])
