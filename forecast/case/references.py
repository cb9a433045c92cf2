"""Whether every name in a case means something, and only one thing.

Names are followed in the files as they stand, so that a fault of shape in one block hides nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from forecast.case.document import Document, Every, Pattern
from forecast.case.phrases import instead_of, quoted
from forecast.errors import Problem

type Files = Mapping[str, tuple[Document, ...]]

SETS: Final = "assumptions"
RESERVED: Final = ("other", "unresolved")

_EACH = Every.ENTRY


@dataclass(frozen=True)
class _Names:
    """Where things of one kind get their names."""

    noun: str
    file: str
    places: Pattern


_OUTCOME = _Names("outcome", "case.yaml", ("outcomes", _EACH, "id"))
_GATE = _Names("gate", "case.yaml", ("gates", _EACH, "id"))
_DRIVER = _Names("driver", "drivers.yaml", ("drivers", _EACH, "id"))
_INDICATOR = _Names("indicator", "codebook.yaml", ("indicators", _EACH, "id"))
_SOURCE = _Names("source", "sources.yaml", ("sources", _EACH, "name"))
_TYPE = _Names("source type", "sources.yaml", ("types", Every.KEY))
_SIDE = _Names("side", "sources.yaml", ("sides", Every.KEY))
_ASSUMPTION = _Names("assumption", SETS, (SETS, _EACH, "id"))

_REFERENCES: Final[tuple[tuple[str, Pattern, _Names], ...]] = (
    ("case.yaml", ("resolution", "tree", _EACH, "then"), _OUTCOME),
    ("case.yaml", ("resolution", "tree", _EACH, "then", _EACH), _OUTCOME),
    ("case.yaml", ("gates", _EACH, "opened_by", "indicator"), _INDICATOR),
    ("case.yaml", ("outcomes", _EACH, "ruled_out_by", "indicator"), _INDICATOR),
    ("case.yaml", ("other", "ruled_out_by", "indicator"), _INDICATOR),
    ("case.yaml", ("decision_lines", _EACH, "outcome"), _OUTCOME),
    ("codebook.yaml", ("indicators", _EACH, "driver"), _DRIVER),
    ("codebook.yaml", ("indicators", _EACH, "outcome"), _OUTCOME),
    ("codebook.yaml", ("indicators", _EACH, "align", Every.KEY), _SIDE),
    ("sources.yaml", ("sources", _EACH, "type"), _TYPE),
    ("sources.yaml", ("sources", _EACH, "lean"), _SIDE),
    (SETS, (SETS, _EACH, "driver"), _DRIVER),
    (SETS, (SETS, _EACH, "outcome"), _OUTCOME),
    (SETS, (SETS, _EACH, "gate"), _GATE),
    (SETS, (SETS, _EACH, "cause"), _DRIVER),
    (SETS, (SETS, _EACH, "effect"), _DRIVER),
    (SETS, (SETS, _EACH, "shares", Every.KEY), _OUTCOME),
    (SETS, (SETS, _EACH, "ends", _EACH, "outcomes", _EACH), _OUTCOME),
)


def reference_problems(files: Files) -> Iterator[Problem]:
    """Every name that is unknown, given twice or taken.

    Parameters
    ----------
    files
        The documents by file name, and those of the assumption sets under `assumptions`.
    """
    for names in (_OUTCOME, _GATE, _DRIVER, _INDICATOR, _SOURCE, _ASSUMPTION):
        yield from _duplicates(names, files)
    for file, places, names in _REFERENCES:
        yield from _unknown(file, places, names, files)
    yield from _taken(files)


def _duplicates(names: _Names, files: Files) -> Iterator[Problem]:
    for document in files[names.file]:
        first: dict[str, int | None] = {}
        for place, name in document.texts(*names.places):
            if name in first:
                message = f"the {names.noun} {quoted(name)} stands here a second time (first on line {first[name]})"
                yield document.problem(place, message, "rename or remove one of the two")
            first.setdefault(name, document.line(place))


def _unknown(file: str, places: Pattern, names: _Names, files: Files) -> Iterator[Problem]:
    if not all(document.read for document in files[names.file]):
        return
    known = {name for document in files[names.file] for _, name in document.texts(*names.places)}
    if names is _OUTCOME:
        known.add("other")
    for document in files[file]:
        for place, name in document.texts(*places):
            if name not in known:
                remedy = instead_of(name, known, f"add it to {names.file}, or remove it here")
                yield document.problem(place, f"there is no {names.noun} {quoted(name)}", remedy)


def _taken(files: Files) -> Iterator[Problem]:
    outcomes = {name for document in files[_OUTCOME.file] for _, name in document.texts(*_OUTCOME.places)}
    for document in files[_OUTCOME.file]:
        for place, name in document.texts(*_OUTCOME.places):
            if name in RESERVED:
                message = f"every case has the outcome {quoted(name)} already"
                yield document.problem(place, message, "choose another id, or remove this outcome")
    for document in files[_DRIVER.file]:
        for place, name in document.texts(*_DRIVER.places):
            if name in outcomes or name in RESERVED:
                message = f"the driver {quoted(name)} has the id of an outcome"
                yield document.problem(place, message, "choose another id for the driver")
