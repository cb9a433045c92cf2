"""Named assumptions: every structural judgement with its reason, source and author (`assumptions/NAME.yaml`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from forecast.case.blocks import Block, Factor, Id, Name, PerWeek, Probability, Spread, Text
from forecast.case.markets import Markets
from forecast.case.teams import Pooled, Pools

Strength = Literal["--", "-", "0", "+", "++"]
STEPS: dict[Strength, int] = {"--": -2, "-": -1, "0": 0, "+": 1, "++": 2}


class Stated(Block):
    """What every named assumption carries, whatever its kind."""

    id: Name
    reason: Text
    source: Text
    author: Text | None = None
    date: dt.date | None = None


class Shares(Stated):
    """Stated chances of the outcomes *given resolution by the horizon*, `other` included, summing to 1.

    `concentration` says how firmly: the shares are as uncertain as a Dirichlet of that total weight, and the less
    firm they are, the more do an outcome's own reports tell of its share.
    `judged_with` says which reports the judgement already contains: `none` (it stands before all of them)
    or `reports` (those published up to `judged_on` are in it already, and do not inform the drivers again).
    `below_reference` gives the reason for a share far below what past nominees say.
    """

    kind: Literal["shares"]
    shares: dict[Id, Probability]
    concentration: Annotated[float, Field(ge=1, le=1000)] = 8.0
    judged_on: dt.date
    judged_with: Literal["none", "reports"] = "none"
    below_reference: Text | None = None


class Level(Stated):
    """The level a driver keeps returning to, in standard units, and how surely it is known."""

    kind: Literal["level"]
    driver: Id
    mean: Annotated[float, Field(ge=-3, le=3)]
    sd: Spread = 0.3


class HalfLife(Stated):
    """How long half of today's news about a driver stays true, in weeks."""

    kind: Literal["half_life"]
    driver: Id
    weeks: Annotated[float, Field(ge=0.1, le=5200)]


class Strong(Stated):
    """What is stated as a strength, or as a `mean` in the model's own unit; `sd` says how surely."""

    strength: Strength | None = None
    mean: Annotated[float, Field(ge=-10, le=10)] | None = None
    sd: Spread | None = None


class Influence(Strong):
    """An arrow from one driver to another; `+` pulls half as hard as the driver's own movement, `++` as hard."""

    kind: Literal["influence"]
    cause: Id
    effect: Id


class Loading(Strong):
    """How a driver tilts the outcomes: `++` strongly towards one, `--` strongly away from it."""

    kind: Literal["loading"]
    driver: Id
    outcome: Id


class Pace(Stated):
    """Resolutions per week once every gate is passed: a median and a factor of uncertainty (one sd up or down)."""

    kind: Literal["pace"]
    per_week: PerWeek
    factor: Factor = 1.6


class GatePace(Stated):
    """Passages of a gate per week while it is shut: a median and a factor of uncertainty (one sd up or down)."""

    kind: Literal["gate_pace"]
    gate: Id
    per_week: PerWeek
    factor: Factor = 1.6


class Hastening(Strong):
    """A driver that hurries (`+`, `++`) or delays (`-`, `--`) resolution, or the passage of a gate."""

    kind: Literal["hastening"]
    driver: Id
    gate: Id | None = None


class Deadline(Stated):
    """A day by which something is due: in the `weeks` before it the pace is `factor` times what it is otherwise.

    `uncertainty` is the factor of one standard deviation up or down. Of one that was `announced` while the question was
    open no forecast of an earlier day knows, nor do the chances as stated at the opening. A pace behind a gate that is
    still shut stays next to nothing whatever is due.
    """

    kind: Literal["deadline"]
    by: dt.date
    announced: dt.date | None = None
    weeks: Annotated[float, Field(ge=1 / 7, le=104)]
    factor: Annotated[float, Field(ge=0.001, le=500)]
    uncertainty: Factor = 1.5
    gate: Id | None = None


class Ripening(Stated):
    """An outcome that takes time: its log-odds rise by `rise` over `weeks` from the opening, then stay."""

    kind: Literal["ripening"]
    outcome: Id
    weeks: Annotated[float, Field(ge=0.1, le=520)]
    rise: Annotated[float, Field(ge=-5, le=5)]


