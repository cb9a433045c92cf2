"""Why the forecast moved since the run before: the bridge of every outcome, bar by bar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecast.report.evidence import Report
from forecast.report.standing import Outcome, Standing
from forecast.report.words import Day, Number, day, percent, tenths_of_points

EVIDENCE = frozenset({"event", "retraction", "amendment"})
LEADING = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Bar:
    """What one change moved. `anchor` is the report that tells of it, if one does; `real` is False within the error.

    `others` is how many groups of evidence share the bar, where they have none of their own; `reports` are all that
    tell of an event.
    """

    kind: str
    label: str
    points: Number
    real: bool
    anchor: str
    others: int = 0
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class Waterfall:
    """One outcome, from the run before to this one; the bars add up to the change."""

    outcome: Outcome
    before: Number
    now: Number
    change: Number
    real: bool
    bars: tuple[Bar, ...]

    @property
    def reasons(self) -> tuple[Bar, ...]:
        """What moved it the way it went, the strongest first: real moves that are not noise, if it moved at all."""
        if not self.real:
            return ()
        sign = 1.0 if self.change.value > 0 else -1.0
        moved = (bar for bar in self.bars if bar.real and bar.kind != "noise" and sign * bar.points.value > 0)
        return tuple(sorted(moved, key=lambda bar: -abs(bar.points.value)))

    @property
    def unexplained(self) -> bool:
        """Whether noise that is more than its own error moved it farther than anything that was named."""
        noise = [abs(bar.points.value) for bar in self.bars if bar.kind == "noise" and bar.real]
        return any(all(size > abs(each.points.value) for each in self.reasons) for size in noise)


@dataclass(frozen=True, slots=True)
class Surprise:
    """A report that the forecast before had not expected: its surprise in bits, and how far beyond the expected one."""

    title: str
    anchor: str
    bits: Number
    excess: Number


@dataclass(frozen=True, slots=True)
class Why:
    """The bridge from the run before.

    Attributes
    ----------
    day, run
        The run before.
    waterfalls
        Every outcome, the most moved first.
    worth
        To how many perfectly reliable, independent reports the evidence adds up; None where the model cannot say.
    surprises
        The reports whose surprise was farthest beyond what such a report is expected to have, the farthest first.
    repeated
        Whether the week's reports were, together, a surprise.
    """

    day: Day
    run: str
    waterfalls: tuple[Waterfall, ...]
    worth: Number | None
    surprises: tuple[Surprise, ...]
    repeated: bool


def why(explained: Mapping[str, Any] | None, now: Standing, reports: Iterable[Report]) -> Why | None:
    """Read the answer of `forecast explain`."""
    if explained is None:
        return None
    reports = tuple(reports)
    told: dict[str, list[Report]] = {}
    for report in reversed(reports):
        told.setdefault(report.event, []).append(report)
    by_report = {report.id: report.anchor for report in reports}
    outcomes = {outcome.id: outcome for outcome in now.everything}
    found = [_waterfall(entry, outcomes[entry["id"]], told) for entry in explained["outcomes"]]
    surprises, worth = explained["surprises"], explained["worth"]
    return Why(
        day=day(explained["from"]["as_of"]),
        run=explained["from"]["run"],
        waterfalls=tuple(sorted(found, key=lambda each: -abs(each.change.value))),
        worth=None if worth is None else Number(worth["independent"], f"{worth['independent']:.0f}"),
        surprises=tuple(
            Surprise(
                each["title"] or each["report"],
                by_report.get(each["report"], ""),
                _bits(each["bits"]),
                _bits(each["excess"]),
            )
            for each in surprises["reports"][:3]
        ),
        repeated=surprises["repeated"],
    )


def _waterfall(entry: Mapping[str, Any], outcome: Outcome, told: Mapping[str, Sequence[Report]]) -> Waterfall:
    def of(bar: Mapping[str, Any]) -> tuple[Report, ...]:
        return tuple(told.get(bar["id"], ())) if bar["kind"] in EVIDENCE else ()

    bars = tuple(
        Bar(
            kind=bar["kind"],
            label=bar["label"],
            points=tenths_of_points(bar["contribution"]),
            real=not bar["no_change"],
            anchor=next((report.anchor for report in of(bar)), ""),
            others=int(found[0]) if bar["id"] == "others" and (found := LEADING.match(bar["label"])) else 0,
            reports=of(bar),
        )
        for bar in entry["bars"]
    )
    return Waterfall(
        outcome=outcome,
        before=percent(entry["from"]),
        now=percent(entry["to"]),
        change=tenths_of_points(entry["change"]),
        real=not entry["no_change"],
        bars=bars,
    )


def _bits(bits: float) -> Number:
    return Number(bits, f"{bits:.1f}")
