"""How far the coders of a case agree, and whether that is enough to publish what rests on their codings.

What is compared, by unit:

    grade         of a report by one indicator, from 0 (looked for and not found) to 5
    indicator     of a report
    reliability   of a report's source, A to E; F (cannot be judged) is a value of its own, and on no scale
    credibility   of its information, 1 to 5; 6 likewise

The rule. Judged are the ordinal alpha of grades and the nominal alpha of indicators, each where at least 20 units have
two coders or more: with fewer, alpha says more of chance than of coders. Below .667 nothing may be published, unless
the case signs it off; below .8 there is a warning. The point decides; its interval says how far it would move with
other reports. The coder `machine` is left out of what is judged: agreement is between people, and the model learns how
a machine errs from its own parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np

from forecast.case.schema import Case, SignedOffCodings
from forecast.evidence.alpha import (
    Array,
    Estimate,
    Metric,
    alpha,
    coincidences,
    estimated,
    kappa,
    meetings_of,
    quadratic,
)
from forecast.evidence.drift import Drift, drifts
from forecast.evidence.journal import Coding, Report, View

BLOCK: Final = 0.667
WARN: Final = 0.8
LEAST_UNITS: Final = 20
JUDGED: Final[dict[str, Metric]] = {"grade": "ordinal", "indicator": "nominal"}
MACHINE: Final = "machine"

type Unit = dict[str, int]
"""The value that each coder gave, as its place among the possible ones."""


@dataclass(frozen=True)
class Measured:
    """Agreement on one thing: how many units several people coded, and alpha both ways."""

    units: int
    codings: int
    nominal: Estimate | None
    ordinal: Estimate | None


@dataclass(frozen=True)
class Pair:
    """Two coders: the grades both gave, and kappa with quadratic weights."""

    coders: tuple[str, str]
    units: int
    kappa: Estimate | None


@dataclass(frozen=True)
class Agreement:
    """How far coders agree, over all and in parts.

    Attributes
    ----------
    fields
        Of grade, indicator, reliability and credibility, between people.
    indicators, coders, months
        Of grade, by indicator, of each coder with all others, and by the month in which reports were published.
    pairs, drifts
        Of every two coders who share a unit; of every coder who codes with others.
    """

    fields: dict[str, Measured]
    indicators: dict[str, Measured]
    coders: dict[str, Measured]
    months: dict[str, Measured]
    pairs: tuple[Pair, ...]
    drifts: tuple[Drift, ...]


@dataclass(frozen=True)
class Objections:
    """What agreement has against publishing: failures that nobody signed off, and sentences for the reader."""

    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def agreement(known: View, case: Case) -> Agreement:
    """Measure everything."""
    people = [report.codings for report in known.reports]
    graded = _graded(known.reports)
    by_people = {key: _without_machine(unit) for key, unit in graded.items()}
    indicators = {name: {key: unit for key, unit in by_people.items() if key[1] == name} for name in case.indicators}
    months: dict[str, list[Unit]] = {}
    published = {report.report_id: f"{report.published_date:%Y-%m}" for report in known.reports}
    for (report, _), unit in by_people.items():
        months.setdefault(published[report], []).append(unit)
    coders = sorted({coder for unit in graded.values() for coder in unit if len(unit) > 1})
    return Agreement(
        fields={name: _measured(field) for name, field in _fields(people, case).items()},
        indicators={name: _of_grades(units.values()) for name, units in indicators.items() if _several(units)},
        coders={coder: _with_others(coder, list(graded.values())) for coder in coders},
        months={
            month: _of_grades(units) for month, units in sorted(months.items()) if any(len(unit) > 1 for unit in units)
        },
        pairs=tuple(_pair(one, two, graded.values()) for one, two in combinations(coders, 2)),
        drifts=drifts(known.reports),
    )


def objections(known: View, case: Case) -> Objections:
    """What the rule says of the evidence as it is known; nothing where too few units have two coders."""
    fields = _fields([report.codings for report in known.reports], case)
    failures, notes = [], []
    for name, metric in JUDGED.items():
        if sum(len(unit) > 1 for unit in fields[name].units) < LEAST_UNITS:
            continue
        measured = _measured(fields[name])
        found = measured.ordinal if metric == "ordinal" else measured.nominal
        if found is None or found.value >= WARN:
            continue
        said = f"coder agreement: alpha of {name} is {found.value:.3f} ({_interval(found)}{measured.units} units)"
        if found.value < BLOCK:
            failures.append(f"{said}, must be at least {BLOCK:g}")
        else:
            notes.append(f"{said}, which calls for caution below {WARN:g}")
    signed = signed_off(case)
    if failures and signed is not None:
        notes += [f"{failure}; signed off by {signed.author} on {signed.date}: {signed.reason}" for failure in failures]
        failures = []
    return Objections(tuple(failures), tuple(notes))


def signed_off(case: Case) -> SignedOffCodings | None:
    """Who answers for publishing all the same; the last one who signed."""
    return max(case.question.signed_off, key=lambda signed: signed.date, default=None)


def _interval(found: Estimate) -> str:
    return "" if found.interval is None else f"interval {found.interval[0]:.3f} to {found.interval[1]:.3f}, "


# ---------------------------------------------------------------------------- units


def _graded(reports: Iterable[Report]) -> dict[tuple[str, str], Unit]:
    """Grades by report and indicator: grades of two indicators are not on one scale."""
    units: dict[tuple[str, str], Unit] = {}
    for report in reports:
        for coding in report.codings:
            units.setdefault((report.report_id, coding.indicator), {})[coding.coder] = coding.grade
    return units


@dataclass(frozen=True)
class _Field:
    """The units of one thing that is coded, how many values it may have, and how many of them are on a scale."""

    units: tuple[Unit, ...]
    values: int
    scale: int


def _fields(reports: Iterable[Sequence[Coding]], case: Case) -> dict[str, _Field]:
    """Every field between people, of the reports that two or more have coded."""
    people = [[coding for coding in codings if coding.coder != MACHINE] for codings in reports]
    shared = [codings for codings in people if len(codings) > 1]
    grades: list[Unit] = []
    for codings in shared:
        by_indicator: dict[str, Unit] = {}
        for coding in codings:
            by_indicator.setdefault(coding.indicator, {})[coding.coder] = coding.grade
        grades += by_indicator.values()
    places = {name: place for place, name in enumerate(case.indicators)}
    return {
        "grade": _Field(tuple(grades), 6, 6),
        "indicator": _field(shared, len(places), 0, lambda coding: places[coding.indicator]),
        "reliability": _field(shared, 6, 5, lambda coding: "ABCDEF".index(coding.reliability)),
        "credibility": _field(shared, 6, 5, lambda coding: coding.credibility - 1),
    }


def _field(reports: Iterable[Sequence[Coding]], values: int, scale: int, value: Callable[[Coding], int]) -> _Field:
    return _Field(tuple({coding.coder: value(coding) for coding in codings} for codings in reports), values, scale)


def _without_machine(unit: Unit) -> Unit:
    return {coder: value for coder, value in unit.items() if coder != MACHINE}


def _several(units: Mapping[tuple[str, str], Unit]) -> bool:
    return any(len(unit) > 1 for unit in units.values())


# ---------------------------------------------------------------------------- measures


def _of_grades(units: Iterable[Unit]) -> Measured:
    return _measured(_Field(tuple(units), 6, 6))


def _measured(field: _Field) -> Measured:
    several = [unit for unit in field.units if len(unit) > 1]
    counts = _counts([unit.values() for unit in several], field.values)
    return Measured(
        units=len(several),
        codings=sum(map(len, several)),
        nominal=_alpha(coincidences(counts), "nominal"),
        ordinal=_alpha(coincidences(counts[:, : field.scale]), "ordinal") if field.scale else None,
    )


def _with_others(coder: str, units: Sequence[Unit]) -> Measured:
    """A coder's grades against those of all others: pairs of which he is no part do not count."""
    shared = [unit for unit in units if coder in unit and len(unit) > 1]
    own = _counts([[unit[coder]] for unit in shared], 6)
    others = _counts([[value for other, value in unit.items() if other != coder] for unit in shared], 6)
    meetings = meetings_of(own, others)
    codings = int(own.sum() + others.sum())
    return Measured(len(shared), codings, _alpha(meetings, "nominal"), _alpha(meetings, "ordinal"))


def _pair(one: str, two: str, units: Iterable[Unit]) -> Pair:
    shared = [unit for unit in units if one in unit and two in unit]
    tables = (
        _counts([[unit[one]] for unit in shared], 6)[:, :, None]
        * _counts([[unit[two]] for unit in shared], 6)[:, None, :]
    )
    return Pair((one, two), len(shared), estimated(tables, partial(kappa, distance=quadratic(6))))


def _alpha(units: Array, metric: Metric) -> Estimate | None:
    return estimated(units, partial(alpha, metric=metric))


def _counts(units: Sequence[Iterable[int]], size: int) -> Array:
    counts = np.zeros((len(units), size))
    for place, values in enumerate(units):
        for value in values:
            counts[place, value] += 1.0
    return counts
