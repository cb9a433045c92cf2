"""Next week's reports: the chance of every grade along every future, and of a report's being made at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import HypotheticalReport
from forecast.errors import UsageError
from forecast.inference.carrying import carry
from forecast.insight.hypothetical import log_chances, unit_of
from forecast.insight.standing import Standing
from forecast.model.calendar import monday
from forecast.model.contract import Draws, Problem
from forecast.model.futures import common_chance, weekly_shocks
from forecast.model.laws import GRADES

Array = NDArray[np.float64]

USUAL_CELL, USUAL_SEARCH = ("B", 2), 0.8
"""Admiralty cell of the report that would come, and the chance that a search finds what there is; unless said."""
PATHS = 4
"""Futures of a draw along which reports are imagined."""
PRIOR_EVENTS = 0.5
"""Weight of the ledger's overall pace against an indicator's own, in events."""


@dataclass(frozen=True)
class Forthcoming:
    """What next week's reports would say, along the first futures of every draw.

    Attributes
    ----------
    indicators
        Ids along the indicator axis.
    grades
        P(grade | draw, path, such a report is made), (draw, path, indicator, grade).
    found_nothing
        P(a search finds nothing | draw, path), (draw, path, indicator).
    reported
        P(at least one such event is reported next week), (indicator,).
    """

    indicators: tuple[str, ...]
    grades: Array
    found_nothing: Array
    reported: Array


def forthcoming(standing: Standing, cell: tuple[str, int] = USUAL_CELL, search: float = USUAL_SEARCH) -> Forthcoming:
    """Imagine a report of every grade of every indicator in the week after the as-of week.

    Parameters
    ----------
    standing
        Where the run stands.
    cell
        Admiralty cell of the reports.
    search
        The chance that a search would find what there is.

    Raises
    ------
    UsageError
        If the question's horizon comes before that week.
    """
    problem = standing.problem
    calendar = problem.calendar
    if monday(calendar.as_of + timedelta(weeks=1)) not in calendar.future_weeks:
        raise UsageError(f"the horizon {calendar.horizon} comes before next week: there is nothing left to watch for")
    later = replace(problem, calendar=replace(calendar, as_of=calendar.as_of + timedelta(weeks=1)))
    indicators, week = tuple(problem.case.indicators), len(later.calendar.weeks) - 1
    asked = {
        (f"{grade}", indicator): unit_of(HypotheticalReport(indicator, grade, cell, search), problem, week)
        for indicator in indicators
        for grade in range(GRADES + 1)
    }
    carried, shocks = carry(standing.model.law, standing.draws, problem, later), _shocks(standing, later)
    paths = min(PATHS, standing.lived.paths)
    chances = np.empty((len(standing), paths, len(indicators), GRADES + 1))
    for path in range(paths):
        found = log_chances(standing.model, _with_shock(carried, week, shocks[:, path]), later, asked)
        for j, indicator in enumerate(indicators):
            for grade in range(GRADES + 1):
                chances[:, path, j, grade] = np.exp(found[f"{grade}", indicator])
    return Forthcoming(indicators, chances[..., 1:], chances[..., 0], reporting_chances(problem))


def reporting_chances(problem: Problem) -> Array:
    """P(at least one event of each indicator is reported in a week), by the ledger so far; (indicator,).

    Events of an indicator come as a Poisson process whose rate has a Gamma prior around the mean of all indicators
    (Gamma-Poisson): with n events in m weeks, `P(none) = (b / (b + 1))^a`, a = a0 + n, b = b0 + m.
    """
    indicators, weeks = tuple(problem.case.indicators), len(problem.calendar.weeks)
    counts = np.array([sum(unit.indicator == indicator for unit in problem.units.values()) for indicator in indicators])
    mean = max(float(counts.mean()) / weeks, 1.0 / (weeks * max(len(indicators), 1)))
    shape, rate = PRIOR_EVENTS + counts, PRIOR_EVENTS / mean + weeks
    return np.asarray(1.0 - (rate / (rate + 1.0)) ** shape)


def _shocks(standing: Standing, later: Problem) -> Array:
    """The shocks with which the futures live next week, (draw, path, latent)."""
    latents, paths = len(standing.problem.structure.latents), standing.lived.paths
    return weekly_shocks(common_chance, later.calendar.weeks[-1], len(standing), paths, latents)


def _with_shock(draws: Draws, week: int, shock: Array) -> Draws:
    moved = draws["shock"].copy()
    moved[:, :, week] = shock
    return {**draws, "shock": moved}
