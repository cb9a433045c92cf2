"""What each part of the evidence says: the likelihood of every event with and without a source, coder or grade cell.

The marginal likelihood of an event does not factor over those who told of it, so what a source says is

    component of s = sum_e [log p(e) - log p(e without s)]

and a weight of `exp(-component)` leaves it out. Every variant of every event is a unit of one problem, so that all of
them are worked out in one pass, and equal ones once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.evidence.journal import View
from forecast.inference.carrying import carry
from forecast.model.contract import Draws, Model, Problem
from forecast.model.laws import GRADES
from forecast.model.problem import not_yet_judged
from forecast.model.readings import Cell, Origin, Unit, units_of

Array = NDArray[np.float64]
Units = dict[tuple[str, str], Unit]
STEPS = (-1, 1)


@dataclass(frozen=True)
class Part:
    """One part of the evidence and the units as they would be without it, or coded otherwise.

    Attributes
    ----------
    kind, name
        `source`, `coder`, `indicator` or `cell`, and which; for a shift of grades `grades` with the indicator.
    step
        By how many grades the codings of an indicator are moved; 0 where the part is left out.
    units
        The events it touches, (event, indicator) → unit without it; None where nothing is left of the event.
    """

    kind: str
    name: str
    step: int
    units: Mapping[tuple[str, str], Unit | None]

    def applied(self, problem: Problem) -> Problem:
        """The problem with this part left out or moved."""
        units = {**problem.units, **self.units}
        return problem.with_units({key: unit for key, unit in units.items() if unit is not None})


@dataclass(frozen=True)
class Evidence:
    """The likelihood by draw, whole and in parts.

    Attributes
    ----------
    parts
        Every source, coder, indicator and Admiralty cell, and every indicator with its codings one grade off.
    log_whole
        log p(all events) and of the question being still open, shape (draw,).
    log_changes
        How each part's leaving, or moving, changes the log-likelihood, shape (part, draw).
    """

    parts: tuple[Part, ...]
    log_whole: Array
    log_changes: Array


def weigh_parts(model: Model, problem: Problem, draws: Draws, view: View) -> Evidence:
    """Work out what each part of the evidence says."""
    parts = tuple(parts_of(problem, view))
    asked = sorted(
        {unit for part in parts for unit in part.units.values() if unit is not None} | {*problem.units.values()}
    )
    keys = {unit: (f"{number:06d}", unit.indicator) for number, unit in enumerate(asked)}
    together = problem.with_units({key: unit for unit, key in keys.items()})
    known = carry(model.law, draws, problem, together)
    likelihood = model.law.log_likelihood(known, together)
    column = {unit: likelihood["event"][:, number] for number, unit in enumerate(asked)}
    whole = likelihood["open"] + sum(column[unit] for unit in problem.units.values())
    changes = np.zeros((len(parts), len(whole)))
    for row, part in enumerate(parts):
        for key, unit in part.units.items():
            changes[row] += (0.0 if unit is None else column[unit]) - column[problem.units[key]]
    return Evidence(parts, np.asarray(whole), changes)


def parts_of(problem: Problem, view: View) -> Iterator[Part]:
    """Every part of a problem's evidence that can be left out or moved, by kind and name."""
    told = [origin for unit in problem.units.values() for origin in unit.origins]
    for source in sorted({origin.source for origin in told}):
        yield Part("source", source, 0, _without(problem.units, _is_told_by(source)))
    for coder in sorted({coder for origin in told for coder, _ in origin.codings}):
        yield Part("coder", coder, 0, _without_coder(problem, view, coder))
    for indicator in sorted({unit.indicator for unit in problem.units.values()}):
        of_it = [key for key, unit in problem.units.items() if unit.indicator == indicator]
        yield Part("indicator", indicator, 0, dict.fromkeys(of_it))
    for cell in sorted({cell for origin in told for cell in origin.cells}):
        yield Part("cell", f"{cell[0]}{cell[1]}", 0, _without(problem.units, _is_graded(cell)))
    for indicator in sorted({unit.indicator for unit in problem.units.values() if unit.origins}):
        for step in STEPS:
            yield Part("grades", indicator, step, _moved(problem.units, indicator, step))


def _is_told_by(source: str) -> Callable[[Origin], bool]:
    return lambda origin: origin.source == source


def _is_graded(cell: Cell) -> Callable[[Origin], bool]:
    return lambda origin: cell in origin.cells


def _without(units: Units, goes: Callable[[Origin], bool]) -> dict[tuple[str, str], Unit | None]:
    """The units that lose an origin."""
    return {
        key: _kept(replace(unit, origins=tuple(origin for origin in unit.origins if not goes(origin))))
        for key, unit in units.items()
        if any(goes(origin) for origin in unit.origins)
    }


def _without_coder(problem: Problem, view: View, coder: str) -> dict[tuple[str, str], Unit | None]:
    """The units that a coder's codings are part of, read again without them: cells and first readings may change."""
    reports = (
        replace(report, codings=tuple(coding for coding in report.codings if coding.coder != coder))
        for report in not_yet_judged(problem.case, view).reports
    )
    others = replace(view, reports=tuple(report for report in reports if report.codings))
    left = units_of(others, problem.case, problem.calendar)
    return {key: left.get(key) for key, unit in problem.units.items() if left.get(key) != unit}


def _moved(units: Units, indicator: str, step: int) -> dict[tuple[str, str], Unit | None]:
    """The units of an indicator with every coding a grade off, kept within the scale."""
    return {
        key: replace(unit, origins=tuple(sorted(_regraded(unit.origins, step))))
        for key, unit in units.items()
        if unit.indicator == indicator and unit.origins
    }


def _regraded(origins: Iterable[Origin], step: int) -> Iterator[Origin]:
    for origin in origins:
        moved = ((coder, min(max(grade + step, 0), GRADES - 1)) for coder, grade in origin.codings)
        yield replace(origin, codings=tuple(moved))


def _kept(unit: Unit) -> Unit | None:
    return unit if unit.origins or unit.efforts else None
