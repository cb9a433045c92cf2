"""Worlds that are done, a JSON line each, so that an interruption costs one world.

They lie in the folder of the calibration's simulations, which git ignores, in a file named by all that decides them.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from forecast.record.store import FOLDER, Store
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


def store_of(kind: str) -> Store[Recovered]:
    """The worlds of one kind."""
    return Store(ROOT / FOLDER / f"recovery-{kind}-{digest()}.jsonl", _kept)


def _kept(fields: dict[str, Any]) -> Recovered:
    return Recovered(**{**fields, "faults": tuple(fields["faults"])})
