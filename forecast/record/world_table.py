"""Every simulated world of a calibration as one row of a CSV file, for those who would look with a test of their own.

    world, happened, faults, rank of Q, ..., forecast of K, ..., oracle of K, ...

A rank counts how many of the ranked draws lie below the truth. What could not be fitted has no ranks and no forecast.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from forecast.record.calibration import Calibration
from forecast.record.simulation import Simulation


def world_table(found: Calibration) -> str:
    """The text of the file; worlds in their order."""
    file = io.StringIO()
    rows = [dict(_row(each)) for each in found.simulations]
    fullest = max(rows, key=len, default={})
    writer = csv.DictWriter(file, fieldnames=list(fullest), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _row(world: Simulation) -> Iterator[tuple[str, str | int]]:
    yield "world", world.number
    yield "happened", world.happened
    yield "faults", "; ".join(world.faults)
    yield from ((f"rank of {name}", rank) for name, rank in world.ranks.items())
    yield from ((f"forecast of {name}", f"{chance:.6f}") for name, chance in world.forecast.items())
    yield from ((f"oracle of {name}", f"{chance:.6f}") for name, chance in world.oracle.items())
