"""What a part of the evidence says of the draws at hand: as things stand, and where assumptions are others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.inference.carrying import carry
from forecast.inference.likelihood import log_likelihood
from forecast.insight.lived import intercepts
from forecast.insight.standing import Change, Standing
from forecast.model.contract import Draws, Problem
from forecast.model.narrowing import narrowed

Array = NDArray[np.float64]
Key = tuple[str, str]
"""An event seen through an indicator."""


def told(standing: Standing, keys: Collection[Key]) -> Array:
    """log p(codings of these events, still open) of every draw, as things stand; (draw,)."""
    return _summed(standing.log_likelihood, standing.problem, keys)


def retold(standing: Standing, problem: Problem, keys: Collection[Key]) -> Array:
    """The same under a problem with other assumptions, and the same evidence; (draw,)."""
    law, part = standing.model.law, problem.with_units(narrowed(standing.problem, keys).units)
    return _summed(log_likelihood(law, carry(law, standing.draws, standing.problem, part), part), part, keys)


def re_anchored(change: Change, standing: Standing, held: Problem, solved: Problem) -> Change:
    """A change with the intercepts of `held` solved again: they spread otherwise, and reports of outcomes follow."""
    weights, keys = change.log_weights, solved.about_outcomes
    if keys:
        ratio = retold(standing, solved, keys) - retold(standing, held, keys)
        weights = ratio if weights is None else weights + ratio
    return replace(change, log_weights=weights, alpha=intercepts(solved, standing.draws))


def _summed(log_likelihood: Draws, problem: Problem, keys: Collection[Key]) -> Array:
    places = [place for place, key in enumerate(sorted(problem.units)) if key in keys]
    return np.asarray(log_likelihood["open"] + log_likelihood["event"][:, places].sum(axis=1))
