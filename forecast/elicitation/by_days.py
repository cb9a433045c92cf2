"""Chances that a question has by a day, met on the model's own futures: gates, deadlines and past episodes included.

What judged chances decide is one factor on how fast it resolves. Every future's accumulated hazard is proportional
to it, so the factor is found from the futures of the opening day at once, and then tried on the model again.

Where past episodes teach the pace, `pace` is what is believed before they are looked at, and moves little. A
judgement of this question alone is then said beside them: by how many times it is faster, from its opening to its end.
Where several days are judged and no one factor meets them all, each stretch between them has one of its own.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Deadline, Episodes, Pace
from forecast.case.schema import Case
from forecast.elicitation.hazards import chances, hazards
from forecast.elicitation.judgements import ResolvedBy
from forecast.elicitation.pace import FASTEST, SLOWEST
from forecast.elicitation.restated import restated
from forecast.elicitation.splits import NEAR
from forecast.elicitation.stretches import at_rest, stretches
from forecast.model.calendar import monday
from forecast.model.contract import Model

Array = NDArray[np.float64]

ROUNDS, SAME = 4, 2e-3
"""Trials on the model, and the change of a log pace below which there is nothing more to change."""
STEPS, FINER = 25, 5
HURRY, MOST, LONGEST = "judged-hurry", 20.0, 104
"""What is said beside past episodes, by how many times it hurries or delays at most, and how many weeks one covers."""
REASON = "How many times as fast as past episodes say, so that the chance judged by a day comes out."
BEHIND_A_GATE = 1.0
"""Resolutions a week at most where a gate is to be passed first: more would go past it while it is shut."""
FIRST = 1e4
"""How many times as much the square of a miss by the horizon weighs."""


@dataclass(frozen=True)
class Met:
    """The pace of a question, and what the model makes of it.

    Attributes
    ----------
    assumptions
        The pace, or where past episodes teach it how many times faster this question is; then stretches, where one pace
        does not meet all days.
    chances
        P(resolved by the end of each judged day's week) on the opening day, as a forecast's timing says it.
    """

    assumptions: tuple[Pace | Deadline, ...]
    chances: tuple[float, ...]


def chances_by(model: Model, case: Case, days: Sequence[dt.date]) -> tuple[float, ...]:
    """P(resolved by the end of each day's week) on the opening day, before any report."""
    return chances(_gathered(model, case, days))


def meet(model: Model, case: Case, judged: Sequence[ResolvedBy]) -> Met:
    """Find the pace whose chances are nearest to the judged ones, in squares; one that can be met is met.

    A chance by the horizon comes first, since it is what the forecast says of `unresolved`. Where other days are missed
    by that, stretches between the days meet them. Random numbers are common to all trials.
    """
    resting = at_rest(case)
    case = restated(case, resting)
    days, wanted = [one.by for one in judged], np.array([one.chance for one in judged])
    weights = np.where([monday(day) == monday(case.question.horizon) for day in days], FIRST, 1.0)
    steered = _steered(case)
    low, high = _bounds(case, steered[0])
    gathered = _gathered(model, restated(case, steered), days)
    for _ in range(ROUNDS):
        change = _nearest(gathered, wanted, weights, low, high)
        if abs(change) < SAME:
            break
        low, high = low - change, high - change
        steered = tuple(_quicker(one, math.exp(change)) for one in steered)
        gathered = _gathered(model, restated(case, steered), days)
    given = chances(gathered)
    if len({monday(day) for day in days}) == 1 or np.max(np.abs(given - wanted)) <= NEAR:
        return Met((*steered, *resting), given)
    apart, given = stretches(model, restated(case, steered), judged)
    laid = {one.id for one in apart}
    return Met((*steered, *apart, *(one for one in resting if one.id not in laid)), given)


def taught(case: Case) -> bool:
    """Whether past episodes teach the pace."""
    return case.assumptions.only(Episodes) is not None


def _steered(case: Case) -> tuple[Pace | Deadline, ...]:
    """What is changed: the pace, or hurries that together cover the question's life, at first of no effect."""
    if not taught(case):
        return tuple(case.assumptions.of(Pace))
    return tuple(
        Deadline(
            id=HURRY if n == 0 else f"{HURRY}-{n + 1}",
            kind="deadline",
            by=by,
            weeks=weeks,
            factor=1.0,
            reason=REASON,
            source="judgement",
        )
        for n, (by, weeks) in enumerate(_spans(case.question.opening, case.question.horizon))
    )


def _spans(opening: dt.date, last: dt.date) -> tuple[tuple[dt.date, int], ...]:
    """The time from the opening to a day in as many spans as one deadline each can cover: last day, and weeks."""
    weeks = math.ceil((last - opening).days / 7)
    return tuple((last - dt.timedelta(weeks=past), min(weeks - past, LONGEST)) for past in range(0, weeks, LONGEST))


def _bounds(case: Case, one: Pace | Deadline) -> tuple[float, float]:
    """The least and the largest change of the log pace that is looked for."""
    if isinstance(one, Deadline):
        return -math.log(MOST), math.log(MOST)
    fastest = max(BEHIND_A_GATE, one.per_week) if case.question.gates else FASTEST
    return math.log(SLOWEST / one.per_week), math.log(fastest / one.per_week)


def _quicker(one: Pace | Deadline, times: float) -> Pace | Deadline:
    """The same, so many times as fast, in four digits."""
    key = "per_week" if isinstance(one, Pace) else "factor"
    return one.model_copy(update={key: float(f"{getattr(one, key) * times:.4g}")})


def _gathered(model: Model, case: Case, days: Sequence[dt.date]) -> Array:
    """-log P(still open at the end of each day's week) along every future of the opening day; (future, day)."""
    lived = hazards(model, case)
    return np.stack([lived.by_the_week_of(day) for day in days], axis=1)


def _nearest(gathered: Array, wanted: Array, weights: Array, low: float, high: float) -> float:
    """The change of the log pace that comes nearest: the best of a grid, again and again between its neighbours."""

    def missed(change: float) -> float:
        return float(np.sum(weights * (np.array(chances(math.exp(change) * gathered)) - wanted) ** 2))

    for _ in range(FINER):
        grid = np.linspace(low, high, STEPS)
        best = int(np.argmin([missed(change) for change in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, STEPS - 1)]
    return float(grid[best])
