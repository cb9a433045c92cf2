"""The intercepts drawn anew where prices speak: what leaves the weights of the draws in reach.

Prices speak of all outcomes at once, and most of what they say is where the shares lie: the intercepts, of which no
report speaks, so that a posterior has them as their prior does. Weights alone would look for a draw that has them right
by chance. Instead each draw keeps everything else and draws its intercepts anew from a normal near what they are given
it and the prices (a few steps of least squares); prior over proposal is then its weight, beside what the prices say.
The weighted draws speak for exactly the same posterior.
"""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecast.markets.reading import Reading
from forecast.model import laws
from forecast.model.contract import Draws, Model
from forecast.model.futures import STREAM
from forecast.model.problem import Problem

Array = NDArray[np.float64]

PARAMETER: Final = "intercept_z"
PATHS: Final = 4
"""Futures of a draw along which the proposal is found; the weights themselves look at as many as a forecast does."""
STEPS: Final = 6
FARTHEST: Final = 1.0
WIDER: Final = 1.1
"""The proposal is so much wider than what it is near to, so that no weight grows without bound."""


def redrawn(model: Model, draws: Draws, problem: Problem, reading: Reading) -> tuple[Draws, Array]:
    """Draws with new intercepts, and log p(intercepts) - log q(intercepts) of each, (draw,).

    The random numbers are the same in every run. A model without intercepts of this kind keeps its draws.
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
    noise = np.random.default_rng([STREAM, zlib.crc32(b"markets")]).standard_normal(shape)
    new = middle + WIDER * np.linalg.solve(root.swapaxes(1, 2), noise[..., None])[..., 0]
    log_proposal = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1) - 0.5 * np.sum(noise**2, axis=1)
    return {**draws, PARAMETER: new}, -0.5 * np.sum(new**2, axis=1) - log_proposal


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
