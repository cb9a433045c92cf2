"""Long work in many equal parts, and those who share it: processes here, or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, Self


class Errand[Item, Found](Protocol):
    """What all parts of the work share. It travels, and so holds nothing that was loaded or compiled."""

    def prepared(self) -> AbstractContextManager[Callable[[Item], Found]]:
        """Load and compile what every part takes; what is entered does one part, and is done with on leaving.

        Raises
        ------
        UsageError
            If it cannot be done where it was asked for.
        """

    def packed(self) -> Self:
        """The same with all that it takes of this machine's disk, for another machine."""


class Crew(Protocol):
    """Those who share the work."""

    def work[Item, Found](
        self, errand: Errand[Item, Found], items: Sequence[Item], ready: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[Item, Found]]:
        """Do every part, and give each with what came of it as soon as it is done, in whatever order.

        Parameters
        ----------
        errand
            What they share.
        items
            The parts.
        ready
            Called when what is compiled here is compiled.

        Raises
        ------
        UsageError
            If the errand cannot be done where it was sent.
        StoreError
            If those who share the work are out of reach, or end before it does.
        """
