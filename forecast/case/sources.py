"""Who tells us: the shape of `sources.yaml`, the register of sources with their kinds and sides."""

from __future__ import annotations

from typing import Literal

from forecast.case.blocks import Block, Id, Text


class Source(Block):
    """One entry of the register of sources."""

    name: Text
    type: Id
    language: Text
    reliability: Literal["A", "B", "C", "D", "E", "F"]
    lean: Id | None = None
    note: Text | None = None


class SourcesFile(Block):
    """`sources.yaml`: the kinds of source, the sides a source may lean to, and the register."""

    types: dict[Id, Text]
    sides: dict[Id, Text] = {}
    sources: list[Source] = []
