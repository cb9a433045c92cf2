"""`refresh --fast`: a forecast from the last sampled run's draws, carried to the day and weighted."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.found import Descent, Found, Sample
from forecast.inference.summary import assumption_summaries, driver_paths, reported_quantities, silent_parameters
from forecast.inference.update import judge_update, update
from forecast.inference.weights import weigh
from forecast.model.anchor import Anchor
from forecast.model.problem import Problem
from forecast.outcomes import forecast_of, probabilities
from forecast.reopened import Reopened
from forecast.runs import Run

Array = NDArray[np.float64]


def updated(parent: Reopened, problem: Problem) -> Found:
    """What the parent's draws make of a later problem of the same case.

    Probabilities, their intervals and errors are of the weighted draws; drivers and assumptions are summarized over
    draws resampled by weight, assumptions of which no evidence speaks over the parent's own.

    Raises
    ------
    UncarriedError
        If the problem differs from the parent's by more than time and evidence.
    """
    parent = parent.unpriced or parent  # prices are of their day: those of this one are read afterwards
    started, law = time.perf_counter(), parent.model.law
    stated = _anchor_of(parent)
    problem = problem.anchored(stated.mean, stated.sd)
    draws, log_weights = update(law, parent.draws, parent.problem, problem)
    weights = weigh(log_weights)
    incidence, paths = law.project(draws, problem), law.latents(draws, problem)
    outcomes, drawn = problem.structure.outcomes, Sample(draws, weights.logarithms, parent.chains)
    named = [
        *probabilities(incidence, parent.chains, outcomes),
        *reported_quantities(paths, drawn, problem),
    ]
    again = weights.resampled()
    silent = silent_parameters(problem)
    alike = {name: values if name in silent else values[again] for name, values in draws.items()}
    return Found(
        problem=problem,
        forecast=forecast_of(incidence, parent.chains, outcomes, problem.calendar.future_weeks, weights),
        verdict=judge_update(named, weights, parent.run.forecast["diagnostics"]),
        stated=stated,
        drivers=driver_paths(paths[again], problem),
        assumptions=assumption_summaries(replace(drawn, draws=alike), problem),
        sample=drawn,
        descent=Descent(parent.run.id, weights.pareto_k, weights.effective),
        seconds={"update": time.perf_counter() - started},
    )


def _anchor_of(parent: Reopened) -> Anchor:
    """The parent's solved intercepts: they follow from assumptions and base rates alone, which are the same."""
    problem = parent.problem
    return Anchor(
        mean=np.asarray(problem.intercept_mean),
        sd=problem.intercept_sd,
        resolved=1.0 - _stated_open(parent.run),
        driver_spread=math.nan,  # solving was the parent's work; nothing here asks for it
        stated_spread=math.nan,
    )


def _stated_open(run: Run) -> float:
    return float(next(row["stated"] for row in run.forecast["outcomes"] if row["id"] == "unresolved"))
