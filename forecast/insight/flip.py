"""Distance to flip: how far something must be moved before another outcome leads or a decision line is crossed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REACH = 3.0
"""Steps either way within which a flip is looked for."""
HALVINGS = 7


@dataclass(frozen=True)
class Line:
    """A probability of an outcome at which somebody must act."""

    outcome: str
    probability: float


@dataclass(frozen=True)
class Flip:
    """The nearest move at which the answer becomes another one.

    Attributes
    ----------
    steps
        How far, in steps; negative is down.
    leader
        The outcome that leads from there on; None where only a line is crossed.
    line
        The decision line that is crossed; None where only the lead changes.
    """

    steps: float
    leader: str | None
    line: Line | None


class Verdict:
    """Who leads, and on which side of every decision line the outcomes are.

    `unresolved` never leads: it is the absence of an answer, not one.
    """

    def __init__(self, outcomes: Sequence[str], lines: Sequence[Line] = ()) -> None:
        self._outcomes, self._lines = tuple(outcomes), tuple(lines)
        self._places = [self._outcomes.index(line.outcome) for line in lines]

    def leader(self, chances: Array) -> str:
        """The most probable outcome, `unresolved` apart."""
        return self._outcomes[int(np.argmax(chances[:-1]))]

    def turned(self, before: Array, after: Array) -> tuple[str | None, Line | None]:
        """The new leader, and the first line crossed, between two sets of chances; None each where there is none."""
        led, leads = self.leader(before), self.leader(after)
        crossed = [
            line
            for line, place in zip(self._lines, self._places, strict=True)
            if (before[place] < line.probability) != (after[place] < line.probability)
        ]
        return (leads if leads != led else None), (crossed[0] if crossed else None)


def nearest_flip(
    chances_at: Callable[[float], Array], now: Array, verdict: Verdict, ends: Sequence[float] = (-REACH, REACH)
) -> Flip | None:
    """The nearest move that changes the verdict, found by bisection; None where neither end does.

    Parameters
    ----------
    chances_at
        The outcomes' chances after so many steps, (outcome,); they change the more the further it goes.
    now
        The chances as they stand, (outcome,).
    ends
        How far to look.
    """
    found: list[Flip] = []
    for end in ends:
        if verdict.turned(now, chances_at(end)) == (None, None):
            continue
        same, other = 0.0, end
        for _ in range(HALVINGS):
            middle = 0.5 * (same + other)
            if verdict.turned(now, chances_at(middle)) == (None, None):
                same = middle
            else:
                other = middle
        found.append(Flip(other, *verdict.turned(now, chances_at(other))))
    return min(found, key=lambda flip: abs(flip.steps), default=None)
