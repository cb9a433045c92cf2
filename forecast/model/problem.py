"""One forecasting problem: a case and what was known on a day, as the arrays that a model sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case, Gate
from forecast.errors import UsageError
from forecast.evidence.journal import View
from forecast.model.calendar import Calendar
from forecast.model.laws import persistence_array
from forecast.model.readings import Readings, Unit, readings, units_of
from forecast.model.structure import Structure, structure

Array = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]

SHUT = 0.02
"""Pace while a gate is shut, as a share of the open pace: all but impossible, never quite."""


@dataclass(frozen=True)
class Problem:
    """Everything a model needs, and nothing it could look ahead with.

    Attributes
    ----------
    case
        The case (for the codebook, when evidence is simulated).
    calendar
        Past and future weeks.
    structure
        The assumptions.
    units
        (event, indicator) → the coded evidence known on the as-of date.
    passed
        The day each gate was passed, None where it has not been, in gate order.
    intercept_mean, intercept_sd
        The solved intercepts of the destination, shape (outcome,), and their common spread. None until anchored.
    """

    case: Case
    calendar: Calendar
    structure: Structure
    units: dict[tuple[str, str], Unit]
    passed: tuple[date | None, ...]
    intercept_mean: Array | None = field(default=None)
    intercept_sd: float = 0.0

    @cached_property
    def readings(self) -> Readings:
        """The evidence as arrays."""
        return readings(self.units, self.case, self.structure.latents)

    @cached_property
    def exposure(self) -> Array:
        """Weeks at risk since the opening, shape (week, stage).

        Stage 0 is resolution (the weeks with every gate passed, and a small share of the others), stage 1 + g the
        passage of gate g, whose clock starts when the gate before it is passed.
        """
        calendar = self.calendar
        reached, waits = calendar.opening, []
        for day in self.passed:
            until = calendar.as_of if day is None else max(day, reached)
            waits.append(calendar.exposure(reached, until))
            reached = until
        free = calendar.exposure(reached, calendar.as_of)  # nothing, where a gate is still shut
        shut = calendar.exposure(calendar.opening, reached)
        return np.stack([free + SHUT * shut, *waits], axis=-1)

    @cached_property
    def passages(self) -> Array:
        """Where a gate was passed since the opening: a one for its stage and week, shape (week, stage)."""
        passed = np.zeros_like(self.exposure)
        for gate, day in enumerate(self.passed):
            if day is not None and day > self.calendar.opening:
                passed[self.calendar.week_of(day), 1 + gate] = 1.0
        return passed

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Lengths of the parameter axes that grow with the evidence, rounded up to leave room.

        A place nobody has taken keeps its prior and touches nothing; in return the compiled model, which knows
        sizes but no numbers, is the same from week to week.
        """
        r = self.readings
        return {
            "week": _room(len(self.calendar.weeks), 13),
            "cycle": _room(len(r.cycles), 64),
            "source": _room(len(r.sources), 64),
            "source_type": _room(len(r.source_types), 8),
            "coder": _room(len(r.coders), 4),
        }

    @cached_property
    def arrays(self) -> Arrays:
        """What the likelihood is computed from, and all of it; axes as in `Structure` and `Readings`."""
        s, r = self.structure, self.readings
        return {
            "persistence": persistence_array(s.persistence, self.sizes["week"])[: len(self.calendar.weeks)],
            "arrows": s.arrow_places,
            "hastenings": s.hastening_places,
            "exposure": self.exposure,
            "passages": self.passages,
            "cuts": r.cuts[:, r.unit_indicator],
            "sign": r.sign[r.unit_indicator],
            "unit_latent": r.latent[r.unit_indicator],
            "unit_indicator": r.unit_indicator,
            "unit_week": r.unit_week,
            "unit_cycle": r.unit_cycle,
            "unit_origins": r.unit_origins,
            "unit_found_nothing": r.unit_found_nothing,
            "multiplicity": r.multiplicity,
            "source_type_of": np.pad(r.source_type_of, (0, self.sizes["source"] - len(r.sources))),
            "kernel_source": r.kernel_source,
            "kernel_reliability": r.kernel_reliability,
            "kernel_credibility": r.kernel_credibility,
            "origin_kernels": r.origin_kernels,
            "origin_codings": np.pad(r.origin_codings, ((0, self.sizes["coder"] - len(r.coders)), (0, 0), (0, 0))),
            "coder_present": np.repeat(
                [1.0 / max(len(r.coders), 1), 0.0], [len(r.coders), self.sizes["coder"] - len(r.coders)]
            ),
        }

    def anchored(self, mean: Array, sd: float) -> Problem:
        """The same problem with its intercepts solved."""
        return replace(self, intercept_mean=mean, intercept_sd=sd)

    def with_units(self, units: dict[tuple[str, str], Unit]) -> Problem:
        """The same problem with other evidence (the gates stay as they are)."""
        return replace(self, units=units)

    def at_opening(self) -> Problem:
        """The same question on its opening day, before any case evidence."""
        calendar = replace(self.calendar, as_of=self.calendar.opening)
        return replace(self, calendar=calendar, units={}, passed=tuple(None for _ in self.passed))


def _room(needed: int, step: int) -> int:
    return step * max(1, -(-needed // step))


def build_problem(case: Case, view: View) -> Problem:
    """Turn a case and the evidence known on a day into a problem.

    Raises
    ------
    UsageError
        If the as-of date lies before the opening or not before the horizon.
    """
    question = case.question
    if not question.opening <= view.as_of < question.horizon:
        last = question.horizon - timedelta(days=1)
        raise UsageError(
            f"--as-of {view.as_of}: the question is open from {question.opening} and its horizon is "
            f"{question.horizon}: choose a date from {question.opening} to {last}"
        )
    calendar = Calendar(question.history_from, question.opening, view.as_of, question.horizon)
    return Problem(
        case=case,
        calendar=calendar,
        structure=structure(case),
        units=units_of(view, case, calendar),
        passed=tuple(passed_on(gate, view) for gate in question.gates),
    )


def passed_on(gate: Gate, view: View) -> date | None:
    """The day a gate was passed: the earliest event coded at its grade by most coders, from a source worth believing.

    Believed are reports of reliability A to C and credibility 1 to 3, so that a rumour opens nothing.
    """
    days = [
        report.event_date
        for report in view.reports
        if _shows(
            [
                c.grade
                for c in report.codings
                if c.indicator == gate.opened_by.indicator and _believed(c.reliability, c.credibility)
            ],
            gate,
        )
    ]
    return min(days, default=None)


def _shows(grades: Sequence[int | None], gate: Gate) -> bool:
    reached = [grade is not None and grade >= gate.opened_by.grade for grade in grades]
    return bool(reached) and sum(reached) * 2 > len(reached)


def _believed(reliability: str, credibility: int | None) -> bool:
    return reliability in "ABC" and credibility is not None and credibility <= 3
