"""Distance to flip: how far something must be moved before another outcome leads or a decision line is crossed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REACH = 3.0
"""Steps either way within which a flip is looked for."""
NEAR = REACH / 2**7
"""Steps within which a flip is found."""


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

    def margins(self, before: Array, after: Array) -> Array:
        """How far from being turned everything is: the lead before each other outcome, and the way to each line."""
        ahead = self._outcomes.index(self.leader(before))
        leads = after[ahead] - np.delete(after[:-1], ahead)
        to_lines = [
            np.copysign(1.0, line.probability - before[place]) * (line.probability - after[place])
            for line, place in zip(self._lines, self._places, strict=True)
        ]
        return np.concatenate([leads, to_lines])


def nearest_flip(
    chances_at: Callable[[float], Array], now: Array, verdict: Verdict, ends: Sequence[float] = (-REACH, REACH)
) -> Flip | None:
    """The nearest move that changes the verdict, to within `NEAR`; None where neither end does.

    Tried is where straight lines would cross, a little to either side of it; and the middle where they lead nowhere.

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
        chances = chances_at(end)
        if verdict.turned(now, chances) != (None, None):
            found.append(_flip_before(end, chances, chances_at, now, verdict))
    return min(found, key=lambda flip: abs(flip.steps), default=None)


def _flip_before(end: float, at_end: Array, chances_at: Callable[[float], Array], now: Array, verdict: Verdict) -> Flip:
    """The flip between here and an end at which the verdict is another one."""
    same, other = (0.0, verdict.margins(now, now)), (end, verdict.margins(now, at_end))
    turned, beyond, tries = verdict.turned(now, at_end), True, 0
    while abs(other[0] - same[0]) > NEAR:
        tries += 1
        steps = 0.5 * (same[0] + other[0])
        if tries % 3:
            straight = same[0] + _crossing(same[1], other[1]) * (other[0] - same[0])
            nudged = straight + np.copysign(0.45 * NEAR, end if beyond else -end)
            steps = nudged if min(same[0], other[0]) < nudged < max(same[0], other[0]) else steps
        chances = chances_at(steps)
        beyond = verdict.turned(now, chances) == (None, None)
        if beyond:
            same = steps, verdict.margins(now, chances)
        else:
            other, turned = (steps, verdict.margins(now, chances)), verdict.turned(now, chances)
    return Flip(float(other[0]), *turned)


def _crossing(same: Array, other: Array) -> float:
    """The share of the way at which the first margin is used up, if all change along straight lines."""
    used = other <= 0.0
    return float(np.min(same[used] / (same[used] - other[used]), initial=1.0)) if np.any(used) else 0.5
