"""Uniform: every outcome, and being still open at the horizon, is equally likely; what resolves does so day by day.

    P(k by day t) = 1 / (K + 1) * (days passed since the as-of date) / (days to the horizon)

The least that a forecast must beat. It learns nothing, neither from reports nor from time. K counts `other`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.model.problem import Problem


def incidence(problem: Problem) -> NDArray[np.float64]:
    """Cumulative incidence of the outcomes by the end of each future week; (1, week, outcome)."""
    exposure, outcomes = problem.calendar.future_exposure, len(problem.structure.outcomes)
    passed = np.cumsum(exposure) / np.sum(exposure)
    return np.asarray(np.repeat(passed[None, :, None] / (outcomes + 1), outcomes, axis=2))
