"""Worlds drawn from a model: what happens, what is told of it, how it is coded, and how the question ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model.futures import Future, destination
from forecast.model.priors import Draws
from forecast.model.problem import Problem
from forecast.model.readings import Unit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """One simulated world.

    Attributes
    ----------
    parameters
        The truth, each array with a leading draw axis of length 1.
    problem
        The problem with the evidence of this world in place of the real one.
    outcome, week
        How the question ends and in which future week (index); None and None where it is open at the horizon.
    """

    parameters: Draws
    problem: Problem
    outcome: str | None
    week: int | None


def code_world(problem: Problem, log_grades: Array, kernels: Array, tables: Array, rng: Generator) -> Problem:
    """Draw every coding afresh: the same events, origins, cells and coders, other grades.

    Searches stay as they are: what they found, which is nothing, is for `log_grades` to know.

    Parameters
    ----------
    problem
        Gives the design: which coder graded which telling of which event.
    log_grades
        log P(z | eta, the searches found nothing) by unit row, up to a constant; shape (z, unit).
    kernels
        P(r | z) by distinct telling, shape (z, r, origin).
    tables
        log P(y | r) by coder, shape (r, coder, y).
    rng
        Source of randomness.
    """
    r = problem.readings
    units: dict[tuple[str, str], Unit] = {}
    for u, keys in enumerate(r.events):
        for key in keys:
            grade = _pick(rng, np.exp(log_grades[:, u]))
            origins = []
            for origin in problem.units[key].origins:
                told = _pick(rng, kernels[grade, :, r.tellings.index(origin)])
                codings = tuple(
                    (coder, _pick(rng, np.exp(tables[told, r.coders.index(coder)]))) for coder, _ in origin.codings
                )
                origins.append(replace(origin, codings=codings))
            units[key] = replace(problem.units[key], origins=tuple(sorted(origins)))
    return problem.with_units(units)


def live_on(
    problem: Problem, futures: Iterator[Future], intercepts: Array, rng: Generator
) -> tuple[str | None, int | None]:
    """Follow one future of one draw to its end: the outcome and the week it comes in, or None twice."""
    outcomes, u = problem.structure.outcomes, rng.random()
    for week, future in enumerate(futures):
        u -= float(future.resolved[0, 0])
        if u < 0:
            chances = destination(future.logits[0, 0] + intercepts[0], problem.out)
            return outcomes[_pick(rng, chances)], week
    return None, None


def _pick(rng: Generator, chances: Array) -> int:
    return int(rng.choice(len(chances), p=chances / chances.sum()))
