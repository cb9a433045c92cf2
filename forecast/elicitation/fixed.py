"""A day that is fixed for a decision: factors that give the chance that it ends then, or before.

The chance is judged of a question that is open until then, and for which all that must come first has come: behind a
gate that is still shut next to nothing is decided, whatever day it is.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from forecast.case.assumptions import Deadline
from forecast.case.schema import Case
from forecast.elicitation.hazards import FASTEST, SLOWEST, Hazards, hazards, reaching
from forecast.elicitation.judgements import LONGEST, EndsOn, Judgements
from forecast.elicitation.pace import happens
from forecast.elicitation.restated import restated
from forecast.model.contract import Model

FIXED, QUIET = "fixed", "quiet-before"
UNSURE, CERTAIN = 1.5, 1.01
"""Factors of one standard deviation: of what is found, and of what is thought away."""


@dataclass(frozen=True)
class Fixed:
    """One stretch of a judgement of fixed days, the days themselves or the time before them, as a deadline.

    Attributes
    ----------
    place
        Which of the judgements.
    deadline
        What states it.
    judged, given
        The chance that was judged, and the one that the model then gives.
    """

    place: int
    deadline: Deadline
    judged: float
    given: float

    @property
    def are_the_days(self) -> bool:
        """Whether it is the days themselves."""
        return self.deadline.id.startswith(FIXED)


def fixed(model: Model, case: Case, said: Judgements) -> tuple[Fixed, ...]:
    """Find how many times the usual pace the fixed days have, and the time before them, one after the other in time.

    A chance is that of the opening day's futures that are open when its days begin, each counted by how likely that is;
    the factor's own uncertainty is averaged over.
    """
    asked = [
        (place, deadline, chance)
        for place, one in enumerate(said.ends)
        for deadline, chance in _stated(one, said, case.question.opening)
    ]
    case = restated(case, [_at_rest(deadline) for _, deadline, _ in asked])
    found: list[Fixed] = []
    for place, deadline, chance in sorted(asked, key=lambda one: one[1].by):
        solved, given = _solved(hazards(model, case, free=True), deadline, chance)
        case = restated(case, [solved])
        found.append(Fixed(place, solved, chance, given))
    return tuple(found)


def _stated(one: EndsOn, said: Judgements, opening: dt.date) -> Iterator[tuple[Deadline, float]]:
    """The deadlines that a fixed day is stated by, as fast as usual, and what was judged of each."""
    yield _deadline(FIXED, one.begins, one.by, one, said), one.chance
    if one.before is not None:
        eve = one.begins - dt.timedelta(days=1)
        known = max(one.announced or opening, opening, eve - LONGEST)
        yield _deadline(QUIET, known + dt.timedelta(days=1), eve, one, said), one.before


def _deadline(name: str, begins: dt.date, by: dt.date, one: EndsOn, said: Judgements) -> Deadline:
    return Deadline(
        id=f"{name}-{one.by.isoformat()}",
        kind="deadline",
        by=by,
        announced=one.announced,
        weeks=((by - begins).days + 1) / 7,
        factor=1.0,
        uncertainty=UNSURE,
        reason=one.reason,
        source="elicited",
        author=said.author,
        date=said.date,
    )


def _at_rest(deadline: Deadline) -> Deadline:
    return deadline.model_copy(update={"uncertainty": CERTAIN})


def _solved(gathered: Hazards, deadline: Deadline, chance: float) -> tuple[Deadline, float]:
    """The deadline with the factor that gives a chance, and the chance that it gives."""
    eve = deadline.by - dt.timedelta(weeks=deadline.weeks)
    still_open = np.exp(-gathered.between(gathered.opening, eve))
    during, weights = gathered.between(eve, deadline.by), still_open / still_open.sum()

    def ends_then(log_factor: float) -> float:
        return float(weights @ happens(math.exp(log_factor) * during, math.log(UNSURE)))

    factor = float(f"{math.exp(reaching(ends_then, chance, math.log(SLOWEST), math.log(FASTEST))):.4g}")
    return deadline.model_copy(update={"factor": factor, "uncertainty": UNSURE}), ends_then(math.log(factor))
