"""YAML 1.2 read as nothing but text, numbers, dates, lists and blocks of keys, each with its line.

ruamel.yaml reads the syntax; what a word *means* is decided here, by the core schema of YAML 1.2 and dates:
`NO` is text, `010` is ten, and no word, tag or alias can make anything else than plain values. Tags, anchors
and aliases have no use in a case and are refused, and so are duplicate keys.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from forecast.case.document import Document, Place, Plain, shown
from forecast.case.phrases import quoted
from forecast.case.plain_text import read_text
from forecast.errors import InputError, Problem

LARGEST: Final = 512 * 1024
MOST_PARTS: Final = 20_000  # keys, values, lists and blocks: a codebook of 250 indicators has half as many
DEEPEST: Final = 30
MOST_FAULTS: Final = 100  # of one file; the rest of such a file teaches nothing more


def read_yaml(path: Path) -> Document:
    """Read one file.

    Raises
    ------
    InputError
        If it cannot be read, or is not the plain YAML that a case is written in; with every such fault that
        can be found before the first break of syntax.
    """
    return parse_yaml(read_text(path, LARGEST), shown(path))


def parse_yaml(text: str, file: str) -> Document:
    """Read the text of a file of this name.

    Raises
    ------
    InputError
        If it is not the plain YAML that a case is written in; with every such fault that can be found before the first
        break of syntax.
    """
    builder = _Builder(file, _bounded(YAML(typ="safe", pure=True).parse(text), file))
    try:
        data = builder.document()
    except (YAMLError, ValueError) as error:  # ruamel lets chr() complain of an impossible \U escape
        raise InputError([*builder.problems, _syntax(file, text, error)]) from None
    if builder.problems:
        raise InputError(builder.problems)
    return Document(file, {} if data is None else data, builder.lines)


def _bounded(events: Iterable[Event], file: str) -> Iterator[Event]:
    """The parser's events, as long as they are of a file that an analyst could have written."""
    for number, event in enumerate(events):
        if number > MOST_PARTS:
            line = event.start_mark.line + 1
            message = f"it holds more than {MOST_PARTS} keys and values"
            raise InputError.at(file, line, message, "keep only what an analyst wrote in it")
        yield event


# ---------------------------------------------------------------------------- from text to values


