"""The sets that a team's set pools: their files, and what each of them states."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from forecast.case.assumption_sets import Stock, read_chain, set_names
from forecast.case.assumptions import Assumption
from forecast.case.document import Document, Every
from forecast.case.phrases import instead_of, quoted
from forecast.case.plain_yaml import read_yaml
from forecast.errors import InputError, Problem


@dataclass(frozen=True)
class Member:
    """One analyst's set: its name and author, its assumptions by id, and where each of them is written.

    `origins` has a file and place for each; what goes without saying has its own id there.
    """

    name: str
    author: str
    items: Mapping[str, Assumption]
    origins: Mapping[str, object]


def pooling_sets(folder: Path) -> tuple[str, ...]:
    """The sets of a case that pool others; files that cannot be read are left out."""
    found = []
    for name in set_names(folder):
        with suppress(InputError):
            if pooled_in(read_yaml(folder / "assumptions" / f"{name}.yaml")):
                found.append(name)
    return tuple(found)


def pooled_in(document: Document) -> tuple[str, ...]:
    """The sets that a set's file pools."""
    return tuple(member for _, member in document.texts("pools", "sets", Every.ENTRY))


def read_members(
    folder: Path, chain: tuple[Document, ...], case: Document, problems: list[Problem]
) -> dict[str, tuple[Document, ...]]:
    """The chains of files of the sets that the chosen one pools, by name; none where it pools none."""
    *bases, chosen = chain or (Document("assumptions", None, {}),)
    chains: dict[str, tuple[Document, ...]] = {}
    for place, name in chosen.texts("pools", "sets", Every.ENTRY):
        if name not in set_names(folder):
            remedy = instead_of(name, set_names(folder), f"write the file assumptions/{name}.yaml")
            problems.append(chosen.problem(place, f"there is no assumption set {quoted(name)}", remedy))
        elif name in chains:
            problems.append(chosen.problem(place, f"the set {quoted(name)} is pooled twice", "name it once"))
        else:
            chains[name] = read_chain(folder, name, case, problems)
    for place, name in chosen.texts("pools", "weights", Every.KEY):
        if name not in chains:
            remedy = instead_of(name, chains, "remove it")
            problems.append(chosen.problem(place, f"{quoted(name)} has a weight but is not pooled", remedy))
    if chosen.get("pools") is not None and chosen.get("based_on") is not None:
        message = "a set is based on another or pools others, not both"
        problems.append(chosen.problem(("based_on",), message, "remove 'based_on', or 'pools'"))
    taken = {document.file: document for each in (bases, *chains.values()) for document in each}
    for document in taken.values():
        if document.get("pools") is not None:
            message = "a set that pools others can itself be neither pooled nor the base of another"
            problems.append(document.problem(("pools",), message, "name the analysts' own sets instead"))
    return chains


def member(name: str, stock: Stock, items: Mapping[str, Assumption]) -> Member:
    """One analyst's set, with what goes without saying."""
    written = {key: (placed.document.file, placed.place) for key, placed in stock.items.items()}
    return Member(name, str(stock.chosen.get("author")), items, {key: written.get(key, key) for key in items})
