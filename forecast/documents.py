"""A run in words and numbers: the forecast document (contract)."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from forecast.case.changes import Change
from forecast.case.schema import Case
from forecast.decisions import decisions
from forecast.evidence.journal import View
from forecast.found import Descent, Found
from forecast.inference.gate import Verdict
from forecast.inference.summary import AssumptionSummary, Spread
from forecast.markets.priced import markets_document
from forecast.model.contract import ExactModel, Model
from forecast.model.outside_view import by_horizon, has_outside_view
from forecast.model.problem import Problem
from forecast.outcomes import LEVEL
from forecast.provenance import run_id
from forecast.run_files import Document
from forecast.runs import Run


def forecast_document(
    case: Case,
    known: View,
    model: Model | ExactModel,
    found: Found,
    previous: Run | None,
    record: Document,
    notes: tuple[str, ...],
    seconds: dict[str, float],
) -> Document:
    """The contract's JSON document, with what a report needs besides."""
    question, forecast = case.question, found.forecast
    document = {
        "case": case.id,
        "as_of": known.as_of.isoformat(),
        "horizon": question.horizon.isoformat(),
        "publishable": found.verdict.passed,
        "title": question.title,
        "question": question.question,
        "opening": question.opening.isoformat(),
        "counts": question.resolution.counts,
        "model": model.name,
        "assumption_set": {"name": case.assumptions.name, "label": case.assumptions.label},
        "default": (model.name, case.assumptions.name) == (question.model, question.assumptions),
        "outcomes": _outcomes(case, found, previous),
        "decision_lines": _decisions(case, found, previous),
        "timing": [
            {
                "week": week.isoformat(),
                "unresolved": max(0.0, 1.0 - float(row.sum())),
                "cumulative": dict(zip(case.outcome_ids, row.tolist(), strict=True)),
            }
            for week, row in zip(forecast.weeks, forecast.incidence, strict=True)
        ],
        "drivers": [{"id": path.id, **_spread(path.weeks[-1][1])} for path in found.drivers],
        "driver_paths": [
            {
                "id": path.id,
                "label": case.drivers[path.id].label,
                "minus_two": case.drivers[path.id].minus_two,
                "plus_two": case.drivers[path.id].plus_two,
                "weeks": [
                    {"week": week.isoformat(), "mean": at.mean, "interval": list(at.interval)}
                    for week, at in path.weeks
                ],
            }
            for path in found.drivers
        ],
        "assumptions": [_assumption(summary) for summary in found.assumptions],
        "gates": [
            {"id": gate.id, "label": gate.label, "passed": day.isoformat() if day else None}
            for gate, day in zip(question.gates, found.problem.passed, strict=True)
        ],
        "evidence": _evidence(known),
        **markets_document(found),
        "diagnostics": _diagnostics(found.verdict, found.descent),
        "notes": list(notes),
        "run": {
            "id": run_id(known.as_of, record),
            "seed": record["seed"],
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "inputs": record["inputs_digest"],
            "versions": record["versions"],
            "seconds": {name: round(value, 2) for name, value in seconds.items()},
        },
    }
    return dict(finite(document))


def finite(document: Any) -> Any:
    """The same document with null where a number is not finite: JSON has no word for it, and a reader must see it."""
    if isinstance(document, dict):
        return {key: finite(value) for key, value in document.items()}
    if isinstance(document, list):
        return [finite(value) for value in document]
    return None if isinstance(document, float) and not math.isfinite(document) else document


def _outcomes(case: Case, found: Found, previous: Run | None) -> list[dict[str, Any]]:
    labels = {outcome.id: (outcome.label, outcome.description) for outcome in case.question.outcomes}
    labels["other"] = (case.question.other.label, case.question.other.description)
    labels["unresolved"] = ("Still open at the horizon", f"No resolution by {case.question.horizon.isoformat()}.")
    opening: dict[str, float] = {}
    if found.stated is not None:
        shares = found.problem.structure.shares * found.stated.resolved
        opening = dict(zip(case.outcome_ids, shares.tolist(), strict=True))
        opening["unresolved"] = 1.0 - found.stated.resolved
    alone = base_rates_alone(found.problem)
    out = {name: day for name, day in zip(case.outcome_ids, found.problem.ruled_out, strict=True) if day is not None}
    earlier = {row["id"]: row["probability"] for row in previous.forecast["outcomes"]} if previous else {}
    now = {outcome.id for outcome in found.forecast.outcomes if math.isfinite(outcome.probability)}
    changed = changes_since(case, previous)
    before = {name: chance for name, chance in earlier.items() if name in now and name not in changed}
    return [
        {
            "id": outcome.id,
            "label": labels[outcome.id][0],
            "description": labels[outcome.id][1],
            "probability": outcome.probability,
            "interval": list(outcome.interval),
            "level": LEVEL,
            "mcse": outcome.mcse,
            "previous": before.get(outcome.id),
            "change": outcome.probability - before[outcome.id] if outcome.id in before else None,
            "change_reason": changed.get(outcome.id),
            "stated": opening.get(outcome.id),
            "base_rate": alone.get(outcome.id),
            "ruled_out": out[outcome.id].isoformat() if outcome.id in out else None,
        }
        for outcome in found.forecast.outcomes
    ]


