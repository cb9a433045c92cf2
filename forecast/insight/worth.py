"""What the evidence is worth: to how many perfectly reliable, independent reports it adds up.

A report tells about a driver x through what happened, what was told of it and how it was coded. Of its Fisher
information about x, `J_u = E[(d log P(codings) / dx)^2]` is what comes through; `I_u`, the same with the true grade
seen, is all there was. Reports of one driver also err together: those of a week by a news cycle of variance `s^2`, all
of them by a common error of variance `c^2`. Seen as measurements of one x that stands still, they leave

    J  =  K / (1 + c^2 K),    K = sum_t J_t / (1 + s^2 J_t),    J_t = sum of J_u over the events of week t

and they are worth `J / (mean of I_u)` perfect independent reports: as many would narrow x as much. It is never more
than there are events, since a reading cannot tell more than what it is a reading of, nor shared errors less than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model import telling
from forecast.model.contract import Draws, Law
from forecast.model.laws import log_softmax, log_sum_exp
from forecast.model.priors import Normal
from forecast.model.problem import Problem

Array = NDArray[np.float64]
Index = NDArray[np.intp]

DRAWS = 256
"""Draws from which the information is averaged."""
STEP = 1e-3
"""Of the derivative by central differences, in a driver's units."""


@dataclass(frozen=True)
class Worth:
    """What the evidence is worth.

    Attributes
    ----------
    reports, events
        How many there are; an event counts once, whatever the number of its indicators.
    independent
        To how many perfectly reliable, independent reports they add up.
    by_latent
        The same by driver (or outcome that evidence tells about directly): (events, worth).
    """

    reports: int
    events: int
    independent: float
    by_latent: dict[str, tuple[int, float]]


def worth(law: Law, draws: Draws, weights: Array, problem: Problem, reports: int) -> Worth | None:
    """Weigh a problem's evidence; None where the model does not say how its reports are read.

    Parameters
    ----------
    law
        The model.
    draws, weights
        The posterior, and what each draw counts, summing to 1.
    problem
        The problem.
    reports
        How many reports it stands on.
    """
    if not hasattr(law, "log_grades") or not problem.units:
        return None
    picked = np.searchsorted(np.cumsum(weights), (np.arange(DRAWS) + 0.5) / DRAWS).clip(max=len(weights) - 1)
    told, perfect = information(law, {name: values[picked] for name, values in draws.items()}, problem)
    readings, structure, priors = problem.readings, problem.structure, law.priors(problem)
    cycle, common = (_variance(priors, name) for name in ("news_cycle", "common_error"))
    by_latent: dict[str, tuple[int, float]] = {}
    for place, latent in enumerate(structure.latents):
        here = readings.latent[readings.unit_indicator] == place
        if not here.any():
            continue
        times, weeks = readings.multiplicity[here], readings.unit_week[here]
        by_week = np.bincount(weeks, times * told[here])
        together = float(np.sum(by_week / (1.0 + cycle * by_week)))
        value = together / (1.0 + common * together) / np.average(perfect[here], weights=times)
        by_latent[latent] = (int(times.sum()), float(value))
    events = len({event for event, _ in problem.units})
    return Worth(reports, events, sum(value for _, value in by_latent.values()), by_latent)


def information(law: Any, draws: Draws, problem: Problem) -> tuple[Array, Array]:
    """Fisher information of every unit about its driver: of its codings as they are made, and of its true grade.

    The expectation is over true grades, tellings, codings and what searches find, all drawn afresh at every draw of the
    posterior.

    Returns
    -------
    Shape (unit,) each.
    """
    arrays, rng = problem.arrays, np.random.default_rng(0)
    paths = law.latents(draws, problem)

    def log_grades(shift: float) -> Array:
        moved = {**draws, "common_error": draws["common_error"] + shift}
        return np.asarray(law.log_grades(np, moved, paths, arrays))

    grades, slope = log_grades(0.0), (log_grades(STEP) - log_grades(-STEP)) / (2.0 * STEP)
    happened = _pick(rng, grades, axis=1)
    read = grades + _log_readings(draws, problem, happened, rng)
    believed, missed = np.exp(log_softmax(np, read, axis=1)), arrays["unit_found_nothing"]
    told = np.zeros(happened.shape)
    with np.errstate(divide="ignore", invalid="ignore"):  # what cannot be found is no number, and does not count
        for log_chance in (missed, np.log(-np.expm1(missed))):  # the searches find nothing, or what there is
            chance = np.sum(believed * np.exp(log_chance), axis=1)
            score = np.sum(np.exp(log_softmax(np, read + log_chance, axis=1)) * slope, axis=1)
            told += np.where(chance > 0.0, chance * score**2, 0.0)
    return np.mean(told, axis=0), np.mean(np.sum(np.exp(grades) * slope**2, axis=1), axis=0)


def _log_readings(draws: Draws, problem: Problem, happened: Index, rng: Generator) -> Array:
    """log P(codings | z) of codings made afresh of what happened; (draw, z, unit)."""
    arrays = problem.arrays
    counts = arrays["unit_counts"]
    kernels, tables = telling.origin_kernels(np, draws, arrays), telling.coder_tables(np, draws, arrays)
    every, total = np.arange(len(happened)), np.zeros((len(happened), kernels.shape[1], happened.shape[1]))
    for place, unit in zip(*np.nonzero(counts), strict=True):
        origin = arrays["unit_tellings"][place, unit]
        for _ in range(int(counts[place, unit])):
            kernel = kernels[..., origin]
            said = _pick(rng, np.log(kernel[every, happened[:, unit]]), axis=1)
            coded = np.zeros((len(every), kernel.shape[2]))
            for coder in np.flatnonzero(arrays["origin_codings"][..., origin].any(axis=1)):
                grade = _pick(rng, tables[every, said, coder], axis=1)
                coded += tables[every, :, coder, grade]
            total[..., unit] += log_sum_exp(np, np.log(kernel) + coded[:, None, :])[..., 0]
    return total


def _pick(rng: Generator, logs: Array, axis: int) -> Index:
    """One place along an axis by its log-probability (Gumbel's trick)."""
    return np.argmax(logs + rng.gumbel(size=logs.shape), axis=axis)


def _variance(priors: Mapping[str, Any], name: str) -> float:
    prior = priors[name][0] if name in priors else None
    return float(np.max(prior.sd)) ** 2 if isinstance(prior, Normal) else 0.0
