"""Rows against their case: do they speak of its indicators, its sources and the same events."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, takewhile
from typing import Final

from forecast.case.checks import Findings
from forecast.case.phrases import instead_of, listed, nearest, quoted
from forecast.case.schema import Case
from forecast.errors import Problem
from forecast.evidence.cells import FACTS
from forecast.evidence.journal import Row, by_report, standing_codings
from forecast.evidence.rows import cells_of
from forecast.evidence.sheets import first_of

SHORT_NAME: Final = 6
"""Names shorter than this may differ in one letter and be two: AP and AFP, INA and IRNA."""

LONG_NAME: Final = 200
MOST_NEW_SOURCES: Final = 20
"""So many are named."""

MOST_COMPARISONS: Final = 20_000
"""Beyond these it would take too long to guess what was meant."""


def check_rows(rows: Sequence[Row], case: Case, file: str, present: Iterable[Row] = ()) -> Findings:
    """Check rows against the case, and against the rows that are there already.

    Facts of a report are checked where they stand: in its latest row. A row that has been amended is history.

    Parameters
    ----------
    rows
        The rows to check.
    file
        Where they stand, for problems.
    present
        Other rows of the journal; they are not checked themselves.
    """
    journal = by_report((*present, *rows))
    checked = {id(row) for row in rows}
    latest = [reports[-1] for reports in journal.values()]
    standing = [row for row in latest if id(row) in checked]
    register = _Register(case)
    problems = chain(
        unknown_indicators(((row.line, row.indicator) for row in rows), case, file),
        _misspelt_sources(standing, register, file),
        _wrong_types(standing, case, file),
        _several_types(standing, latest, case, file),
    )
    warnings = chain(
        _new_sources(standing, register, file),
        _dates(standing, latest, journal, file),
        _unheard(standing, case, file),
        _unknown_origins(standing, journal, file),
        _disagreements(standing, journal, file),
        _unknown_retractions(standing, journal, file),
    )
    return Findings(problems=first_of(problems, file), warnings=first_of(warnings, file))


def unknown_indicators(named: Iterable[tuple[int, str]], case: Case, file: str) -> Iterator[Problem]:
    """What the codebook does not have, of (line, indicator); who wrote no indicator has been told so already."""
    for line, name in named:
        if name and name not in case.indicators:
            remedy = instead_of(name, case.indicators, "add it to codebook.yaml")
            yield Problem(file, line or None, f"there is no indicator {quoted(name)}", remedy)


# ---------------------------------------------------------------------------- sources


class _Register:
    """The register of sources, and the name in it that another was most likely meant to be."""

    def __init__(self, case: Case) -> None:
        self._names = case.sources
        self._letters = {_letters(name): name for name in case.sources}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def meant_by(self, name: str) -> str | None:
        if name in self._names or len(name) > LONG_NAME:
            return None
        letters = _letters(name)
        if letters in self._letters:
            return self._letters[letters]
        return next((known for other, known in self._letters.items() if _one_typo_apart(letters, other)), None)


def _misspelt_sources(rows: Iterable[Row], register: _Register, file: str) -> Iterator[Problem]:
    for row in rows:
        near = register.meant_by(row.source)
        if near is not None:
            remedy = f"did you mean '{near}'? (if it is another source, add it to sources.yaml)"
            yield _problem(file, row, f"source {quoted(row.source)} is not in the register", remedy)


def _new_sources(rows: Iterable[Row], register: _Register, file: str) -> Iterator[Problem]:
    """One warning of all of them, at the first: every command that reads the journal repeats it."""
    first: dict[str, Row] = {}
    for row in rows:
        if row.source not in register and row.source not in first and register.meant_by(row.source) is None:
            first[row.source] = row
    if not first:
        return
    named, more = list(first)[:MOST_NEW_SOURCES], len(first) - MOST_NEW_SOURCES
    who = f"{', '.join(map(quoted, named))} and {more} more" if more > 0 else listed(named)
    are = f"source {who} is" if len(first) == 1 else f"sources {who} are"
    remedy = "add what is missing to sources.yaml, with its usual reliability and its lean"
    yield _problem(file, next(iter(first.values())), f"{are} not in the register", remedy)


def _wrong_types(rows: Iterable[Row], case: Case, file: str) -> Iterator[Problem]:
    for row in rows:
        registered = case.sources.get(row.source)
        if row.source_type not in case.source_types:
            remedy = f"use {listed(case.source_types, 'or')}" if case.source_types else "add it to sources.yaml"
            yield _problem(file, row, f"there is no source type {quoted(row.source_type)}", remedy)
        elif registered is not None and registered.type != row.source_type:
            message = f"source_type {quoted(row.source_type)} is not that of {quoted(row.source)} in sources.yaml"
            yield _problem(file, row, message, f"write {registered.type}")


def _several_types(rows: Iterable[Row], latest: Iterable[Row], case: Case, file: str) -> Iterator[Problem]:
    """Sources outside the register that are of one type here and of another there."""
    types: dict[str, str] = {}
    for row in sorted(latest, key=lambda row: row.coded_at):
        types.setdefault(row.source, row.source_type)
    for row in rows:
        other = types[row.source]
        if row.source not in case.sources and row.source_type in case.source_types and row.source_type != other:
            message = f"source_type {quoted(row.source_type)} of {quoted(row.source)} is {quoted(other)} elsewhere"
            yield _problem(file, row, message, "write the same in both, or add the source to sources.yaml")


def _letters(name: str) -> str:
    """A name without case, spacing and marks: what tells it from another."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum()) or name


