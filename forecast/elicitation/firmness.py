"""How firmly shares can be held: drivers spread them by themselves, and a concentration must leave room for that."""

from __future__ import annotations

import math
from typing import Final

from forecast.case.schema import Case
from forecast.elicitation.restated import restated
from forecast.evidence.journal import View
from forecast.model.anchor import anchor
from forecast.model.contract import Model
from forecast.model.problem import build_problem

LOOSEST: Final = 1.0
"""The concentration that any case can bear."""
USUAL: Final = 10.0
"""The concentration that goes without saying where drivers leave room for it."""
CAUTION: Final = 0.8
"""The part of what the drivers leave room for that is used: other draws of them spread a little further."""


def firmest(model: Model, case: Case) -> float:
    """The largest concentration that is safe beside the drivers of a case, in tenths; at least `LOOSEST`.

    From sum(share (1 - share)) / (concentration + 1), the variance of stated shares, made that of the drivers.
    """
    loose = restated(case, [case.assumptions.shares.model_copy(update={"concentration": LOOSEST})])
    solved = anchor(model, build_problem(loose, View(case.question.opening, "published", (), (), 0)))
    bearable = solved.stated_spread / max(solved.driver_spread, 1e-9) * (LOOSEST + 1) - 1
    return max(math.floor(10 * CAUTION * bearable) / 10, LOOSEST)


def usual(model: Model, case: Case) -> float:
    """The concentration that goes without saying: the usual one, as far as the drivers of a case leave room for it."""
    return min(USUAL, firmest(model, case))
