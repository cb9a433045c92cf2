"""Asking a person at the terminal for what a coding still needs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from forecast.commands.console import err, say, visible
from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.case.schema import Case
    from forecast.evidence.journal import Row


def complete(cells: Mapping[str, str], case: Case, present: Iterable[Row]) -> dict[str, str]:
    """A whole coding from what was given, what the ledger knows and what a person answers.

    Raises
    ------
    UsageError
        If something is missing and nobody is there to ask.
    """
    from forecast.evidence.drafting import ASKED, completed, missing

    present = tuple(present)
    draft = completed(cells, case, present)
    if not missing(draft):
        return draft
    _refuse_to_ask_nobody(missing(draft))
    for column in ASKED:
        draft = completed(draft, case, present)
        if column in missing(draft) or (column not in draft and column != "effort"):
            draft[column] = ask(column, draft, case)
    return draft


def ask(column: str, draft: Mapping[str, str], case: Case) -> str:
    """Ask for one column until the answer can stand.

    Raises
    ------
    UsageError
        If nobody is there to ask.
    """
    from forecast.evidence.cells import RowError
    from forecast.evidence.drafting import check_answer, guidance, prompt

    _refuse_to_ask_nobody([column])
    for line in guidance(column, draft, case):
        say(f"  {line}")
    while True:
        answer = _answer(prompt(column, draft))
        try:
            check_answer(column, answer, draft, case)
        except RowError as error:
            say(str(error))
        else:
            return answer


def is_somebody_there() -> bool:
    """Whether a person sits at the keyboard."""
    return sys.stdin.isatty()


def says_yes(question: str) -> bool:
    """Ask for yes or no until one of them is the answer."""
    while True:
        match _answer(f"{question} [y/n]").strip().casefold():
            case "y" | "yes":
                return True
            case "n" | "no":
                return False


def named(question: str) -> str:
    """Ask for a name until there is one."""
    while not (name := _answer(question).strip()):
        pass
    return name


def _refuse_to_ask_nobody(columns: Iterable[str]) -> None:
    if not is_somebody_there():
        options = ", ".join(f"--{column.replace('_', '-')}" for column in columns)
        raise UsageError(f"missing {options}: give them, or run the command at a terminal, which asks")


def _answer(question: str) -> str:
    """One line from the keyboard; the question goes to stderr, as all talk does. No line at all is a way to leave."""
    err.print(visible(f"{question}: "), end="", soft_wrap=True)
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.rstrip("\n")
