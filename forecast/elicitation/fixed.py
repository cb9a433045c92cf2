"""A day that is fixed for a decision: the factor that gives the chance that it ends then.

The chance is judged of a question that is open until then, and for which all that must come first has come: behind a
gate that is still shut next to nothing is decided, whatever day it is.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from forecast.case.assumptions import Deadline
from forecast.case.schema import Case
from forecast.elicitation.hazards import hazards, reaching
from forecast.elicitation.judgements import EndsOn, Judgements
from forecast.elicitation.restated import restated
from forecast.elicitation.stretches import FASTEST, SLOWEST
from forecast.model.calendar import days_per_week
from forecast.model.contract import Model

UNSURE = 1.5
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)


@dataclass(frozen=True)
class Fixed:
    """The deadline of a fixed day, and the chance that the model then gives that it ends on these days."""

    deadline: Deadline
    chance: float


def fixed(model: Model, case: Case, one: EndsOn, said: Judgements) -> Fixed:
    """Find how many times the usual pace these days have.

    The chance is that of the opening day's futures that are open when the days begin, each counted by how likely that
    is; the factor's own uncertainty is averaged over. A day in a week has its part of the week's hazard.
    """
    plain = Deadline(
        id=f"fixed-{one.by.isoformat()}",
        kind="deadline",
        by=one.by,
        announced=one.announced,
        weeks=((one.by - one.begins).days + 1) / 7,
        factor=1.0,
        uncertainty=UNSURE,
        reason=one.reason,
        source="elicited",
        author=said.author,
        date=said.date,
    )
    calendar, gathered = hazards(model, restated(case, [plain]), free=True)
    by_week = np.diff(gathered, axis=1, prepend=0.0) / (7 * calendar.future_exposure)
    eve, opening = one.begins - dt.timedelta(days=1), case.question.opening
    before, during = (by_week @ days_per_week(calendar.future_weeks, *days) for days in ((opening, eve), (eve, one.by)))
    still_open = np.exp(-before)
    weights, doubts = still_open / still_open.sum(), np.exp(math.log(UNSURE) * _NODES)

    def ends_then(log_factor: float) -> float:
        ended = -np.expm1(-math.exp(log_factor) * during[:, None] * doubts)
        return float(weights @ (ended @ _WEIGHTS) / _WEIGHTS.sum())

    factor = float(f"{math.exp(reaching(ends_then, one.chance, math.log(SLOWEST), math.log(FASTEST))):.4g}")
    return Fixed(plain.model_copy(update={"factor": factor}), ends_then(math.log(factor)))
