"""What each event did to the driver that it tells about: the estimate with it, less the estimate without it.

A weight of `1 / p(event | draw)` leaves an event out. What it did is read off in the week in which it happened, in the
driver's own unit; events lean on each other, so that what they did alone does not add up.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from forecast.inference.likelihood import log_likelihood
from forecast.insight.smoothing import weigh
from forecast.reopened import Reopened


@dataclass(frozen=True)
class Push:
    """One event, as one indicator tells of it.

    Attributes
    ----------
    event, indicator, driver
        What tells of what.
    week
        The Monday of its week, ISO 8601.
    push
        By how many standard units the driver stands higher in that week for it.
    pareto_k
        k-hat of the weights that leave it out.
    """

    event: str
    indicator: str
    driver: str
    week: str
    push: float
    pareto_k: float


def pushes(opened: Reopened) -> tuple[Push, ...]:
    """Every event that tells about a driver, in the order of the ledger's ids."""
    problem, drivers = opened.problem, opened.problem.structure.drivers
    if not problem.units:
        return ()
    likelihood = log_likelihood(opened.model.law, opened.draws, problem)["event"]
    paths = opened.model.law.latents(opened.draws, problem)
    place = {key: u for u, keys in enumerate(problem.readings.events) for key in keys}
    weeks, found = problem.calendar.weeks, []
    for column, (event, indicator) in enumerate(sorted(problem.units)):
        unit = place[event, indicator]
        told = problem.case.indicators[indicator].tells_about
        if told not in drivers:
            continue
        week = int(problem.readings.unit_week[unit])
        state = paths[:, week, drivers.index(told)]
        without = weigh(opened.log_weights - likelihood[:, column])
        push = float(opened.weights @ state - without.values @ state)
        found.append(
            Push(event, indicator, told, weeks[week].isoformat(), push, float(np.minimum(99.0, without.pareto_k)))
        )
    return tuple(found)


def pushes_document(found: tuple[Push, ...]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [asdict(push) for push in found]
