"""A run in words and numbers: the forecast document (contract) and the record it can be made again from."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator
from datetime import UTC, datetime, time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from forecast import __version__
from forecast.case.schema import Case
from forecast.evidence.journal import Row, View
from forecast.evidence.rows import cells_of
from forecast.inference.gate import Verdict
from forecast.inference.sampling import Settings
from forecast.inference.summary import AssumptionSummary, DriverPath, Spread
from forecast.model.anchor import Anchor
from forecast.model.contract import Model
from forecast.model.problem import Problem
from forecast.outcomes import LEVEL, Forecast
from forecast.run_files import Document
from forecast.runs import Run, content_digest, digest

PACKAGES = ("pymc", "pytensor", "numba", "numpy", "scipy", "arviz-stats")


def record_document(
    case: Case, known: View, model: Model, seed: int, settings: Settings, stated: Anchor, posterior: bytes
) -> Document:
    """Everything a run was made from, and the digest of its draws."""
    inputs = {
        "case": case.id,
        "as_of": known.as_of.isoformat(),
        "clock": known.clock,
        "assumptions": case.assumptions.name,
        "files": {path.relative_to(case.folder).as_posix(): path.read_text("utf-8") for path in _files(case.folder)},
        "model": {"name": model.name, "text": model.text},
        "evidence": [cells_of(row) for row in standing_rows(known)],
    }
    return {
        "inputs": inputs,
        "inputs_digest": f"sha256:{digest(inputs)}",
        "seed": seed,
        "method": "nuts",
        "sampler": {
            "name": "pymc",
            "chains": settings.chains,
            "tune": settings.tune,
            "draws": settings.draws,
            "target_accept": settings.target_accept,
        },
        "intercepts": {"mean": dict(zip(case.outcome_ids, stated.mean.tolist(), strict=True)), "sd": stated.sd},
        "versions": versions(),
        "indicators": {
            entry.id: {
                "label": entry.label,
                "tells_about": entry.tells_about,
                "sign": entry.sign,
                "usual_grade": entry.usual_grade,
            }
            for entry in case.indicators.values()
        },
        "posterior": content_digest(posterior),
    }


def forecast_document(
    *,
    case: Case,
    known: View,
    problem: Problem,
    model: Model,
    stated: Anchor,
    forecast: Forecast,
    drivers: tuple[DriverPath, ...],
    assumptions: tuple[AssumptionSummary, ...],
    verdict: Verdict,
    previous: Run | None,
    record: Document,
    notes: tuple[str, ...],
    seconds: dict[str, float],
) -> Document:
    """The contract's JSON document, with what a report needs besides."""
    question = case.question
    document = {
        "case": case.id,
        "as_of": known.as_of.isoformat(),
        "horizon": question.horizon.isoformat(),
        "publishable": verdict.passed,
        "title": question.title,
        "question": question.question,
        "opening": question.opening.isoformat(),
        "counts": question.resolution.counts,
        "model": model.name,
        "assumption_set": {"name": case.assumptions.name, "label": case.assumptions.label},
        "default": (model.name, case.assumptions.name) == (question.model, question.assumptions),
        "outcomes": _outcomes(case, forecast, stated, problem, previous),
        "timing": [
            {
                "week": week.isoformat(),
                "unresolved": max(0.0, 1.0 - float(row.sum())),
                "cumulative": dict(zip(case.outcome_ids, row.tolist(), strict=True)),
            }
            for week, row in zip(forecast.weeks, forecast.incidence, strict=True)
        ],
        "drivers": [{"id": path.id, **_spread(path.weeks[-1][1])} for path in drivers],
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
            for path in drivers
        ],
        "assumptions": [_assumption(summary) for summary in assumptions],
        "gates": [
            {"id": gate.id, "label": gate.label, "passed": day.isoformat() if day else None}
            for gate, day in zip(question.gates, problem.passed, strict=True)
        ],
        "evidence": _evidence(known),
        "diagnostics": _diagnostics(verdict),
        "notes": list(notes),
        "run": {
            "id": run_id(known, record),
            "seed": record["seed"],
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "inputs": record["inputs_digest"],
            "versions": record["versions"],
            "seconds": {name: round(value, 2) for name, value in seconds.items()},
        },
    }
    return dict(finite(document))


