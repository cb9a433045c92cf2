"""Joining reports that a person confirmed to share an event or an origin: amendments, as the journal has them.

An amendment repeats the judgement of the coder who coded last, with the report's facts as they stand and the one id
that changes; its note says who confirmed it. So no coder's grade changes, and no coding appears that nobody made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from forecast.case.phrases import listed, quoted
from forecast.errors import InputError, Problem
from forecast.evidence.answering import ACCEPT, NO, YES, neither, read_answerable, refuse_answered, write_answerable
from forecast.evidence.cells import ALL_COLUMNS, FACTS, PADDING
from forecast.evidence.duplicates import Joining, Kind, Proposal
from forecast.evidence.journal import Row, View, by_report
from forecast.evidence.sheets import Incoming, Sheet

COLUMNS: Final = ("proposal", "kind", "into", "report_id", "published_date", "source", "title", "url", "why", "sure")
KEPT: Final = "kept"
"""What stands under `accept` where a report has the id already."""


@dataclass(frozen=True)
class Answers:
    """What somebody said yes and no to."""

    yes: tuple[Joining, ...]
    no: tuple[Joining, ...]


def joinings(proposal: Proposal) -> tuple[Joining, ...]:
    """What accepting a whole proposal means."""
    moved = (report.report_id for report in proposal.reports if _own(report, proposal.kind) != proposal.into)
    return tuple(Joining(report_id, proposal.kind, proposal.into) for report_id in moved)


def amendments(wanted: Iterable[Joining], rows: Iterable[Row], by: str, now: datetime, file: str) -> Sheet:
    """The rows that join reports, as a sheet to be taken in.

    Parameters
    ----------
    rows
        The journal.
    by
        Who confirmed it.
    file
        Where that was said, for problems.
    """
    changes: dict[str, dict[str, str]] = {}
    for each in wanted:
        changes.setdefault(each.report_id, {})[f"{each.kind}_id"] = each.into
    journal = by_report(rows)
    incoming = [Incoming(_amendment(journal[name], to, by, now)) for name, to in changes.items()]
    return Sheet(file, ALL_COLUMNS, tuple(incoming), ())


def _amendment(journal: list[Row], to: Mapping[str, str], by: str, now: datetime) -> Row:
    facts = {column: getattr(journal[-1], column) for column in FACTS}
    coding = next(row for row in reversed(journal) if row.is_coding)
    said = [f"[{column}] {name}, confirmed by {by}" for column, name in sorted(to.items())]
    later = max(now, journal[-1].coded_at + timedelta(milliseconds=1))
    note = "\n".join(filter(None, [coding.note, *said]))
    return replace(coding, **{**facts, **to}, note=note, coded_at=later, line=0)


def _own(report: object, kind: Kind) -> str:
    return str(getattr(report, f"{kind}_id"))


# ---------------------------------------------------------------------------- as a file


def write_proposals(path: Path, found: Iterable[Proposal]) -> None:
    """Write proposals for somebody to say yes or no to, a report a line.

    Raises
    ------
    UsageError
        If the name does not end in .csv, or its folder is not there.
    StoreError
        If the system does not let it be written.
    """
    refuse_answered(path)
    write_answerable(
        path,
        COLUMNS,
        [
            (
                str(number),
                each.kind,
                each.into,
                report.report_id,
                report.published_date.isoformat(),
                report.source,
                report.title,
                report.url,
                "; ".join(each.why),
                f"{each.sure:.2f}",
                KEPT if _own(report, each.kind) == each.into else "",
            )
            for number, each in enumerate(found, start=1)
            for report in each.reports
        ],
    )


def read_joinings(data: bytes, file: str, known: View) -> Answers:
    """What somebody said yes and no to in such a file.

    Raises
    ------
    InputError
        With every line that cannot be followed.
    """
    needed = ("kind", "into", "report_id")
    columns, lines = read_answerable(data, file, needed, "forecast evidence duplicates -o FILE.csv")
    reports = {report.report_id: report for report in known.reports}
    ids = {"event": {each.event_id for each in known.reports}, "origin": {each.origin_id for each in known.reports}}
    yes: list[Joining] = []
    no: list[Joining] = []
    problems: list[Problem] = []
    for line in lines:
        if isinstance(line, Problem):
            problems.append(line)
            continue
        cells = dict(zip(columns, (cell.strip(PADDING) for cell in line.cells), strict=False))
        said = cells.get(ACCEPT, "").casefold()
        kind, into, report = cells.get("kind", ""), cells.get("into", ""), cells.get("report_id", "")
        if said in ("", KEPT):
            continue
        fault = _fault(said, kind, into, report in reports, ids)
        if fault is not None:
            problems.append(Problem(file, line.number, *fault))
        else:
            (no if said in NO else yes).append(Joining(report, "event" if kind == "event" else "origin", into))
    if problems:
        raise InputError(problems)

    def open_still(said: list[Joining]) -> tuple[Joining, ...]:
        return tuple(each for each in said if _own(reports[each.report_id], each.kind) != each.into)

    return Answers(open_still(yes), open_still(no))


def _fault(said: str, kind: str, into: str, is_known: bool, ids: Mapping[str, set[str]]) -> tuple[str, str] | None:
    if said not in (*YES, *NO):
        return neither(said)
    if kind not in ids:
        return f"kind {quoted(kind)} is not one of {listed(ids)}", "leave it as it was written"
    if not is_known:
        return "no such report stands any more", "write the proposals anew"
    if into not in ids[kind]:
        return f"there is no {kind} {quoted(into)} any more", "write the proposals anew"
    return None
