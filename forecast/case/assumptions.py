"""Named assumptions: every structural judgement with its reason, source and author (`assumptions/NAME.yaml`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from forecast.case.blocks import Block, Factor, Id, Name, PerWeek, Probability, Spread, Text

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

    `concentration` says how firmly: the shares are as uncertain as a Dirichlet of that total weight.
    `judged_with` says which reports the judgement already contains: `none` (it stands before all of them)
    or `reports` (those published up to `judged_on` are in it already, and do not inform the drivers again).
    """

    kind: Literal["shares"]
    shares: dict[Id, Probability]
    concentration: Annotated[float, Field(ge=1, le=1000)] = 8.0
    judged_on: dt.date
    judged_with: Literal["none", "reports"] = "none"


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


class Influence(Stated):
    """An arrow from one driver to another; `+` pulls half as hard as the driver's own movement, `++` as hard."""

    kind: Literal["influence"]
    cause: Id
    effect: Id
    strength: Strength


class Loading(Stated):
    """How a driver tilts the outcomes: `++` strongly towards one, `--` strongly away from it."""

    kind: Literal["loading"]
    driver: Id
    outcome: Id
    strength: Strength


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


class Hastening(Stated):
    """A driver that hurries (`+`, `++`) or delays (`-`, `--`) resolution, or the passage of a gate."""

    kind: Literal["hastening"]
    driver: Id
    gate: Id | None = None
    strength: Strength


class Ripening(Stated):
    """An outcome that takes time: its log-odds rise by `rise` over `weeks` from the opening, then stay."""

    kind: Literal["ripening"]
    outcome: Id
    weeks: Annotated[float, Field(ge=0.1, le=520)]
    rise: Annotated[float, Field(ge=-5, le=5)]


Assumption = Annotated[
    Shares | Level | HalfLife | Influence | Loading | Pace | GatePace | Hastening | Ripening,
    Field(discriminator="kind"),
]


class AssumptionsFile(Block):
    """`assumptions/NAME.yaml`: one set. A set that is `based_on` another takes over what it does not restate."""

    set: Name
    label: Text
    author: Text
    date: dt.date
    based_on: Name | None = None
    assumptions: list[Assumption] = []


@dataclass(frozen=True)
class AssumptionSet:
    """One named set with everything it inherits resolved; `items` by assumption id, in file order."""

    name: str
    label: str
    author: str
    date: dt.date
    items: dict[str, Assumption]
