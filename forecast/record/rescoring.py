"""What a new resolution makes of the scores that an earlier one gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forecast.case.resolutions import Resolution
from forecast.record.scores import RULES, Scores
from forecast.record.track import lines_of
from forecast.runs import Run


@dataclass(frozen=True)
class Rescored:
    """A line's mean scores under the resolution that stood, and under the one that stands; None where it has none."""

    model: str
    assumptions: str
    before: Scores | None
    after: Scores | None

    def document(self) -> dict[str, Any]:
        """As JSON has it; a change is null where one side is missing or infinite."""
        before, after = (side.document() if side else None for side in (self.before, self.after))
        change = {
            rule: None if before is None or after is None or None in (before[rule], after[rule]) else
            after[rule] - before[rule]
            for rule in RULES
        }  # fmt: skip
        return {
            "model": self.model,
            "assumptions": self.assumptions,
            **(after or dict.fromkeys(("log", "brier", "brier_half", "spherical", "crps"))),
            "before": before,
            "change": change,
        }


def rescored(runs: Sequence[Run], before: Resolution | None, after: Resolution) -> list[Rescored]:
    """Every line's scores, before (where there was a resolution) and after."""
    earlier = {} if before is None else {(line.model, line.assumptions): line for line in lines_of(runs, before)}
    return [
        Rescored(line.model, line.assumptions, then.mean if then else None, line.mean)
        for line in lines_of(runs, after)
        for then in [earlier.get((line.model, line.assumptions))]
    ]


def resolution_document(resolution: Resolution) -> dict[str, Any]:
    """A resolution as JSON has it."""
    return {
        "date": resolution.date.isoformat(),
        "outcome": resolution.outcome,
        "weights": resolution.weights,
        "reason": resolution.reason,
        "source": resolution.source,
        "author": resolution.author or None,
        "recorded_at": resolution.recorded_at.isoformat(),
    }
