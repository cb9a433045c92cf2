"""Words of probability of a team's own: a file of bands that together hold every whole percentage from 1 to 99.

    words:
      - {from: 1, to: 10, word: remote}
      - {from: 10, to: 90, word: possible}
      - {from: 90, to: 99, word: nearly certain}

Where two bands share an edge, the word nearer to an even chance is used.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field

from forecast.case.blocks import Block, Text
from forecast.case.document import shown
from forecast.case.plain_yaml import read_yaml
from forecast.case.shape import shaped
from forecast.errors import InputError, Problem
from forecast.report.words import Rung

LOWEST, HIGHEST = 1, 99
"""Percentages that are printed as such; beyond them they are `<1%` and `>99%`, and take the outermost words."""


class Band(Block):
    """One band, in whole per cent."""

    low: Annotated[int, Field(ge=LOWEST, le=HIGHEST, alias="from")]
    high: Annotated[int, Field(ge=LOWEST, le=HIGHEST, alias="to")]
    word: Text


class Words(Block):
    """The file."""

    words: list[Band] = Field(min_length=2, max_length=20)


def read_ladder(path: Path) -> tuple[Rung, ...]:
    """Read words of probability, from the least likely to the most.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    document, problems = read_yaml(path), list[Problem]()
    file = shaped(document, Words, problems)
    if file is None or problems:
        raise InputError(problems)
    bands = file.words
    ends = [band.low for band in bands[:1]] + [band.high for band in bands[-1:]]
    if ends != [LOWEST, HIGHEST] or any(low.high != high.low for low, high in pairwise(bands)):
        what = f"the bands do not lead from {LOWEST} to {HIGHEST} without a gap"
        raise InputError.at(shown(path), None, what, "let each begin where the one before it ends")
    return tuple(Rung(band.low, band.high, band.word) for band in bands)
