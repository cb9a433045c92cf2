"""Prices of markets and crowds as readings of each draw's chances: noisy, biased, and thin where nobody trades.

    logit(price_k)  =  bias + longshot logit(p_k | draw) + error_k

The price of contract k is what the market asked for; p_k is the chance of that outcome by the horizon that the draw
gives today, its futures averaged. The bias (fees, fondness for one side) is common to a market's contracts and normal
around none; it is integrated out in closed form. A contract's error has variance

    sd^2 (1 + deep / volume)  +  (spread / sqrt(12) / (price (1 - price)))^2

so that one which nobody trades says nothing. Together a market's errors are Student-t: one that is far off pulls no
harder for being farther. Several markets read each other: of n' (by depth, Kish 1965) each counts
1 / (1 + alike (n' - 1)).

The readings come after sampling: they are weights on the draws, Pareto-smoothed and judged as those of an update.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Markets
from forecast.case.others import Numbers, latest
from forecast.case.schema import Case
from forecast.found import Found, Priced
from forecast.inference.autocorrelation import errors_of_means
from forecast.inference.gate import Verdict
from forecast.inference.summary import assumption_summaries, driver_paths, reported_quantities
from forecast.inference.update import judge_update
from forecast.inference.weights import Weights, weigh
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem
from forecast.outcomes import forecast_of, probabilities

Array = NDArray[np.float64]
Document = dict[str, Any]

TICK: Final = 0.005
"""Prices and chances nearer to 0 or 1 than this cannot be told apart."""


def quotes_of(case: Case, as_of: date) -> tuple[Numbers, ...]:
    """The last prices of each market that counts, known by the end of a day and not too old; none where none does."""
    stated = case.assumptions.markets
    if stated is None or (case.resolution is not None and case.resolution.date <= as_of):
        return ()
    known = latest(case.prices, as_of)
    return tuple(known[name] for name in sorted(known) if _counts(known[name], stated, case, as_of))


def _counts(quote: Numbers, stated: Markets, case: Case, as_of: date) -> bool:
    asked = {*case.outcome_ids, "unresolved"}, case.question.horizon
    named = not stated.names or quote.by in stated.names
    fresh = (as_of - quote.date).days <= case.question.stale_after
    return named and fresh and (set(quote.chances), quote.horizon or asked[1]) == asked


def remarks(case: Case, as_of: date) -> Iterator[str]:
    """What a reader should know of the prices: those that were left out, and those that may be counted twice."""
    stated = case.assumptions.markets
    if stated is None:
        return
    used = {quote.by: quote for quote in quotes_of(case, as_of)}
    for name, quote in sorted(latest(case.prices, as_of).items()):
        if name not in used and (not stated.names or name in stated.names):
            yield f"prices of {name} of {quote.date} are left out: too old, or of a question that has changed since"
    if not used:
        yield f"no market's prices are known as of {as_of}: the set's 'markets' says nothing"
    shares = case.assumptions.shares
    for name, quote in used.items():
        if quote.date <= shares.judged_on:
            yield (
                f"prices of {name} of {quote.date} may be counted twice: the shares were judged on {shares.judged_on}, "
                "when they were known; state newer prices, or refresh with --no-markets"
            )


# ---------------------------------------------------------------------------- the likelihood


def log_reading(chances: Array, quotes: Sequence[Numbers], ends: Sequence[str], stated: Markets) -> Array:
    """log p(prices | draw), up to a constant.

    Parameters
    ----------
    chances
        P(outcome by the horizon | draw), `unresolved` last; (draw, outcome).
    quotes
        One for each market.
    ends
        Ids along the outcome axis.
    stated
        How the prices are read.

    Returns
    -------
    Shape (draw,).
    """
    expected = stated.longshot * _logit(chances)
    total, depths = np.zeros(len(chances)), []
    for quote in quotes:
        price = np.array([quote.chances[end] * (1.0 + quote.overround) for end in ends])
        variance = _variance(quote, price, ends, stated)
        told = np.isfinite(variance)
        if not told.any():
            continue
        depths.append(float(np.mean(stated.sd**2 / variance)))
        covariance = np.diag(variance[told]) + stated.bias**2
        left = np.linalg.solve(np.linalg.cholesky(covariance), (_logit(price) - expected)[:, told].T)
        tails = stated.degrees
        total += -0.5 * (tails + told.sum()) * np.log1p(np.sum(left**2, axis=0) / tails)
    return total / (1.0 + stated.alike * (_kish(depths) - 1.0)) if depths else total


def _logit(chances: Array) -> Array:
    within = np.clip(chances, TICK, 1.0 - TICK)
    return np.asarray(np.log(within) - np.log1p(-within))


def _variance(quote: Numbers, price: Array, ends: Sequence[str], stated: Markets) -> Array:
    """Of each contract's error; infinite where nobody trades it."""
    volume = np.array([quote.volumes.get(end, stated.deep) for end in ends])
    gap = np.array([quote.spreads.get(end, 0.0) for end in ends])
    within = np.clip(price, TICK, 1.0 - TICK)
    with np.errstate(divide="ignore"):
        thin = stated.sd**2 * (1.0 + stated.deep / volume)
    return np.asarray(thin + gap**2 / 12.0 / (within * (1.0 - within)) ** 2)


