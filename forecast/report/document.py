"""The whole page as data: every number and every word that is not fixed wording, decided here once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from forecast.report import inert
from forecast.report.analysts import Analysts, analysts
from forecast.report.answers import Answers
from forecast.report.assumptions import Assumptions, assumptions
from forecast.report.drivers import Driver, drivers
from forecast.report.evidence import Evidence, evidence
from forecast.report.hanging import Hanging, hanging
from forecast.report.history import History, earlier, history
from forecast.report.lookout import Lookout, lookout
from forecast.report.making import Diagnostics, Provenance, diagnostics, provenance
from forecast.report.method import Method, docstring, method
from forecast.report.prices import Prices, prices
from forecast.report.sampled import Sampled, sampled
from forecast.report.standing import Outcome, Since, Standing, since, standing, worded
from forecast.report.supposed import Scenario, scenarios
from forecast.report.timing import Timing, timing
from forecast.report.trackrecord import Track, track
from forecast.report.trust import Confidence, confidence
from forecast.report.voices import Voices, voices
from forecast.report.why import Why, why
from forecast.report.withheld import Redaction, redaction
from forecast.report.words import LADDER, Day, Number, Rung, day, percent

NOTHING: Final = Answers()
"""No draws were asked anything."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A step that must come first, and when it was passed."""

    label: str
    passed: Day | None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A probability at which somebody must act; `crossed` is `up` or `down` since the run before, else None."""

    outcome: Outcome
    at: Number
    note: str
    crossed: str | None
    reached: bool


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
    ladder: tuple[Rung, ...]
    standing: Standing
    decision_lines: tuple[DecisionLine, ...]
    since: Since | None
    why: Why | None
    lookout: Lookout | None
    confidence: Confidence
    history: History
    timing: Timing
    drivers: tuple[Driver, ...]
    hanging: Hanging | None
    scenarios: tuple[Scenario, ...]
    prices: Prices | None
    assumptions: Assumptions
    analysts: Analysts | None
    evidence: Evidence
    voices: Voices | None
    track: Track | None
    backtested: History | None
    gates: tuple[Gate, ...]
    method: Method
    sampled: Sampled | None
    diagnostics: Diagnostics
    provenance: Provenance
    redaction: Redaction | None = None

    @property
    def farthest_driver(self) -> Driver | None:
        """The driver that stands farthest from its usual state, if there are any."""
        return max(self.drivers, key=lambda driver: abs(driver.now.mean.value), default=None)

    @property
    def farthest_scenario(self) -> Scenario | None:
        """The scenario that would move an outcome farthest, if there are any."""
        return max(self.scenarios, key=lambda scenario: abs(scenario.most.change.value), default=None)

    @property
    def ladder_is_standard(self) -> bool:
        """Whether the words of probability are the standard's."""
        return self.ladder == LADDER


def document(
    forecast: Mapping[str, Any],
    record: Mapping[str, Any],
    runs: Iterable[Mapping[str, Any]] = (),
    longest: int = inert.LONGEST,
    answers: Answers = NOTHING,
    ladder: tuple[Rung, ...] = LADDER,
    redacted: Mapping[str, Any] | None = None,
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
    answers
        What was asked of the draws and of the record.
    ladder
        The words of probability.
    redacted
        Of a run without some reports, how far that moves it (`report.redacted`).

    Raises
    ------
    KeyError, ValueError
        If a part of the run is missing or contradicts itself: a report leaves nothing out in silence.

    """
    forecast, record = worded(inert.clean(forecast, longest)), inert.clean(_reported(record), longest)
    before = earlier(forecast, inert.clean(list(runs), longest))
    asked = Answers(**inert.clean({each.name: getattr(answers, each.name) for each in fields(answers)}, longest))
    now = standing(forecast, before[-1] if before else None, ladder)
    reports = evidence(forecast, record, before[-1]["as_of"] if before else None)
    hangs = hanging(asked.hanging, now)
    beliefs = assumptions(forecast, hangs.heaviest if hangs else ())
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
        ladder=ladder,
        standing=now,
        decision_lines=tuple(_line(line, now) for line in forecast.get("decision_lines", ())),
        since=since(forecast, now, before[-1], _published(reports)) if before else None,
        why=why(asked.explained, now, reports.reports),
        lookout=lookout(asked.watched, asked.ground, now),
        confidence=confidence(forecast, reports, beliefs, hangs),
        history=history(forecast, before, now),
        timing=timing(forecast, now),
        drivers=drivers(forecast, record["indicators"], reports.reports, asked.pushes),
        hanging=hangs,
        scenarios=scenarios(asked.scenarios, asked.ground, now, before),
        prices=prices(forecast, now),
        assumptions=beliefs,
        analysts=analysts(asked.analysts, now),
        evidence=reports,
        voices=voices(reports.reports, hangs),
        track=track(asked.scored, asked.record, forecast),
        backtested=history(asked.backtested[-1], list(asked.backtested[:-1]), now) if asked.backtested else None,
        gates=tuple(_gate(gate) for gate in forecast["gates"]),
        method=method(forecast, record["inputs"]["about_model"], asked.ground),
        sampled=sampled(asked.mixing, now),
        diagnostics=diagnostics(forecast),
        provenance=provenance(forecast, record),
        redaction=None if redacted is None else redaction(redacted, now),
    )


def _reported(record: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of the record that the page shows; the text of the files stays in the record."""
    inputs = record["inputs"]
    return {
        "inputs": {
            "evidence": inputs["evidence"],
            "files": list(inputs["files"]),
            "model": inputs["model"]["name"],
            "about_model": docstring(inputs["model"]["text"]),
        },
        "indicators": record["indicators"],
    }


def _published(reports: Evidence) -> list[str]:
    return [report.published.iso for report in reports.reports if not report.retracted]


def _line(line: Mapping[str, Any], now: Standing) -> DecisionLine:
    outcome = next(each for each in now.everything if each.id == line["outcome"])
    return DecisionLine(outcome, percent(line["at"]), line["note"], line["crossed"], line["probability"] >= line["at"])


def _gate(gate: Mapping[str, Any]) -> Gate:
    return Gate(gate["label"], None if gate["passed"] is None else day(gate["passed"]))
