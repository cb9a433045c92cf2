"""A new week's posterior from the last sampled one, without sampling: its draws carried, weighted, and judged.

    weight  =  P(still open since, gates passed since | draw)  x  prod over events of  p(codings now) / p(codings then)

An event that is new has no codings then, one whose reports were all withdrawn has none now, and those that nobody
touched cancel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.inference.carrying import UncarriedError, carry
from forecast.inference.gate import ESS, MCSE, TAILS, Quantity, Verdict
from forecast.inference.likelihood import log_likelihood
from forecast.inference.weights import PARETO_K, Weights, even
from forecast.model.contract import Draws, Law
from forecast.model.problem import Problem

Array = NDArray[np.float64]


def update(law: Law, draws: Draws, old: Problem, new: Problem) -> tuple[Draws, Array]:
    """Carry draws to a new problem and weight them.

    Returns
    -------
    The draws under the new problem, and their log-weights, shape (draw,), up to a constant.

    Raises
    ------
    UncarriedError
        If the problems differ by more than time and evidence.
    """
    if changed := changed_ground(old, new):
        raise UncarriedError(f"the {changed[0]} changed")
    carried = carry(law, draws, old, new)
    then, now = log_likelihood(law, draws, old), log_likelihood(law, carried, new)
    return carried, now["open"] - then["open"] + now["event"].sum(axis=-1) - then["event"].sum(axis=-1)


def changed_ground(old: Problem, new: Problem) -> tuple[str, ...]:
    """What has changed of the case, beside its evidence, its sources and the words that explain it."""
    then, now = _ground(old), _ground(new)
    return tuple(part for part in then if then[part] != now[part])


def _ground(problem: Problem) -> dict[str, object]:
    """What the parameters' meaning rests on."""
    case = problem.case
    question = case.question
    return {
        "question": (question.opening, question.history_from, question.horizon, question.gates),
        "outcomes": case.outcome_ids,
        "drivers": tuple(case.drivers),
        "codebook": case.indicators,
        "assumptions": case.assumptions.items,
        "base rates": case.base_rates.texts,
    }


def judge_update(quantities: Iterable[Quantity], weights: Weights, parent: Mapping[str, Any]) -> Verdict:
    """Judge a weighted posterior by the gate's own limits, and by k-hat.

    An assumption of which no evidence speaks has the parent's posterior, whatever was heard since: it is reported, and
    judged, by draws that count alike.

    Parameters
    ----------
    quantities
        Everything that will be reported, unweighted draws by chain.
    weights
        The draws' weights.
    parent
        The diagnostics of the run that sampled the draws: what is said of a sampler is said of that one.
    """
    failures: list[str] = []
    if not weights.reliable:
        failures.append(f"weights: Pareto k-hat is {weights.pareto_k:.2f}, must be at most {PARETO_K:g}")
    bulks, tails, errors = [], [], []
    for quantity in quantities:
        chains, draws = len(quantity.draws), quantity.draws.ravel()
        if not np.all(np.isfinite(draws)):
            failures.append(f"{quantity.name}: not every draw is a finite number")
            continue
        own = even(len(draws)) if quantity.is_silent else weights
        bulks.append(own.effective_of(draws, chains))
        tails.append(min(own.effective_of(tail, chains) for tail in _tails(draws, own)))
        for name, effective in (("effective draws are", bulks[-1]), ("effective draws of the tails are", tails[-1])):
            if not effective >= ESS:
                failures.append(f"{quantity.name}: {name} {effective:.4g}, must be at least {ESS:g}")
        if quantity.is_probability:
            errors.append(weights.error(draws, chains))
            if not errors[-1] < MCSE:
                failures.append(f"{quantity.name}: Monte Carlo error is {errors[-1]:.4g}, must be below {MCSE:g}")
    if not bulks:
        failures.append("nothing that is reported could be checked")
    return Verdict(
        method="update",
        rhat_max=parent["rhat_max"],
        divergences=parent["divergences"],
        deepest=parent.get("deepest"),
        ebfmi_min=parent.get("ebfmi_min"),
        ess_bulk_min=min(bulks, default=None),
        ess_tail_min=min(tails, default=None),
        mcse_max=max(errors, default=None),
        failures=tuple(failures),
    )


def _tails(draws: Array, weights: Weights) -> Iterator[Array]:
    """Whether each draw lies in the lower tail, and whether below the upper one."""
    for bound in weights.quantile(draws, TAILS):
        yield (draws <= bound).astype(np.float64)
