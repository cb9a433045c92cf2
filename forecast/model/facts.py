"""What reports settle by themselves: that a gate was passed, that an outcome is ruled out.

Such an event is taken as the thing itself, not as a grade that tells of some driver. It says so if at least half of its
codings do, and is believed if one of the reports that say so is of reliability A to C and credibility 1 to 3, or if two
origins say so: a single rumour settles nothing. It is left out of the graded evidence, for that is all its news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from forecast.case.schema import Case, Gate, RuledOutBy
from forecast.evidence.journal import Coding, Report, View


class Shown(NamedTuple):
    """When something happened, and the event that shows it."""

    day: date
    event: str


@dataclass(frozen=True)
class Facts:
    """What is settled by the evidence of a day.

    Attributes
    ----------
    passed
        The day each gate was passed, None where it has not been, in gate order.
    ruled_out
        Since when each outcome is ruled out, None where it is not, in outcome order, `other` last.
    shown_by
        The (event, indicator) pairs that show it, those that were overtaken by later ones among them.
    """

    passed: tuple[date | None, ...]
    ruled_out: tuple[date | None, ...]
    shown_by: frozenset[tuple[str, str]] = frozenset()

    def with_one_more(self, case: Case, indicator: str, grade: int, day: date) -> Facts:
        """What is settled if an event of this day, after all others, is graded so and believed."""
        passed = tuple(
            day if was is None and gate.opened_by.indicator == indicator and _reaching(gate)(grade) else was
            for was, gate in zip(self.passed, case.question.gates, strict=True)
        )
        ruled_out = dict(zip(case.outcome_ids, self.ruled_out, strict=True))
        for name, by in case.question.ruled_out_by.items():
            if by.indicator == indicator and grade == by.grade:
                ruled_out[name] = ruled_out[name] or day
            if by.indicator == indicator and grade == by.back_at:
                ruled_out[name] = None
        return Facts(passed, tuple(ruled_out.values()), self.shown_by)


def facts(case: Case, view: View) -> Facts:
    """What is settled by a view of a case's evidence.

    Stated shares that were judged with reports in hand contain what those rule out, but not when a gate was passed.
    """
    gates = [(gate.opened_by.indicator, passage(gate, view)) for gate in case.question.gates]
    shown_by = {(shown.event, indicator) for indicator, shown in gates if shown is not None}
    ruled_out: dict[str, date] = {}
    for name, by in case.question.ruled_out_by.items():
        turned = turns(by, view)
        shown_by |= {(turn.event, by.indicator) for turn in turned}
        if len(turned) % 2 and _is_fresh(case, view, turned[-1].event):
            ruled_out[name] = turned[-1].day
    return Facts(
        passed=tuple(None if shown is None else shown.day for _, shown in gates),
        ruled_out=tuple(ruled_out.get(name) for name in case.outcome_ids),
        shown_by=frozenset(shown_by),
    )


def not_yet_judged(case: Case, view: View) -> View:
    """The reports that the stated shares do not already contain: all of them, unless the case says otherwise."""
    return replace(view, reports=tuple(report for report in view.reports if _is_new(case, report)))


def _is_new(case: Case, report: Report) -> bool:
    shares = case.assumptions.shares
    return shares.judged_with == "none" or report.published_date > shares.judged_on


def _is_fresh(case: Case, view: View, event: str) -> bool:
    """Whether the stated shares contain no report of an event."""
    return all(_is_new(case, report) for report in view.reports if report.event_id == event)


def passage(gate: Gate, view: View) -> Shown | None:
    """The first event that shows a gate's passage: one that reaches its grade."""
    return min(_shown(view, gate.opened_by.indicator, _reaching(gate)), default=None)


def turns(by: RuledOutBy, view: View) -> tuple[Shown, ...]:
    """The events by which an outcome went out, came back in, went out again, in their order.

    What repeats what is known is no turn; of a day with both the return counts.
    """
    both = [(shown, grade) for grade in (by.back_at, by.grade) for shown in _shown(view, by.indicator, _just(grade))]
    by_day: dict[date, tuple[Shown, int]] = {}
    for shown, grade in both:
        day = by_day.setdefault(shown.day, (shown, grade))
        by_day[shown.day] = min(day, (shown, grade)) if day[1] == grade else day
    found: list[Shown] = []
    for _, (shown, grade) in sorted(by_day.items()):
        if (grade == by.grade) == (len(found) % 2 == 0):
            found.append(shown)
    return tuple(found)


def unbelieved(case: Case, view: View) -> Iterator[tuple[str, str]]:
    """Events that would settle something if they were believed, and what; worth a sentence to the analyst."""
    for gate in case.question.gates:
        for event in _unbelieved(view, gate.opened_by.indicator, _reaching(gate)):
            yield event, f"the passage of the gate '{gate.id}'"
    for name, by in case.question.ruled_out_by.items():
        is_out = len(turns(by, view)) % 2
        for event in _unbelieved(view, by.indicator, _just(by.back_at if is_out else by.grade)):
            yield event, f"bringing '{name}' back" if is_out else f"ruling '{name}' out"


type Says = Callable[[int], bool]
"""Whether a grade says that something has happened."""


def _reaching(gate: Gate) -> Says:
    return lambda grade: grade >= gate.opened_by.grade


def _just(asked: int) -> Says:
    return lambda grade: grade == asked


def _shown(view: View, indicator: str, says: Says) -> list[Shown]:
    """The events that are graded so and believed."""
    return [
        Shown(min(report.event_date for report in reports), event)
        for event, reports in _telling(view, indicator).items()
        if _is_graded(reports, indicator, says) and _are_believed(reports, indicator, says)
    ]


def _unbelieved(view: View, indicator: str, says: Says) -> list[str]:
    told = _telling(view, indicator).items()
    return [e for e, r in told if _is_graded(r, indicator, says) and not _are_believed(r, indicator, says)]


def _telling(view: View, indicator: str) -> dict[str, list[Report]]:
    """The reports coded under an indicator, by event."""
    events: dict[str, list[Report]] = {}
    for report in view.reports:
        if _codings(report, indicator):
            events.setdefault(report.event_id, []).append(report)
    return events


def _codings(report: Report, indicator: str) -> list[Coding]:
    return [coding for coding in report.codings if coding.indicator == indicator]


def _saying(report: Report, indicator: str, says: Says) -> list[Coding]:
    return [coding for coding in _codings(report, indicator) if says(coding.grade)]


def _is_graded(reports: list[Report], indicator: str, says: Says) -> bool:
    saying = sum(len(_saying(report, indicator, says)) for report in reports)
    return 0 < 2 * saying >= sum(len(_codings(report, indicator)) for report in reports)


def _are_believed(reports: list[Report], indicator: str, says: Says) -> bool:
    saying = [(report, codings) for report in reports if (codings := _saying(report, indicator, says))]
    believed = any(is_believed((c.reliability, c.credibility)) for _, codings in saying for c in codings)
    return believed or len({report.origin_id for report, _ in saying}) >= 2


def is_believed(cell: tuple[str, int]) -> bool:
    """Whether one report of this Admiralty cell is enough to settle something."""
    reliability, credibility = cell
    return reliability in "ABC" and credibility <= 3
