"""How a case ended (`resolutions.csv`): a journal to which rows are added and in which none is edited.

    recorded_at,date,weights,reason,source,author
    2026-05-04T09:30:00Z,2026-05-02,city=1,The council signed with the city.,Port Gazette of 3 May,ann
    2026-06-01T16:00:00Z,2026-05-02,"city=0.7,private=0.3",The contract names both.,The contract itself,ann

The row recorded last stands; the ones before it stay, since forecasts were scored by them. `weights` names outcomes and
how much of the question went to each; those that it leaves out get nothing. More than one outcome is for a world that
stays ambiguous. A question that is open at its horizon resolves on that day, as `unresolved`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forecast.case.changes import Change, outcomes_before, parents_of
from forecast.case.phrases import instead_of, quoted
from forecast.case.plain_csv import Columns, TableRow, read_table
from forecast.errors import InputError, Problem

FILE: Final = "resolutions.csv"
UNRESOLVED: Final = "unresolved"
SUM: Final = 1e-9
"""How far weights may be from 1 by rounding."""
CLOCK_SKEW: Final = dt.timedelta(days=1)
"""How far a local day may be ahead of the day in UTC."""

HEADER: Final = ("recorded_at", "date", "weights", "reason", "source", "author")
_COLUMNS = Columns(
    key=("recorded_at",),
    texts=("recorded_at",),
    days=("date",),
    prose=("weights", "reason", "source"),
    maybe_texts=("author",),
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_WEIGHT = re.compile(r"(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Life:
    """As what and when a question may resolve: after its opening day, and by its horizon.

    Attributes
    ----------
    outcomes
        Every outcome, `other` included and last.
    opening, horizon
        Days.
    changes
        What changed of it while it was open, oldest first.
    """

    outcomes: tuple[str, ...]
    opening: dt.date
    horizon: dt.date
    changes: tuple[Change, ...] = ()

    @property
    def ends(self) -> tuple[str, ...]:
        """Every way in which the question can end: the outcomes, and being open at the horizon."""
        return (*self.outcomes, UNRESOLVED)

    def on(self, day: dt.date) -> Life:
        """The question as it was on a day: changes of that day or later undone."""
        outcomes, horizon = self.outcomes, self.horizon
        for change in reversed(self.changes):
            if change.date >= day:
                outcomes, horizon = outcomes_before(change, outcomes), change.horizon_was or horizon
        return Life(outcomes, self.opening, horizon, tuple(each for each in self.changes if each.date < day))


@dataclass(frozen=True)
class Resolution:
    """How a question ended, as somebody recorded it.

    Attributes
    ----------
    date
        The day on which it resolved.
    weights
        Every outcome and `unresolved` → how much of the question went to it; they sum to 1.
    reason, source
        Why, and by whose word.
    recorded_at
        When it was recorded, in UTC.
    author
        Who recorded it; may be empty.
    parents
        Each part of an outcome that was split → that outcome, as which forecasts of before knew it.
    """

    date: dt.date
    weights: dict[str, float]
    reason: str
    source: str
    recorded_at: dt.datetime
    author: str = ""
    parents: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def outcome(self) -> str | None:
        """The outcome that got all of it, None where the resolution is soft."""
        return next((name for name, weight in self.weights.items() if weight == 1.0), None)


class WeightsError(ValueError):
    """Weights that are no resolution; the message says what is wrong and how to mend it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}: {remedy}")
        self.message = message
        self.remedy = remedy


def standing(resolutions: Iterable[Resolution]) -> Resolution | None:
    """The one that was recorded last (of two at one moment the later in the file), None where there is none."""
    last: Resolution | None = None
    for resolution in resolutions:
        if last is None or resolution.recorded_at >= last.recorded_at:
            last = resolution
    return last