class Momentum(Stated):
    """How an outcome gains or loses by itself, whatever the drivers do.

    One standard unit of its momentum is `log_odds` for or against it; half of what is gained is left after `weeks`.
    An outcome has one that some indicator tells about directly, or that is given one here. The indicator tells of the
    sum of this and of how far the stated share is off.
    """

    kind: Literal["momentum"]
    outcome: Id
    log_odds: Annotated[float, Field(gt=0, le=5)] = 0.7
    weeks: Annotated[float, Field(ge=0.1, le=5200)] = 26.0


TableName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*\.csv$", max_length=80)]


class Ending(Block):
    """One way in which a past episode ended that resolves a question like this one, and the outcomes it stands for."""

    end: Text
    outcomes: list[Id] = Field(min_length=1, max_length=51)


class Episodes(Stated):
    """Past episodes from which the paces of resolution and of the gates are learned, together with the case.

    `pace` and `gate_pace` then say what is believed before this table is looked at. Everything counts from the age
    that this question's own episode, begun on `trigger_date`, had at the opening; the episodes named in `own` are it.
    An end that is not among `ends` takes an episode out of sight.
    """

    kind: Literal["episodes"]
    table: TableName
    passages: TableName | None = None
    office: Text
    country: Text
    trigger_date: dt.date
    own: list[Text] = []
    ends: list[Ending] = Field(min_length=1, max_length=20)


class ReferenceClass(Stated):
    """Countries whose past counts by `relevance` (a share of its full weight), and whether all of it is in the table.

    Where it is not (`complete: false`), the `selection` of what got into the table is allowed for.
    """

    kind: Literal["reference_class"]
    countries: list[Text] = Field(min_length=1, max_length=250)
    relevance: Annotated[float, Field(ge=0.01, le=1)]
    complete: bool = False


class Selection(Stated):
    """By how much (in log rate) the episodes of incomplete classes are slower than all that there were would be.

    Long episodes are famous, and where no gates were noted the wait for them counts as the wait for the end.
    """

    kind: Literal["selection"]
    log_rate: Annotated[float, Field(ge=-2, le=2)]
    sd: Spread


class Nominees(Stated):
    """Past nominees who were opposed from abroad: how often such a one got through, which is the case's `outcome`.

    A country's own record is drawn towards that of all classes with the weight of `pooling` episodes.
    """

    kind: Literal["nominees"]
    table: TableName
    office: Text
    opposition: list[Text] = Field(min_length=1, max_length=20)
    through: Text = "confirmed"
    outcome: Id
    pooling: Annotated[float, Field(gt=0, le=1000)] = 4.0


Assumption = Annotated[
    Shares
    | Level
    | HalfLife
    | Influence
    | Loading
    | Pace
    | GatePace
    | Hastening
    | Deadline
    | Ripening
    | Momentum
    | Episodes
    | ReferenceClass
    | Selection
    | Nominees,
    Field(discriminator="kind"),
]


class SignedOff(Block):
    """A finding of `check --prior` that somebody answers for: worlds with a near-certain outcome, or without `other`.

    It holds for the set in whose file it stands, and not for those based on it: they are other worlds.
    """

    check: Literal["certain-outcome", "no-other"]
    reason: Text
    author: Text


class AssumptionsFile(Block):
    """`assumptions/NAME.yaml`: one set.

    A set that is `based_on` another takes over what it does not restate; so does one that `pools` others, of what they
    make together.
    """

    set: Name
    label: Text
    author: Text
    date: dt.date
    based_on: Name | None = None
    pools: Pools | None = None
    markets: Markets | None = None
    signed_off: list[SignedOff] = []
    assumptions: list[Assumption] = []


@dataclass(frozen=True)
class AssumptionSet:
    """One named set with everything it inherits resolved; `items` by assumption id, in file order.

    `pools` names the analysts' sets that it pools, `pooled` holds the numbers on which it does: none in a plain set.
    `markets` says how prices are read, None where they are not.
    """

    name: str
    label: str
    author: str
    date: dt.date
    items: dict[str, Assumption]
    signed_off: tuple[SignedOff, ...] = ()
    pools: tuple[str, ...] = ()
    pooled: tuple[Pooled, ...] = ()
    markets: Markets | None = None

    def of[Kind: Stated](self, kind: type[Kind]) -> list[Kind]:
        """Those of one kind, in file order."""
        return [item for item in self.items.values() if isinstance(item, kind)]

    def only[Kind: Stated](self, kind: type[Kind]) -> Kind | None:
        """The one of a kind of which there is at most one, None where it is not stated."""
        return next(iter(self.of(kind)), None)

    @property
    def shares(self) -> Shares:
        """The stated chances, which every set has."""
        (shares,) = self.of(Shares)
        return shares
