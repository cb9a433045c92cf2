"""The evidence by source and by Admiralty grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from forecast.report.evidence import Report
from forecast.report.hanging import Hanging, Without
from forecast.report.words import Day, Number, count

LETTERS, DIGITS = "ABCDEF", "123456"
NAMED = 14
"""Sources with a row of their own."""
SOUND = frozenset({"A1", "A2", "B1", "B2"})


@dataclass(frozen=True, slots=True)
class Said:
    """One report on the strip of its source; `sound` where it is from a usually reliable source and probably true."""

    day: Day
    title: str
    anchor: str
    cell: str
    sound: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """One source: its standing reports, the earliest first, and what the forecast would be without it."""

    source: str
    kind: str
    reports: tuple[Said, ...]
    without: Without | None


@dataclass(frozen=True, slots=True)
class Voices:
    """The sources by their number of reports, and how many codings each Admiralty cell has."""

    named: tuple[Voice, ...]
    others: Number
    cells: tuple[tuple[Number, ...], ...]
    first: Day
    last: Day

    @property
    def untold(self) -> bool:
        """Whether of one that is named nobody can say what the forecast would be without it."""
        return any(voice.without is None or not voice.without.reliable for voice in self.named)

    @property
    def most(self) -> float:
        """The largest number in a cell."""
        return max(each.value for row in self.cells for each in row)


def voices(reports: Iterable[Report], hanging: Hanging | None) -> Voices | None:
    """Group the standing reports; None where there are none."""
    standing = [report for report in reports if not report.retracted and report.codings]
    if not standing:
        return None
    without = {each.source: each for each in hanging.sources} if hanging else {}
    by_source: dict[str, list[Report]] = {}
    for report in standing:
        by_source.setdefault(report.source, []).append(report)
    ordered = sorted(by_source.items(), key=lambda item: (-len(item[1]), item[0]))
    cells = Counter(coding.admiralty for report in standing for coding in report.codings)
    days = sorted((report.published for report in standing), key=lambda on: on.value)
    return Voices(
        named=tuple(_voice(source, told, without.get(source)) for source, told in ordered[:NAMED]),
        others=count(len(ordered[NAMED:])),
        cells=tuple(tuple(count(cells[letter + digit]) for digit in DIGITS) for letter in LETTERS),
        first=days[0],
        last=days[-1],
    )


def _voice(source: str, told: Iterable[Report], without: Without | None) -> Voice:
    told = sorted(told, key=lambda report: (report.published.value, report.id))
    return Voice(source, told[0].source_type, tuple(_said(report) for report in told), without)


def _said(report: Report) -> Said:
    cells = [coding.admiralty for coding in report.codings]
    return Said(report.published, report.title, report.anchor, cells[0], any(cell in SOUND for cell in cells))
