"""Next week's reports: the chance of every grade along every future, and of a report's being made at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import HypotheticalReport
from forecast.errors import UsageError
from forecast.inference.carrying import carry
from forecast.insight.hypothetical import log_chances, unit_of, with_only
from forecast.insight.imagined import USUAL_CELL, USUAL_SEARCH
from forecast.insight.standing import Standing
from forecast.model import telling
from forecast.model.calendar import monday
from forecast.model.contract import Draws, Problem
from forecast.model.futures import common_chance, weekly_shocks
from forecast.model.laws import GRADES
from forecast.model.readings import Unit

Array = NDArray[np.float64]

PATHS = 4
"""Futures of a draw along which reports are imagined."""
PRIOR_EVENTS = 0.5
"""Weight of the ledger's overall pace against an indicator's own, in events."""
OF_WHAT_HAPPENED = ("cuts", "steepness", "unit_latent", "unit_indicator", "unit_week", "unit_cycle")
"""The arrays, a unit each, from which the chances of what happened are worked out."""


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
    ask = _by_true_grade if hasattr(standing.model.law, "log_grades") else _one_by_one
    chances = ask(standing, later, asked, min(PATHS, standing.lived.paths))
    return Forthcoming(indicators, chances[..., 1:], chances[..., 0], reporting_chances(problem))


Asked = Mapping[tuple[str, str], Unit]
"""(grade, indicator) → the unit that such a report would be."""


def _by_true_grade(standing: Standing, later: Problem, asked: Asked, paths: int) -> Array:
    """P(grade 0 to 5 | draw, path) of every indicator, (draw, path, indicator, grade): summed over what happened.

    What a teller and a coder make of it is the same along all paths, and what happened is asked once an indicator.
    """
    law: Any = standing.model.law
    alone = with_only(later, asked)
    draws = carry(law, standing.draws, standing.problem, alone)
    row = {key: place for place, keys in enumerate(alone.readings.events) for key in keys}
    rows = np.array([[row[f"{grade}", name] for grade in range(GRADES + 1)] for name in later.case.indicators])
    told = np.exp(telling.log_readings(np, draws, alone.arrays)[..., rows])  # (draw, z, indicator, grade)
    of_one = {name: alone.arrays[name][..., rows[:, 0]] for name in OF_WHAT_HAPPENED}
    chances = np.empty((len(standing), paths, *rows.shape))
    for path, x in enumerate(_next_week(standing, draws, alone, paths)):
        happened = np.exp(law.log_grades(np, draws, x, alone.arrays | of_one))
        np.einsum("szj,szjg->sjg", happened, told, out=chances[:, path])
    return chances


def _one_by_one(standing: Standing, later: Problem, asked: Asked, paths: int) -> Array:
    """The same of a model that does not say how what happened comes to be told."""
    model, draws = standing.model, carry(standing.model.law, standing.draws, standing.problem, later)
    shocks, week = _shocks(standing, later), len(later.calendar.weeks) - 1
    chances = np.empty((len(standing), paths, len(later.case.indicators), GRADES + 1))
    for path in range(paths):
        found = log_chances(model, _with_shock(draws, week, shocks[:, path]), later, asked)
        for j, indicator in enumerate(later.case.indicators):
            for grade in range(GRADES + 1):
                chances[:, path, j, grade] = np.exp(found[f"{grade}", indicator])
    return chances


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


def _next_week(standing: Standing, draws: Draws, later: Problem, paths: int) -> Iterator[Array]:
    """x of every draw along each path, up to next week; (draw, week, latent)."""
    shocks, week = _shocks(standing, later), len(later.calendar.weeks) - 1
    for path in range(paths):
        yield np.asarray(standing.model.law.latents(_with_shock(draws, week, shocks[:, path]), later))


def _shocks(standing: Standing, later: Problem) -> Array:
    """The shocks with which the futures live next week, (draw, path, latent)."""
    latents, paths = len(standing.problem.structure.latents), standing.lived.paths
    return weekly_shocks(common_chance, later.calendar.weeks[-1], len(standing), paths, latents)


def _with_shock(draws: Draws, week: int, shock: Array) -> Draws:
    moved = draws["shock"].copy()
    moved[:, :, week] = shock
    return {**draws, "shock": moved}
