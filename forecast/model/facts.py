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
        Since when each outcome is ruled out, None where it is not, in outcome order.
    shown_by
        The (event, indicator) pairs that show it.
    """

    passed: tuple[date | None, ...]
    ruled_out: tuple[date | None, ...]
    shown_by: frozenset[tuple[str, str]] = frozenset()

    def with_one_more(self, case: Case, indicator: str, grade: int, day: date) -> Facts:
        """What is settled if an event of this day is graded so, and believed."""
        gates = [(gate.opened_by.indicator, _reaching(gate)) for gate in case.question.gates]
        passed = [
            day if was is None and of == indicator and says(grade) else was
            for was, (of, says) in zip(self.passed, gates, strict=True)
        ]
        ruled_out = list(self.ruled_out)
        for place, outcome in enumerate(case.question.outcomes):
            if (by := outcome.ruled_out_by) is not None and by.indicator == indicator:
                is_out = grade == by.grade or (ruled_out[place] is not None and grade != by.back_at)
                ruled_out[place] = (ruled_out[place] or day) if is_out else None
        return Facts(tuple(passed), tuple(ruled_out), self.shown_by)


def facts(case: Case, view: View) -> Facts:
    """What is settled by a view of a case's evidence.

    Stated shares that were judged with reports in hand contain what those rule out, but not when a gate was passed.
    """
    gates = [(gate.opened_by.indicator, passage(gate, view)) for gate in case.question.gates]
    fresh = not_yet_judged(case, view)
    rulings = {
        outcome.id: (outcome.ruled_out_by.indicator, ruling(outcome.ruled_out_by, fresh))
        for outcome in case.question.outcomes
        if outcome.ruled_out_by is not None
    }
    settled = [(shown.event, indicator) for indicator, shown in (*gates, *rulings.values()) if shown is not None]
    days = {name: shown.day for name, (_, shown) in rulings.items() if shown is not None}
    return Facts(
        passed=tuple(None if shown is None else shown.day for _, shown in gates),
        ruled_out=tuple(days.get(name) for name in case.outcome_ids),
        shown_by=frozenset(settled),
    )


def not_yet_judged(case: Case, view: View) -> View:
    """The reports that the stated shares do not already contain: all of them, unless the case says otherwise."""
    shares = case.assumptions.shares
    if shares.judged_with == "none":
        return view
    return replace(view, reports=tuple(r for r in view.reports if r.published_date > shares.judged_on))


def passage(gate: Gate, view: View) -> Shown | None:
    """The first event that shows a gate's passage: one that reaches its grade."""
    return min(_shown(view, gate.opened_by.indicator, _reaching(gate)), default=None)


def ruling(by: RuledOutBy, view: View) -> Shown | None:
    """The event that rules an outcome out, the first since it was last back in.

    It is back after a later event at the other end of the same indicator; two of one day cancel each other.
    """
    back = max((shown.day for shown in _shown(view, by.indicator, _just(by.back_at))), default=date.min)
    return min((shown for shown in _shown(view, by.indicator, _just(by.grade)) if shown.day > back), default=None)


def unbelieved(case: Case, view: View) -> Iterator[tuple[str, str]]:
    """Events that would settle something if they were believed, and what; worth a sentence to the analyst."""
    for gate in case.question.gates:
        for event in _unbelieved(view, gate.opened_by.indicator, _reaching(gate)):
            yield event, f"the passage of the gate '{gate.id}'"
    for outcome in case.question.outcomes:
        if (by := outcome.ruled_out_by) is not None:
            for event in _unbelieved(view, by.indicator, _just(by.grade)):
                yield event, f"ruling '{outcome.id}' out"


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
