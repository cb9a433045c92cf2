"""What an analyst judges, in her own terms, as it is asked and kept (`elicited/SET.yaml`)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from forecast.case.assumption_sets import set_names
from forecast.case.blocks import Block, Id, Name, Probability, Text
from forecast.case.document import Document, Every, Place
from forecast.case.phrases import instead_of, listed, quoted
from forecast.case.schema import Case
from forecast.elicitation.fits import FittedNormal, chip_quantiles, fit_normal

LEVELS = {"much lower": -2.0, "lower": -1.0, "usual": 0.0, "higher": 1.0, "much higher": 2.0}
"""Where a driver will keep returning to, in words."""
UNITS = {"clearly lower": -2.0, "clearly higher": 2.0}
FARTHEST, WIDEST = 3.0, 10.0
"""Of the levels that a case can state: how far the middle may lie from the usual state, and the largest sd."""
LONGEST = dt.timedelta(weeks=104)
"""From the first to the last of the days that are fixed: what one deadline can cover."""
_TOGETHER = 1e-6

type Doubt = tuple[Place, str]
"""What is wondered at in a judgement that is taken nevertheless: where it stands, and why."""


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


class EndsOn(Block):
    """The chance that the question ends on days that are fixed for it, if it is open until then.

    One that was `announced` while the question was open is unknown to forecasts of an earlier day. `before` is the
    chance that it ends between the announcement and these days all the same.
    """

    begins: dt.date = Field(alias="from")
    by: dt.date
    chance: Probability
    before: Probability | None = None
    announced: dt.date | None = None
    reason: Text


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
    ends: list[EndsOn] = []


def judgement_faults(document: Document, case: Case) -> Iterator[tuple[Place, str, str]]:
    """What cannot be: a place in the judgements, what is wrong, and how to mend it.

    What has not the shape of a judgement is passed over, so that all other faults are told beside that one.
    """
    question, outcomes, drivers = case.question, case.outcome_ids, tuple(case.drivers)
    for place, name in document.texts("based_on"):
        if name not in set_names(case.folder):
            remedy = instead_of(name, set_names(case.folder), "name a set of the case")
            yield place, f"there is no assumption set {quoted(name)}", remedy
    for place, day in _sound(document, dt.date, "date"):
        if day > question.horizon:
            message = f"'date' ({day}) is after the horizon ({question.horizon})"
            yield place, message, "name the day of the judgement: what comes later judges nothing that is open"
    for pattern in (("shares",), ("conditionals", Every.ENTRY, "shares")):
        for place, name in document.texts(*pattern, Every.KEY):
            if name not in outcomes:
                remedy = instead_of(name, outcomes, "name one of the case")
                yield place, f"there is no outcome {quoted(name)}", remedy
        for place, shares in _sound(document, dict[Id, Probability], *pattern):
            yield from _split_faults(place, shares, outcomes)
    for key in ("conditionals", "levels"):
        for place, driver in _sound(document, Id, key, Every.ENTRY, "driver"):
            if driver not in drivers:
                remedy = instead_of(driver, drivers, "name a driver of the case")
                yield place, f"there is no driver {quoted(driver)}", remedy
    for place, level in _levels(document):
        for inner, message, remedy in level_faults(level):
            yield (*place, *inner), message, remedy
    for place, by in _sound(document, dt.date, "resolved", Every.ENTRY, "by"):
        if not question.opening < by <= question.horizon:
            yield place, f"'by' ({by}) is not between the opening and the horizon", "name a day of the question's life"
    for place, one in _sound(document, EndsOn, "ends", Every.ENTRY):
        yield from (((*place, key), message, remedy) for key, message, remedy in _day_faults(one, case))
        for said in _sound(document, dt.date, "date"):
            if one.announced is not None and one.announced > said[1]:
                message = f"'announced' ({one.announced}) is after the day of the judgement ({said[1]})"
                yield (*place, "announced"), message, "judge it once it is announced"
    fixed = sorted((one.begins, one.by) for _, one in _sound(document, EndsOn, "ends", Every.ENTRY))
    for (_, by), (begins, _) in pairwise(fixed):
        if begins <= by:
            yield ("ends",), f"two entries hold {begins}", "say in one what is fixed for a day"
    days = sorted((one.by, one.chance) for _, one in _sound(document, ResolvedBy, "resolved", Every.ENTRY))
    for (earlier, more), (later, less) in pairwise(days):
        if less <= more:
            message = f"resolved by {later} is no more likely ({less:g}) than by {earlier} ({more:g}): both cannot hold"
            yield ("resolved",), message, "what is resolved by the earlier day is resolved by the later one: raise it"


def _day_faults(one: EndsOn, case: Case) -> Iterator[tuple[str, str, str]]:
    """What cannot be of a fixed day: the key, what is wrong, and how to mend it."""
    opening, horizon = case.question.opening, case.question.horizon
    if not opening < one.by <= horizon:
        yield "by", f"'by' ({one.by}) is not between the opening and the horizon", "name a day of the question's life"
    elif not opening < one.begins <= one.by:
        message = f"'from' ({one.begins}) is not between the opening ({opening}) and 'by' ({one.by})"
        yield "from", message, "name the first of the days on which it may end"
    elif one.by - one.begins >= LONGEST:
        message = f"'from' ({one.begins}) is {(one.by - one.begins).days // 7} weeks before 'by' ({one.by})"
        yield "from", message, "a fixed day is one of two years at most: name the days on which it is due"
    elif one.announced is not None and one.announced >= one.begins:
        message = f"'announced' ({one.announced}) is not before the first of the days ({one.begins})"
        yield "announced", message, "give the day on which it became known, and days after it"
    if one.before is not None and one.begins - max(one.announced or opening, opening) <= dt.timedelta(days=1):
        yield "before", "nothing lies between the announcement and these days", "remove 'before'"


def _sound[T](document: Document, kind: type[T], *pattern: str | Every) -> Iterator[tuple[Place, T]]:
    """What stands at these places and is of this kind."""
    reader: TypeAdapter[T] = TypeAdapter(kind)
    for place, value in document.each(*pattern):
        try:
            yield place, reader.validate_python(value, strict=True)
        except ValidationError:
            continue


def _levels(document: Document) -> Iterator[tuple[Place, DriverLevel]]:
    """The levels that can be read; a key too much, or a reason too little, hides nothing of what is judged."""
    for place, said in document.each("levels", Every.ENTRY):
        if isinstance(said, dict):
            known = {key: value for key, value in said.items() if key in DriverLevel.model_fields and key != "reason"}
            try:
                yield place, DriverLevel.model_validate({**known, "reason": "not read"})
            except ValidationError:
                continue


def _split_faults(
    place: Place, shares: dict[str, float], outcomes: tuple[str, ...]
) -> Iterator[tuple[Place, str, str]]:
    if missing := [name for name in outcomes if name not in shares]:
        yield place, f"no chance is given to {listed(missing)}", "give every outcome and 'other' a chance"
    if abs(math.fsum(shares.values()) - 1) > _TOGETHER:
        message = f"the chances sum to {math.fsum(shares.values()):.6g}"
        yield place, message, "change them so that they sum to 1: they are given resolution"


def judged_quantiles(one: DriverLevel) -> dict[float, float] | None:
    """Probability → value, as quantiles or chips say it; None of a word, which says no range.

    Raises
    ------
    ValueError
        If chips and edges do not fit together, or lie in too few bins.
    """
    if one.quantiles is not None:
        return {float(p): value for p, value in one.quantiles.items()}
    return chip_quantiles(one.edges, one.chips) if one.chips else None


def level_faults(one: DriverLevel) -> Iterator[tuple[Place, str, str]]:
    """What no case can state of a level: a place in it, what is wrong, and how to mend it."""
    if sum((one.level is not None, one.quantiles is not None, bool(one.chips))) != 1:
        message = f"the level of {quoted(one.driver)} is not judged in exactly one way"
        yield (), message, "give a word (level), quantiles, or edges and chips"
        return
    if wrong := [p for p in one.quantiles or {} if not _is_chance(p)]:
        for p in wrong:
            yield ("quantiles", p), f"{quoted(p)} is not a chance between 0 and 1", 'write it like "0.05"'
        return
    place: Place = ("quantiles",) if one.quantiles is not None else ("chips",)
    try:
        judged = judged_quantiles(one)
        normal = fit_normal(judged) if judged is not None else None
    except ValueError as error:
        yield place, f"the level of {quoted(one.driver)} cannot be told: {error}", "correct them"
        return
    if normal is not None:
        yield from ((place, *fault) for fault in _unstatable(one.driver, normal))


def _unstatable(driver: str, normal: FittedNormal) -> Iterator[tuple[str, str]]:
    seen = "between -2 and +2 ordinary swings lies nearly everything that was ever seen"
    if not normal.sd <= WIDEST:
        message = f"the range of {quoted(driver)} is too wide: its sd is {normal.sd:.3g}, above {WIDEST:g}"
        yield message, f"narrow it ({seen})"
    if not abs(normal.mean) <= FARTHEST:
        message = f"the middle of {quoted(driver)} is {normal.mean:+.3g}, more than {FARTHEST:g} away from the usual 0"
        yield message, f"move it ({seen})"


def _is_chance(text: str) -> bool:
    try:
        return 0.0 < float(text) < 1.0
    except ValueError:
        return False
