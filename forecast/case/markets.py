"""How an assumption set has markets' prices read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from forecast.case.blocks import Block, Text


class Markets(Block):
    """How prices of `prices.csv` are read: as noisy, biased readings of the outcomes' chances, in log-odds.

    `names` are the markets that count (all, where none is named). A contract in a deep market errs by `sd`, one whose
    `volume` is `deep` with twice the variance; all contracts of a market by a common `bias` of that spread. `longshot`
    below 1 says that they ask too much for the improbable. `degrees` are those of Student's t; `alike` says how far
    several markets repeat each other, 0 to 1.
    """

    names: list[Text] = Field(default=[], max_length=50)
    sd: Annotated[float, Field(ge=0.02, le=5)] = 0.8
    bias: Annotated[float, Field(ge=0, le=5)] = 0.2
    deep: Annotated[float, Field(gt=0, le=1e12)] = 10_000.0
    longshot: Annotated[float, Field(ge=0.2, le=2)] = 1.0
    degrees: Annotated[float, Field(ge=1, le=1000)] = 4.0
    alike: Annotated[float, Field(ge=0, le=1)] = 0.5
    reason: Text
