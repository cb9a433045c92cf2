"""What changed between two days' evidence, in groups that have a name: events, indicators or sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from forecast.case.schema import Case
from forecast.evidence.journal import Report, View
from forecast.model.problem import Problem
from forecast.model.readings import Unit

type Grouping = Literal["event", "indicator", "source"]
type Kind = Literal["event", "retraction", "amendment"]
type Key = tuple[str, str]
"""An event seen through an indicator."""


@dataclass(frozen=True)
class Change:
    """Evidence that is other than it was, as one player of the bridge.

    Attributes
    ----------
    id, kind, label
        How it is called: an event (or retraction, or amendment), an indicator or a source.
    keys
        The (event, indicator) pairs that it is about.
    """

    id: str
    kind: Kind
    label: str
    keys: tuple[Key, ...]


def changed_evidence(
    old: Problem, new: Problem, before: View, after: View, by: Grouping = "event"
) -> tuple[Change, ...]:
    """Every pair that is coded otherwise than it was, grouped; in the order of their ids.

    Pairs that stand as they stood are grouped as one amendment where somebody coded who had not before, or no longer:
    a coder's severity is measured against that of the others.
    """
    pairs = {key for key in old.units.keys() | new.units.keys() if old.units.get(key) != new.units.get(key)}
    groups: dict[tuple[str, Kind], list[Key]] = {}
    for event, indicator in sorted(pairs):
        unit, was = new.units.get((event, indicator)), old.units.get((event, indicator))
        name = {"event": event, "indicator": indicator, "source": _sources(unit, was)}[by]
        kind = _kind(event, before, after) if by == "event" else "event"
        groups.setdefault((name, kind), []).append((event, indicator))
    case = new.case
    found = [
        Change(name, kind, _label(name, by, case, [*after.reports, *before.reports]), tuple(keys))
        for (name, kind), keys in sorted(groups.items())
    ]
    kept = tuple(sorted(old.units.keys() & new.units.keys() - pairs))
    if kept and old.readings.coders != new.readings.coders:
        found.append(Change("coders", "amendment", "Coders: their severities are measured anew", kept))
    return tuple(found)


def _kind(event: str, before: View, after: View) -> Kind:
    known = {report.report_id for report in before.reports}
    withdrawn = {report.report_id for report, _ in after.retracted}
    if any(report.event_id == event and report.report_id in withdrawn for report in before.reports):
        return "retraction"
    fresh = any(report.event_id == event and report.report_id not in known for report in after.reports)
    return "event" if fresh else "amendment"


def _sources(unit: Unit | None, was: Unit | None) -> str:
    """Whose tellings are other than they were; those of one pair cannot be told apart, so they stand together."""
    now, then = set(unit.origins) if unit else set(), set(was.origins) if was else set()
    return " + ".join(sorted({origin.source for origin in now ^ then})) or "looked for, not found"


def _label(name: str, by: Grouping, case: Case, reports: Iterable[Report]) -> str:
    if by == "indicator":
        return case.indicators[name].label
    if by == "source":
        return name
    told = [report for report in reports if report.event_id == name]
    titled = [report for report in told if report.title]
    first = min(titled or told, key=lambda report: (report.published_date, report.report_id), default=None)
    return name if first is None or not first.title else first.title