@dataclass
class _Builder:
    """Turns the parser's events into plain values, noting lines and faults on the way."""

    file: str
    events: Iterator[Event]
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> Plain:
        data: Plain = None
        begun = False
        for event in self.events:
            match event:
                case StreamStartEvent() | StreamEndEvent() | DocumentEndEvent():
                    continue
                case DocumentStartEvent() if begun:
                    self.fault(event, "a second document begins here", "keep one: remove the line '---'")
                    break
                case DocumentStartEvent():
                    begun = True
                    if event.version or event.tags:
                        self.fault(event, "directives ('%…') have no use here", "remove the line that begins with '%'")
                case _:
                    data = self.value(event, ())
        return data

    def value(self, event: Event, place: Place) -> Plain:
        self.lines.setdefault(place, event.start_mark.line + 1)
        self.refuse_extras(event)
        if len(place) > DEEPEST:
            problem = self.at(event, f"it is nested more than {DEEPEST} levels deep", "flatten it")
            raise InputError([*self.problems, problem])
        match event:
            case MappingStartEvent():
                return self.mapping(place)
            case SequenceStartEvent():
                return self.sequence(place)
            case ScalarEvent():
                return self.scalar(event)
            case _:  # an alias, refused above
                return None

    def mapping(self, place: Place) -> dict[str, Plain]:
        block: dict[str, Plain] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.key(event, place)
            line = event.start_mark.line + 1
            if key in block:
                first = self.lines[(*place, key)]
                message = f"the key {quoted(key)} stands here a second time (first on line {first})"
                self.fault(event, message, "keep one of the two")
            self.lines.setdefault((*place, key), line)
            block[key] = self.value(next(self.events), (*place, key))
        return block

    def key(self, event: Event, place: Place) -> str:
        if isinstance(event, ScalarEvent):
            self.refuse_extras(event)
            self.refuse_unprintable(event)
            return str(event.value)
        self.fault(event, "a key must be a single word", "write 'key: value'; quote text that begins with '[' or '{'")
        self.value(event, (*place, "?"))
        return "?"

    def sequence(self, place: Place) -> list[Plain]:
        entries: list[Plain] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            entries.append(self.value(event, (*place, len(entries))))
        return entries

    def scalar(self, event: ScalarEvent) -> Plain:
        self.refuse_unprintable(event)
        text = str(event.value)
        if event.style is not None:
            return text
        try:
            return meaning(text)
        except ValueError as error:
            self.fault(event, f"{quoted(text)} is {error}", "correct it, or put it in quotes if it is meant as text")
            return None

    def refuse_extras(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            self.fault(event, f"the alias {quoted('*' + event.anchor)} is not allowed", "write the value out")
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            self.fault(event, f"the anchor {quoted('&' + event.anchor)} is not allowed", "remove it")
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self.fault(event, f"the tag {quoted(event.tag)} is not allowed", "remove it; use quotes to mark text")

    def refuse_unprintable(self, event: ScalarEvent) -> None:
        for character in event.value:
            if character not in "\t\n" and (ord(character) < 32 or 127 <= ord(character) < 160):
                self.fault(event, f"it holds the control character U+{ord(character):04X}", "delete that character")
                return
            if "\ud800" <= character <= "\udfff":
                self.fault(event, "it holds half of a character (a lone surrogate)", "write the character itself")
                return

    def fault(self, event: Event, message: str, remedy: str) -> None:
        self.problems.append(self.at(event, message, remedy))
        if len(self.problems) == MOST_FAULTS:
            raise InputError(self.problems)

    def at(self, event: Event, message: str, remedy: str) -> Problem:
        return Problem(self.file, event.start_mark.line + 1, message, remedy)


_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def meaning(word: str) -> Plain:
    """What a word without quotes stands for.

    Raises
    ------
    ValueError
        If it looks like a date or a number and is none; the text completes "… is".
    """
    if word in _WORDS:
        return _WORDS[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    if _ENDLESS.fullmatch(word) or (_NUMBER.fullmatch(word) and math.isinf(float(word))):
        raise ValueError("not a finite number")
    if _NUMBER.fullmatch(word):
        return float(word)
    if _DATE.fullmatch(word):
        try:
            return dt.date.fromisoformat(word)
        except ValueError:
            raise ValueError("not a day of the calendar") from None
    return word


# ---------------------------------------------------------------------------- breaks of syntax

_REMEDIES: Final = (
    ("mapping values are not allowed", "put text that holds ': ' in quotes, and indent the keys of a block alike"),
    ("sequence entries are not allowed", "put a lone '-' in quotes, and begin each entry of a list on its own line"),
    ("found character '\\t'", "indent with spaces, not tabs"),
    ("found a tab", "indent with spaces, not tabs"),
    ("cannot start any token", "put text that begins with this character in quotes"),
    ("quoted scalar", "close the quotation mark"),
    ("escape", "write a backslash in double quotes twice, or use single quotes"),
    ("flow", "close the bracket"),
    ("expected ':'", "write 'key: value' on one line"),
    ("block", "indent the keys of one block, and the entries of one list, alike"),
)


def _syntax(file: str, text: str, error: Exception) -> Problem:
    said = " ".join(f"{getattr(error, 'problem', None) or error} {getattr(error, 'context', None) or ''}".split())
    remedy = next((cure for sign, cure in _REMEDIES if sign in said), "look at the indentation, quotes and brackets")
    what = (
        error.problem if isinstance(error, MarkedYAMLError) else None
    ) or "it holds a character that YAML does not allow"
    return Problem(file, _line_of(error, text), f"this is not YAML ({' '.join(what.split())})", remedy)


_OPENED: Final = ("quoted scalar", "simple key", "flow")  # best mended where it was begun


def _line_of(error: Exception, text: str) -> int | None:
    if isinstance(error, MarkedYAMLError):
        begun = any(sign in (error.context or "") for sign in _OPENED)
        mark = (error.context_mark if begun else None) or error.problem_mark or error.context_mark
        return None if mark is None else min(int(mark.line) + 1, max(1, len(text.splitlines())))
    position = getattr(error, "position", None)
    return None if position is None else text.count("\n", 0, position) + 1