def _one_typo_apart(one: str, other: str) -> bool:
    """Whether one letter was left out, added, changed or swapped with the next; another digit is another name."""
    if min(len(one), len(other)) < SHORT_NAME or abs(len(one) - len(other)) > 1:
        return False
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
    a, b = one[same:], other[same:]
    if any(sign.isdigit() for sign in a[:1] + b[:1]):
        return False
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


# ---------------------------------------------------------------------------- reports and events


def _dates(
    rows: Iterable[Row], latest: Iterable[Row], journal: Mapping[str, Sequence[Row]], file: str
) -> Iterator[Problem]:
    """Reports of one event that differ on its day."""
    first: dict[str, Row] = {}
    for row in sorted(latest, key=lambda row: row.coded_at):
        if not _is_retracted(journal[row.report_id]):
            first.setdefault(row.event_id, row)
    for row in rows:
        other = first.get(row.event_id)
        if other is not None and other.event_date != row.event_date and not _is_retracted(journal[row.report_id]):
            message = (
                f"event {quoted(row.event_id)} is of {row.event_date} here and of {other.event_date} "
                f"in report {quoted(other.report_id)}"
            )
            yield _problem(file, row, message, "give both the same event_date, or one of them another event_id")


def _unheard(rows: Iterable[Row], case: Case, file: str) -> Iterator[Problem]:
    """Reports of a day on which no forecast listens."""
    begins, ends = case.question.history_from, case.question.horizon
    for row in rows:
        if row.event_date < begins:
            message = f"event_date {row.event_date} is before {begins}, from when drivers have a past: it moves nothing"
            yield _problem(file, row, message, "correct it, or move history_from in case.yaml back")
        elif row.published_date > ends:
            message = f"published_date {row.published_date} is after the horizon, {ends}: no forecast can know of it"
            yield _problem(file, row, message, "correct it, or leave the report out")


def _unknown_origins(rows: Iterable[Row], journal: Mapping[str, Sequence[Row]], file: str) -> Iterator[Problem]:
    """Reports whose content is that of a report which nobody coded: each such origin is told once."""
    said: set[str] = set()
    for row in rows:
        if row.origin_id and row.origin_id not in journal and row.origin_id not in said:
            said.add(row.origin_id)
            message = f"there is no report {quoted(row.origin_id)} whose content it would be"
            yield _problem(file, row, message, "give as origin_id the report_id of the earliest, or leave it empty")


def _disagreements(rows: Iterable[Row], journal: Mapping[str, Sequence[Row]], file: str) -> Iterator[Problem]:
    """Facts of a report on which its coders differ: the latest row decides, and may have been meant otherwise."""
    for row in (row for row in rows if row.is_coding):
        others = [other for other in standing_codings(journal[row.report_id]).values() if other.coder != row.coder]
        for other in others:
            mine, theirs = cells_of(row), cells_of(other)
            if differing := [column for column in FACTS if mine[column] != theirs[column]]:
                what = f"{', '.join(differing)} of report {quoted(row.report_id)}"
                message = f"{what} differ{'s' if len(differing) == 1 else ''} from the row of {quoted(other.coder)}"
                yield _problem(file, row, message, "what stands here counts, being later: amend it if that is wrong")


def _unknown_retractions(rows: Iterable[Row], journal: Mapping[str, Sequence[Row]], file: str) -> Iterator[Problem]:
    coded = {report for report, reports in journal.items() if any(row.is_coding for row in reports)}
    unknown = [row for row in rows if row.report_id not in coded]
    may_guess = len(unknown) * len(coded) <= MOST_COMPARISONS
    for row in unknown:
        near = nearest(row.report_id, coded) if may_guess else None
        remedy = f"did you mean '{near}'?" if near else "give the report_id of a report that has been coded"
        yield _problem(file, row, f"nobody has coded the report {quoted(row.report_id)} that is retracted", remedy)


def _is_retracted(reports: Iterable[Row]) -> bool:
    return any(row.retracted_at is not None for row in reports)


def _problem(file: str, row: Row, message: str, remedy: str) -> Problem:
    return Problem(file, row.line or None, message, remedy)
