"""Chances by several days that no one pace gives: a pace of its own in each stretch between two of them.

What begins slowly, or has its time and then lapses, is said by how many times each stretch is as fast as the pace that
comes nearest. A factor multiplies the hazard of its own stretch, so that they are solved one after the other.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Deadline
from forecast.case.schema import Case
from forecast.elicitation.hazards import FASTEST, SLOWEST, chances, hazards, reaching
from forecast.elicitation.judgements import ResolvedBy
from forecast.elicitation.restated import restated
from forecast.model.calendar import monday
from forecast.model.contract import Model

Array = NDArray[np.float64]

STRETCH, LONGEST = "judged-stretch", dt.timedelta(weeks=104)
"""The name of the deadlines, and how much one can cover: a longer stretch has several, all as fast."""
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
        Chances that the question is resolved by the end of a day's week; of two days of one week the later counts.
    """
    wanted = {_end_of_week(one.by, case): one.chance for one in sorted(judged, key=lambda one: one.by)}
    begins = (case.question.opening, *wanted)
    laid = [tuple(_laid(first, end)) for first, end in zip(begins, wanted, strict=False)]
    plain = hazards(model, restated(case, [part for parts in laid for part in parts]))
    fastest = BEHIND_A_GATE if case.question.gates else FASTEST
    before, until, made = np.zeros(len(plain.gathered)), np.zeros(len(plain.gathered)), []
    for parts, (end, chance) in zip(laid, wanted.items(), strict=True):
        here, until = plain.by_the_week_of(end) - until, plain.by_the_week_of(end)
        factor = _factor(before, here, chance, fastest)
        made += [part.model_copy(update={"factor": factor}) for part in parts]
        before = before + factor * here
    lived = hazards(model, restated(case, made))
    given = chances(np.stack([lived.by_the_week_of(one.by) for one in judged], axis=1))
    return tuple(made), given


def _factor(before: Array, here: Array, chance: float, fastest: float) -> float:
    """How many times a stretch's hazard makes it as likely as that, in four digits; (future,), (future,)."""

    def by_then(log_factor: float) -> float:
        return chances((before + math.exp(log_factor) * here)[:, None])[0]

    return float(f"{math.exp(reaching(by_then, chance, math.log(SLOWEST), math.log(fastest))):.4g}")


def _laid(begins: dt.date, end: dt.date) -> Iterator[Deadline]:
    """The deadlines of a stretch, as fast as the pace."""
    while begins < end:
        first = max(begins, end - LONGEST)
        yield Deadline(
            id=f"{STRETCH}-{end.isoformat()}",
            kind="deadline",
            by=end,
            weeks=(end - first).days / 7,
            factor=1.0,
            uncertainty=UNSURE,
            reason=REASON,
            source="judgement",
        )
        end = first


def _end_of_week(day: dt.date, case: Case) -> dt.date:
    """The Sunday of its week, or the horizon: what a forecast's timing speaks of."""
    return min(monday(day) + dt.timedelta(days=6), case.question.horizon)
