"""The intercepts moved to where prices speak of them: what leaves the weights of the draws in reach.

Prices speak of all outcomes at once, and most of what they say is where the shares lie: the intercepts, of which
reports say little where no indicator tells of an outcome. Weights alone would look for a draw that has them right by
chance. Instead each draw keeps everything else, and its intercepts are moved by the linear map that takes a normal near
what they are given it and the reports to one near what they are given the prices as well. The posterior at the new
place over that at the old, times the map's volume, is then its weight, beside what the prices say: the weighted draws
speak for exactly the same posterior, and no random number is new.

Both normals are found by a few of Newton's steps. They may depend on everything of a draw but its intercepts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecast.inference.carrying import carry
from forecast.inference.likelihood import log_likelihood
from forecast.markets.reading import Reading
from forecast.model import laws
from forecast.model.contract import Draws, Model
from forecast.model.narrowing import narrowed
from forecast.model.problem import Problem

Array = NDArray[np.float64]

PARAMETER: Final = "intercept_z"
SHIFTED: Final = "common_error"
"""Of an outcome, what is added to it is added to all that its reports tell of, as its intercept is."""
PATHS: Final = 4
"""Futures of a draw along which the map is found; the weights themselves look at as many as a forecast does."""
STEPS: Final = 6
REPORTS_STEPS: Final = 4
FARTHEST: Final = 1.0
STEP: Final = 0.3
"""Of the derivatives of what reports say, by differences, in units of what they tell of."""
WIDER: Final = 1.1
"""They are spread so much wider than the normal near the target, so that weights keep a bound."""


@dataclass(frozen=True)
class Near:
    """A normal near what the intercepts' z are given all else of a draw: mean (draw, z), precision (draw, z, z)."""

    mean: Array
    precision: Array

    @property
    def root(self) -> Array:
        """Lower Cholesky factor of the precision."""
        return np.linalg.cholesky(self.precision)

    @property
    def log_volume(self) -> Array:
        """Of its unit of spread, (draw,)."""
        return np.asarray(-np.log(np.diagonal(self.root, axis1=1, axis2=2)).sum(axis=1))


def redrawn(model: Model, draws: Draws, problem: Problem, reading: Reading) -> tuple[Draws, Array]:
    """Draws with intercepts moved, and what each then counts before the prices are read, up to a constant; (draw,).

    A model without intercepts of this kind keeps its draws.
    """
    if problem.intercept_mean is None or problem.intercept_sd == 0.0 or PARAMETER not in draws:
        return draws, np.zeros(len(next(iter(draws.values()))))
    told = _reports(model, draws, problem)
    before = _near_reports(draws, problem, told)
    after = _near_prices(model, draws, problem, reading, before)
    old = draws[PARAMETER]
    spread = np.einsum("sji,sj->si", before.root, old - before.mean)
    new = after.mean + WIDER * np.linalg.solve(after.root.swapaxes(1, 2), spread[..., None])[..., 0]
    log_prior = 0.5 * np.sum(old**2 - new**2, axis=1)
    log_reports = told(new, 0.0).sum(axis=1) - told(old, 0.0).sum(axis=1)
    return {**draws, PARAMETER: new}, log_prior + log_reports + after.log_volume - before.log_volume


type Told = Callable[[Array, float], Array]
"""What reports say of z, (draw, z), with what they tell of moved by so much, by latent: (draw, latent)."""


def _reports(model: Model, draws: Draws, problem: Problem) -> Told:
    law, size = model.law, len(problem.structure.latents)
    if not problem.about_outcomes or SHIFTED not in draws:
        return lambda z, _: np.zeros((len(z), size))
    part = narrowed(problem, problem.about_outcomes)
    carried, keys = carry(law, draws, problem, part), sorted(part.units)
    about = [part.structure.latents.index(part.case.indicators[indicator].tells_about) for _, indicator in keys]
    one_latent = np.eye(size)[about]  # (event, latent)

    def told(z: Array, shift: float) -> Array:
        moved = {**carried, PARAMETER: z, SHIFTED: carried[SHIFTED] + shift}
        return np.asarray(log_likelihood(law, moved, part)["event"] @ one_latent)

    return told


def _near_reports(draws: Draws, problem: Problem, told: Told) -> Near:
    """From the prior and what reports say, by differences."""
    _, resting = problem.told_parts
    z, unit = np.zeros(draws[PARAMETER].shape), np.eye(len(resting))
    precision = np.broadcast_to(unit, (len(z), *unit.shape))
    for _ in range(REPORTS_STEPS if problem.about_outcomes else 0):
        low, here, high = (told(z, shift) for shift in (-STEP, 0.0, STEP))
        slope = (high - low) / (2.0 * STEP)
        bend = np.maximum(2.0 * here - high - low, 0.0) / STEP**2
        precision = unit + np.einsum("kl,sl,jl->skj", resting, bend, resting)
        step = np.linalg.solve(precision, (slope @ resting.T - z)[..., None])[..., 0]
        z = z + np.clip(step, -FARTHEST, FARTHEST)
    return Near(z, precision)


def _near_prices(model: Model, draws: Draws, problem: Problem, reading: Reading, before: Near) -> Near:
    """From what prior and reports say, and the prices, by least squares."""
    weeks = list(model.law.futures(draws, problem, PATHS))
    mass = np.stack([week.resolved for week in weeks], axis=-1) / PATHS  # (draw, path, week)
    logits = np.stack([week.logits for week in weeks], axis=2)  # (draw, path, week, outcome)
    size = before.mean.shape[1]
    spread = problem.intercept_sd * (np.eye(size) - 1.0 / size)
    middle, pull = before.mean, np.einsum("skj,sj->sk", before.precision, before.mean)
    for step in range(STEPS + 1):
        alpha = laws.intercepts(np.asarray(problem.intercept_mean), problem.intercept_sd, middle)
        chances, slope = _chances(mass, logits, alpha)
        told, gain = reading.normal_equations(chances, slope @ spread, middle)
        precision = before.precision + told
        if step < STEPS:
            best = np.linalg.solve(precision, (pull + gain)[..., None])[..., 0]
            middle = middle + np.clip(best - middle, -FARTHEST, FARTHEST)
    return Near(middle, precision)


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
