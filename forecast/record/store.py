"""What is done of a long piece of work, a JSON line each: what was calculated once is not lost by any interruption.

The file is named by a digest of all that decides the work, so whatever changes begins a new one. It lies in a folder
that keeps itself out of git, and may be deleted at any time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from forecast.durable import append_line, read_if_there

FOLDER = ".calibration"


class Numbered(Protocol):
    """One part of the work: a dataclass that knows which it is."""

    @property
    def number(self) -> int:
        """Which one."""
        ...


class Store[Part: Numbered]:
    """The parts that are done, in the order in which they were.

    Parameters
    ----------
    path
        The file.
    made
        A part from its fields, as JSON keeps them.
    """

    def __init__(self, path: Path, made: Callable[[dict[str, Any]], Part]) -> None:
        self.path, self._made = path, made

    def read(self) -> dict[int, Part]:
        """What is done, by number.

        Raises
        ------
        StoreError
            If the file cannot be read.
        """
        lines = (read_if_there(self.path) or b"").splitlines()
        return {part.number: part for part in self._whole(lines)}

    def add(self, part: Part) -> None:
        """Keep one more, for good.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        fields: Any = part
        append_line(self.path, json.dumps(asdict(fields), allow_nan=False).encode("ascii"))

    def _whole(self, lines: list[bytes]) -> Iterator[Part]:
        """The lines that were written to their end; one that was cut off is as good as not done."""
        for line in lines:
            try:
                yield self._made(json.loads(line))
            except (ValueError, TypeError, KeyError):
                continue
