"""Coded evidence as the likelihood sees it: events, what was told of them, and how it was coded.

A `Unit` is one event seen through one indicator. Units with the same pattern are one row with a multiplicity, so
the cost of the likelihood follows the number of distinct patterns, not of reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.evidence.journal import Report, View
from forecast.model.calendar import Calendar
from forecast.model.laws import GRADES, cut_points

Array = NDArray[np.float64]
Index = NDArray[np.int64]

Cell = tuple[str, int]
"""An Admiralty cell: reliability A-F, credibility 1-6."""

RELIABILITY = "ABCDEF"


@dataclass(frozen=True, order=True)
class Origin:
    """One telling of an event: its first teller, the Admiralty cells given to it, and the coders' grades (0..4).

    `side` is the one its source leans to, and `align` which way (-1 or 1) that side would shade this indicator; both
    are empty where the source has no interest in it.
    """

    source: str
    source_type: str
    cells: tuple[Cell, ...]
    codings: tuple[tuple[str, int], ...]
    side: str = ""
    align: int = 0


@dataclass(frozen=True, order=True)
class Unit:
    """One event seen through one indicator.

    `efforts` holds, for every search that found nothing, the chance that it would have found it.
    """

    indicator: str
    week: int
    origins: tuple[Origin, ...]
    efforts: tuple[float, ...] = ()

    @property
    def coders(self) -> frozenset[str]:
        """Who coded it."""
        return frozenset(coder for origin in self.origins for coder, _ in origin.codings)


def units_of(view: View, case: Case, calendar: Calendar) -> dict[tuple[str, str], Unit]:
    """Group what is known into (event, indicator) → unit; within an origin a coder counts once.

    The origin's source and Admiralty cells are those of its first report, the one published earliest.
    """
    tellings: dict[tuple[str, str], dict[str, list[Report]]] = {}
    for report in view.reports:
        if report.event_date < case.question.history_from:
            continue
        for indicator in sorted({coding.indicator for coding in report.codings}):
            origins = tellings.setdefault((report.event_id, indicator), {})
            origins.setdefault(report.origin_id, []).append(report)
    units = {}
    for (event, indicator), origins in sorted(tellings.items()):
        weeks = [calendar.week_of(report.event_date) for reports in origins.values() for report in reports]
        told = [_origin(reports, indicator, case) for _, reports in sorted(origins.items())]
        efforts = [effort for reports in origins.values() for effort in _efforts(reports, indicator)]
        graded = tuple(sorted(origin for origin in told if origin is not None))
        units[event, indicator] = Unit(indicator, min(weeks), graded, tuple(sorted(efforts)))
    return units


def _origin(reports: list[Report], indicator: str, case: Case) -> Origin | None:
    """One origin's telling: each coder's coding of its first report, else of the first that he coded."""
    first = reports[0]
    codings: dict[str, int] = {}
    cells: dict[str, Cell] = {}
    for report in reports:
        for coding in report.codings:
            if coding.indicator == indicator and coding.grade and coding.coder not in codings:
                codings[coding.coder] = coding.grade - 1
                cells[coding.coder] = (coding.reliability, coding.credibility)
    if not codings:
        return None
    coded_first = {coding.coder for coding in first.codings if coding.indicator == indicator and coding.grade}
    graders = coded_first or set(cells)
    side, align = _interest(first.source, indicator, case)
    return Origin(
        source=first.source,
        source_type=first.source_type,
        cells=tuple(sorted(cells[coder] for coder in graders)),
        codings=tuple(sorted(codings.items())),
        side=side,
        align=align,
    )


def _interest(source: str, indicator: str, case: Case) -> tuple[str, int]:
    """The side a source leans to, and which way that side would shade an indicator; nothing where it would not."""
    registered = case.sources.get(source)
    side = registered.lean if registered is not None else None
    align = case.indicators[indicator].align.get(side, 0) if side else 0
    return (side or "", align) if align else ("", 0)


def _efforts(reports: list[Report], indicator: str) -> list[float]:
    """Efforts of the searches of one origin that found nothing (grade 0); a search counts once, at its mean effort."""
    efforts = [
        coding.effort
        for report in reports
        for coding in report.codings
        if coding.indicator == indicator and coding.grade == 0 and coding.effort is not None
    ]
    return [float(np.mean(efforts))] if efforts else []


@dataclass(frozen=True)
class Readings:
    """The units as arrays; every axis is in sorted order, so the order of the rows in a file cannot matter.

    Attributes
    ----------
    indicators, sources, source_types, sides, coders
        Names along the axes `indicator`, `source`, `source_type`, `side`, `coder`.
    cuts, steepness, latent
        By indicator: cut points (4, indicator), polarity times stated discrimination, and the latent it tells about
        (indicator,).
    source_type_of
        Type of each source, shape (source,).
    kernel_source, kernel_reliability, kernel_credibility, kernel_side, kernel_align
        Distinct sources with Admiralty cell and interest, shape (kernel,) each; F and 6 are the last of six marks, and
        without an interest `kernel_align` is 0.
    tellings
        The distinct tellings, along the axis `origin`.
    telling_kernels, telling_shares
        Which kernels each telling's reading is mixed from (coders may differ on the cell), and in what shares; shape
        (cell, origin), places not needed with a share of 0.
    origin_codings
        Which grade each coder gave, one-hot, shape (coder, y, origin).
    unit_tellings, unit_counts
        Which tellings each unit consists of, and how often; shape (place, unit), places not needed with a count of 0.
    unit_found_nothing
        log P(the searches found nothing | z), shape (z, unit).
    unit_indicator, unit_week, unit_cycle, multiplicity
        Shape (unit,) each; `unit_cycle` points into `cycles`.
    cycles
        The (latent, week) pairs that carry a news cycle.
    events
        For each unit row, the (event, indicator) pairs it stands for.
    """

    indicators: tuple[str, ...]
    sources: tuple[str, ...]
    source_types: tuple[str, ...]
    sides: tuple[str, ...]
    coders: tuple[str, ...]
    cuts: Array
    steepness: Array
    latent: Index
    source_type_of: Index
    kernel_source: Index
    kernel_reliability: Index
    kernel_credibility: Index
    kernel_side: Index
    kernel_align: Array
    tellings: tuple[Origin, ...]
    telling_kernels: Index
    telling_shares: Array
    origin_codings: Array
    unit_tellings: Index
    unit_counts: Array
    unit_found_nothing: Array
    unit_indicator: Index
    unit_week: Index
    unit_cycle: Index
    multiplicity: Array
    cycles: tuple[tuple[int, int], ...]
    events: tuple[tuple[tuple[str, str], ...], ...]


def readings(units: dict[tuple[str, str], Unit], case: Case, latents: tuple[str, ...]) -> Readings:
    """Turn units into arrays, equal patterns folded into one row.

    Parameters
    ----------
    units
        (event, indicator) → unit.
    case
        For the codebook.
    latents
        Names of the drivers and of the outcomes with an indicator of their own, in the order of the latent axis.
    """
    indicators = tuple(case.indicators)
    patterns = Counter(units.values())
    rows = sorted(patterns)
    tellings = sorted({origin for unit in rows for origin in unit.origins})
    sources = tuple(sorted({origin.source for origin in tellings}))
    source_types = tuple(sorted({origin.source_type for origin in tellings}))
    sides = tuple(sorted({origin.side for origin in tellings if origin.align}))
    coders = tuple(sorted({coder for origin in tellings for coder, _ in origin.codings}))
    kernels = sorted({_kernel(origin, cell) for origin in tellings for cell in origin.cells})
    type_of = {origin.source: origin.source_type for origin in tellings}
    latent = np.array([latents.index(entry.tells_about) for entry in case.indicators.values()], dtype=int)
    where = [(int(latent[indicators.index(unit.indicator)]), unit.week) for unit in rows]
    cycles = sorted(set(where))

    place_of = {telling: o for o, telling in enumerate(tellings)}
    cells = [Counter(kernels.index(_kernel(origin, cell)) for cell in origin.cells) for origin in tellings]
    telling_kernels, counts = _padded(cells)
    unit_tellings, unit_counts = _padded([Counter(place_of[origin] for origin in unit.origins) for unit in rows])
    origin_codings = np.zeros((len(coders), GRADES, len(tellings)))
    for o, origin in enumerate(tellings):
        for coder, grade in origin.codings:
            origin_codings[coders.index(coder), grade, o] = 1.0
    found_nothing = np.zeros((GRADES, len(rows)))
    for u, unit in enumerate(rows):
        for effort in unit.efforts:
            found_nothing[1:, u] += np.log1p(-min(effort, 1.0 - 1e-9))

    return Readings(
        indicators=indicators,
        sources=sources,
        source_types=source_types,
        sides=sides,
        coders=coders,
        cuts=cut_points(np.array([entry.usual_grade - 1 for entry in case.indicators.values()], dtype=int)),
        steepness=np.array([entry.sign * entry.discrimination for entry in case.indicators.values()]),
        latent=latent,
        source_type_of=np.array([source_types.index(type_of[source]) for source in sources], dtype=int),
        kernel_source=np.array([sources.index(source) for source, _, _, _ in kernels], dtype=int),
        kernel_reliability=np.array([RELIABILITY.index(cell[0]) for _, cell, _, _ in kernels], dtype=int),
        kernel_credibility=np.array([cell[1] - 1 for _, cell, _, _ in kernels], dtype=int),
        kernel_side=np.array([sides.index(side) if align else 0 for _, _, side, align in kernels], dtype=int),
        kernel_align=np.array([float(align) for _, _, _, align in kernels]),
        tellings=tuple(tellings),
        telling_kernels=telling_kernels,
        telling_shares=counts / np.maximum(counts.sum(axis=0), 1.0),
        origin_codings=origin_codings,
        unit_tellings=unit_tellings,
        unit_counts=unit_counts,
        unit_found_nothing=found_nothing,
        unit_indicator=np.array([indicators.index(unit.indicator) for unit in rows], dtype=int),
        unit_week=np.array([unit.week for unit in rows], dtype=int),
        unit_cycle=np.array([cycles.index(place) for place in where], dtype=int),
        multiplicity=np.array([float(patterns[unit]) for unit in rows]),
        cycles=tuple(cycles),
        events=tuple(tuple(sorted(key for key, other in units.items() if other == unit)) for unit in rows),
    )


def _padded(bags: Sequence[Counter[int]]) -> tuple[Index, Array]:
    """Bags of numbers as columns of one array, and how often each number is in its bag; (place, bag) twice."""
    places = max((len(bag) for bag in bags), default=0)
    numbers, counts = np.zeros((places, len(bags)), dtype=int), np.zeros((places, len(bags)))
    for column, bag in enumerate(bags):
        numbers[: len(bag), column], counts[: len(bag), column] = list(bag.keys()), list(bag.values())
    return numbers, counts


def _kernel(origin: Origin, cell: Cell) -> tuple[str, Cell, str, int]:
    """What tellings must share to be read alike."""
    return origin.source, cell, origin.side, origin.align
