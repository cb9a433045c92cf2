"""What an analyst judges, in her own terms, as it is asked and kept (`elicited/SET.yaml`)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from forecast.case.blocks import Block, Id, Name, Probability, Text
from forecast.case.document import Place
from forecast.case.phrases import instead_of, listed, quoted
from forecast.case.schema import Case

LEVELS = {"much lower": -2.0, "lower": -1.0, "usual": 0.0, "higher": 1.0, "much higher": 2.0}
"""Where a driver will keep returning to, in words."""
UNITS = {"clearly lower": -2.0, "clearly higher": 2.0}
_TOGETHER = 1e-6


class Conditional(Block):
    """How the chances would split if a driver were clearly higher, or lower, from now on."""

    driver: Id
    were: Literal["clearly lower", "clearly higher"] = "clearly higher"
    shares: dict[Id, Probability]
    reason: Text


class DriverLevel(Block):
    """The level that a driver will keep returning to: a word, quantiles, or chips in bins (in standard units)."""

    driver: Id
    level: Literal["much lower", "lower", "usual", "higher", "much higher"] | None = None
    quantiles: dict[str, float] | None = None
    edges: list[float] = []
    chips: list[Annotated[int, Field(ge=0, le=100)]] = []
    reason: Text


class ResolvedBy(Block):
    """The chance that the question is resolved by the end of a day."""

    by: dt.date
    chance: Probability


class Judgements(Block):
    """One analyst's judgements of one day, with her reason."""

    set: Name
    based_on: Name | None = None
    author: Text
    date: dt.date
    reason: Text
    shares: dict[Id, Probability] | None = None
    conditionals: list[Conditional] = []
    levels: list[DriverLevel] = []
    resolved: list[ResolvedBy] = []


def judgement_faults(said: Judgements, case: Case) -> Iterator[tuple[Place, str, str]]:
    """What cannot be: a place in the judgements, what is wrong, and how to mend it."""
    outcomes, drivers = case.outcome_ids, tuple(case.drivers)
    splits = [(("shares",), said.shares)] if said.shares else []
    places: list[tuple[Place, dict[str, float]]] = [
        *splits,
        *((("conditionals", n, "shares"), one.shares) for n, one in enumerate(said.conditionals)),
    ]
    for place, shares in places:
        yield from _split_faults(place, shares, outcomes)
    for key, judged in (("conditionals", said.conditionals), ("levels", said.levels)):
        entries: Sequence[Conditional | DriverLevel] = judged
        for number, one in enumerate(entries):
            if one.driver not in drivers:
                remedy = instead_of(one.driver, drivers, "name a driver of the case")
                yield (key, number, "driver"), f"there is no driver {quoted(one.driver)}", remedy
    for number, level in enumerate(said.levels):
        given = [level.level is not None, level.quantiles is not None, bool(level.chips)]
        if sum(given) != 1:
            message = f"the level of {quoted(level.driver)} is not judged in exactly one way"
            yield ("levels", number), message, "give a word (level), quantiles, or edges and chips"
    chances = sorted((one.by, one.chance) for one in said.resolved)
    for (earlier, more), (later, less) in pairwise(chances):
        if less <= more:
            message = f"resolved by {later} is no more likely ({less:g}) than by {earlier} ({more:g}): both cannot hold"
            yield ("resolved",), message, "what is resolved by the earlier day is resolved by the later one: raise it"
    for number, one_day in enumerate(said.resolved):
        if not case.question.opening < one_day.by <= case.question.horizon:
            message = f"'by' ({one_day.by}) is not between the opening and the horizon"
            yield ("resolved", number, "by"), message, "name a day of the question's life"


def _split_faults(
    place: Place, shares: dict[str, float], outcomes: tuple[str, ...]
) -> Iterator[tuple[Place, str, str]]:
    if missing := [name for name in outcomes if name not in shares]:
        yield place, f"no chance is given to {listed(missing)}", "give every outcome and 'other' a chance"
    for name in shares:
        if name not in outcomes:
            yield (
                (*place, name),
                f"there is no outcome {quoted(name)}",
                instead_of(name, outcomes, "name one of the case"),
            )
    if abs(math.fsum(shares.values()) - 1) > _TOGETHER:
        message = f"the chances sum to {math.fsum(shares.values()):.6g}"
        yield place, message, "change them so that they sum to 1: they are given resolution"
