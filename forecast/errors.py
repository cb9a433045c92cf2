"""What can go wrong, and the exit code each kind ends with.

    ForecastError            1  (only through a subclass, or as our own bug)
    ├── UsageError           2  the call itself is off
    ├── InputError           3  the files are off; carries every Problem found
    ├── UnpublishableError   4  the forecast exists but failed its gate
    └── StoreError           5  the store is busy, unreachable or not writable

An interrupted command ends with 130. Every message says what is wrong *and* how to mend it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class Exit(IntEnum):
    """Exit codes of the command line (contract)."""

    OK = 0
    BUG = 1
    USAGE = 2
    BAD_INPUT = 3
    UNPUBLISHABLE = 4
    STORE = 5
    INTERRUPTED = 130


@dataclass(frozen=True)
class Problem:
    """One fault in one place: `FILE:LINE: what is wrong: how to mend it`."""

    file: str
    line: int | None
    message: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return _on_one_line(f"{place}: {self.message}: {self.remedy}")


class ForecastError(Exception):
    """Base of every error a user may meet; each argument is a line of its message."""

    exit_code = Exit.BUG

    def __str__(self) -> str:
        return "\n".join(_on_one_line(line) for line in self.args)


class UsageError(ForecastError):
    """The command was called with words that do not fit together."""

    exit_code = Exit.USAGE


class InputError(ForecastError):
    """Files that cannot be used, with every fault found in them.

    Parameters
    ----------
    problems
        All faults, in file order. Never empty.
    """

    exit_code = Exit.BAD_INPUT

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(*(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Travel from one process to another as it was made."""
        return type(self), (self.problems,)

    @classmethod
    def at(cls, file: Path | str, line: int | None, message: str, remedy: str) -> InputError:
        """One fault, as an error."""
        return cls([Problem(str(file), line, message, remedy)])


class UnpublishableError(ForecastError):
    """A forecast was made, but its diagnostics do not allow anyone to use it."""

    exit_code = Exit.UNPUBLISHABLE


class StoreError(ForecastError):
    """The evidence or the runs could not be read or written just now."""

    exit_code = Exit.STORE


_LINE_BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def _on_one_line(text: str) -> str:
    """The same text with its line breaks spelled out, so that nothing in it can pass for a message of its own."""
    return _LINE_BREAK.sub(lambda found: ascii(found[0])[1:-1], text)
