"""Whom to ask when the gate is not passed: of what might be at fault, what mixes worst."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from forecast.evidence.journal import View
from forecast.inference.gate import CHAINS, ESS, RHAT, TAILS, Quantity, Suspect
from forecast.inference.sampling import Posterior
from forecast.model.contract import Model
from forecast.model.problem import Problem

MOST = 3
"""More names than this send nobody anywhere."""


def suspects(candidates: Iterable[Quantity]) -> tuple[Suspect, ...]:
    """The candidates that mix too badly for the gate, the one with the fewest effective draws first.

    Effective draws rank them, since chains that disagree lower them as much as chains that crawl. What cannot be
    computed is worse than any number.
    """
    with np.errstate(all="ignore"):
        found = [suspect for suspect in map(_mixing, candidates) if suspect is not None]
    return tuple(sorted(found, key=lambda suspect: (suspect.ess or 0.0, suspect.name)))[:MOST]


def _mixing(candidate: Quantity) -> Suspect | None:
    from arviz_stats.base import array_stats

    draws = candidate.draws
    if len(draws) < CHAINS:
        return None  # the number of chains is at fault, and the gate says so
    rhat, ess = float(array_stats.rhat(draws)), float(array_stats.ess(draws))
    ess = min(ess, float(array_stats.ess(draws, method="tail", prob=TAILS)))
    if rhat < RHAT and ess >= ESS:
        return None
    return Suspect(candidate.name, _number(rhat), _number(ess))


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None


def told_events(model: Model, posterior: Posterior, problem: Problem, known: View) -> Iterator[Quantity]:
    """The log-likelihood of every event, named by its reports: evidence that the chains cannot agree on stands out."""
    by_event = posterior.by_chain(model.law.log_likelihood(posterior.draws, problem)["event"])
    for e, (event, indicator) in enumerate(sorted(problem.units)):
        if np.ptp(by_event[..., e]) != 0:  # what no draw sees differently can divide no chains
            yield Quantity(f"report(s) {', '.join(_reports(event, indicator, known))}", by_event[..., e])


def _reports(event: str, indicator: str, known: View) -> Iterator[str]:
    for report in known.reports:
        if report.event_id == event and any(coding.indicator == indicator for coding in report.codings):
            yield report.report_id
