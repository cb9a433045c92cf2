"""Worlds that are done, a JSON line each, so that an interruption costs one world.

They lie in the folder of the calibration's simulations, which git ignores, in a file named by all that decides them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from forecast.durable import append_line
from forecast.record.store import FOLDER
from tests.model.harbour import latent_drivers
from tests.recovery.worlds import Recovered

ROOT = Path(__file__).parents[2]
DECIDING = ("forecast/model", "forecast/inference", "tests/model/harbour.py", "tests/recovery")
REPORTING = ("__main__.py", "store.py", "findings.py", "page.py", "test_recovery.py")


def digest() -> str:
    """Of the model, the sampler and the simulator."""
    texts = dict(latent_drivers().texts)
    for place in DECIDING:
        path = ROOT / place
        files = [path] if path.is_file() else sorted(path.glob("*.py"))
        texts |= {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in files if file.name not in REPORTING}
    return sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:12]


class Store:
    """The worlds of one kind."""

    def __init__(self, kind: str) -> None:
        self.path = ROOT / FOLDER / f"recovery-{kind}-{digest()}.jsonl"

    def read(self) -> dict[int, Recovered]:
        """What is done, by number."""
        lines = self.path.read_bytes().splitlines() if self.path.is_file() else []
        return {world.number: world for world in _whole(lines)}

    def add(self, world: Recovered) -> None:
        """Keep one more."""
        append_line(self.path, json.dumps(asdict(world), allow_nan=False).encode("ascii"))


def _whole(lines: list[bytes]) -> Iterator[Recovered]:
    """The lines that were written to their end."""
    for line in lines:
        try:
            kept = json.loads(line)
            yield Recovered(**{**kept, "faults": tuple(kept["faults"])})
        except (ValueError, TypeError, KeyError):
            continue