def changes_since(case: Case, previous: Run | None) -> dict[str, str]:
    """For each outcome that cannot be compared with the run before, because the question changed: why."""
    if previous is None:
        return {}
    ends, said = (*case.outcome_ids, "unresolved"), previous.forecast
    if said["horizon"] != case.question.horizon.isoformat():
        moves = [change for change in case.question.changes if change.horizon_was is not None]
        declared = (
            f", moved on {moves[-1].date}: {moves[-1].reason}" if moves else ", and no change of the case says so"
        )
        return dict.fromkeys(ends, f"the horizon was {said['horizon']} in run {previous.id}{declared}")
    known = {row["id"] for row in said["outcomes"]}
    splits = {part: change for change in case.question.changes if change.split for part in change.split.into}
    return {end: _came_of(splits.get(end), previous) for end in ends if end not in known}


def _came_of(change: Change | None, previous: Run) -> str:
    if change is None or change.split is None:
        return f"run {previous.id} knows no such outcome, and no change of the case says why"
    return f"split from {change.split.outcome} on {change.date}: {change.reason}"


def _decisions(case: Case, found: Found, previous: Run | None) -> list[dict[str, Any]]:
    earlier = {row["id"]: row["probability"] for row in previous.forecast["outcomes"]} if previous else {}
    changed = changes_since(case, previous)
    before = {name: chance for name, chance in earlier.items() if name not in changed}
    now = {each.id: each.probability for each in found.forecast.outcomes if math.isfinite(each.probability)}
    return [asdict(decision) for decision in decisions(case.question.decision_lines, before, now)]


def base_rates_alone(problem: Problem) -> dict[str, float]:
    """Each outcome's chance by the horizon as past episodes alone have it; empty where the case names none."""
    if not has_outside_view(problem):
        return {}
    shares = by_horizon(problem)
    named = dict(zip(problem.structure.outcomes, shares.tolist(), strict=True))
    return {**named, "unresolved": 1.0 - float(shares.sum())}


def _evidence(known: View) -> dict[str, int]:
    return {
        "events": len({report.event_id for report in known.reports}),
        "reports": len(known.reports),
        "origins": len({report.origin_id for report in known.reports}),
        "codings": sum(len(report.codings) for report in known.reports),
        "retracted": len(known.retracted),
        "after_as_of": known.after_as_of,
    }


def _assumption(summary: AssumptionSummary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "kind": summary.kind,
        "about": summary.about,
        "unit": summary.unit,
        "prior": {"mean": summary.prior_mean, "sd": summary.prior_sd},
        "posterior": _spread(summary.posterior) if summary.posterior else None,
        "contraction": summary.contraction,
        "prior_only": summary.prior_only,
        "reason": summary.reason,
        "source": summary.source,
    }


def _spread(spread: Spread) -> dict[str, Any]:
    return {"mean": spread.mean, "sd": spread.sd, "interval": list(spread.interval)}


def _diagnostics(verdict: Verdict, descent: Descent | None) -> dict[str, Any]:
    return {
        "method": verdict.method,
        "rhat_max": verdict.rhat_max,
        "ess_bulk_min": verdict.ess_bulk_min,
        "ess_tail_min": verdict.ess_tail_min,
        "divergences": verdict.divergences,
        "deepest": verdict.deepest,
        "ebfmi_min": verdict.ebfmi_min,
        "mcse_max": verdict.mcse_max,
        "pareto_k": None if descent is None else descent.pareto_k,
        "gate": "pass" if verdict.passed else "fail",
        "failures": list(verdict.failures),
        "suspects": [asdict(suspect) for suspect in verdict.suspects],
    }
