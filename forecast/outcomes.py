"""The forecast: how likely each outcome is, how sure, and when; every number with its Monte Carlo error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from forecast.inference.gate import Quantity, mcse
from forecast.inference.weights import Weights

Array = NDArray[np.float64]

LEVEL = 0.9


@dataclass(frozen=True)
class OutcomeForecast:
    """One outcome by the horizon.

    Attributes
    ----------
    probability
        Mean over draws and futures.
    interval
        Central 90 % of the draws' means over their futures: how far the number would move if today's drivers and
        the loadings were known.
    mcse
        Monte Carlo standard error of `probability`, from draws and futures together.
    """

    id: str
    probability: float
    interval: tuple[float, float]
    mcse: float


@dataclass(frozen=True)
class Forecast:
    """A whole forecast; the last outcome is `unresolved`, and all of them sum to 1.

    Attributes
    ----------
    outcomes
        In the case's order, then `other` and `unresolved`.
    weeks
        Mondays of the weeks to the horizon.
    incidence
        P(resolved as each outcome by the end of each week), shape (week, outcome).
    """

    outcomes: tuple[OutcomeForecast, ...]
    weeks: tuple[date, ...]
    incidence: Array


def forecast_of(
    incidence: Array,
    chains: int | None,
    outcomes: tuple[str, ...],
    weeks: tuple[date, ...],
    weights: Weights | None = None,
) -> Forecast:
    """Summarize projected draws.

    Parameters
    ----------
    incidence
        Cumulative incidence, shape (draw, week, outcome), draws chain by chain.
    chains
        Number of chains; None where only draws that stand close together may hang together.
    outcomes
        Ids along the outcome axis, `other` last.
    weeks
        Mondays along the week axis.
    weights
        What each draw counts; None where they count alike.
    """
    if weights is not None:
        return _weighted(incidence, chains or 1, outcomes, weeks, weights)
    mean = incidence.mean(axis=0)
    summaries = []
    for quantity in probabilities(incidence, chains, outcomes):
        low, high = np.quantile(quantity.draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        summaries.append(
            OutcomeForecast(
                id=quantity.name,
                probability=float(quantity.draws.mean()),
                interval=(float(low), float(high)),
                mcse=batched_mcse(quantity.draws.ravel()) if chains is None else mcse(quantity.draws),
            )
        )
    return Forecast(tuple(summaries), weeks, mean)


def _weighted(
    incidence: Array, chains: int, outcomes: tuple[str, ...], weeks: tuple[date, ...], weights: Weights
) -> Forecast:
    summaries = []
    for quantity in probabilities(incidence, chains, outcomes):
        draws = quantity.draws.ravel()
        low, high = weights.quantile(draws, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        probability, error = float(weights.mean(draws)), weights.error(draws, chains)
        summaries.append(OutcomeForecast(quantity.name, probability, (low, high), error))
    return Forecast(tuple(summaries), weeks, weights.mean(incidence))


def batched_mcse(draws: Array) -> float:
    """Monte Carlo error of a mean by batches of neighbours: right where only draws that stand close hang together.

    Where distant draws are each other's mirrors (antithetic) it is too large. As many batches as each has draws (Flegal
    and Jones 2010, "Batch means and spectral variance estimators in Markov chain Monte Carlo"); what does not fill a
    batch is left out. Shape (draw,).
    """
    length = max(isqrt(draws.size), 1)
    batches = draws[: draws.size // length * length].reshape(-1, length).mean(axis=1)
    return float(batches.std(ddof=1) / np.sqrt(batches.size)) if batches.size > 1 else 0.0


def probabilities(incidence: Array, chains: int | None, outcomes: tuple[str, ...]) -> list[Quantity]:
    """Each outcome's probability by the horizon, and `unresolved`, by draw."""
    final = incidence[:, -1, :]
    columns = np.concatenate([final, 1.0 - final.sum(axis=1, keepdims=True)], axis=1)
    return [
        Quantity(name, columns[:, k].reshape(chains or 1, -1), is_probability=True)
        for k, name in enumerate((*outcomes, "unresolved"))
    ]
