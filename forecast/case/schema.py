"""What a case may say: the shape of every file that an analyst writes.

Each class is one block of YAML. The models are strict (no coercion, unknown keys refused) and frozen, so
code that holds a `Case` never checks it again. `docs/schema/` holds the same shapes as JSON Schema, which
lets an editor complete the files.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from forecast.case.assumptions import AssumptionSet
from forecast.case.base_rates import BaseRates
from forecast.case.blocks import Block, Id, Name, Positive, Probability, Text
from forecast.case.changes import Change
from forecast.case.document import shown
from forecast.case.others import Numbers
from forecast.case.resolutions import Life, standing
from forecast.case.resolutions import Resolution as Resolved
from forecast.case.sources import Source

# ---------------------------------------------------------------------------- case.yaml


class RuledOutBy(Block):
    """The coded evidence that shows an outcome to be out: a grade at one end of an indicator's scale.

    A later event at the other end shows that it is back.
    """

    indicator: Id
    grade: Literal[1, 5]

    @property
    def back_at(self) -> int:
        """The grade at the other end."""
        return 6 - self.grade


class Outcome(Block):
    """One mutually exclusive way the question can resolve, and what would rule it out beforehand."""

    id: Id
    label: Text
    description: Text
    ruled_out_by: RuledOutBy | None = None


class Other(Block):
    """The outcome every case has: resolved, but in none of the named ways."""

    label: Text = "Resolved some other way"
    description: Text
    ruled_out_by: RuledOutBy | None = None


class Test(Block):
    """One observable test of the resolution tree; the first that holds decides.

    Two or more outcomes in `then` mean that the world may stay ambiguous between them.
    """

    __test__ = False  # not a pytest class, whatever its name says

    test: Text
    then: Id | list[Id]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes this test leads to."""
        return (self.then,) if isinstance(self.then, str) else tuple(self.then)


class Resolution(Block):
    """What counts as resolution, and the ordered tests that name the outcome."""

    counts: Text
    tree: list[Test] = Field(min_length=1, max_length=200)


class OpenedBy(Block):
    """The coded evidence that shows a gate has been passed."""

    indicator: Id
    grade: Annotated[int, Field(ge=2, le=5)] = 5


class Gate(Block):
    """A step that must come first: until it is passed, resolution is all but impossible."""

    id: Id
    label: Text
    reason: Text
    source: Text
    opened_by: OpenedBy


class DecisionLine(Block):
    """A probability of an outcome at which somebody must act; crossing it, either way, is said first."""

    outcome: Id
    at: Probability
    note: Text


class Kept(Block):
    """Where the journal of coded reports is kept."""

    store: Literal["csv", "sqlite", "postgresql"]


class SignedOffCodings(Block):
    """That somebody answers for publishing although coders agree too little (`evidence agreement`)."""

    check: Literal["coder-agreement"]
    author: Text
    date: dt.date
    reason: Text


class CaseFile(Block):
    """`case.yaml`: the question itself."""

    id: Name
    title: Text
    question: Text
    opening: dt.date
    history_from: dt.date
    horizon: dt.date
    clock: Literal["recorded", "published"] = "recorded"
    stale_after: Annotated[int, Field(ge=1, le=3650)] = 14
    model: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)] = "latent_drivers"
    assumptions: Name
    resolution: Resolution
    outcomes: list[Outcome] = Field(min_length=1, max_length=50)
    other: Other
    gates: list[Gate] = Field(default=[], max_length=10)
    decision_lines: list[DecisionLine] = Field(default=[], max_length=50)
    changes: list[Change] = Field(default=[], max_length=20)
    signed_off: list[SignedOffCodings] = Field(default=[], max_length=20)
    evidence: Kept = Kept(store="csv")

    @property
    def outcome_ids(self) -> tuple[str, ...]:
        """The named outcomes and then `other`: the order of every outcome axis."""
        return (*(outcome.id for outcome in self.outcomes), "other")

    @property
    def ruled_out_by(self) -> dict[str, RuledOutBy]:
        """What rules outcomes out, `other` too, where anything does."""
        named = {outcome.id: outcome.ruled_out_by for outcome in self.outcomes} | {"other": self.other.ruled_out_by}
        return {name: by for name, by in named.items() if by is not None}

    @property
    def life(self) -> Life:
        """As what and when the question may resolve."""
        return Life(self.outcome_ids, self.opening, self.horizon, tuple(self.changes))


