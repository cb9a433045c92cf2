"""What a feed's events are in the words of a case: rules from code, actors and place to an indicator and a grade."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forecast.case.blocks import Block, Id, Text
from forecast.case.document import Every
from forecast.case.phrases import instead_of, quoted
from forecast.case.plain_yaml import read_yaml
from forecast.case.schema import Case
from forecast.case.shape import shaped
from forecast.errors import InputError, Problem
from forecast.evidence.feeds import FeedEvent


class Teller(Block):
    """Who is taken to tell what a feed has, and how far that is usually believed."""

    name: Text
    type: Id
    reliability: Literal["A", "B", "C", "D", "E", "F"]
    credibility: Annotated[int, Field(ge=1, le=6)]


class Rule(Block):
    """Events of these kinds, by and to these actors, at these places, are this grade of an indicator.

    Of a list any entry will do, and one that is left out asks for nothing. A kind is given by its beginning: `14` for
    all of CAMEO's protests, `Protests/Violent` for one of ACLED's. Actors and places are codes or names, or the
    beginning of a word in them.
    """

    codes: list[Text] = Field(min_length=1, max_length=500)
    actors: list[Text] = Field(default=[], max_length=500)
    targets: list[Text] = Field(default=[], max_length=500)
    places: list[Text] = Field(default=[], max_length=500)
    indicator: Id
    grade: Annotated[int, Field(ge=1, le=5)]

    def fits(self, event: FeedEvent) -> bool:
        """Whether an event is what the rule speaks of."""
        code = event.code.casefold()
        return (
            any(code.startswith(beginning.casefold()) for beginning in self.codes)
            and self._actors(event.actors)
            and self._targets(event.targets)
            and self._places(event.places)
        )

    @cached_property
    def _actors(self) -> Callable[[Iterable[str]], bool]:
        return _asks_for(self.actors)

    @cached_property
    def _targets(self) -> Callable[[Iterable[str]], bool]:
        return _asks_for(self.targets)

    @cached_property
    def _places(self) -> Callable[[Iterable[str]], bool]:
        return _asks_for(self.places)


class MappingFile(Block):
    """A mapping: whom its events come from, and rules of which the first that fits decides."""

    source: Teller
    rules: list[Rule] = Field(min_length=1, max_length=1_000)

    def rule_of(self, event: FeedEvent) -> tuple[int, Rule] | None:
        """The first rule that fits, with its number from 1."""
        return next(((number, rule) for number, rule in enumerate(self.rules, start=1) if rule.fits(event)), None)


def read_mapping(path: Path, case: Case) -> MappingFile:
    """Read a mapping for a case.

    Raises
    ------
    InputError
        With every fault of it, an indicator or a type of source that the case does not have among them.
    """
    document = read_yaml(path)
    problems: list[Problem] = []
    mapping = shaped(document, MappingFile, problems)
    for place, name in document.texts("rules", Every.ENTRY, "indicator"):
        if name not in case.indicators:
            remedy = instead_of(name, case.indicators, "add it to codebook.yaml")
            problems.append(document.problem(place, f"there is no indicator {quoted(name)}", remedy))
    for place, name in document.texts("source", "type"):
        if name not in case.source_types:
            remedy = instead_of(name, case.source_types, "add it to sources.yaml")
            problems.append(document.problem(place, f"there is no source type {quoted(name)}", remedy))
    if problems or mapping is None:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0))
    return mapping


def _asks_for(wanted: Iterable[str]) -> Callable[[Iterable[str]], bool]:
    """Whether one of the wanted words begins a word of one of the texts; whatever it is where none is wanted."""
    words = [re.escape(word) for word in wanted]
    if not words:
        return lambda _: True
    beginning = re.compile(rf"\b(?:{'|'.join(words)})", re.IGNORECASE)
    return lambda texts: any(beginning.search(text) for text in texts)
