"""Reports that nobody has made: what they would say, by the model's own likelihood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import HypotheticalReport
from forecast.inference.carrying import carry
from forecast.inference.likelihood import log_likelihood
from forecast.model.contract import Draws, Model, Problem
from forecast.model.readings import Origin, Unit

Array = NDArray[np.float64]

NOBODY, NO_TYPE = "(a source not heard before)", "(a type not heard before)"
EVENT = "(hypothetical {})"


def unit_of(report: HypotheticalReport, problem: Problem, week: int) -> Unit:
    """The report as evidence of a week, coded by the coder who codes most."""
    if report.grade == 0:
        return Unit(report.indicator, week, (), (report.effort,))
    coding = (usual_coder(problem), report.grade - 1)
    return Unit(report.indicator, week, (Origin(NOBODY, NO_TYPE, (report.cell,), (coding,)),))


def usual_coder(problem: Problem) -> str:
    """The coder who codes most; somebody new where there is none."""
    codings = Counter(c for unit in problem.units.values() for origin in unit.origins for c, _ in origin.codings)
    return min(codings, key=lambda coder: (-codings[coder], coder)) if codings else "(a coder not known yet)"


def with_reports(problem: Problem, reports: tuple[HypotheticalReport, ...]) -> Problem:
    """The problem as if these reports, each of an event in the as-of week, were in the ledger."""
    week = len(problem.calendar.weeks) - 1
    new = {
        (EVENT.format(number), report.indicator): unit_of(report, problem, week)
        for number, report in enumerate(reports, 1)
    }
    return problem.with_units({**problem.units, **new})


def log_chances(
    model: Model, draws: Draws, problem: Problem, units: Mapping[tuple[str, str], Unit]
) -> dict[tuple[str, str], Array]:
    """log p(each unit | draw), with every coder known as in the problem; (event, indicator) → (draw,).

    Only the units asked for are worked out, and one more (`with_only`).
    """
    alone = with_only(problem, units)
    likelihood = log_likelihood(model.law, carry(model.law, draws, problem, alone), alone)["event"]
    column = {key: likelihood[:, place] for place, key in enumerate(sorted(alone.units))}
    return {key: column[key] for key in units}


def with_only(problem: Problem, units: Mapping[tuple[str, str], Unit]) -> Problem:
    """The problem with these units for evidence, and one in which every coder says something.

    So severities sum to zero over the same coders as before.
    """
    coders, asked = problem.readings.coders, dict(units)
    if coders:
        indicator = next(iter(problem.case.indicators))
        everybody = Origin(NOBODY, NO_TYPE, (("B", 2),), tuple((coder, 2) for coder in coders))
        asked["(every coder)", indicator] = Unit(indicator, len(problem.calendar.weeks) - 1, (everybody,))
    return problem.with_units(asked)
