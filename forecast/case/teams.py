"""A team of analysts: which sets of assumptions it pools, and what came of each number on which it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from forecast.case.blocks import Block, Name, Text


class Pools(Block):
    """Which sets a team's set pools, each that of one analyst: his numbers are draws around the team's.

    `spread` says beforehand how far apart analysts are, as a share of the doubt that they state themselves, and counts
    like `worth` analysts who were that far apart. `weights` counts some of them more than others.
    """

    sets: list[Name] = Field(min_length=2, max_length=50)
    weights: dict[Name, Annotated[float, Field(ge=0.01, le=100)]] = Field(default={})
    spread: Annotated[float, Field(ge=0.01, le=10)] = 0.5
    worth: Annotated[float, Field(ge=2.5, le=1000)] = 4.0
    reason: Text


@dataclass(frozen=True)
class View:
    """What one analyst's set states of a number, in its unit; `sd` on the scale on which it is pooled, 0 where held."""

    set: str
    author: str
    value: float
    sd: float


@dataclass(frozen=True)
class Pooled:
    """One number on which a team's set pools several analysts.

    Attributes
    ----------
    id, kind
        The assumption of the team's set.
    key
        Which number of it, where it has several: an outcome of the shares, or a key of the file; else empty.
    scale
        On which it is pooled: `linear`, `log`, or `log-ratio` (the shares).
    views
        The analysts', by set.
    value, sd
        The team's value in its unit, and how unsure of what holds in the world, on the scale.
    between
        How far analysts lie from the team's value, on the scale.
    held
        Whether the model takes the value as it is, so that `sd` widens nothing.
    """

    id: str
    kind: str
    key: str
    scale: Literal["linear", "log", "log-ratio"]
    views: tuple[View, ...]
    value: float
    sd: float
    between: float
    held: bool
