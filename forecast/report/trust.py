"""How far the forecast can be trusted: a stated rule, apart from how likely anything is.

Confidence starts at `high` and falls to `moderate` with one reservation and to `low` with two. A forecast whose
diagnostics failed has `none`. Five reservations are about the ground that it stands on, reports and past episodes; two
are about how easily the answer would be another one: a likeliest outcome that changes with a single assumption within
one step of what was stated, or with a single source left out. Where that was not looked into, this is a reservation of
its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from forecast.report.assumptions import Assumption, Assumptions
from forecast.report.evidence import Evidence
from forecast.report.hanging import Hanging
from forecast.report.words import Number, count

FEW_ORIGINS = 20
STALE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Reservation:
    """One reason for less confidence: `number` out of `of`, where that makes sense."""

    kind: Literal[
        "few_origins",
        "weak_grades",
        "untested_loadings",
        "old_evidence",
        "no_past",
        "near_flip",
        "one_source",
        "not_examined",
    ]
    number: Number
    of: Number


@dataclass(frozen=True, slots=True)
class Confidence:
    """The word and the reasons for it."""

    word: Literal["high", "moderate", "low", "none"]
    reservations: tuple[Reservation, ...]


def confidence(
    forecast: Mapping[str, Any], evidence: Evidence, assumptions: Assumptions, hanging: Hanging | None = None
) -> Confidence:
    """Apply the rule to a run; `hanging` is what the forecast hangs on, None where that was not looked into."""
    reservations = (*_of_ground(forecast, evidence, assumptions), *_of_sensitivity(hanging))
    if not forecast["publishable"]:
        return Confidence("none", reservations)
    words: tuple[Literal["high", "moderate"], ...] = ("high", "moderate")
    return Confidence(words[len(reservations)] if len(reservations) < 2 else "low", reservations)


def _of_ground(forecast: Mapping[str, Any], evidence: Evidence, assumptions: Assumptions) -> list[Reservation]:
    found = []
    if evidence.origins.value < FEW_ORIGINS:
        found.append(Reservation("few_origins", evidence.origins, count(FEW_ORIGINS)))
    if 2 * evidence.well_graded.value < evidence.standing.value:
        found.append(Reservation("weak_grades", evidence.well_graded, evidence.standing))
    untested, loadings = _loadings(assumptions.prior_only), _loadings(assumptions.informed + assumptions.prior_only)
    if 2 * untested > loadings:
        found.append(Reservation("untested_loadings", count(untested), count(loadings)))
    if evidence.newest is not None:
        age = (date.fromisoformat(forecast["as_of"]) - evidence.newest.value).days
        if age > STALE_DAYS:
            found.append(Reservation("old_evidence", count(age), count(STALE_DAYS)))
    told = [outcome["base_rate"] for outcome in forecast["outcomes"] if "base_rate" in outcome]  # early runs told none
    if told and all(chance is None for chance in told):
        found.append(Reservation("no_past", count(0), count(0)))
    return found


def _of_sensitivity(hanging: Hanging | None) -> list[Reservation]:
    if hanging is None:
        return [Reservation("not_examined", count(0), count(0))]
    found = []
    if near := hanging.within_a_step:
        found.append(Reservation("near_flip", count(len(near)), count(len(hanging.levers))))
    if turning := hanging.turning_sources:
        found.append(Reservation("one_source", count(len(turning)), count(len(hanging.sources))))
    return found


def _loadings(assumptions: tuple[Assumption, ...]) -> int:
    return sum(assumption.kind == "loading" for assumption in assumptions)
