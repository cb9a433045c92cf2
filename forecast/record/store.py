"""Simulations that are done, a JSON line each: what was calculated once is not lost by any interruption.

The file is named by a digest of all that decides the simulations, so whatever changes begins a new one. It lies in a
folder that keeps itself out of git, and may be deleted at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from forecast.durable import append_line, read_if_there
from forecast.record.simulation import Simulation

FOLDER = ".calibration"


class Store:
    """The simulations of one calibration, in the order in which they were done."""

    def __init__(self, workspace: Path, case_id: str, digest: str) -> None:
        self.path = workspace / FOLDER / f"{case_id}-{digest[:12]}.jsonl"

    def read(self) -> dict[int, Simulation]:
        """What is done, by number.

        Raises
        ------
        StoreError
            If the file cannot be read.
        """
        lines = (read_if_there(self.path) or b"").splitlines()
        return {simulation.number: simulation for simulation in _whole(lines)}

    def add(self, simulation: Simulation) -> None:
        """Keep one more, for good.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        append_line(self.path, json.dumps(asdict(simulation), allow_nan=False).encode("ascii"))


def _whole(lines: list[bytes]) -> Iterator[Simulation]:
    """The lines that were written to their end; one that was cut off is as good as not done."""
    for line in lines:
        try:
            kept = json.loads(line)
            yield Simulation(**{**kept, "faults": tuple(kept["faults"])})
        except (ValueError, TypeError, KeyError):
            continue
