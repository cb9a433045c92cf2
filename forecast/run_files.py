"""The two documents of a saved run, read: JSON by the letter, of the shape that `run_shapes` gives.

A run may have lain on a disk, in a repository or in somebody's mail since it was saved. What is read here is JSON by
the letter, and holds all that the commands rely on; more than that is passed over.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from forecast.case.document import shown
from forecast.errors import InputError, Problem
from forecast.run_shapes.forecast import Forecast
from forecast.run_shapes.record import Record

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FORECAST, RECORD, POSTERIOR = "forecast.json", "record.json", "posterior.nc"

REMEDY: Final = "restore the file, or delete the run's folder"
MOST_FAULTS: Final = 20

type Document = dict[str, Any]


def read_forecast(path: Path) -> Document:
    """What a run says.

    Raises
    ------
    InputError
        If the file is not there, is not JSON, or lacks what a run holds.
    """
    document = _read(path, _shape(Forecast))
    if faults := [Problem(shown(path), None, message, REMEDY) for message in _contradictions(document)]:
        raise InputError(faults)
    return document


def read_record(path: Path) -> Document:
    """What a run rests on.

    Raises
    ------
    InputError
        If the file is not there, is not JSON, or lacks what a record holds.
    """
    return _read(path, _shape(Record))


@cache
def _shape(of: type) -> TypeAdapter[Any]:
    """What reads documents of a shape: made once, since making it takes longer than reading."""
    return TypeAdapter(of)


def _read(path: Path, shape: TypeAdapter[Any]) -> Document:
    try:
        document = _strict(path.read_bytes())
        shape.validate_python(document)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
        raise InputError(Problem(shown(path), None, _in_words(fault), REMEDY) for fault in faults) from None
    except (OSError, ValueError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError.at(shown(path), None, f"the run cannot be read ({reason})", REMEDY) from None
    return dict(document)


def _strict(content: bytes) -> Any:
    """JSON by the letter: no NaN, no number beyond all bounds, no key twice, no half of a character."""
    document = json.loads(
        content.decode("utf-8"),
        parse_constant=_no_number,
        parse_float=_finite,
        object_pairs_hook=_without_repeats,
    )
    if b"\\ud" in content.lower():
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    return document


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _without_repeats(pairs: list[tuple[str, Any]]) -> Document:
    block = dict(pairs)
    if len(block) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands there twice")
    return block


def _in_words(fault: ErrorDetails) -> str:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"]).lstrip(".")
    return f"{place or 'the document'}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _contradictions(said: Document) -> Iterator[str]:
    """What the parts of a forecast owe each other."""
    outcomes = [outcome["id"] for outcome in said["outcomes"]]
    if outcomes[-1] != "unresolved" or len(set(outcomes)) < len(outcomes):
        yield "outcomes: each must stand once, 'unresolved' last"
    if any(list(week["cumulative"]) != outcomes[:-1] for week in said["timing"]):
        yield "timing: its outcomes are not those of the forecast"
    if [driver["id"] for driver in said["drivers"]] != [path["id"] for path in said["driver_paths"]]:
        yield "drivers: they are not those of driver_paths"
    if not all(path["weeks"] for path in said["driver_paths"]):
        yield "driver_paths: a driver has no weeks"
    if said["as_of"] != said["run"]["id"][:10]:
        yield "as_of: it is not the date in the run's id"
    if said["publishable"] != (said["diagnostics"]["gate"] == "pass"):
        yield "publishable: it is not what the gate says"
    if any((outcome["previous"] is None) != (outcome["change"] is None) for outcome in said["outcomes"]):
        yield "outcomes: one has a change without the probability before, or the other way round"
    if said["publishable"] and None in numbers(said):
        yield "a number is missing, which no publishable run lacks"


def numbers(said: Document) -> Iterator[float | None]:
    """Every number that a publishable run has; None where there was to be one."""
    for outcome in said["outcomes"]:
        yield from (outcome["probability"], outcome["mcse"], *outcome["interval"])
    for week in said["timing"]:
        yield from (week["unresolved"], *week["cumulative"].values())
    for driver in said["drivers"]:
        yield from (driver["mean"], driver["sd"], *driver["interval"])
    for path in said["driver_paths"]:
        for week in path["weeks"]:
            yield from (week["mean"], *week["interval"])
    for assumption in said["assumptions"]:
        yield assumption["prior"]["mean"]
        if assumption["posterior"]:
            yield from (assumption["posterior"]["mean"], assumption["posterior"]["sd"])
            yield from assumption["posterior"]["interval"]
    if said["diagnostics"]["method"] != "exact":
        yield from (said["diagnostics"][name] for name in ("rhat_max", "ess_bulk_min", "ess_tail_min", "divergences"))