def _kish(depths: Sequence[float]) -> float:
    """How many equally deep markets they are worth."""
    return math.fsum(depths) ** 2 / math.fsum(depth**2 for depth in depths)


# ---------------------------------------------------------------------------- the forecast with them


@dataclass(frozen=True)
class _Drawn:
    """Draws without a sampler, for what summarizes a posterior."""

    draws: Draws
    chains: int

    def by_chain(self, quantity: Array) -> Array:
        return quantity.reshape(self.chains, len(quantity) // self.chains, *quantity.shape[1:])


def chances_of(model: Model, draws: Draws, problem: Problem) -> tuple[Array, Array]:
    """Cumulative incidence, (draw, week, outcome); and each draw's chances by the horizon, (draw, outcome)."""
    incidence = model.law.project(draws, problem)
    final = incidence[:, -1]
    return incidence, np.column_stack([final, 1.0 - final.sum(axis=1)])


def priced(model: Model, found: Found, quotes: Sequence[Numbers], stated: Markets) -> Found:
    """The same forecast with the prices read: weights on its draws, and what they moved.

    What rests on judgement alone no longer does: a price speaks of how drivers tilt the outcomes too. Drivers and
    assumptions are summarized over draws resampled by weight.
    """
    if found.sample is None or found.problem.ended is not None or not quotes:
        return found
    draws, chains, problem = found.sample.draws, found.sample.chains, found.problem
    incidence, chances = chances_of(model, draws, problem)
    ends = (*problem.structure.outcomes, "unresolved")
    before = weigh(found.sample.log_weights)
    after = weigh(before.logarithms + log_reading(chances, quotes, ends, stated))
    paths, again = model.law.latents(draws, problem), after.resampled()
    alike = {name: values[again] for name, values in draws.items()}
    outcomes = problem.structure.outcomes
    named = [*probabilities(incidence, chains, outcomes), *reported_quantities(paths, _Drawn(draws, chains), problem)]
    heard = [replace(quantity, is_silent=False) for quantity in named]
    forecast = forecast_of(incidence, chains, outcomes, problem.calendar.future_weeks, after)
    return replace(
        found,
        forecast=forecast,
        verdict=_judged(found.verdict, judge_update(heard, after, _diagnostics(found.verdict))),
        drivers=driver_paths(paths[again], problem),
        assumptions=assumption_summaries(_Drawn(alike, chains), problem),
        sample=replace(found.sample, log_weights=after.logarithms),
        priced=Priced(
            quotes=tuple(quotes),
            without=tuple(outcome.probability for outcome in found.forecast.outcomes),
            without_mcse=tuple(outcome.mcse for outcome in found.forecast.outcomes),
            mcse=_error_of_difference(chances, before, after, chains),
            pareto_k=after.pareto_k,
            effective_draws=after.effective,
        ),
    )


def _diagnostics(verdict: Verdict) -> Mapping[str, Any]:
    return {"rhat_max": verdict.rhat_max, "divergences": verdict.divergences, "deepest": verdict.deepest,
            "ebfmi_min": verdict.ebfmi_min}  # fmt: skip


def _judged(sampled: Verdict, weighted: Verdict) -> Verdict:
    """Both verdicts as one, of the method by which the draws were made."""
    failures = tuple(f"with the markets' prices: {failure}" for failure in weighted.failures)
    return replace(weighted, method=sampled.method, failures=(*sampled.failures, *failures), suspects=sampled.suspects)


def _error_of_difference(chances: Array, before: Weights, after: Weights, chains: int) -> tuple[float, ...]:
    """Monte Carlo standard error of what the prices moved, by outcome."""
    count = len(chances)
    felt = [count * w.values[:, None] * (chances - w.mean(chances)) for w in (before, after)]
    return tuple(errors_of_means((felt[1] - felt[0]).T.reshape(-1, chains, count // chains)).tolist())


# ---------------------------------------------------------------------------- as documents


def prices_document(quotes: Sequence[Numbers]) -> list[Document]:
    """The prices that were read, a row a contract: what the record holds."""
    return [
        {
            "date": quote.date.isoformat(),
            "market": quote.by,
            "outcome": end,
            "price": chance * (1.0 + quote.overround),
            **({"volume": quote.volumes[end]} if end in quote.volumes else {}),
            **({"spread": quote.spreads[end]} if end in quote.spreads else {}),
        }
        for quote in quotes
        for end, chance in quote.chances.items()
    ]


def quotes_from(rows: Sequence[Mapping[str, Any]]) -> tuple[Numbers, ...]:
    """The same read back from a record."""
    said: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        said.setdefault((row["market"], row["date"]), []).append(row)
    return tuple(_quote(market, day, named) for (market, day), named in said.items())


def _quote(market: str, day: str, rows: Sequence[Mapping[str, Any]]) -> Numbers:
    total = math.fsum(row["price"] for row in rows)
    return Numbers(
        date=date.fromisoformat(day),
        by=market,
        chances={row["outcome"]: row["price"] / total for row in rows},
        overround=total - 1.0,
        volumes={row["outcome"]: row["volume"] for row in rows if "volume" in row},
        spreads={row["outcome"]: row["spread"] for row in rows if "spread" in row},
    )


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
