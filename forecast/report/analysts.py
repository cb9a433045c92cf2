"""A team's analysts on the page: their own forecasts beside the team's, and who differs on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.standing import Outcome, Standing
from forecast.report.words import Number, percent, significant, tenths_of_points

LONGEST = 12
"""Numbers on which they differ that are shown."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One outcome: the team's chance, each analyst's (None where there is no forecast of that set), and their pools."""

    outcome: Outcome
    team: Number
    own: tuple[Number | None, ...]
    pools: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """One number on which they differ.

    Attributes
    ----------
    about
        What it is.
    team, own
        The team's value and each analyst's; None where he states none.
    held
        Whether the model takes it as it is.
    analyst, outcome, points
        Whose number would move which outcome most, and by how much; None where it moves nothing that is printed.
    reliable
        Whether the draws can tell.
    """

    about: str
    team: Number
    own: tuple[Number | None, ...]
    held: bool
    analyst: str
    outcome: Outcome | None
    points: Number
    reliable: bool


@dataclass(frozen=True, slots=True)
class Analysts:
    """Who they are, where each of them stands, and on what they differ; `more` numbers are not shown."""

    names: tuple[str, ...]
    pools: tuple[str, ...]
    rows: tuple[Beside, ...]
    numbers: tuple[Differing, ...]
    more: int

    @property
    def most(self) -> Differing | None:
        """The number that matters most, if any does."""
        return next((each for each in self.numbers if each.outcome is not None), None)


def analysts(answer: Mapping[str, Any] | None, now: Standing) -> Analysts | None:
    """Read the answer of `forecast pool --analysts`; None where the set pools nobody."""
    if answer is None:
        return None
    outcomes = {outcome.id: outcome for outcome in now.everything}
    said = [each["outcomes"] for each in answer["analysts"]]
    names = tuple(each["set"] for each in answer["analysts"])
    parts = [(number, part) for number in answer["numbers"] for part in number["parts"]]
    return Analysts(
        names=names,
        pools=tuple(answer["pools"]),
        rows=tuple(
            Beside(
                outcome=outcomes[row["id"]],
                team=percent(row["probability"]),
                own=tuple(None if each is None else percent(each[row["id"]]) for each in said),
                pools=tuple(percent(pool[row["id"]]) for pool in answer["pools"].values()),
            )
            for row in answer["outcomes"]
        ),
        numbers=tuple(_differing(number, part, names, outcomes) for number, part in parts[:LONGEST]),
        more=max(0, len(parts) - LONGEST),
    )


def _differing(
    number: Mapping[str, Any], part: Mapping[str, Any], names: tuple[str, ...], outcomes: Mapping[str, Outcome]
) -> Differing:
    said = {view["set"]: view["value"] for view in part["views"]}
    moves = [(change, taken, name) for taken in number["taken"] for name, change in taken["change"].items()]
    change, taken, name = max(moves, key=lambda each: abs(each[0]))
    points = tenths_of_points(change)
    of = outcomes.get(part["key"])
    return Differing(
        about=f"{number['about']}: {of.label}" if of is not None else number["about"],
        team=significant(part["team"]),
        own=tuple(significant(said[name]) if name in said else None for name in names),
        held=number["held"],
        analyst=taken["set"],
        outcome=None if points.text == "0.0" else outcomes[name],
        points=points,
        reliable=taken["reliable"],
    )
