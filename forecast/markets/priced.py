"""A forecast with markets' prices read, after sampling: weighted draws, judged like those of an update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from forecast.case.markets import Markets
from forecast.case.others import Numbers
from forecast.found import Found, Priced, Sample
from forecast.inference.gate import Verdict
from forecast.inference.summary import assumption_summaries, driver_paths, reported_quantities
from forecast.inference.update import judge_update
from forecast.inference.weights import Weights, weigh
from forecast.markets.reading import Reading, reading_of
from forecast.markets.redrawing import redrawn
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem
from forecast.outcomes import forecast_of, probabilities

Array = NDArray[np.float64]
Document = dict[str, Any]

MOST_REASONS: Final = 5
"""Reasons against weights that are said: where they fail, they fail everywhere at once."""


def read_prices(
    model: Model, draws: Draws, log_weights: Array, problem: Problem, reading: Reading
) -> tuple[Draws, Weights, Array]:
    """Draws that speak for the posterior with the prices: with new intercepts, their weights, and their incidence.

    Parameters
    ----------
    draws, log_weights
        A posterior of the problem without prices, chain by chain.

    Returns
    -------
    The draws, what each counts, and the cumulative incidence, (draw, week, outcome).
    """
    draws, log_ratio = redrawn(model, draws, problem, reading)
    incidence = model.law.project(draws, problem)
    final = incidence[:, -1]
    chances = np.column_stack([final, 1.0 - final.sum(axis=1)])
    return draws, weigh(log_weights + log_ratio + reading.log_likelihood(chances)), incidence


def priced(model: Model, found: Found, quotes: Sequence[Numbers], stated: Markets) -> Found:
    """The same forecast with the prices read.

    What rests on judgement alone no longer does: a price speaks of how drivers tilt the outcomes too. Drivers and
    assumptions are summarized over draws resampled by weight.
    """
    if found.sample is None or found.problem.ended is not None or not quotes:
        return found
    problem, chains = found.problem, found.sample.chains
    outcomes, weeks = problem.structure.outcomes, problem.calendar.future_weeks
    reading = reading_of(quotes, stated, outcomes)
    draws, weights, incidence = read_prices(model, found.sample.draws, found.sample.log_weights, problem, reading)
    sample = Sample(draws, weights.logarithms, chains)
    paths, again = model.law.latents(draws, problem), weights.resampled()
    alike = {name: values[again] for name, values in draws.items()}
    named = [*probabilities(incidence, chains, outcomes), *reported_quantities(paths, sample, problem)]
    heard = [replace(quantity, is_silent=False) for quantity in named]
    forecast = forecast_of(incidence, chains, outcomes, weeks, weights)
    before, after = ([outcome.mcse for outcome in each.outcomes] for each in (found.forecast, forecast))
    return replace(
        found,
        forecast=forecast,
        verdict=_judged(found.verdict, judge_update(heard, weights, _diagnostics(found.verdict))),
        drivers=driver_paths(paths[again], problem),
        assumptions=assumption_summaries(replace(sample, draws=alike), problem),
        sample=sample,
        priced=Priced(
            quotes=tuple(quotes),
            without=tuple(outcome.probability for outcome in found.forecast.outcomes),
            without_mcse=tuple(before),
            mcse=tuple(np.hypot(before, after).tolist()),
            pareto_k=weights.pareto_k,
            effective_draws=weights.effective,
        ),
    )


def _diagnostics(verdict: Verdict) -> Mapping[str, Any]:
    names = ("rhat_max", "divergences", "deepest", "ebfmi_min")
    return {name: getattr(verdict, name) for name in names}


def _judged(sampled: Verdict, weighted: Verdict) -> Verdict:
    """Both verdicts as one, of the method by which the draws were made; of the prices the reasons that weigh most."""
    few = weighted.failures[:MOST_REASONS]
    failures = tuple(f"with the markets' prices: {failure}" for failure in few)
    return replace(weighted, method=sampled.method, failures=(*sampled.failures, *failures), suspects=sampled.suspects)


def markets_document(found: Found) -> Document:
    """What the forecast says of the markets: their prices, the forecast without them, and what they moved."""
    if found.priced is None:
        return {}
    told, moved = found.priced, zip(found.forecast.outcomes, found.priced.without, strict=True)
    rows = zip(moved, told.without_mcse, told.mcse, strict=True)
    return {
        "markets": {
            "names": [quote.by for quote in told.quotes],
            "dates": [quote.date.isoformat() for quote in told.quotes],
            "pareto_k": told.pareto_k,
            "effective_draws": told.effective_draws,
            "outcomes": [
                {
                    "id": outcome.id,
                    "prices": [quote.chances[outcome.id] for quote in told.quotes],
                    "without": without,
                    "without_mcse": without_mcse,
                    "contribution": outcome.probability - without,
                    "mcse": mcse,
                }
                for (outcome, without), without_mcse, mcse in rows
            ],
        }
    }
