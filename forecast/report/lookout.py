"""What to watch next week: the indicators by what a report of them would tell, and what each grade would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.standing import Outcome, Standing
from forecast.report.words import Number, percent, tenths

SHOWN = 8
"""Indicators with a picture of their own."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade: what it means, its chance if there is a report, and where each outcome would stand after it."""

    grade: int
    meaning: str
    chance: Number
    after: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing to look for.

    Attributes
    ----------
    label, look_for, tells_about
        The codebook's words.
    reported
        The chance that such an event is reported next week.
    points
        How far a report would move the forecast on average, in percentage points.
    millibits
        What is expected to be learned next week, in thousandths of a bit.
    effort
        Collection effort, as the codebook declares it.
    grades
        1 to 5.
    most
        The place, in `Lookout.outcomes`, of the outcome that hangs most on the grade.
    """

    id: str
    label: str
    look_for: str
    tells_about: str
    reported: Number
    points: Number
    millibits: Number
    effort: Number
    grades: tuple[Grade, ...]
    most: int

    @property
    def ends(self) -> tuple[Number, Number]:
        """Where the most moved outcome would stand after a 1 and after a 5."""
        return self.grades[0].after[self.most], self.grades[-1].after[self.most]


@dataclass(frozen=True, slots=True)
class Lookout:
    """The indicators, the most telling for their effort first; `outcomes` is the order of every grade's numbers."""

    cell: str
    outcomes: tuple[Outcome, ...]
    indicators: tuple[Indicator, ...]

    @property
    def shown(self) -> tuple[Indicator, ...]:
        """Those with a picture."""
        return self.indicators[:SHOWN]


def lookout(watched: Mapping[str, Any] | None, ground: Mapping[str, Any] | None, now: Standing) -> Lookout | None:
    """Read the answer of `forecast watch`; the codebook's words are those of `ground`."""
    if watched is None:
        return None
    coded = ground["indicators"] if ground else {}
    named = {outcome.id: outcome.label for outcome in now.everything}
    if ground:
        named |= {driver: entry["label"] for driver, entry in ground["drivers"].items()}
    rows = tuple(_indicator(row, coded.get(row["id"], {}), named, now) for row in watched["indicators"])
    return Lookout(watched["cell"], now.everything, rows)


def _indicator(row: Mapping[str, Any], coded: Mapping[str, Any], named: Mapping[str, str], now: Standing) -> Indicator:
    meanings = coded.get("grades", [""] * 5)
    grades = tuple(
        Grade(
            grade=grade["grade"],
            meaning=meanings[grade["grade"] - 1],
            chance=percent(grade["probability"]),
            after=tuple(tenths(grade["outcomes"][outcome.id]) for outcome in now.everything),
        )
        for grade in row["grades"]
    )
    low, high = grades[0].after, grades[-1].after
    return Indicator(
        id=row["id"],
        label=coded.get("label", row["id"]),
        look_for=coded.get("look_for", ""),
        tells_about=named.get(row["tells_about"], row["tells_about"]),
        reported=percent(row["reported"]),
        points=Number(row["points_if_reported"], f"{100 * row['points_if_reported']:.1f}"),
        millibits=Number(row["bits"], f"{1000 * row['bits']:.2f}"),
        effort=Number(row["effort"], f"{row['effort']:g}"),
        grades=grades,
        most=max(range(len(low)), key=lambda place: abs(high[place].value - low[place].value)),
    )
