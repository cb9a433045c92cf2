"""Solved intercepts kept from one process to the next: they rest on assumptions alone, and are asked for every week.

What is kept is the answer itself, to its last bit, under a digest of all that it follows from. It lies beside the
compiled code and may be deleted at any time; where it cannot be kept, it is solved again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from forecast.durable import replace_file
from forecast.errors import StoreError
from forecast.inference.code import folder
from forecast.model.anchor import Anchor, anchor
from forecast.model.contract import Model
from forecast.model.problem import Problem


def anchored(model: Model, problem: Problem) -> Anchor:
    """The intercepts of a problem, as they were kept or as they are solved now.

    Raises
    ------
    InputError
        If the drivers alone spread the shares more than the stated concentration allows, or no intercepts give them.
    """
    place = folder() / f"anchor-{follows_from(model, problem)}.json"
    if (kept := _read(place, len(problem.structure.outcomes))) is not None:
        return kept
    solved = anchor(model, problem)
    with contextlib.suppress(StoreError, OSError):  # a full disk or a folder of others costs some seconds, no forecast
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, json.dumps(dataclasses.asdict(solved) | {"mean": solved.mean.tolist()}).encode())
    return solved


def follows_from(model: Model, problem: Problem) -> str:
    """A digest of all that decides the intercepts: texts of the model and its laws, and the question at its opening."""
    opening, case = problem.at_opening(), problem.case
    sources = sorted((Path(__file__).parents[1] / "model").glob("*.py"))
    decides = {
        "model": model.texts,
        "sources": [source.read_text("utf-8") for source in sources],
        "numpy": np.__version__,
        "asked": [opening.structure, opening.calendar, opening.passed],
        "case": [case.question, case.drivers, case.indicators, case.sources, case.sides, case.assumptions],
        "past": case.base_rates.texts,
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True, default=_plainly).encode()).hexdigest()


def _plainly(value: Any) -> Any:
    """What JSON does not know, in what it knows; no two values alike."""
    match value:
        case np.ndarray():
            return [str(value.dtype), value.tolist()]
        case BaseModel():
            return [type(value).__name__, value.model_dump(mode="json")]
        case date():
            return value.isoformat()
        case _ if dataclasses.is_dataclass(value):
            return [type(value).__name__, {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}]
        case _:
            raise TypeError(f"nothing is known of {type(value)}")


def _read(place: Path, outcomes: int) -> Anchor | None:
    """What was kept, None where it was not or is no such thing."""
    try:
        kept = json.loads(place.read_bytes())
        mean = np.array(kept.pop("mean"), dtype=float)
        found = Anchor(mean, **{name: float(value) for name, value in kept.items()})
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return None
    numbers = [*mean, found.sd, found.resolved, found.driver_spread, found.stated_spread]
    return found if mean.shape == (outcomes,) and np.all(np.isfinite(numbers)) else None
