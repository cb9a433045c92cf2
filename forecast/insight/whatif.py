"""What if: seeing that something is so, and making it so.

*See* conditions. A driver's value is seen through a narrow window, a report that nobody has made yet through the
model's own likelihood; both are weights on the draws, and what leads to the driver becomes more or less likely with it.
*Do* acts from its day on: each draw keeps its past and its shocks, the arrows into the driver are cut, and only what it
leads to follows. Both are always shown with the premise's own probability.

Where something is done and something seen on a later day, it is seen in the world in which the act was done. A report
that settles something by itself (a gate, an outcome) does so from now on, and tells of no driver.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import Hold, HypotheticalReport, Premise, PremiseError, SeenDriver, consistent
from forecast.errors import UsageError
from forecast.inference.weights import PARETO_K
from forecast.insight.acting import act
from forecast.insight.hypothetical import with_reports
from forecast.insight.lived import Lived, live
from forecast.insight.looking import WIDTH, all_together, nearness, probability_of, seen_weights, week_to_come
from forecast.insight.refitting import Refit
from forecast.insight.seen import looked_at
from forecast.insight.settling import log_settled, settled_by
from forecast.insight.smoothing import weigh
from forecast.insight.standing import Answer, Standing, thinned
from forecast.insight.standing import standing as standing_of
from forecast.insight.turns import passages, rulings
from forecast.model.contract import Model, Problem
from forecast.reopened import Reopened

Array = NDArray[np.float64]

FEWEST = 100.0
"""Effective draws below which a premise is too improbable for the draws at hand, whatever k-hat says."""


@dataclass(frozen=True)
class WhatIf:
    """What follows from premises.

    Attributes
    ----------
    kind
        `see`, `do` or `see and do`.
    premises
        As they were given.
    probabilities
        How probable each premise is by itself: a driver within half a unit of the value, on its day; a report to be of
        this grade if one is made.
    probability
        Of all of them together.
    answer
        The outcomes' probabilities.
    base
        As things stand; (outcome,).
    note
        What a reader should know of how it was found; empty where all is well.
    settled
        What the reports would settle by themselves, in words; empty where that is nothing.
    """

    kind: str
    premises: tuple[Premise, ...]
    probabilities: tuple[float, ...]
    probability: float
    answer: Answer
    base: Array
    note: str = ""
    settled: str = ""


def suppose(
    opened: Reopened, premises: Sequence[Premise], refit: Callable[[Standing], Refit] | None = None
) -> tuple[Standing, WhatIf]:
    """What follows from premises in a saved run: by a part of its draws, and by all where they do not suffice.

    Parameters
    ----------
    opened
        The run.
    premises
        As in `whatif`.
    refit
        Makes a way to refit beside where the run stands by all draws; None to leave it at the weights.

    Returns
    -------
    Where the run stands by the draws that were asked, and what follows.

    Raises
    ------
    UsageError
        If a premise speaks of a day that lies before now or not before the horizon.
    """
    few = thinned(opened)
    here = standing_of(few)
    found = whatif(here, premises)
    if found.note:
        here = here if few is opened else standing_of(opened)
        found = whatif(here, premises, None if refit is None else refit(here))
    return here, found


def whatif(standing: Standing, premises: Sequence[Premise], refit: Refit | None = None) -> WhatIf:
    """Work out what follows from premises.

    Parameters
    ----------
    standing
        Where the run stands.
    premises
        What is seen and what is done, together.
    refit
        How to refit where the premise is too improbable for the draws at hand; None to leave it at the weights.

    Raises
    ------
    UsageError
        If a premise speaks of a day that lies before now or not before the horizon, or two cannot hold together.
    """
    try:
        premises = consistent(premises)
    except PremiseError as error:
        raise UsageError(str(error)) from None
    holds = tuple(premise for premise in premises if isinstance(premise, Hold))
    seen = tuple(premise for premise in premises if not isinstance(premise, Hold))
    kind = " and ".join(word for word, some in (("see", seen), ("do", holds)) if some)
    settled, graded = settled_by(standing.problem, (p for p in seen if isinstance(p, HypotheticalReport)))
    turned = [passages(standing.problem, settled), *rulings(standing.problem, settled).values()]
    in_words = "; ".join(filter(None, turned))
    told: list[SeenDriver | HypotheticalReport] = [p for p in seen if isinstance(p, SeenDriver)]
    told += graded
    ahead = _futures_after(standing, settled, holds)
    log_weights = seen_weights(standing, ahead, told) + log_settled(standing, settled)[:, None]
    chances = _chances_after(standing, ahead)
    near = [nearness(standing, ahead, premise) for premise in premises]
    probabilities = tuple(
        probability_of(standing, ahead, premise, one) for premise, one in zip(premises, near, strict=True)
    )
    probability = all_together(standing, premises, near) if len(premises) > 1 else probabilities[0]
    answer, effective = _answer(standing, log_weights, chances)
    found = WhatIf(kind, premises, probabilities, probability, answer, standing.now, settled=in_words)
    improbable = (answer.pareto_k or 0.0) > PARETO_K or effective < FEWEST
    if not improbable:
        return found
    what = f"too improbable for the draws at hand (k-hat {answer.pareto_k:.2f}, {effective:.0f} effective draws)"
    if any(isinstance(premise, SeenDriver) and premise.day is not None for premise in seen):
        return replace(found, note=f"{what}; what is seen on a later day cannot be refitted")
    if refit is None:
        return replace(found, note=f"{what}; not refitted")
    refitted = _refitted(settled, standing.model, told, holds, refit)
    failed = f", and not to be relied on: {'; '.join(refitted.failures)}" if refitted.failures else ""
    return replace(found, answer=refitted, note=f"{what}; refitted{failed}")


# ------------------------------------------------------------------------------------------------ do


def _futures_after(standing: Standing, settled: Problem, holds: Sequence[Hold]) -> Lived:
    """The futures after the acts and after what is settled; those of the standing where nothing is."""
    if not holds and settled.settled == standing.problem.settled:
        return standing.lived
    for hold in holds:
        for day in (hold.first, hold.last):
            if day is not None:
                week_to_come(standing, day)
    return live(standing.model, standing.draws, settled, standing.lived.paths, act(holds, settled) if holds else None)


def _chances_after(standing: Standing, ahead: Lived) -> Array:
    """The chances along every future after the acts; (draw, path, outcome)."""
    if ahead is standing.lived:
        return standing.by_path
    return np.asarray(standing.by_path + ahead.chances(standing.alpha) - standing.unraked)


# ------------------------------------------------------------------------------------------------ together


def _answer(standing: Standing, log_weights: Array, chances: Array) -> tuple[Answer, float]:
    """The answer, and how many draws it rests on."""
    paths = chances.shape[1]
    if np.ptp(log_weights, axis=1).max() == 0.0:  # nothing is known of one path that is not known of the others
        weights = weigh(standing.log_weights + log_weights[:, 0])
        values = np.repeat(weights.values[:, None] / paths, paths, axis=1)
    else:
        weights = weigh((standing.log_weights[:, None] + log_weights).ravel())
        values = weights.values.reshape(-1, paths)
    after = np.clip(np.einsum("sp,spk->k", values, chances), 0.0, 1.0)
    felt = np.einsum("sp,spk->sk", values, chances - after)
    before = standing.weights.values[:, None] * (standing.chances - standing.now)
    effective = min(weights.effective, float(1.0 / np.sum(values.sum(axis=1) ** 2)))
    return Answer(after / after.sum(), felt - before, standing.chains, weights.pareto_k), effective


def _refitted(
    settled: Problem,
    model: Model,
    told: Sequence[SeenDriver | HypotheticalReport],
    holds: Sequence[Hold],
    refit: Refit,
) -> Answer:
    """The answer of a posterior that knows what is seen: the reports in the ledger, the drivers looked at."""
    reports = tuple(premise for premise in told if isinstance(premise, HypotheticalReport))
    drivers = settled.structure.drivers
    looks = tuple((drivers.index(p.driver), p.value) for p in told if isinstance(p, SeenDriver))
    problem = with_reports(settled, reports)
    if looks:
        model, problem = looked_at(model, problem, looks, WIDTH)
    return refit(problem, "with what is seen", model=model, do=act(holds, problem) if holds else None).answer
