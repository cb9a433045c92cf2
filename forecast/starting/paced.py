"""The chance of resolution that a new case is planned with, met on the case itself before it is written."""

from __future__ import annotations

from dataclasses import replace

from forecast.case.assumptions import Deadline, Pace
from forecast.case.schema import Case
from forecast.elicitation.by_days import chances_by, meet, taught
from forecast.elicitation.judgements import ResolvedBy
from forecast.elicitation.restated import restated
from forecast.model.contract import Model
from forecast.starting.plan import Plan


def paced(model: Model, case: Case, plan: Plan) -> tuple[Plan, Case, float]:
    """The plan with the pace that gives its chance of resolution, the case with it, and the chance that comes out.

    Where past episodes teach the pace and nobody has judged the chance, theirs is the chance.
    """
    if taught(case) and not plan.judged[1]:
        (given,) = chances_by(model, case, [plan.horizon])
        return replace(plan, resolved=given), case, given
    met = meet(model, case, [ResolvedBy(by=plan.horizon, chance=plan.resolved)])
    hurry = tuple(one for one in met.assumptions if isinstance(one, Deadline))
    paces = [one.per_week for one in met.assumptions if isinstance(one, Pace)]
    pace = replace(plan.pace, per_week=paces[0], chances=met.chances) if paces else plan.pace
    return replace(plan, pace=pace, hurry=hurry), restated(case, met.assumptions), met.chances[0]
