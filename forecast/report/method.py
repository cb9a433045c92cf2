"""How the forecast was made, read off the case and the model in use: for plain words and for maths."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.words import Day, Number, day, significant


@dataclass(frozen=True, slots=True)
class Hidden:
    """A driver: what it is, and the time in which half of today's news about it is forgotten."""

    label: str
    description: str
    half_life: Number | None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A stated influence of one driver on another."""

    cause: str
    effect: str
    strength: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One test of the resolution, and the outcomes it leads to."""

    test: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """The case and the model.

    Attributes
    ----------
    says
        What the model file says it is, in a sentence.
    paragraphs
        The rest of it: (whether these are formulas, text).
    drivers, arrows, tree
        As the case states them; empty where the record does not hold enough.
    since
        From when on reports inform the drivers.
    author, stated
        Who stated the assumptions, and when.
    """

    says: str
    paragraphs: tuple[tuple[bool, str], ...]
    drivers: tuple[Hidden, ...]
    arrows: tuple[Arrow, ...]
    tree: tuple[Branch, ...]
    since: Day | None
    author: str
    stated: Day | None


def method(forecast: Mapping[str, Any], about_model: str, ground: Mapping[str, Any] | None) -> Method:
    """Read the model's own words, and what the case says of itself."""
    says, _, rest = about_model.partition("\n\n")
    blocks = [block for block in rest.split("\n\n") if block.strip()]
    paragraphs = tuple((block.startswith("    "), block.rstrip()) for block in blocks)
    if ground is None:
        return Method(says, paragraphs, (), (), (), None, "", None)
    named = {driver: entry["label"] for driver, entry in ground["drivers"].items()}
    labels = {entry["id"]: entry["label"] for entry in forecast["outcomes"]}
    half_lives = ground["half_lives"]
    used = {path["id"] for path in forecast["driver_paths"]}
    return Method(
        says=says,
        paragraphs=paragraphs,
        drivers=tuple(
            Hidden(entry["label"], entry["description"], _weeks(half_lives.get(driver)))
            for driver, entry in ground["drivers"].items()
            if driver in used
        ),
        arrows=tuple(
            Arrow(named[each["cause"]], named[each["effect"]], each["strength"])
            for each in ground["influences"]
            if used
        ),
        tree=tuple(
            Branch(each["test"], tuple(labels.get(outcome, outcome) for outcome in each["then"]))
            for each in ground["tree"]
        ),
        since=day(ground["history_from"]),
        author=ground["author"],
        stated=day(ground["date"]),
    )


def docstring(text: str) -> str:
    """What a model file says of itself; nothing where it says nothing, or is no program."""
    try:
        return ast.get_docstring(ast.parse(text)) or ""
    except (SyntaxError, ValueError):
        return ""


def _weeks(weeks: float | None) -> Number | None:
    return None if weeks is None else significant(weeks)
