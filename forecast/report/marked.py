"""Which reports bear a marking, and what was known without them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from forecast.case.phrases import listed
from forecast.errors import UsageError
from forecast.evidence.journal import Report, Row, View
from forecast.runs import Run

PART: Final = "/"
"""What stands between a report's id and the number of a further indicator that it tells of."""


def marked_reports(markings: Iterable[str], runs: Iterable[Run], rows: Iterable[Row]) -> frozenset[str]:
    """The ids of the reports that bear, or ever bore, one of the markings: in any run, or in the journal of today.

    A report that tells of several indicators has several ids, of which one marked one marks all.

    Raises
    ------
    UsageError
        If a marking is borne by no report: what was meant must not stay in by a slip of spelling.
    """
    borne: dict[str, set[str]] = {}
    spelled: dict[str, str] = {}
    told = [(row["report_id"], row["marking"]) for run in runs for row in run.record["inputs"]["evidence"]]
    for report, marking in [*told, *((row.report_id, row.marking) for row in rows)]:
        if plain := _plain(marking):
            borne.setdefault(plain, set()).add(report.partition(PART)[0])
            spelled.setdefault(plain, marking)
    for marking in markings:
        if _plain(marking) not in borne:
            known = f"the markings are {listed(sorted(spelled.values()), 'and')}" if spelled else "none is marked"
            raise UsageError(f"--redact {marking}: no report bears that marking: {known}")
    return frozenset().union(*(borne[_plain(marking)] for marking in markings))


def _plain(marking: str) -> str:
    return " ".join(marking.split()).casefold()


def is_marked(report_id: str, marked: Collection[str]) -> bool:
    """Whether a report is one of the marked ones, or a part of one."""
    return report_id.partition(PART)[0] in marked


def bears(run: Run, marked: Collection[str]) -> bool:
    """Whether any of the marked reports is in a run's evidence."""
    return any(is_marked(row["report_id"], marked) for row in run.record["inputs"]["evidence"])


def without(known: View, marked: Collection[str]) -> View:
    """What was known without these reports; nothing of what is left names them.

    Reports that carried one of them still share an origin, under the name of the first of them.
    """
    kept = [report for report in known.reports if not is_marked(report.report_id, marked)]
    withdrawn = [(report, on) for report, on in known.retracted if not is_marked(report.report_id, marked)]
    renamed = dict(_renamed([*kept, *(report for report, _ in withdrawn)], marked))

    def cleared(report: Report) -> Report:
        origin, event = report.origin_id, report.event_id
        return replace(report, origin_id=renamed.get(origin, origin), event_id=renamed.get(event, event))

    return replace(
        known,
        reports=tuple(map(cleared, kept)),
        retracted=tuple((cleared(report), on) for report, on in withdrawn),
        after_as_of=0,
    )


def _renamed(reports: Iterable[Report], marked: Collection[str]) -> Iterator[tuple[str, str]]:
    """Origins and events that have the name of a report that is left out, and that of the first that is left."""
    first = sorted(reports, key=lambda report: (report.published_date, report.report_id), reverse=True)
    for report in first:
        for name in (report.origin_id, report.event_id):
            if is_marked(name, marked):
                yield name, report.report_id
