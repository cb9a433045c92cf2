"""The reports that a person asked to see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from forecast.case.phrases import nearest, quoted
from forecast.case.schema import Case
from forecast.errors import UsageError
from forecast.evidence.journal import Report, View


@dataclass(frozen=True)
class Listed:
    """A report, and the day of its retraction if it was retracted."""

    report: Report
    retracted_on: date | None

    def document(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        plain: dict[str, Any] = _plain(asdict(self.report))
        return {**plain, "retracted_on": _plain(self.retracted_on)}


def listing(
    known: View, case: Case, *, indicator: str | None, source: str | None, with_retracted: bool
) -> tuple[Listed, ...]:
    """The reports of a view that fit, sorted by the day they were published.

    Raises
    ------
    UsageError
        If the case has no such indicator, or if neither register nor reports have such a source.
    """
    found = [Listed(report, None) for report in known.reports]
    if with_retracted:
        found += [Listed(report, day) for report, day in known.retracted]
    _refuse_unknown("--indicator", indicator, case.indicators)
    _refuse_unknown("--source", source, {*case.sources, *(entry.report.source for entry in found)})
    fitting = [
        entry
        for entry in found
        if source in (None, entry.report.source)
        and (indicator is None or indicator in {coding.indicator for coding in entry.report.codings})
    ]
    return tuple(sorted(fitting, key=lambda entry: (entry.report.published_date, entry.report.report_id)))


def _refuse_unknown(option: str, name: str | None, known: Collection[str]) -> None:
    if name is not None and name not in known:
        near = nearest(name, sorted(known))
        remedy = f"did you mean '{near}'?" if near else "leave it out to see all reports"
        raise UsageError(f"{option}: there is no {quoted(name)}: {remedy}")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