# ---------------------------------------------------------------------------- drivers.yaml


class Driver(Block):
    """A latent variable in standard units: 0 is its usual state, 1 one prior standard deviation."""

    id: Id
    label: Text
    description: Text
    minus_two: Text
    plus_two: Text


class DriversFile(Block):
    """`drivers.yaml`."""

    drivers: list[Driver] = Field(default=[], max_length=50)


# ---------------------------------------------------------------------------- codebook.yaml


class Grades(Block):
    """What each grade of an indicator means, from the least to the most of it."""

    one: Text = Field(alias="1")
    two: Text = Field(alias="2")
    three: Text = Field(alias="3")
    four: Text = Field(alias="4")
    five: Text = Field(alias="5")

    def __getitem__(self, grade: int) -> str:
        """The meaning of grade 1 to 5."""
        return (self.one, self.two, self.three, self.four, self.five)[grade - 1]


class Indicator(Block):
    """A codebook entry: what to look for, what it tells about, and how to grade it.

    `usual_grade` is what such a report says in the usual state of the driver. It lies strictly inside the
    scale, because a report at the usual grade must be able to move nothing, and a grade at the very end of a
    scale always says "at least this much". `discrimination` is how much more tightly than the usual indicator it
    follows what it tells about: with 2 half a unit shows as a whole one does elsewhere. `reviewed` is the day on which
    codings made under an older wording were last looked at and found to stand.
    """

    id: Id
    label: Text
    look_for: Text
    driver: Id | None = None
    outcome: Id | None = None
    polarity: Literal["positive", "negative"] = "positive"
    usual_grade: Annotated[int, Field(ge=2, le=4)] = 3
    grades: Grades
    examples: list[Text] = Field(min_length=1)
    align: dict[Id, Annotated[int, Field(ge=-1, le=1)]] = {}
    effort: Positive = 1.0
    discrimination: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    reviewed: dt.date | None = None

    @property
    def tells_about(self) -> str:
        """The driver or outcome this indicator informs."""
        return self.driver or self.outcome or ""

    @property
    def sign(self) -> int:
        """+1 where a higher grade means more of the driver, else -1."""
        return 1 if self.polarity == "positive" else -1


class CodebookFile(Block):
    """`codebook.yaml`."""

    indicators: list[Indicator] = []


# ---------------------------------------------------------------------------- the whole case


@dataclass(frozen=True)
class Case:
    """A case that has been read and found free of faults.

    Attributes
    ----------
    folder
        Where its files are.
    question
        `case.yaml`.
    drivers, indicators, sources
        By id (sources by name), in file order.
    source_types, sides
        What the register's kinds and sides mean.
    assumptions
        The chosen assumption set.
    base_rates
        The tables of past episodes that it names.
    resolutions
        How it ended, as recorded time by time; empty while the question is open. No input of any forecast.
    judgements, prices
        What the team and markets said of it, for comparison. No input of any forecast either.
    """

    folder: Path
    question: CaseFile
    drivers: dict[str, Driver]
    indicators: dict[str, Indicator]
    sources: dict[str, Source]
    source_types: dict[str, str]
    sides: dict[str, str]
    assumptions: AssumptionSet
    base_rates: BaseRates
    resolutions: tuple[Resolved, ...] = ()
    judgements: tuple[Numbers, ...] = ()
    prices: tuple[Numbers, ...] = ()

    @property
    def resolution(self) -> Resolved | None:
        """The resolution that stands, None while the question is open."""
        return standing(self.resolutions)

    @property
    def set_file(self) -> str:
        """The file of the chosen assumption set, as a problem names it."""
        return shown(self.folder / "assumptions" / f"{self.assumptions.name}.yaml")

    @property
    def id(self) -> str:
        """The case's permanent name."""
        return self.question.id

    @property
    def outcome_ids(self) -> tuple[str, ...]:
        """The named outcomes and then `other`: the order of every outcome axis."""
        return self.question.outcome_ids
