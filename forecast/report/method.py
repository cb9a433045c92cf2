"""How the forecast was made, read off the case and the model in use: for plain words and for maths."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Any, Final
from unicodedata import lookup

from forecast.report.words import Day, Number, day, significant

GREEK: Final = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "eta",
    "theta",
    "kappa",
    "mu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "phi",
]
SYMBOLS: Final = {
    **{name: lookup(f"GREEK SMALL LETTER {name}") for name in GREEK},
    "eps": lookup("GREEK SMALL LETTER EPSILON"),
    "lambda": lookup("GREEK SMALL LETTER LAMDA"),  # as Unicode spells it
    "Lambda": lookup("GREEK CAPITAL LETTER LAMDA"),
    "sum": lookup("GREEK CAPITAL LETTER SIGMA"),
    "sqrt": "√",
    "^-1": "⁻¹",
    "^2": "²",
    "<=": "≤",
    ">=": "≥",
}
SPELLED: Final = re.compile(
    "|".join(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])" if word.isalpha() else re.escape(word) for word in SYMBOLS)
)


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
    paragraphs = tuple((True, in_symbols(block)) if block.startswith("    ") else (False, block) for block in blocks)
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


def in_symbols(formulas: str) -> str:
    """Formulas as a model file spells them, in the letters that they stand for; columns stay under each other."""
    return "\n".join(_line_in_symbols(line) for line in dedent(formulas.rstrip()).splitlines())


def _line_in_symbols(line: str) -> str:
    shown, owed = [], 0
    for part in re.split(r"( {2,})", line):
        if part.isspace():
            shown.append(part + " " * owed)
            owed = 0
        else:
            symbols = SPELLED.sub(lambda found: SYMBOLS[found[0]], part)
            owed += len(part) - len(symbols)
            shown.append(symbols)
    return "".join(shown)


def docstring(text: str) -> str:
    """What a model file says of itself; nothing where it says nothing, or is no program."""
    try:
        return ast.get_docstring(ast.parse(text)) or ""
    except (SyntaxError, ValueError):
        return ""


def _weeks(weeks: float | None) -> Number | None:
    return None if weeks is None else significant(weeks)
