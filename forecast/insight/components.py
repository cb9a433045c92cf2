"""What each part of the evidence says: the likelihood of every event with and without a source, coder or grade cell.

The marginal likelihood of an event does not factor over those who told of it, so what a source says is

    component of s = sum_e [log p(e) - log p(e without s)]

and a weight of `exp(-component)` leaves it out. Every variant of every event is a unit of one problem, so that all of
them are worked out in one pass, and equal ones once. Only where a coder goes, who is what the others' severities are
measured against, is the evidence that is left read by itself. A gate that only a part of the evidence had shown to be
passed is shut without it, an outcome that it had ruled out is in again; what that means for the forecast is not in the
component, which is of the codings alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from forecast.evidence.journal import Report, View
from forecast.inference.carrying import carry
from forecast.inference.likelihood import log_likelihood
from forecast.model.contract import Draws, Model, Problem
from forecast.model.facts import Facts, facts, not_yet_judged
from forecast.model.laws import GRADES
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
    settled
        Which gates were passed and which outcomes are ruled out, as would be known without it; None where that is as
        it was.
    """

    kind: str
    name: str
    step: int
    units: Mapping[tuple[str, str], Unit | None]
    settled: Facts | None = None

    def applied(self, problem: Problem) -> Problem:
        """The problem with this part left out or moved."""
        units = {**problem.units, **self.units}
        kept = problem.with_units({key: unit for key, unit in units.items() if unit is not None})
        return kept if self.settled is None else kept.settled_as(self.settled)


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
    coders = _coders(problem.units.values())
    left = [part.applied(problem).units.values() for part in parts]
    alone = [_coders(units) != coders for units in left]
    together = {u for part, own in zip(parts, alone, strict=True) if not own for u in part.units.values() if u}
    column = _log_chances(model, draws, problem, together | {*problem.units.values()})
    whole = sum((column[unit] for unit in problem.units.values()), np.zeros(len(draws["level"])))
    changes = np.zeros((len(parts), len(whole)))
    for row, part in enumerate(parts):
        if alone[row]:
            said = _log_chances(model, draws, problem, set(left[row]))
            changes[row] = sum((said[unit] for unit in left[row]), -whole)
            continue
        for key, unit in part.units.items():
            changes[row] += 0.0 if unit is None else column[unit]
            changes[row] -= column[problem.units[key]] if key in problem.units else 0.0
    return Evidence(parts, whole + log_likelihood(model.law, draws, problem)["open"], changes)


def _log_chances(model: Model, draws: Draws, problem: Problem, units: set[Unit]) -> dict[Unit, Array]:
    """log p(unit | draw) of each of these, read by the coders that they have between them; (draw,) each."""
    asked = sorted(units)
    together = problem.with_units({(f"{number:06d}", unit.indicator): unit for number, unit in enumerate(asked)})
    known = carry(model.law, draws, problem, together)
    likelihood = log_likelihood(model.law, known, together)["event"]
    return {unit: likelihood[:, number] for number, unit in enumerate(asked)}


def _coders(units: Iterable[Unit]) -> set[str]:
    return {coder for unit in units for coder in unit.coders}


def parts_of(problem: Problem, view: View) -> Iterator[Part]:
    """Every part of a problem's evidence that can be left out or moved, by kind and name.

    Where codings are moved a grade, gates and outcomes stay as they are: what is settled is no matter of a grade.
    """
    told = [origin for unit in problem.units.values() for origin in unit.origins]
    first = {report.origin_id: report.source for report in reversed(view.reports)}
    for source in sorted({*(origin.source for origin in told), *first.values()}):
        left = [report for report in view.reports if first[report.origin_id] != source]
        part = Part("source", source, 0, _without(problem.units, _is_told_by(source)))
        if (part := _settled(part, problem, view, left)).units or part.settled is not None:
            yield part
    for coder in sorted({coder for origin in told for coder, _ in origin.codings}):
        left = _codings_left(view, "coder", coder)
        yield _settled(Part("coder", coder, 0, _without_coder(problem, view, coder)), problem, view, left)
    for indicator in sorted({unit.indicator for unit in problem.units.values()}):
        left = _codings_left(view, "indicator", indicator)
        of_it = [key for key, unit in problem.units.items() if unit.indicator == indicator]
        yield _settled(Part("indicator", indicator, 0, dict.fromkeys(of_it)), problem, view, left)
    for cell in sorted({cell for origin in told for cell in origin.cells}):
        left = [r for r in view.reports if cell not in {(c.reliability, c.credibility) for c in r.codings}]
        part = Part("cell", f"{cell[0]}{cell[1]}", 0, _without(problem.units, _is_graded(cell)))
        yield _settled(part, problem, view, left)
    for indicator in sorted({unit.indicator for unit in problem.units.values() if unit.origins}):
        for step in STEPS:
            yield Part("grades", indicator, step, _moved(problem.units, indicator, step))


def _settled(part: Part, problem: Problem, view: View, left: Iterable[Report]) -> Part:
    """The part with what it means for gates and outcomes: what nobody else shows is not so.

    An event that settled something is no graded evidence; where it settles it no longer, what is left of it is.
    """
    case, known = problem.case, replace(view, reports=tuple(left))
    shown = facts(case, known)
    if shown == facts(case, view):
        return part
    units = units_of(not_yet_judged(case, known), case, problem.calendar)
    graded = {key: unit for key, unit in units.items() if key not in problem.units.keys() | shown.shown_by}
    shows = dict.fromkeys(problem.units.keys() & shown.shown_by)
    return replace(part, units={**part.units, **graded, **shows}, settled=shown)


def _codings_left(view: View, kind: Literal["coder", "indicator"], name: str) -> list[Report]:
    """The reports without the codings by a coder, or of an indicator; those of which nothing is left are gone."""
    kept = (tuple(c for c in report.codings if getattr(c, kind) != name) for report in view.reports)
    return [replace(r, codings=codings) for r, codings in zip(view.reports, kept, strict=True) if codings]


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
    reports = _codings_left(not_yet_judged(problem.case, view), "coder", coder)
    left = units_of(replace(view, reports=tuple(reports)), problem.case, problem.calendar)
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
