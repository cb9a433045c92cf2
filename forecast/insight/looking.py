"""What is seen: how it weighs every future, and how probable it was.

A driver's value is seen through a narrow window, a report that nobody has made yet through the model's own likelihood.
Where something is done too, a later day is looked at in the world in which it was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import Hold, HypotheticalReport, Premise, SeenDriver, in_words
from forecast.errors import UsageError
from forecast.inference.weights import Weights
from forecast.insight.acting import nearest_monday
from forecast.insight.hypothetical import EVENT, log_chances, unit_of
from forecast.insight.lived import Lived
from forecast.insight.standing import Standing

Array = NDArray[np.float64]

WIDTH = 0.25
"""Standard deviation of the window through which a driver's value is seen, in standard units."""
NEAR = 2 * WIDTH
"""A driver counts as being at a value when it is this near."""
HELD = 1e-4
"""A driver that spreads less over all futures is held; what is left is rounding."""


def seen_weights(standing: Standing, ahead: Lived, seen: Sequence[SeenDriver | HypotheticalReport]) -> Array:
    """log weight of every future, (draw, path); without a later day the same along all paths of a draw."""
    total = np.zeros(standing.by_path.shape[:2])
    for premise in seen:
        if isinstance(premise, SeenDriver) and not _is_held(standing, ahead, premise):
            state = state_of(standing, ahead, premise.driver, premise.day)
            total = total - 0.5 * ((state - premise.value) / WIDTH) ** 2
    reports = tuple(premise for premise in seen if isinstance(premise, HypotheticalReport))
    for logs in report_chances(standing, reports):
        total = total + logs[:, None]
    return total


def _is_held(standing: Standing, ahead: Lived, premise: SeenDriver) -> bool:
    """Whether an act holds the driver where it is seen: then it tells nothing.

    Raises
    ------
    UsageError
        If it is held elsewhere.
    """
    if premise.day is None:
        return False
    state = state_of(standing, ahead, premise.driver, premise.day)
    if np.ptp(state) > HELD:
        return False
    held = float(state.flat[0])
    if abs(held - premise.value) > NEAR:
        raise UsageError(
            f"{in_words(premise)}: what is done holds it at {held:+g} in that week: look at another week or driver"
        )
    return True


def report_chances(standing: Standing, reports: Sequence[HypotheticalReport]) -> tuple[Array, ...]:
    """log p(grade | draw, such a report is made in the as-of week) of each report; (draw,) each."""
    if not reports:
        return ()
    problem, week = standing.problem, len(standing.problem.calendar.weeks) - 1
    units = {
        (EVENT.format(number), report.indicator): unit_of(report, problem, week)
        for number, report in enumerate(reports, 1)
    }
    found = log_chances(standing.model, standing.draws, problem, units)
    return tuple(found[key] for key in units)


def state_of(standing: Standing, ahead: Lived, driver: str, day: date | None) -> Array:
    """x of a driver, (draw, path), now or in a week to come."""
    d = standing.problem.structure.drivers.index(driver)
    if day is None:
        return np.repeat(standing.state[:, d, None], standing.lived.paths, axis=1)
    return ahead.latents[week_to_come(standing, day), ..., d].astype(np.float64)


def week_to_come(standing: Standing, day: date) -> int:
    """The place of a day's week among the weeks to come.

    Raises
    ------
    UsageError
        If it is not among them.
    """
    weeks, week = standing.problem.calendar.future_weeks, nearest_monday(day)
    if week not in weeks:
        raise UsageError(f"{day}: the weeks to come begin on {weeks[0]} and end with that of {weeks[-1]}")
    return weeks.index(week)


# ------------------------------------------------------------------------------------------------ how probable


def nearness(standing: Standing, ahead: Lived, premise: Premise) -> Array:
    """P(the premise | draw, path): 0 or 1 for a driver's being near a value; (draw, path)."""
    if isinstance(premise, HypotheticalReport):
        (logs,) = report_chances(standing, (premise,))
        return np.repeat(np.exp(logs)[:, None], standing.lived.paths, axis=1)
    return (np.abs(_told(standing, ahead, premise) - premise.value) <= NEAR).astype(np.float64)


def _told(standing: Standing, ahead: Lived, premise: SeenDriver | Hold) -> Array:
    """The driver of which a premise speaks, on its day: after the acts if it is seen, without them if it is an act."""
    if isinstance(premise, SeenDriver):
        return state_of(standing, ahead, premise.driver, premise.day)
    return state_of(standing, standing.lived, premise.driver, premise.first)


def all_together(standing: Standing, premises: Sequence[Premise], near: Sequence[Array]) -> float:
    """P(all premises); reports of one week share what is between them and their drivers, and are asked together."""
    reports = tuple(premise for premise in premises if isinstance(premise, HypotheticalReport))
    logs = sum(report_chances(standing, reports), np.zeros(len(standing)))
    chance = np.repeat(np.exp(logs)[:, None], standing.lived.paths, axis=1)
    for premise, one in zip(premises, near, strict=True):
        if not isinstance(premise, HypotheticalReport):
            chance = chance * one
    return float(_mean(standing, chance))


def probability_of(standing: Standing, ahead: Lived, premise: Premise, near: Array) -> float:
    """A premise's own probability; where no draw is near it, as a normal distribution with their mean has it."""
    found = float(_mean(standing, near))
    if found > 0.0 or isinstance(premise, HypotheticalReport):
        return found
    state = _told(standing, ahead, premise)
    low, high = ((premise.value + off - state.mean()) / (state.std() * sqrt(2.0)) for off in (-NEAR, NEAR))
    return max(0.5 * (erf(high) - erf(low)), 0.0)


def _mean(standing: Standing, by_path: Array) -> Array:
    weights: Weights = standing.weights
    return weights.mean(by_path.mean(axis=1))
