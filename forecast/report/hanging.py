"""What the forecast hangs on: the assumptions a step down and up, how far it is to another answer, and the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.inference.weights import PARETO_K
from forecast.report.standing import Outcome, Standing
from forecast.report.words import Number, significant, tenths

LONGEST = 12
"""Bars of a tornado."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One assumption, a step down and a step up.

    Attributes
    ----------
    about, unit
        What it is, in words.
    stated, down, up
        As it was stated, and where the two steps lead.
    low, high
        Where each outcome would stand after the step down, and after the step up, in the order of `Hanging.outcomes`.
    low_error, high_error
        Twice the Monte Carlo error of each outcome's change by the step down, and by the step up; in the same order.
    reliable
        Whether the draws can tell.
    diagnosis
        What the evidence says of it, in a word of the method: `prior only`, `strong prior`, `fine` and so on.
    """

    id: str
    about: str
    unit: str
    stated: Number
    down: Number
    up: Number
    low: tuple[Number, ...]
    high: tuple[Number, ...]
    low_error: tuple[float, ...]
    high_error: tuple[float, ...]
    reliable: bool
    diagnosis: str

    def ends(self, place: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where an outcome stands after the step down and after the step up, each with twice its error."""
        return (self.low[place].value, self.low_error[place]), (self.high[place].value, self.high_error[place])

    def span(self, place: int) -> float:
        """How far an outcome goes from down to up."""
        return abs(self.high[place].value - self.low[place].value)


@dataclass(frozen=True, slots=True)
class Flip:
    """How far an assumption would have to be off for another answer: in its own unit, and in steps."""

    about: str
    unit: str
    distance: Number
    steps: Number
    leader: Outcome | None
    line: tuple[Outcome, Number] | None


@dataclass(frozen=True, slots=True)
class Without:
    """The forecast without one source: where each outcome would stand, and whether another would lead."""

    source: str
    after: tuple[Number, ...]
    leader: Outcome
    leader_changes: bool
    reliable: bool


@dataclass(frozen=True, slots=True)
class Hanging:
    """Everything that the forecast hangs on.

    Attributes
    ----------
    outcomes
        The order of all numbers.
    leader
        The likeliest outcome as things stand.
    levers
        Every assumption.
    flips
        The nearest changes of the answer, the nearest first; only those that the draws can tell.
    sources
        What leaving out each source would do.
    """

    outcomes: tuple[Outcome, ...]
    leader: Outcome
    levers: tuple[Lever, ...]
    flips: tuple[Flip, ...]
    sources: tuple[Without, ...]

    def tornado(self, outcome: Outcome) -> tuple[Lever, ...]:
        """The levers that move an outcome most, the strongest first; only those that the draws can tell."""
        place = self.outcomes.index(outcome)
        told = [lever for lever in self.levers if lever.reliable]
        return tuple(sorted(told, key=lambda lever: -lever.span(place))[:LONGEST])

    @property
    def heaviest(self) -> tuple[str, ...]:
        """The ids of the levers that move any outcome most, the strongest first."""
        told = [lever for lever in self.levers if lever.reliable]
        told.sort(key=lambda lever: -max(lever.span(place) for place in range(len(self.outcomes))))
        return tuple(lever.id for lever in told[: 2 * LONGEST])

    @property
    def within_a_step(self) -> tuple[Flip, ...]:
        """The flips that are no further than one step."""
        return tuple(flip for flip in self.flips if abs(flip.steps.value) <= 1.0)

    @property
    def turning_sources(self) -> tuple[Without, ...]:
        """The sources without which another outcome would lead."""
        return tuple(source for source in self.sources if source.reliable and source.leader_changes)

    @property
    def untold_sources(self) -> tuple[Without, ...]:
        """The sources of which the draws cannot tell what would be without them."""
        return tuple(source for source in self.sources if not source.reliable)

    @property
    def untold(self) -> int:
        """Of how many assumptions the draws cannot tell."""
        return sum(not lever.reliable for lever in self.levers)


def hanging(answer: Mapping[str, Any] | None, now: Standing) -> Hanging | None:
    """Read the answer of `forecast sensitivity`."""
    if answer is None:
        return None
    outcomes = {outcome.id: outcome for outcome in now.everything}
    flips = [_flip(row, outcomes) for row in answer["assumptions"] if row["flip"] and row["flip"]["reliable"]]
    return Hanging(
        outcomes=now.everything,
        leader=outcomes[answer["leader"]],
        levers=tuple(_lever(row, now) for row in answer["assumptions"]),
        flips=tuple(sorted(flips, key=lambda flip: abs(flip.steps.value))),
        sources=tuple(_without(row, outcomes) for row in answer["sources"]),
    )


def _lever(row: Mapping[str, Any], now: Standing) -> Lever:
    return Lever(
        id=row["id"],
        about=row["about"],
        unit=row["unit"],
        stated=significant(row["stated"]),
        down=significant(row["step"]["down"]),
        up=significant(row["step"]["up"]),
        low=tuple(tenths(row["down"][outcome.id]) for outcome in now.everything),
        high=tuple(tenths(row["up"][outcome.id]) for outcome in now.everything),
        low_error=tuple(2.0 * row["down_mcse"][outcome.id] for outcome in now.everything),
        high_error=tuple(2.0 * row["up_mcse"][outcome.id] for outcome in now.everything),
        reliable=_reliable(row["pareto_k"]),
        diagnosis=row["diagnosis"].partition(":")[0],
    )


def _flip(row: Mapping[str, Any], outcomes: Mapping[str, Outcome]) -> Flip:
    flip, line = row["flip"], row["flip"]["line"]
    return Flip(
        about=row["about"],
        unit=flip["unit"],
        distance=significant(flip["distance"]),
        steps=significant(flip["steps"]),
        leader=outcomes.get(flip["leader"] or ""),
        line=None if line is None else (outcomes[line["outcome"]], tenths(line["probability"])),
    )


def _without(row: Mapping[str, Any], outcomes: Mapping[str, Outcome]) -> Without:
    return Without(
        source=row["id"],
        after=tuple(tenths(row["without"][outcome]) for outcome in outcomes),
        leader=outcomes[row["leader"]],
        leader_changes=row["leader_changes"],
        reliable=_reliable(row["pareto_k"]),
    )


def _reliable(pareto_k: float | None) -> bool:
    return pareto_k is None or pareto_k <= PARETO_K
