"""The whole page as data: every number and every word that is not fixed wording, decided here once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report import inert
from forecast.report.assumptions import Assumptions, assumptions
from forecast.report.drivers import Driver, drivers
from forecast.report.evidence import Evidence, evidence
from forecast.report.history import History, earlier, history
from forecast.report.standing import Since, Standing, since, standing
from forecast.report.timing import Timing, timing
from forecast.report.trust import Confidence, confidence
from forecast.report.words import Day, Number, count, day, percent, significant


@dataclass(frozen=True, slots=True)
class Gate:
    """A step that must come first, and when it was passed."""

    label: str
    passed: Day | None


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What the checks of the computation found; None where a check does not apply to the method."""

    method: str
    passed: bool
    failures: tuple[str, ...]
    rhat: Number | None
    ess_bulk: Number | None
    ess_tail: Number | None
    divergences: Number | None
    pareto_k: Number | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What it takes to make the same forecast again."""

    run: str
    created: str
    seed: str
    inputs: str
    model: str
    assumption_set: str
    assumption_set_label: str
    versions: tuple[tuple[str, str], ...]
    seconds: Number
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One report: the page renders it and adds nothing but fixed wording."""

    case: str
    title: str
    question: str
    counts: str
    opening: Day
    as_of: Day
    horizon: Day
    days_left: int
    publishable: bool
    notes: tuple[str, ...]
    level: Number
    standing: Standing
    since: Since | None
    confidence: Confidence
    history: History
    timing: Timing
    drivers: tuple[Driver, ...]
    assumptions: Assumptions
    evidence: Evidence
    gates: tuple[Gate, ...]
    diagnostics: Diagnostics
    provenance: Provenance


def document(
    forecast: Mapping[str, Any],
    record: Mapping[str, Any],
    runs: Iterable[Mapping[str, Any]] = (),
    longest: int = inert.LONGEST,
) -> Document:
    """Everything the page says about a saved run.

    Parameters
    ----------
    forecast, record
        The run's `forecast.json` and `record.json`.
    runs
        The `forecast.json` of any runs of the case, this one or not; those that may be compared with it are picked.
    longest
        How many characters of a text are shown.

    Raises
    ------
    KeyError, ValueError
        If a part of the run is missing or contradicts itself: a report leaves nothing out in silence.

    """
    forecast, record = inert.clean(forecast, longest), inert.clean(_reported(record), longest)
    before = earlier(forecast, inert.clean(list(runs), longest))
    now = standing(forecast, before[-1] if before else None)
    reports = evidence(forecast, record, before[-1]["as_of"] if before else None)
    beliefs = assumptions(forecast)
    as_of, horizon = day(forecast["as_of"]), day(forecast["horizon"])
    return Document(
        case=forecast["case"],
        title=forecast["title"],
        question=forecast["question"],
        counts=forecast["counts"],
        opening=day(forecast["opening"]),
        as_of=as_of,
        horizon=horizon,
        days_left=(horizon.value - as_of.value).days,
        publishable=forecast["publishable"],
        notes=tuple(forecast["notes"]),
        level=percent(forecast["outcomes"][0]["level"]),
        standing=now,
        since=since(forecast, now, before[-1], _published(reports)) if before else None,
        confidence=confidence(forecast, reports, beliefs),
        history=history(forecast, before, now),
        timing=timing(forecast, now),
        drivers=drivers(forecast, record["indicators"], reports.reports),
        assumptions=beliefs,
        evidence=reports,
        gates=tuple(_gate(gate) for gate in forecast["gates"]),
        diagnostics=_diagnostics(forecast),
        provenance=_provenance(forecast, record),
    )


def _reported(record: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of the record that the page shows; the text of the files stays in the record."""
    inputs = record["inputs"]
    return {
        "inputs": {"evidence": inputs["evidence"], "files": list(inputs["files"]), "model": inputs["model"]["name"]},
        "indicators": record["indicators"],
    }


def _published(reports: Evidence) -> list[str]:
    return [report.published.iso for report in reports.reports if not report.retracted]


def _gate(gate: Mapping[str, Any]) -> Gate:
    return Gate(gate["label"], None if gate["passed"] is None else day(gate["passed"]))


def _diagnostics(forecast: Mapping[str, Any]) -> Diagnostics:
    found = forecast["diagnostics"]

    def whole(name: str) -> Number | None:
        return None if found[name] is None else count(round(found[name]))

    def fine(name: str) -> Number | None:
        return None if found[name] is None else Number(found[name], f"{found[name]:.3f}")

    return Diagnostics(
        method=found["method"],
        passed=found["gate"] == "pass",
        failures=tuple(found["failures"]),
        rhat=fine("rhat_max"),
        ess_bulk=whole("ess_bulk_min"),
        ess_tail=whole("ess_tail_min"),
        divergences=whole("divergences"),
        pareto_k=fine("pareto_k"),
    )


def _provenance(forecast: Mapping[str, Any], record: Mapping[str, Any]) -> Provenance:
    run = forecast["run"]
    return Provenance(
        run=run["id"],
        created=run["created"],
        seed=str(run["seed"]),
        inputs=run["inputs"],
        model=record["inputs"]["model"],
        assumption_set=forecast["assumption_set"]["name"],
        assumption_set_label=forecast["assumption_set"]["label"],
        versions=tuple(sorted(run["versions"].items())),
        seconds=significant(run["seconds"]["total"]),
        files=tuple(record["inputs"]["files"]),
    )
