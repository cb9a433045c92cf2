"""How far a forecast moves without the reports that a version for release leaves out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.standing import Outcome, Standing
from forecast.report.words import Number, tenths, tenths_of_points


@dataclass(frozen=True, slots=True)
class Moved:
    """Where an outcome stands with the reports that are left out, and how far it moves without them."""

    outcome: Outcome
    whole: Number
    change: Number
    real: bool


@dataclass(frozen=True, slots=True)
class Redaction:
    """A version for release: how far each outcome moves without what is left out, the farthest first."""

    moves: tuple[Moved, ...]
    refitted: bool

    @property
    def farthest(self) -> Moved:
        """The outcome that moves most."""
        return self.moves[0]


def redaction(redacted: Mapping[str, Any], now: Standing) -> Redaction:
    """What `report.redacted` found, the farthest move first; a move under two Monte Carlo errors is none."""
    outcomes = {outcome.id: outcome for outcome in now.everything}
    moves = []
    for row in redacted["outcomes"]:
        outcome = outcomes[row["id"]]
        change = outcome.probability.value - row["with"]
        real = abs(change) >= 2 * math.hypot(*row["mcse"])
        moves.append(Moved(outcome, tenths(row["with"]), tenths_of_points(change), real))
    return Redaction(tuple(sorted(moves, key=lambda move: -abs(move.change.value))), redacted["refitted"])
