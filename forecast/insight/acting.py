"""Acts: a driver is put somewhere from a day on, the arrows into it are cut, and its effects follow.

In a week in which driver d is held at v, its own movement becomes whatever it takes for `x_d = v`. Since
`x = level + M xi` with M lower triangular in the order of the arrows, that changes d and what d leads to, and nothing
that leads to d: the graph without the arrows into d (Pearl's `do`). Every draw keeps its past and its shocks. When the
hold ends the driver goes on from where it was put.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import Hold
from forecast.model.calendar import monday
from forecast.model.contract import Problem
from forecast.model.futures import Act

Array = NDArray[np.float64]


def covers(hold: Hold, week: date) -> bool:
    """Whether a hold acts in the week that begins on a Monday.

    A model that lives by weeks acts from the Monday nearest to the first day until the one nearest to the day after the
    last.
    """
    begun = hold.first is None or nearest_monday(hold.first) <= week
    return begun and (hold.last is None or week < nearest_monday(hold.last + timedelta(days=1)))


def nearest_monday(day: date) -> date:
    """The Monday nearest to a day."""
    return monday(day + timedelta(days=3))


def act(holds: Sequence[Hold], problem: Problem) -> Act:
    """What the holds do to every week's own movement; of two that cover a week the later named one counts."""
    order = _causes_first(problem)
    place = {driver: problem.structure.drivers.index(driver) for driver in order}

    def acted(week: date, own: Array, mixing: Array, level: Array) -> Array:
        held = {hold.driver: hold.value for hold in holds if covers(hold, week)}
        if not held:
            return own
        own, size = own.copy(), mixing.shape[-1]
        for driver in (driver for driver in order if driver in held):
            d = place[driver]
            now = np.einsum("se,spe->sp", mixing[:, d], own[..., :size]) + level[:, d, None]
            own[..., d] += (held[driver] - now) / mixing[:, d, d, None]
        return own

    return acted


def _causes_first(problem: Problem) -> list[str]:
    """The drivers, each after all that lead to it."""
    s = problem.structure
    arrows = set(zip(s.influence_cause.tolist(), s.influence_effect.tolist(), strict=True))
    left, order = list(range(len(s.drivers))), list[str]()
    while left:
        ready = next(d for d in left if not any(effect == d and cause in left for cause, effect in arrows))
        left.remove(ready)
        order.append(s.drivers[ready])
    return order


def leads_to(problem: Problem, driver: str) -> tuple[str, ...]:
    """The drivers that a driver has an arrow from: where seeing it and making it so are not the same."""
    s = problem.structure
    d = s.drivers.index(driver)
    causes = (int(cause) for cause, effect in zip(s.influence_cause, s.influence_effect, strict=True) if effect == d)
    return tuple(s.drivers[cause] for cause in causes)
