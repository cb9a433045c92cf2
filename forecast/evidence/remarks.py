"""What people wrote beside the cells of a workbook: comments, of the old kind and of the threaded one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from forecast.evidence.markup import LONGEST_TEXT, Budget, WorkbookError, exhaust, parsed, place_of

type Place = tuple[int, int]
"""Row and column of a cell, from 1."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: who wrote it, as far as the workbook says, and its text."""

    author: str
    text: str

    def __str__(self) -> str:
        return f"{self.author}: {self.text}" if self.author else self.text


type Remarks = dict[Place, tuple[Remark, ...]]


def notes_in(pieces: Iterator[bytes], budget: Budget) -> Remarks:
    """Comments of the old kind, one a cell; the author's name with which their text begins is cut off."""
    authors: list[str] = []
    found: Remarks = {}

    def end(name: str, attributes: Mapping[str, str], text: str) -> None:
        if name == "author":
            authors.append(text.strip())
        elif name == "comment":
            number = attributes.get("authorId", "")
            author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
            said = text.removeprefix(f"{author}:") if author else text
            found[place_of(attributes.get("ref", ""))] = (Remark(author, said.strip()),)

    _read(pieces, budget, ("author", "comment"), end)
    return found


def threads_in(pieces: Iterator[bytes], people: Mapping[str, str], budget: Budget) -> Remarks:
    """Threaded comments, in the order of the thread; `people` gives a person's name by id."""
    found: Remarks = {}

    def end(_: str, attributes: Mapping[str, str], text: str) -> None:
        place = place_of(attributes.get("ref", ""))
        remark = Remark(people.get(attributes.get("personId", ""), ""), text.strip())
        found[place] = (*found.get(place, ()), remark)

    _read(pieces, budget, ("threadedComment",), end)
    return found


def people_in(pieces: Iterator[bytes], budget: Budget) -> dict[str, str]:
    """The names of those who take part in threads, by id."""
    found: dict[str, str] = {}

    def end(_: str, attributes: Mapping[str, str], __: str) -> None:
        found[attributes.get("id", "")] = attributes.get("displayName", "").strip()

    _read(pieces, budget, ("person",), end)
    return found


def _read(
    pieces: Iterator[bytes],
    budget: Budget,
    wanted: tuple[str, ...],
    ended: Callable[[str, Mapping[str, str], str], None],
) -> None:
    """Hand over each wanted element at its end: name, attributes, and all the text inside."""
    attributes: Mapping[str, str] = {}
    texts: list[str] = []
    length = 0

    def start(name: str, given: Mapping[str, str]) -> None:
        nonlocal attributes, length
        budget.spend()
        if name in wanted:
            attributes, length = given, 0
            texts.clear()

    def characters(text: str) -> None:
        nonlocal length
        length += len(text)
        if length > LONGEST_TEXT:
            raise WorkbookError("a comment holds more text than a spreadsheet can keep", "shorten it")
        texts.append(text)

    def end(name: str) -> None:
        if name in wanted:
            ended(name, attributes, "".join(texts))

    exhaust(parsed(pieces, start, end, characters))
