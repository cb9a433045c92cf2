"""A question that changed while it was open: an outcome that was split, a horizon that moved.

    changes:
      - date: 2026-03-01
        reason: The tender was parted in two.
        split: {outcome: city, into: [city_docks, city_cranes]}
      - date: 2026-04-01
        reason: The council put its vote off.
        horizon_was: 2026-06-28

Ids are permanent: what was split keeps its id for the past alone, and its parts have new ones. Forecasts of before stay
as they were; they are held against the resolution as its parts taken together, and by the horizon that they spoke of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from pydantic import Field

from forecast.case.blocks import Block, Id, Text
from forecast.case.document import Document
from forecast.case.phrases import quoted
from forecast.errors import Problem


class Split(Block):
    """An outcome that became several."""

    outcome: Id
    into: list[Id] = Field(min_length=2, max_length=50)


class Change(Block):
    """What changed of the question, from the end of which day, and why."""

    date: dt.date
    reason: Text
    split: Split | None = None
    horizon_was: dt.date | None = None


def parents_of(changes: Sequence[Change]) -> dict[str, str]:
    """Each part of a split → what it was a part of."""
    return {part: change.split.outcome for change in changes if change.split for part in change.split.into}


def outcomes_before(change: Change, outcomes: tuple[str, ...]) -> tuple[str, ...]:
    """The outcomes as they were before a change; what was split stands where its first part stands now."""
    split = change.split
    if split is None:
        return outcomes
    merged = (split.outcome if name in split.into else name for name in outcomes)
    return tuple(dict.fromkeys(merged))


def change_problems(
    case: Document, changes: Sequence[Change], outcomes: set[str], opening: dt.date, horizon: dt.date
) -> Iterator[Problem]:
    """What is wrong with the declared changes, undone one by one from the question as it is now."""
    later: dt.date | None = None
    for place in reversed(range(len(changes))):
        change, where = changes[place], ("changes", place)
        if change.split is None and change.horizon_was is None:
            yield case.problem(where, "this change changes nothing", "give it 'split' or 'horizon_was'")
        if not opening < change.date < horizon:
            message = f"{change.date} is not inside the question's life ({opening} to {horizon})"
            yield case.problem(where, message, "correct the date")
        if later is not None and change.date > later:
            yield case.problem(where, f"{change.date} is after the next change", "list changes by date")
        later = change.date
        if change.split is not None:
            yield from _split_problems(case, where, change.split, outcomes)
            outcomes = (outcomes - set(change.split.into)) | {change.split.outcome}
        if change.horizon_was is not None:
            if change.horizon_was == horizon or change.horizon_was <= change.date:
                message = f"the horizon was {change.horizon_was}, which is {horizon} or had passed"
                yield case.problem(where, message, "write the horizon of before the change")
            horizon = change.horizon_was


def _split_problems(
    case: Document, where: tuple[str | int, ...], split: Split, outcomes: set[str]
) -> Iterator[Problem]:
    if split.outcome in outcomes:
        message = f"{quoted(split.outcome)} was split and is an outcome still"
        yield case.problem(where, message, "ids are permanent: give every part an id of its own")
    if split.outcome in ("other", "unresolved"):
        yield case.problem(where, f"{quoted(split.outcome)} is in every case", "name an outcome of the case")
    for part in split.into:
        if part not in outcomes or part == "other":
            yield case.problem(where, f"there was no outcome {quoted(part)} after this change", "name the parts")
    if len(set(split.into)) < len(split.into):
        yield case.problem(where, "a part is named twice", "name each part once")