def run_id(known: View, record: Document) -> str:
    """As-of date and 8 hex digits of inputs, model, set, seed, method and versions."""
    identity = {name: record[name] for name in ("inputs_digest", "seed", "method", "versions")}
    return f"{known.as_of.isoformat()}-{digest(identity)[:8]}"


def versions() -> dict[str, str]:
    """What the numbers depend on."""
    return {
        "possibilities": __version__,
        "laws": laws_digest(),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def laws_digest() -> str:
    """What the numbers depend on in this package: 12 hex digits of the sources of model, inference and outcomes."""
    package = Path(__file__).parent
    sources = [*package.glob("model/*.py"), *package.glob("inference/*.py"), package / "outcomes.py"]
    texts = {path.relative_to(package).as_posix(): path.read_text("utf-8") for path in sources}
    return digest(texts)[:12]


def finite(document: Any) -> Any:
    """The same document with null where a number is not finite: JSON has no word for it, and a reader must see it."""
    if isinstance(document, dict):
        return {key: finite(value) for key, value in document.items()}
    if isinstance(document, list):
        return [finite(value) for value in document]
    return None if isinstance(document, float) and not math.isfinite(document) else document


def _outcomes(
    case: Case, forecast: Forecast, stated: Anchor, problem: Problem, previous: Run | None
) -> list[dict[str, Any]]:
    labels = {outcome.id: (outcome.label, outcome.description) for outcome in case.question.outcomes}
    labels["other"] = (case.question.other.label, case.question.other.description)
    labels["unresolved"] = ("Still open at the horizon", f"No resolution by {case.question.horizon.isoformat()}.")
    opening = dict(zip(case.outcome_ids, (problem.structure.shares * stated.resolved).tolist(), strict=True))
    opening["unresolved"] = 1.0 - stated.resolved
    before = {row["id"]: row["probability"] for row in previous.forecast["outcomes"]} if previous else {}
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
            "stated": opening[outcome.id],
        }
        for outcome in forecast.outcomes
    ]


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


def _diagnostics(verdict: Verdict) -> dict[str, Any]:
    return {
        "method": verdict.method,
        "rhat_max": verdict.rhat_max,
        "ess_bulk_min": verdict.ess_bulk_min,
        "ess_tail_min": verdict.ess_tail_min,
        "divergences": verdict.divergences,
        "ebfmi_min": verdict.ebfmi_min,
        "mcse_max": verdict.mcse_max,
        "pareto_k": None,
        "gate": "pass" if verdict.passed else "fail",
        "failures": list(verdict.failures),
    }


def standing_rows(known: View) -> Iterator[Row]:
    """What was known, as rows of the contract: one a standing coding, with the facts as they stood."""
    withdrawn = [(report, datetime.combine(day, time(), UTC)) for report, day in known.retracted]
    for report, retracted_at in [*((report, None) for report in known.reports), *withdrawn]:
        for coding in report.codings:
            yield Row(
                report_id=report.report_id,
                event_id=report.event_id,
                origin_id=report.origin_id,
                indicator=coding.indicator,
                grade=coding.grade,
                event_date=report.event_date,
                published_date=report.published_date,
                source=report.source,
                source_type=report.source_type,
                reliability=coding.reliability,
                credibility=coding.credibility,
                coder=coding.coder,
                coded_at=coding.coded_at,
                retracted_at=retracted_at,
                url=report.url,
                note=coding.note,
                title=report.title,
                marking=report.marking,
                effort=coding.effort,
            )


def _files(folder: Path) -> list[Path]:
    """The case's own files, evidence apart (its rows as known on the day stand in the record)."""
    return sorted([*folder.glob("*.yaml"), *folder.glob("assumptions/*.yaml")])
