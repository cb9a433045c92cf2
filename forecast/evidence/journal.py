"""The journal of codings, and what it said on a given day.

Rows are only ever added. What stands on a day follows from all of them:

    standing row   the last known one of each (report, coder), by the time of coding and then by position
    judgements     indicator, grade, Admiralty cell, effort and note: of each coder's standing row
    facts          event, origin, dates, source, address, title, marking: of the latest known row of any coder
    retraction     by anyone, of the whole report, final, known on its own date

Everything here is pure: no files, no clock of the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal

type Clock = Literal["recorded", "published"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the journal: a coding of a report, its retraction, or both.

    Attributes
    ----------
    report_id, event_id, origin_id
        What was said, about which event, and whose content it is; an empty origin is the report itself.
    grade
        1 to 5, or 0 for looked for and not found. None, as an empty `reliability` or a `credibility` of None,
        only in a retraction.
    coded_at
        When the row was written, in UTC.
    retracted_at
        When the report was withdrawn, in UTC; None in a coding that stands.
    effort
        For grade 0: the chance, in (0, 1], that the search would have found it.
    line
        Where the row stands in its file, 0 if nowhere. Two rows that differ only in this are equal.
    """

    report_id: str
    event_id: str
    origin_id: str
    indicator: str
    grade: int | None
    event_date: date
    published_date: date
    source: str
    source_type: str
    reliability: str
    credibility: int | None
    coder: str
    coded_at: datetime
    retracted_at: datetime | None = None
    url: str = ""
    note: str = ""
    title: str = ""
    marking: str = ""
    effort: float | None = None
    line: int = field(default=0, compare=False)

    @property
    def is_coding(self) -> bool:
        """Whether the row holds a whole judgement; a bare retraction does not."""
        return self.grade is not None and bool(self.reliability) and self.credibility is not None


@dataclass(frozen=True, slots=True)
class Coding:
    """What one coder holds of a report."""

    coder: str
    indicator: str
    grade: int
    reliability: str
    credibility: int
    note: str
    effort: float | None
    coded_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it stands, with every coder's coding of it, sorted by coder."""

    report_id: str
    event_id: str
    origin_id: str
    event_date: date
    published_date: date
    source: str
    source_type: str
    url: str
    title: str
    marking: str
    codings: tuple[Coding, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What was known by the end of a day.

    Attributes
    ----------
    reports
        Those that stand, sorted by the day they were published and then by id.
    retracted
        Those withdrawn by then, in the same order, each with the day of its withdrawal.
    after_as_of
        How many reports became known only later.
    """

    as_of: date
    clock: Clock
    reports: tuple[Report, ...]
    retracted: tuple[tuple[Report, date], ...]
    after_as_of: int


def view(rows: Iterable[Row], as_of: date, clock: Clock) -> View:
    """What the journal said by the end of the as-of date.

    Parameters
    ----------
    rows
        The whole journal; their order matters only between rows of the same time.
    clock
        Whether a coding is known on the day it was recorded, or on the day the report was published.
    """
    rows = tuple(rows)
    known = known_rows(rows, as_of, clock)
    reports: list[Report] = []
    retracted: list[tuple[Report, date]] = []
    for journal in by_report(known).values():
        report = _report(journal)
        withdrawn = [day_of(row.retracted_at) for row in journal if row.retracted_at is not None]
        if report is not None and withdrawn:
            retracted.append((report, min(withdrawn)))
        elif report is not None:
            reports.append(report)
    still_to_come = {row.report_id for row in rows if row.is_coding} - {row.report_id for row in known}
    return View(
        as_of=as_of,
        clock=clock,
        reports=tuple(sorted(reports, key=_by_publication)),
        retracted=tuple(sorted(retracted, key=lambda pair: _by_publication(pair[0]))),
        after_as_of=len(still_to_come),
    )


def known_rows(rows: Iterable[Row], as_of: date, clock: Clock) -> tuple[Row, ...]:
    """The rows as they were known by the end of a day, in order: of each no more than had been said by then."""
    return tuple(known for row in rows if (known := _as_known(row, as_of, clock)) is not None)


def by_report(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Each report's rows from the earliest coded to the latest; rows of one time keep their order."""
    journal: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.coded_at):
        journal.setdefault(row.report_id, []).append(row)
    return journal


def standing_codings(journal: Iterable[Row]) -> dict[str, Row]:
    """Each coder's last coding of a report, from its rows in the order of `by_report`."""
    return {row.coder: row for row in journal if row.is_coding}


def day_of(moment: datetime) -> date:
    """The day of a moment in UTC, in which all days of the journal are counted."""
    return moment.astimezone(UTC).date()


def _as_known(row: Row, as_of: date, clock: Clock) -> Row | None:
    """A row without what became known of it only later; None where that is all of it."""
    known_on = day_of(row.coded_at) if clock == "recorded" else row.published_date
    coded = row.is_coding and known_on <= as_of
    withdrawn = row.retracted_at is not None and day_of(row.retracted_at) <= as_of
    if coded:
        return replace(row, retracted_at=None) if row.retracted_at is not None and not withdrawn else row
    return replace(row, grade=None, reliability="", credibility=None, effort=None) if withdrawn else None


def _report(journal: Sequence[Row]) -> Report | None:
    """A report from its known rows; None where nobody has coded it."""
    codings = {coding.coder: coding for row in journal if (coding := _coding(row)) is not None}
    if not codings:
        return None
    facts = journal[-1]
    return Report(
        report_id=facts.report_id,
        event_id=facts.event_id,
        origin_id=facts.origin_id or facts.report_id,
        event_date=facts.event_date,
        published_date=facts.published_date,
        source=facts.source,
        source_type=facts.source_type,
        url=facts.url,
        title=facts.title,
        marking=facts.marking,
        codings=tuple(codings[coder] for coder in sorted(codings)),
    )


def _coding(row: Row) -> Coding | None:
    if row.grade is None or row.credibility is None or not row.reliability:
        return None
    return Coding(
        coder=row.coder,
        indicator=row.indicator,
        grade=row.grade,
        reliability=row.reliability,
        credibility=row.credibility,
        note=row.note,
        effort=row.effort,
        coded_at=row.coded_at,
    )


def _by_publication(report: Report) -> tuple[date, str]:
    return report.published_date, report.report_id
