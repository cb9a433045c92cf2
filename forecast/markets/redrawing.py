"""The intercepts moved to where prices speak of them: what leaves the weights of the draws in reach.

Prices speak of all outcomes at once, and most of what they say is where the shares lie: the intercepts, of which few
reports speak, so that a posterior has them much as their prior does. Weights alone would look for a draw that has them
right by chance. Instead each draw keeps everything else, and its intercepts are moved by the linear map that takes
their prior to a normal near what they are given it and the prices (a few steps of least squares). The posterior at the
new place over that at the old, times the map's volume, is then its weight, beside what the prices say: the weighted
draws speak for exactly the same posterior, and no random number is new.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecast.inference.likelihood import log_likelihood
from forecast.markets.reading import Reading
from forecast.model import laws
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem

Array = NDArray[np.float64]

PARAMETER: Final = "intercept_z"
PATHS: Final = 4
"""Futures of a draw along which the proposal is found; the weights themselves look at as many as a forecast does."""
STEPS: Final = 6
FARTHEST: Final = 1.0
WIDER: Final = 1.1
"""Where they are moved to is so much wider than what it is near to, so that no weight grows without bound."""


def redrawn(model: Model, draws: Draws, problem: Problem, reading: Reading) -> tuple[Draws, Array]:
    """Draws with intercepts moved, and what each then counts before the prices are read, up to a constant; (draw,).

    A model without intercepts of this kind keeps its draws.
    """
    if problem.intercept_mean is None or problem.intercept_sd == 0.0 or PARAMETER not in draws:
        return draws, np.zeros(len(next(iter(draws.values()))))
    shape = draws[PARAMETER].shape
    weeks = list(model.law.futures(draws, problem, PATHS))
    mass = np.stack([week.resolved for week in weeks], axis=-1) / PATHS  # (draw, path, week)
    logits = np.stack([week.logits for week in weeks], axis=2)  # (draw, path, week, outcome)
    spread = problem.intercept_sd * (np.eye(shape[1]) - 1.0 / shape[1])
    middle = np.zeros(shape)
    for step in range(STEPS + 1):
        alpha = laws.intercepts(problem.intercept_mean, problem.intercept_sd, middle)
        chances, slope = _chances(mass, logits, alpha)
        told, gain = reading.normal_equations(chances, slope @ spread, middle)
        precision = np.eye(shape[1]) + told
        if step < STEPS:
            best = np.linalg.solve(precision, gain[..., None])[..., 0]
            middle = middle + np.clip(best - middle, -FARTHEST, FARTHEST)
    root = np.linalg.cholesky(precision)
    old = draws[PARAMETER]
    new = middle + WIDER * np.linalg.solve(root.swapaxes(1, 2), old[..., None])[..., 0]
    moved = {**draws, PARAMETER: new}
    log_volume = -np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    log_prior = 0.5 * np.sum(old**2 - new**2, axis=1)
    return moved, log_prior + log_volume + _told(model, moved, problem) - _told(model, draws, problem)


def _told(model: Model, draws: Draws, problem: Problem) -> Array | float:
    """What the evidence says of each draw's intercepts, up to what does not hang on them; (draw,)."""
    if not problem.about_outcomes:
        return 0.0
    return np.asarray(log_likelihood(model.law, draws, problem)["event"].sum(axis=1))


def _chances(mass: Array, logits: Array, alpha: Array) -> tuple[Array, Array]:
    """Each draw's chances, `unresolved` last, (draw, outcome); and their slope in alpha, (draw, outcome, alpha)."""
    shares = np.exp(laws.log_softmax(np, logits + alpha[:, None, None, :]))
    draws, size = alpha.shape
    flat = shares.reshape(draws, -1, size)
    weighted = flat * mass.reshape(draws, -1, 1)
    named = weighted.sum(axis=1)
    slope = np.zeros((draws, size + 1, size))
    slope[:, :size] = named[:, :, None] * np.eye(size) - weighted.swapaxes(1, 2) @ flat
    return np.column_stack([named, 1.0 - named.sum(axis=1)]), slope
