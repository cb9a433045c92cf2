"""Chances by several days that no one pace gives: a pace of its own in each stretch between two of them.

What begins slowly, or has its time and then lapses, is said by how many times each stretch is as fast as the pace that
comes nearest. A factor multiplies the hazard of its own stretch, so that they are solved one after the other.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Deadline
from forecast.case.schema import Case
from forecast.elicitation.hazards import chances, hazards, reaching
from forecast.elicitation.judgements import ResolvedBy
from forecast.elicitation.restated import restated
from forecast.model.calendar import monday
from forecast.model.contract import Model

Array = NDArray[np.float64]

STRETCH = "judged-stretch"
SLOWEST, FASTEST, LONGEST = 0.05, 500.0, 104
"""By how many times a stretch is slower or faster at most, and how many weeks it may have."""
BEHIND_A_GATE = 20.0
"""By how many times it is faster at most where a gate comes first: more would go past it while it is shut."""
UNSURE = 1.2
"""Factor of one standard deviation: the pace itself is unsure already."""
REASON = "How many times the usual pace this stretch has, so that the chances judged by these days come out."


def at_rest(case: Case) -> tuple[Deadline, ...]:
    """The stretches of an earlier judgement, each as fast as the pace: what a set takes over it cannot take out."""
    earlier = (one for one in case.assumptions.of(Deadline) if one.id.startswith(STRETCH))
    return tuple(one.model_copy(update={"factor": 1.0}) for one in earlier)


def stretches(model: Model, case: Case, judged: Sequence[ResolvedBy]) -> tuple[tuple[Deadline, ...], tuple[float, ...]]:
    """A stretch up to each judged day, the earliest first, and the chances that the model then gives.

    Parameters
    ----------
    case
        With the pace that comes nearest by itself; it is for the time after the last of these days.
    judged
        Chances that the question is resolved by the end of a day's week.
    """
    ends = sorted({_end_of_week(one.by, case): one.chance for one in judged}.items())
    plain = _laid_out(case, [end for end, _ in ends])
    fastest = BEHIND_A_GATE if case.question.gates else FASTEST
    calendar, gathered = hazards(model, restated(case, plain))
    at = [calendar.future_weeks.index(monday(end)) for end, _ in ends]
    before, until, made = np.zeros(len(gathered)), np.zeros(len(gathered)), []
    for one, week, (_, chance) in zip(plain, at, ends, strict=True):
        here, until = gathered[:, week] - until, gathered[:, week]
        factor = _factor(before, here, chance, fastest)
        made.append(one.model_copy(update={"factor": factor}))
        before = before + factor * here
    _, gathered = hazards(model, restated(case, made))
    given = dict(zip((end for end, _ in ends), chances(gathered[:, at]), strict=True))
    return tuple(made), tuple(given[_end_of_week(one.by, case)] for one in judged)


def _factor(before: Array, here: Array, chance: float, fastest: float) -> float:
    """How many times a stretch's hazard makes it as likely as that, in four digits; (future,), (future,)."""

    def by_then(log_factor: float) -> float:
        return chances((before + math.exp(log_factor) * here)[:, None])[0]

    return float(f"{math.exp(reaching(by_then, chance, math.log(SLOWEST), math.log(fastest))):.4g}")


def _laid_out(case: Case, ends: Sequence[dt.date]) -> list[Deadline]:
    """The stretches as fast as the pace: each from the one before to its own end; two may have to share it."""
    others = (one for one in case.assumptions.of(Deadline) if not one.id.startswith(STRETCH))
    taken = {one.by for one in others if one.gate is None}
    begins, laid = case.question.opening, list[Deadline]()
    for end in ends:
        by = end
        while by in taken:
            by += dt.timedelta(days=1)  # no two deadlines have one day
        laid.append(
            Deadline(
                id=f"{STRETCH}-{by.isoformat()}",
                kind="deadline",
                by=by,
                weeks=min((by - begins).days / 7, LONGEST),
                factor=1.0,
                uncertainty=UNSURE,
                reason=REASON,
                source="judgement",
            )
        )
        begins = by
    return laid


def _end_of_week(day: dt.date, case: Case) -> dt.date:
    """The Sunday of its week, or the horizon: what a forecast's timing speaks of."""
    return min(monday(day) + dt.timedelta(days=6), case.question.horizon)
