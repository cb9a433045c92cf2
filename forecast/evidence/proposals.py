"""Codings that a machine proposes and a person accepts, or does not: nothing of a feed counts before.

Of a feed the rules of a mapping make codings of the coder `machine`, whose severity and precision the model learns as
it does those of any coder. What is one event is folded before anybody is asked:

    event     the same indicator, day, actors and place; or one page that tells of one indicator on one day
    origin    one page (address); of one event and one origin there is one coding, the most mentioned of the grade that
              most of them have

The id of an event follows from what it is, so that tomorrow's file of the same feed adds to it. Of what a feed took
out again a retraction is proposed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from forecast.errors import InputError, Problem
from forecast.evidence.agreement import MACHINE
from forecast.evidence.answering import ACCEPT, NO, YES, neither, read_answerable, refuse_answered, write_answerable
from forecast.evidence.cells import ALL_COLUMNS, PADDING
from forecast.evidence.drafting import retraction
from forecast.evidence.feeds import FeedEvent
from forecast.evidence.journal import Row, by_report
from forecast.evidence.layouts import Format
from forecast.evidence.mapping import MappingFile, Rule
from forecast.evidence.sheets import Incoming, Line, Sheet, Table, sheet_of

WRITER: Final = "forecast evidence import --format"


@dataclass(frozen=True)
class Proposals:
    """Codings by column, and how many events of the feed fit no rule, were folded, or are in the ledger already."""

    codings: tuple[Mapping[str, str], ...]
    unmapped: int
    folded: int
    there: int


@dataclass(frozen=True)
class _Mapped:
    """An event with the rule that speaks of it."""

    event: FeedEvent
    number: int
    rule: Rule

    @property
    def what(self) -> tuple[str, ...]:
        """What makes two of them one event."""
        event = self.event
        return (
            self.rule.indicator,
            event.happened.isoformat(),
            *event.actors[:1],
            "→",
            *event.targets[:1],
            *event.places[-1:],
        )

    @property
    def page(self) -> tuple[str, ...]:
        return (self.rule.indicator, self.event.happened.isoformat(), self.event.url)


def propose(events: Iterable[FeedEvent], mapping: MappingFile, layout: Format, known: Iterable[str]) -> Proposals:
    """What a feed's events are by the rules, folded.

    Parameters
    ----------
    known
        The ids of reports that the ledger has already.
    """
    known = set(known)
    every = tuple(events)
    mapped = [_Mapped(event, *found) for event in every if (found := mapping.rule_of(event)) is not None]
    codings = []
    there = folded = 0
    for group in _folded(mapped):
        name = _event_id(group)
        for page in _pages(group):
            kept = _representative(page)
            folded += len(page) - 1
            if any(_report_id(layout, each) in known for each in page):
                there += 1
                continue
            seen = min(each.event.seen for each in page)
            codings.append(_coding(kept, seen, len(page), name, mapping, layout))
    return Proposals(tuple(codings), len(every) - len(mapped), folded, there)


def propose_retractions(deleted: Mapping[str, datetime], layout: Format, journal: Iterable[Row]) -> Proposals:
    """What becomes of the journal's reports of events that a feed has taken out again.

    Parameters
    ----------
    deleted
        When each was taken out, by its id in the feed. Unmapped are those of which there is no report; there already
        are those that were retracted.
    """
    reports = by_report(journal)
    known = {name: reports[report] for name in deleted if (report := f"{layout.upper()}-{name}") in reports}
    standing = {name: rows for name, rows in known.items() if all(row.retracted_at is None for row in rows)}
    codings = tuple(
        retraction(
            rows[-1], MACHINE, f"{layout.upper()} took it out on {deleted[name].date()}.", deleted[name].isoformat()
        )
        for name, rows in standing.items()
    )
    return Proposals(codings, len(deleted) - len(known), 0, len(known) - len(standing))


def _folded(mapped: Iterable[_Mapped]) -> list[list[_Mapped]]:
    """Groups of one event each, in the order of the feed."""
    groups: dict[int, list[_Mapped]] = {}
    seen: dict[tuple[str, ...], int] = {}
    for number, each in enumerate(mapped):
        keys = [each.what, each.page] if each.event.url else [each.what]
        found = sorted({seen[key] for key in keys if key in seen})
        home = found[0] if found else number
        joined = [member for other in found for member in groups.pop(other)]
        groups[home] = [*joined, each]
        for member in groups[home] if len(found) > 1 else [each]:
            seen[member.what] = home
            if member.event.url:
                seen[member.page] = home
    return [groups[home] for home in sorted(groups)]


def _pages(group: Iterable[_Mapped]) -> list[list[_Mapped]]:
    pages: dict[str, list[_Mapped]] = {}
    for number, each in enumerate(group):
        pages.setdefault(each.event.url or f"no page {number}", []).append(each)
    return list(pages.values())


def _representative(page: Iterable[_Mapped]) -> _Mapped:
    """The most mentioned of the grade that most have; of two such grades the one nearer to 3."""
    page = list(page)
    grades = Counter(each.rule.grade for each in page)
    grade = max(grades, key=lambda grade: (grades[grade], -abs(grade - 3), -grade))
    return max((each for each in page if each.rule.grade == grade), key=lambda each: each.event.weight)


def _event_id(group: Iterable[_Mapped]) -> str:
    """A name that follows from the earliest thing that the group is."""
    indicator, day, *what = min(each.what for each in group)
    digest = hashlib.sha256("\x1f".join((indicator, day, *what)).encode()).hexdigest()[:8]
    return f"{MACHINE}-{day}-{indicator}-{digest}"


def _report_id(layout: Format, each: _Mapped) -> str:
    return f"{layout.upper()}-{each.event.id}"


def _coding(
    kept: _Mapped, seen: date, times: int, event_id: str, mapping: MappingFile, layout: Format
) -> dict[str, str]:
    event, rule, teller = kept.event, kept.rule, mapping.source
    others = f"; {times - 1} more of the same page folded into it" if times > 1 else ""
    page = hashlib.sha256(event.url.encode()).hexdigest()[:12]
    return {
        **dict.fromkeys(ALL_COLUMNS, ""),
        "report_id": _report_id(layout, kept),
        "event_id": event_id,
        "origin_id": f"page-{page}" if event.url else "",
        "indicator": rule.indicator,
        "grade": str(rule.grade),
        "event_date": event.happened.isoformat(),
        "published_date": seen.isoformat(),
        "source": teller.name,
        "source_type": teller.type,
        "reliability": teller.reliability,
        "credibility": str(teller.credibility),
        "coder": MACHINE,
        "url": event.url,
        "note": f"Proposed by rule {kept.number} for {layout} {event.code}{others}.",
        "title": " ".join(event.text.split()),
    }


# ---------------------------------------------------------------------------- as a file, and back


def write_proposals(path: Path, codings: Iterable[Mapping[str, str]]) -> None:
    """Write codings for somebody to accept, one a line.

    Raises
    ------
    UsageError
        If the name does not end in .csv, or its folder is not there.
    StoreError
        If the system does not let it be written.
    """
    refuse_answered(path)
    write_answerable(path, ALL_COLUMNS, ([coding[column] for column in ALL_COLUMNS] + [""] for coding in codings))


@dataclass(frozen=True)
class Answered:
    """The lines of a file of proposals: as text by column, with what was answered, None where nothing was."""

    file: str
    lines: tuple[tuple[Line, bool | None], ...]

    def shown(self, line: Line) -> str:
        """A proposal in words, for whoever is asked."""
        cells = dict(zip(ALL_COLUMNS, line.cells, strict=False))
        return f"{cells['event_date']} {cells['title']}: {cells['indicator']} {cells['grade']} ({cells['note']})"


def read_proposals(data: bytes, file: str) -> Answered:
    """Read a file of proposals.

    Raises
    ------
    InputError
        If it is none, or with every answer that is neither yes nor no.
    """
    columns, lines = read_answerable(data, file, ALL_COLUMNS, WRITER)
    if columns != (*ALL_COLUMNS, ACCEPT):
        raise InputError.at(file, 1, "its columns are not in their order", f"write one with '{WRITER}'")
    found: list[tuple[Line, bool | None]] = []
    problems: list[Problem] = []
    for line in lines:
        if isinstance(line, Problem):
            problems.append(line)
            continue
        *cells, said = line.cells
        answer = said.strip(PADDING).casefold()
        if answer not in ("", *YES, *NO):
            problems.append(Problem(file, line.number, *neither(said)))
        found.append((Line(line.number, tuple(cells)), answer in YES if answer else None))
    if problems:
        raise InputError(problems)
    return Answered(file, tuple(found))


def accepted(file: str, lines: Iterable[Line], by: str, now: datetime) -> Sheet:
    """The accepted codings as a sheet to be taken in; their notes say who accepted them."""
    sheet = sheet_of(Table(file, (Line(1, ALL_COLUMNS), *lines)), now, may_be_undated=True)
    said = tuple(
        Incoming(replace(each.row, note="\n".join(filter(None, [each.row.note, f"Accepted by {by}."]))), each.dated)
        for each in sheet.incoming
    )
    return replace(sheet, incoming=said)
