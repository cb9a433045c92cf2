"""One file of a case as plain values, each with the line it came from."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from forecast.errors import Problem

type Plain = str | int | float | bool | dt.date | list[Plain] | dict[str, Plain] | None
type Place = tuple[str | int, ...]


class Every(Enum):
    """A step of a pattern that more than one thing fits."""

    ENTRY = "every entry of a list, or every value of a block"
    KEY = "every key of a block, taken as a value"


type Pattern = tuple[str | Every, ...]


@dataclass(frozen=True)
class Document:
    """One file: its values, and the line on which each of them begins.

    Attributes
    ----------
    file
        Its name as problems give it.
    data
        What it says, by rights a block of keys; None where it could not be read.
    lines
        The line (from 1) of the value at each place.
    """

    file: str
    data: Plain
    lines: dict[Place, int]

    @property
    def read(self) -> bool:
        """Whether anything may be concluded from what is missing in it."""
        return self.data is not None

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest block around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)

    def where(self, place: Place) -> str:
        """A place as it is named to who must find it: FILE:LINE."""
        line = self.line(place)
        return self.file if line is None else f"{self.file}:{line}"

    def problem(self, place: Place, message: str, remedy: str) -> Problem:
        """A fault at a place of this file."""
        return Problem(self.file, self.line(place), message, remedy)

    def get(self, key: str) -> Plain:
        """The value of an outermost key, or None."""
        return self.data.get(key) if isinstance(self.data, dict) else None

    def each(self, *pattern: str | Every) -> Iterator[tuple[Place, Plain]]:
        """Every value whose place fits the pattern; a block or key that is not there is passed over."""
        found: list[tuple[Place, Plain]] = [((), self.data)]
        for step in pattern:
            found = [((*place, key), inner) for place, value in found for key, inner in _entries(value, step)]
        yield from found

    def texts(self, *pattern: str | Every) -> Iterator[tuple[Place, str]]:
        """As `each`, but only the values that are text."""
        return ((place, value) for place, value in self.each(*pattern) if isinstance(value, str))


def shown(path: Path) -> str:
    """A path as a problem names it: relative to the current folder (with `/`) where it lies inside, else as given."""
    absolute, here = Path(os.path.abspath(path)), Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else str(path)


def _entries(value: Plain, step: str | Every) -> Iterator[tuple[str | int, Plain]]:
    if isinstance(value, dict):
        if step is Every.ENTRY:
            yield from value.items()
        elif step is Every.KEY:
            yield from ((key, key) for key in value)
        elif isinstance(step, str) and step in value:
            yield step, value[step]
    elif isinstance(value, list) and step is Every.ENTRY:
        yield from enumerate(value)
