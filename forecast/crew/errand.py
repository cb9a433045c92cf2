"""Long work in many equal parts, and those who share it: processes here, or a cluster.

An errand travels to whoever works on it, so that it holds texts and numbers and nothing that was loaded or compiled;
what takes long to make ready is made ready there, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol


class Errand[Item, Found](Protocol):
    """What all parts of the work share."""

    def prepared(self) -> Callable[[Item], Found]:
        """Load and compile what every part takes; what comes back does one part.

        Raises
        ------
        UsageError
            If it cannot be done where it was asked for.
        """


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
            Called when the first of them can begin.
        """
