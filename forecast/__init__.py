"""Possibilities: Bayesian forecasts of questions whose answer is one of a few mutually exclusive outcomes.

What a notebook needs stands at the top, and is loaded when it is first asked for: `from forecast import open_run`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_OFFERED = {
    "forecast.questions": (
        "open_run", "explain", "surprises", "sensitivity", "whatif", "way_to", "watch", "scenarios",
    ),
    "forecast.runs": ("Run", "list_runs"),
    "forecast.run_lines": ("find_run",),
    "forecast.tables": ("history", "timing", "drivers"),
}  # fmt: skip
_HOME = {name: module for module, names in _OFFERED.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'forecast' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
