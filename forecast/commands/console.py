"""How every command speaks: results on stdout, messages and progress on stderr, one JSON document on request."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, overload

from rich.console import Console
from rich.text import Text

from forecast.errors import Problem, UsageError
from forecast.report import inert

if TYPE_CHECKING:
    from datetime import date

    from forecast.case.schema import Case


class _Console(Console):
    """A console that leaves it to the command line what a reader who has gone means; rich would end with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


out = _Console(highlight=False, markup=False, emoji=False)
err = _Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(message: str) -> None:
    """One line for the person at the terminal; never part of the result, and no reason to stop if nobody reads it."""
    with contextlib.suppress(BrokenPipeError):
        err.print(visible(message), soft_wrap=True)


def emit_json(document: object) -> None:
    """Write one JSON document to stdout, in visible ASCII; NaN and infinity are a bug, not a value."""
    text = json.dumps(document, ensure_ascii=True, allow_nan=False, indent=2)
    sys.stdout.write(text.replace("\x7f", "\\u007f") + "\n")


def print_problems(problems: Iterable[Problem], *, warning: bool = False) -> None:
    """Each fault as a line of its own on stderr."""
    for problem in problems:
        say(f"warning: {problem}" if warning else str(problem))


def visible(text: str) -> Text:
    """Text as one inert line: line breaks, control and bidirectional codes are shown as escapes, never obeyed."""
    return Text(inert.visible(text, spell=lambda character: ascii(character)[1:-1], blanks=""))


def open_case(name: str | None, assumptions: str | None = None) -> Case:
    """Find and read a case; every fault of its files is raised at once.

    Raises
    ------
    UsageError
        If no case, or more than one, answers to the name.
    InputError
        If its files have faults.
    """
    from forecast.case.reading import read_case
    from forecast.case.workspace import find_case

    return read_case(find_case(name, Path.cwd()), assumptions)


@overload
def parse_date(text: str, option: str) -> date: ...
@overload
def parse_date(text: str | None, option: str) -> date | None: ...
def parse_date(text: str | None, option: str) -> date | None:
    """An ISO date given on the command line.

    Raises
    ------
    UsageError
        If the text is not a date of the form YYYY-MM-DD.
    """
    from datetime import date

    if text is None:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise UsageError(f"{option}: '{text}' is not a date: write it as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: '{text}' is not a date: the calendar has no such day") from None
