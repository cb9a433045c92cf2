"""Reports that nobody has made and that would settle something: a gate passed, an outcome ruled out or back in.

In the ledger such an event is no graded evidence, for that is all its news; so it is here. What a passage says of the
pace counts: who had expected it is more likely to be right.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import HypotheticalReport
from forecast.insight.lived import live
from forecast.insight.standing import FEW, Standing
from forecast.insight.states import State, log_likelihoods
from forecast.model.contract import Problem
from forecast.model.facts import is_believed

Array = NDArray[np.float64]


def settled_by(
    problem: Problem, reports: Iterable[HypotheticalReport]
) -> tuple[Problem, tuple[HypotheticalReport, ...]]:
    """The problem with what these reports would settle, and those of them that are graded evidence."""
    graded = []
    for report in reports:
        settled = problem.settled
        if is_believed(report.cell):
            settled = settled.with_one_more(problem.case, report.indicator, report.grade, problem.calendar.as_of)
        if settled == problem.settled:
            graded.append(report)
        problem = problem.settled_as(settled)
    return problem, tuple(graded)


def log_settled(standing: Standing, settled: Problem) -> Array:
    """log P(what is settled since | draw), (draw,): of gates; that an outcome is out says nothing of the draws."""
    if settled.passed == standing.problem.passed:
        return np.zeros(len(standing))
    state = State(standing.problem, standing.draws, standing.chains)
    opened, _ = log_likelihoods(standing.model.law, [state], settled, ())
    return np.asarray(opened - standing.log_likelihood["open"])


def chances_after(standing: Standing, settled: Problem) -> Array:
    """P(outcome by the horizon) once this is settled, `unresolved` last; (outcome,)."""
    lived = live(standing.model, standing.draws, settled, FEW)
    moved = (lived.chances(standing.alpha) - standing.few.chances(standing.alpha)).mean(axis=1)
    log_weights = standing.log_weights + log_settled(standing, settled)
    weights = np.exp(log_weights - log_weights.max())
    after = np.clip(weights @ (standing.chances + moved) / weights.sum(), 0.0, 1.0)
    return np.asarray(after / after.sum())
