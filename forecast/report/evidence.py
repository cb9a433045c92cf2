"""The evidence as a table: one line for each report, with every coder's grades and a link where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report import inert
from forecast.report.words import Day, Number, count, day


@dataclass(frozen=True, slots=True)
class Coding:
    """One analyst's judgement of a report; `admiralty` is the cell, such as `B2`."""

    coder: str
    indicator: str
    indicator_label: str
    tells_about: str
    grade: int
    admiralty: str
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """One line of the table. `anchor` is its place in the page; `carries` says whose content it repeats, if any."""

    anchor: str
    id: str
    event: str
    title: str
    source: str
    source_type: str
    link: tuple[str, str] | None
    address: str
    happened: Day
    published: Day
    retracted: Day | None
    is_new: bool
    carries: str
    marking: str
    codings: tuple[Coding, ...]

    @property
    def indicators(self) -> tuple[tuple[str, str], ...]:
        """What it was coded as and what that tells about, each once."""
        return tuple(dict.fromkeys((coding.indicator_label, coding.tells_about) for coding in self.codings))


@dataclass(frozen=True, slots=True)
class Evidence:
    """All reports, the latest first, and how many things they are about."""

    reports: tuple[Report, ...]
    events: Number
    standing: Number
    origins: Number
    codings: Number
    retracted: Number
    after_as_of: Number
    well_graded: Number
    newest: Day | None


def evidence(forecast: Mapping[str, Any], record: Mapping[str, Any], since: str | None) -> Evidence:
    """Read the evidence view of a run; `since` is the as-of date after which a report is new."""
    grouped: dict[str, list[Mapping[str, str]]] = {}
    for row in record["inputs"]["evidence"]:
        grouped.setdefault(row["report_id"], []).append(row)
    meanings = _meanings(forecast, record["indicators"])
    latest_first = sorted(
        grouped.values(), key=lambda rows: (rows[0]["published_date"], rows[0]["report_id"]), reverse=True
    )
    reports = tuple(_report(f"r{place}", rows, meanings, since) for place, rows in enumerate(latest_first, 1))
    counts = forecast["evidence"]
    return Evidence(
        reports=reports,
        events=count(counts["events"]),
        standing=count(counts["reports"]),
        origins=count(counts["origins"]),
        codings=count(counts["codings"]),
        retracted=count(counts["retracted"]),
        after_as_of=count(counts["after_as_of"]),
        well_graded=count(sum(_is_well_graded(report) for report in reports if not report.retracted)),
        newest=max(
            (report.published for report in reports if not report.retracted), key=lambda on: on.value, default=None
        ),
    )


def _meanings(forecast: Mapping[str, Any], indicators: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Each indicator's label and the name of what it tells about: its id, where the model has no such driver."""
    names = {entry["id"]: entry["label"] for entry in (*forecast["outcomes"], *forecast["driver_paths"])}
    return {
        indicator: (entry["label"], names.get(entry["tells_about"], entry["tells_about"]))
        for indicator, entry in indicators.items()
    }


def _report(
    anchor: str, rows: list[Mapping[str, str]], meanings: Mapping[str, tuple[str, str]], since: str | None
) -> Report:
    facts = rows[-1]
    codings = tuple(_coding(row, *meanings[row["indicator"]]) for row in rows if row["grade"])
    retractions = [row["retracted_at"] for row in rows if row["retracted_at"]]
    return Report(
        anchor=anchor,
        id=facts["report_id"],
        event=facts["event_id"],
        title=facts["title"] or next((coding.note for coding in codings if coding.note), facts["report_id"]),
        source=facts["source"],
        source_type=facts["source_type"],
        link=inert.link(facts["url"]),
        address=facts["url"],
        happened=day(facts["event_date"]),
        published=day(facts["published_date"]),
        retracted=day(min(retractions)[:10]) if retractions else None,
        is_new=since is not None and facts["published_date"] > since,
        carries=facts["origin_id"] if facts["origin_id"] not in {"", facts["report_id"]} else "",
        marking=facts["marking"],
        codings=codings,
    )


def _coding(row: Mapping[str, str], label: str, tells_about: str) -> Coding:
    return Coding(
        coder=row["coder"],
        indicator=row["indicator"],
        indicator_label=label,
        tells_about=tells_about,
        grade=int(row["grade"]),
        admiralty=row["reliability"] + row["credibility"],
        note=row["note"],
    )


def _is_well_graded(report: Report) -> bool:
    """Whether some coder holds the source usually reliable (A, B) and the content at least probably true (1, 2)."""
    return any(coding.admiralty in {"A1", "A2", "B1", "B2"} for coding in report.codings)
