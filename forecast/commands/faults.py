"""Faults of one call, told together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from forecast.errors import InputError, Problem, UsageError


class Faults:
    """What is wrong with a call and the files that it names."""

    def __init__(self) -> None:
        self._usage: list[str] = []
        self._problems: list[Problem] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """A fault that is met here is told with the others."""
        try:
            yield
        except UsageError as error:
            self._usage += error.args
        except InputError as error:
            self._problems += error.problems

    def raise_any(self) -> None:
        """Raise all that was met, if anything was.

        Raises
        ------
        UsageError
            If some of it is the call's.
        InputError
            If all of it is the files'.
        """
        if self._usage:
            raise UsageError(*self._usage, *map(str, self._problems))
        if self._problems:
            raise InputError(self._problems)
