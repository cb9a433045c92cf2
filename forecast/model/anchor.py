"""Anchors: intercepts solved so that the opening day's forecast says what the analysts said.

Analysts state shares *given resolution by the horizon*. The means of alpha are found such that the forecast on the
opening day, base rates in and case evidence out, has these shares; their common spread is found such that the
shares are as uncertain as the stated concentration. Random numbers are common to all evaluations, so the equations
are smooth and have one solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Momentum
from forecast.errors import InputError
from forecast.model import laws
from forecast.model.contract import Model
from forecast.model.problem import Problem

Array = NDArray[np.float64]

DRAWS, FEWEST, PATHS = 4096, 128, 4
LARGEST = 2**24
"""Numbers that an array may hold: a question with many outcomes and weeks is anchored with fewer draws."""
TOLERANCE = 1e-5
MAX_VARIANCE = 25.0


@dataclass(frozen=True)
class Anchor:
    """Solved intercepts.

    Attributes
    ----------
    mean, sd
        Means of alpha by outcome, summing to zero, and the common spread around them.
    resolved
        P(resolved by the horizon) on the opening day.
    driver_spread
        Variance of the shares, summed over outcomes, that the drivers make by themselves.
    stated_spread
        The same variance as the stated concentration has it.
    """

    mean: Array
    sd: float
    resolved: float
    driver_spread: float
    stated_spread: float


def anchor(model: Model, problem: Problem) -> Anchor:
    """Solve a problem's intercepts; the answer depends on assumptions and base rates alone, never on evidence or seed.

    Raises
    ------
    InputError
        If the drivers alone spread the shares more than the stated concentration allows, or no intercepts give them.
    """
    opening = problem.at_opening()
    draws = model.law.opening_draws(opening, np.random.default_rng(0), _affordable(opening))
    weeks = list(model.law.futures(draws, opening, PATHS))
    mass = np.stack([week.resolved for week in weeks], axis=2)
    logits = np.stack([week.logits for week in weeks], axis=2)
    structure = problem.structure
    solver = _Solver(mass, logits, draws["intercept_z"], structure.shares)
    stated = float(np.sum(structure.shares * (1 - structure.shares)) / (structure.concentration + 1.0))
    try:
        mean = solver.means(0.0, np.log(structure.shares))
        drivers = solver.spread(mean, 0.0)
        if drivers > stated:
            raise _too_wide(problem, drivers, stated)
        mean, sd = solver.match_spread(mean, drivers, stated)
    except ArithmeticError as error:
        raise _unreachable(problem, error) from None
    return Anchor(mean, sd, float(np.mean(mass.sum(axis=2))), drivers, stated)


def _affordable(opening: Problem) -> int:
    """How many draws: all of them, unless the arrays of a very large question would grow out of hand."""
    structure, past, future = opening.structure, opening.calendar.weeks, opening.calendar.future_weeks
    a_draw = max(PATHS * len(future) * len(structure.outcomes), len(past) * len(structure.latents))
    draws = DRAWS
    while draws > FEWEST and draws * a_draw > LARGEST:
        draws //= 2
    return draws


class _Solver:
    """The opening day's shares as a function of the intercepts' means and spread."""

    def __init__(self, mass: Array, logits: Array, z: Array, shares: Array) -> None:
        self._mass, self._logits, self._z, self._target = mass, logits, z, shares

    def _chances(self, mean: Array, sd: float) -> Array:
        alpha = laws.intercepts(mean, sd, self._z)
        return np.asarray(np.exp(laws.log_softmax(np, self._logits + alpha[:, None, None, :])))

    def means(self, sd: float, start: Array) -> Array:
        """Newton's method on the K shares; the missing equation is that the intercepts sum to zero."""
        total, mean = self._mass.sum(), start - start.mean()
        for _ in range(30):
            chances = self._chances(mean, sd)
            weighted = self._mass[..., None] * chances
            shares = weighted.sum(axis=(0, 1, 2)) / total
            gap = self._target - shares
            if np.max(np.abs(gap)) < TOLERANCE:
                break
            together = weighted.reshape(-1, len(gap)).T @ chances.reshape(-1, len(gap))
            slope = np.diag(shares) - together / total
            step = np.linalg.solve(slope + 1.0 / len(gap), gap)
            mean = mean + np.clip(step, -2.0, 2.0)
            mean = mean - mean.mean()
        else:
            raise ArithmeticError(f"shares are off by {np.max(np.abs(gap)):.2g}")
        return mean

    def match_spread(self, mean: Array, drivers: float, stated: float) -> tuple[Array, float]:
        """Means and spread that reach the stated variance: the secant method on the variance of the intercepts."""
        known, variance = (0.0, drivers), (stated - drivers) / float(np.sum(self._target * (1 - self._target)) / 5)
        for _ in range(12):
            sd = float(np.sqrt(variance))
            mean = self.means(sd, mean)
            reached = self.spread(mean, sd)
            if abs(reached - stated) < 1e-3 * stated or variance == known[0]:  # there, or as near as the bounds allow
                break
            slope = max((reached - known[1]) / (variance - known[0]), 1e-6)
            known, variance = (variance, reached), min(max(variance + (stated - reached) / slope, 1e-8), MAX_VARIANCE)
        return mean, sd

    def spread(self, mean: Array, sd: float) -> float:
        """Variance over draws of the shares, summed over outcomes.

        The covariance of two independent halves of each draw's futures, so that the futures' own noise stays out.
        """
        weighted = np.einsum("dpw,dpwk->dpk", self._mass, self._chances(mean, sd), optimize=True)
        mass, pairs = self._mass.sum(axis=2), self._mass.shape[1] // 2
        halves = [
            weighted[:, [i, i + pairs]].sum(axis=1) / mass[:, [i, i + pairs]].sum(axis=1)[:, None] for i in range(pairs)
        ]
        first, second = (half - half.mean(axis=0) for half in halves[:2])
        return float(np.mean(np.sum(first * second, axis=1)))


def _too_wide(problem: Problem, drivers: float, stated: float) -> InputError:
    structure = problem.structure
    ratio = np.sqrt(drivers / stated)
    names = ", ".join(_widest(problem)[:5])
    return InputError.at(
        problem.case.set_file,
        None,
        f"the drivers alone spread the shares {ratio:.2f} times as far as the stated concentration "
        f"({structure.concentration:g}) allows",
        f"shrink what spreads them most ({names}) or state a lower concentration",
    )


def _widest(problem: Problem) -> list[str]:
    """The loadings and momenta by what each adds, roughly, to the variance of an outcome's log-odds, the largest first.

    Of the opening day alone: how fast a driver returns, and what others pull it, is not looked at.
    """
    s, momenta = problem.structure, problem.case.assumptions.of(Momentum)
    moving, level = (1.0 + s.level.sd**2)[s.loading_driver], s.level.mean[s.loading_driver]
    added = moving * (s.loading.mean**2 + s.loading.sd**2) + (level * s.loading.sd) ** 2
    spread = dict(zip(s.loading.ids, added, strict=True))
    spread |= {item.id: item.log_odds**2 for item in momenta}
    return sorted(spread, key=lambda name: -spread[name])


def _unreachable(problem: Problem, error: ArithmeticError) -> InputError:
    return InputError.at(
        problem.case.set_file,
        None,
        f"no intercepts give the stated shares on the opening day ({error})",
        "weaken the loadings and ripenings of the outcomes with the smallest and largest shares, or change the shares",
    )
