"""Whether a coder's scale moves: his grades against those of the others, lately and before.

Of every grade that others gave too, the difference from their mean. A coder has drifted where that difference, on
average over his latest four weeks of coding, is another one than before: by a quarter of a grade or more, and by more
than chance has in 99 of 100 cases. Where only two code, both seem to drift, in opposite directions, and the numbers
cannot say who does: let a third code some of the reports, or let each code old ones again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from forecast.evidence.journal import Report

WINDOW: Final = timedelta(weeks=4)
LEAST: Final = 8
"""Shared grades, lately and before, without which nothing is said."""
SMALLEST: Final = 0.25
_Z: Final = 2.576


@dataclass(frozen=True)
class Drift:
    """A coder's mean difference from the others, in grades.

    Attributes
    ----------
    before, lately
        The mean, and of how many grades it is.
    change
        How much higher he grades lately, and its 99 % interval; None where too few grades are shared.
    """

    coder: str
    before: tuple[float, int] | None
    lately: tuple[float, int] | None
    change: float | None
    interval: tuple[float, float] | None

    @property
    def alarm(self) -> bool:
        """Whether the scale has moved, and by enough to matter."""
        if self.change is None or self.interval is None:
            return False
        return abs(self.change) >= SMALLEST and not self.interval[0] <= 0.0 <= self.interval[1]


def drifts(reports: Iterable[Report]) -> tuple[Drift, ...]:
    """The drift of every coder who shares a grade with another, by name."""
    differences: dict[str, list[tuple[datetime, float]]] = {}
    for report in reports:
        for coding in report.codings:
            others = [
                other.grade
                for other in report.codings
                if other.coder != coding.coder and other.indicator == coding.indicator and other.grade > 0
            ]
            if others and coding.grade > 0:
                difference = coding.grade - float(np.mean(others))
                differences.setdefault(coding.coder, []).append((coding.coded_at, difference))
    return tuple(_drift(coder, found) for coder, found in sorted(differences.items()))


def _drift(coder: str, differences: list[tuple[datetime, float]]) -> Drift:
    since = max(moment for moment, _ in differences) - WINDOW
    before = np.array([difference for moment, difference in differences if moment <= since])
    lately = np.array([difference for moment, difference in differences if moment > since])
    means = [(float(part.mean()), len(part)) if len(part) else None for part in (before, lately)]
    if min(len(before), len(lately)) < LEAST:
        return Drift(coder, means[0], means[1], None, None)
    change = float(lately.mean() - before.mean())
    error = float(np.sqrt(before.var(ddof=1) / len(before) + lately.var(ddof=1) / len(lately)))
    return Drift(coder, means[0], means[1], change, (change - _Z * error, change + _Z * error))