def read_resolutions(folder: Path, life: Life, problems: list[Problem]) -> tuple[Resolution, ...]:
    """Read the resolutions of a case folder, in file order; every fault in them is added to `problems`.

    A case without the file is a case that has not been resolved.
    """
    if not (folder / FILE).exists():
        return ()
    try:
        _, rows = read_table(folder / FILE, _COLUMNS)
    except InputError as error:
        problems += error.problems
        return ()
    found = []
    for row in rows:
        read, faults = _resolution_of(row, life)
        problems += (Problem(row.file, row.line, message, remedy) for message, remedy in faults)
        found += [] if read is None else [read]
    return tuple(found)


def parse_weights(text: str, life: Life) -> dict[str, float]:
    """Weights written as `ID=P,ID=P`, or one outcome by its name alone.

    Returns
    -------
    The weight of every outcome and of `unresolved`; zero for those that the text leaves out.

    Raises
    ------
    WeightsError
        If an outcome is unknown or named twice, a weight is no number in [0, 1], or they do not sum to 1.
    """
    named: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if name not in life.ends:
            raise WeightsError(f"there is no outcome {quoted(name)}", instead_of(name, life.ends, "name one of them"))
        if name in named:
            raise WeightsError(f"{quoted(name)} is there twice", "give each outcome one weight")
        if equals and not _WEIGHT.fullmatch(number):
            raise WeightsError(f"the weight of {quoted(name)} is {quoted(number)}", "write a number from 0 to 1")
        named[name] = float(number) if equals else 1.0
        if named[name] > 1.0:
            raise WeightsError(f"the weight of {quoted(name)} is {number}, above 1", "write a number from 0 to 1")
    if abs((total := math.fsum(named.values())) - 1.0) > SUM:
        raise WeightsError(f"the weights sum to {total:.10g}", "make them sum to 1")
    return {name: named.get(name, 0.0) for name in life.ends}


def written(weights: dict[str, float]) -> str:
    """Weights as the file holds them, in the fewest digits that give them back, without those that are zero."""
    return ",".join(f"{name}={repr(weight).removesuffix('.0')}" for name, weight in weights.items() if weight > 0.0)


def misplaced(day: dt.date, weights: dict[str, float], life: Life) -> Iterator[tuple[str, str]]:
    """What is wrong with resolving so on that day, each with its remedy."""
    if day <= life.opening:
        yield f"{day} is not after the opening ({life.opening})", "the question is open to the end of that day"
    if day > life.horizon:
        remedy = f"a question that is open at its horizon resolves as {quoted(UNRESOLVED)} on {life.horizon}"
        yield f"{day} is after the horizon ({life.horizon})", remedy
    if weights.get(UNRESOLVED, 0.0) > 0.0 and day < life.horizon:
        yield (
            f"{quoted(UNRESOLVED)} means open at the horizon, and {day} is before it",
            f"give the horizon, {life.horizon}, as the date, or name an outcome",
        )


def _resolution_of(row: TableRow, life: Life) -> tuple[Resolution | None, list[tuple[str, str]]]:
    faults: list[tuple[str, str]] = []
    recorded, day, weights = _moment(row.texts["recorded_at"]), row.days["date"], dict[str, float]()
    try:
        weights = parse_weights(row.texts["weights"], life)
    except WeightsError as error:
        faults.append((error.message, error.remedy))
    faults += misplaced(day, weights, life)
    if recorded is None:
        remedy = "write it as YYYY-MM-DDTHH:MM:SSZ, in UTC"
        faults.append((f"'recorded_at' is {quoted(row.texts['recorded_at'])}, which is no moment", remedy))
    elif day > recorded.date() + CLOCK_SKEW:
        faults.append((f"{day} is after the moment when it was recorded", "nothing resolves in the future"))
    if faults or recorded is None:
        return None, faults
    texts = row.texts
    parents = parents_of(life.changes)
    return Resolution(day, weights, texts["reason"], texts["source"], recorded, texts["author"], parents), []


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None
