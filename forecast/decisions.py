"""Decision lines: probabilities at which somebody must act, and whether a forecast has crossed one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from forecast.case.schema import DecisionLine


@dataclass(frozen=True)
class Decision:
    """Where a forecast stands to a decision line.

    Attributes
    ----------
    outcome, at, note
        The line.
    probability
        Where the outcome is now.
    crossed
        `up` or `down` since the forecast before; None where it was on this side already, or there was none.
    """

    outcome: str
    at: float
    note: str
    probability: float
    crossed: Literal["up", "down"] | None


def decisions(
    lines: Iterable[DecisionLine], before: Mapping[str, float], now: Mapping[str, float]
) -> tuple[Decision, ...]:
    """Every line whose outcome has a number; at the line itself somebody must act already."""
    return tuple(
        Decision(line.outcome, line.at, line.note, now[line.outcome], _crossed(line, before, now[line.outcome]))
        for line in lines
        if line.outcome in now
    )


def _crossed(line: DecisionLine, before: Mapping[str, float], now: float) -> Literal["up", "down"] | None:
    if line.outcome not in before or (before[line.outcome] >= line.at) == (now >= line.at):
        return None
    return "up" if now >= line.at else "down"
