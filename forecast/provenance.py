"""What a run was made from: the inputs themselves, how they were used, and the id that follows from both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path

from forecast.case.resolutions import FILE
from forecast.case.schema import Case
from forecast.evidence.journal import Row, View
from forecast.evidence.rows import cells_of
from forecast.found import Found
from forecast.installed import versions
from forecast.markets.quotes import prices_document, quotes_of
from forecast.model.contract import ExactModel, Model
from forecast.run_files import Document
from forecast.runs import content_digest, digest


def record_document(case: Case, known: View, model: Model | ExactModel, seed: int, found: Found) -> Document:
    """Everything a run was made from, and the digest of its draws."""
    inputs = inputs_document(case, known, model)
    return {
        "inputs": inputs,
        "inputs_digest": f"sha256:{digest(inputs)}",
        "seed": seed,
        "method": found.verdict.method,
        **_sampler(found),
        **_intercepts(case, found),
        **({} if found.descent is None else {"update": asdict(found.descent)}),
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
        **({} if found.content is None else {"posterior": content_digest(found.content)}),
    }


def inputs_document(case: Case, known: View, model: Model | ExactModel) -> Document:
    """The inputs themselves: the case's files, the model's text, and the evidence as it was known on the day."""
    return {
        "case": case.id,
        "as_of": known.as_of.isoformat(),
        "clock": known.clock,
        "assumptions": case.assumptions.name,
        "files": {path.relative_to(case.folder).as_posix(): path.read_text("utf-8") for path in _files(case, known)},
        "base_rates": dict(sorted(case.base_rates.texts.items())),
        "model": model_document(model),
        "evidence": [cells_of(row) for row in standing_rows(known)],
        **_prices(case, known, model),
    }


def _prices(case: Case, known: View, model: Model | ExactModel) -> Document:
    """The markets' prices, where draws can be weighed by them."""
    quotes = quotes_of(case, known.as_of) if isinstance(model, Model) else ()
    return {"prices": prices_document(quotes)} if quotes else {}


def model_document(model: Model | ExactModel) -> Document:
    """The model's name and text, and the texts of those that it builds on."""
    return {"name": model.name, "text": model.texts[model.name], "builds_on": _without(model.texts, model.name)}


def _sampler(found: Found) -> Document:
    if found.settings is None:
        return {}
    return {"sampler": {"name": "nuts", **asdict(found.settings)}}


def _intercepts(case: Case, found: Found) -> Document:
    if found.stated is None:
        return {}
    mean = dict(zip(case.outcome_ids, found.stated.mean.tolist(), strict=True))
    return {"intercepts": {"mean": mean, "sd": found.stated.sd}}


def _without(texts: dict[str, str], name: str) -> dict[str, str]:
    return {other: text for other, text in texts.items() if other != name}


def run_id(as_of: date, record: Document) -> str:
    """As-of date and 8 hex digits of inputs, model, set, seed, method and versions."""
    identity = {name: record[name] for name in ("inputs_digest", "seed", "method", "versions")}
    return f"{as_of.isoformat()}-{digest(identity)[:8]}"


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


def _files(case: Case, known: View) -> list[Path]:
    """The case's own files, evidence apart (its rows as known on the day stand in the record).

    How the question was resolved is among them only on that day: no earlier forecast knows of it.
    """
    ended = case.resolution is not None and case.resolution.date == known.as_of
    resolutions = [case.folder / FILE] if ended else []
    return sorted([*stated_files(case.folder), *resolutions])


def stated_files(folder: Path) -> list[Path]:
    """The files in which a case folder says what it is, hidden ones apart: those are an editor's."""
    found = [*folder.glob("*.yaml"), *folder.glob("assumptions/*.yaml")]
    return [path for path in found if not path.name.startswith(".")]
