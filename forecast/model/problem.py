"""One forecasting problem: a case and what was known on a day, as the arrays that a model sees."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case, Gate
from forecast.errors import UsageError
from forecast.evidence.journal import Coding, Report, View
from forecast.model.base_rates import SHUT
from forecast.model.calendar import Calendar, days_within
from forecast.model.laws import persistence_array
from forecast.model.readings import Readings, Unit, readings, units_of
from forecast.model.structure import Structure, structure

Array = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]


class UnfitError(ValueError):
    """A problem lacks what a model needs; the message says what."""


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
    ended
        How much of the question went to each outcome, shape (outcome,), where it was resolved on the as-of date; None
        while it is open.
    intercept_mean, intercept_sd
        The solved intercepts of the destination, shape (outcome,), and their common spread. None until anchored.
    """

    case: Case
    calendar: Calendar
    structure: Structure
    units: dict[tuple[str, str], Unit]
    passed: tuple[date | None, ...]
    ended: Array | None = field(default=None)
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
        calendar, free = self.calendar, self._waits[-1][1] if self._waits else self.calendar.opening
        at_risk = calendar.exposure(free, calendar.as_of)  # nothing, where a gate is still shut
        shut = calendar.exposure(calendar.opening, free)
        waits = [calendar.exposure(since, until) for since, until in self._waits]
        return np.stack([at_risk + SHUT * shut, *waits], axis=-1)

    @cached_property
    def days_at_risk(self) -> Array:
        """Each day's part of its week's exposure; shape (day of the week, week, stage), nothing where there is none."""
        calendar, free = self.calendar, self._waits[-1][1] if self._waits else self.calendar.opening
        shut, at_risk = ((calendar.opening, free), (free, calendar.as_of))
        resolution = days_within(calendar.weeks, *at_risk) + SHUT * days_within(calendar.weeks, *shut)
        days = np.stack([resolution, *(days_within(calendar.weeks, *wait) for wait in self._waits)], axis=-1)
        return np.asarray(days / np.maximum(days.sum(axis=0), SHUT))

    @cached_property
    def passages(self) -> Array:
        """Where a gate was passed since the opening: a one for its stage and week, shape (week, stage).

        A gate that was passed no later than the one before it was waited for by nobody: that says nothing of its pace.
        """
        passed = np.zeros_like(self.exposure)
        for gate, (day, (since, _)) in enumerate(zip(self.passed, self._waits, strict=True)):
            if day is not None and day > since:
                passed[self.calendar.week_of(day), 1 + gate] = 1.0
        return passed

    @cached_property
    def _waits(self) -> list[tuple[date, date]]:
        """From when until when each gate was waited for, since the opening; the same day twice where it was not."""
        since, waits = self.calendar.opening, []
        for day in self.passed:
            until = self.calendar.as_of if day is None else max(day, since)
            waits.append((since, until))
            since = until
        return waits

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Lengths of the parameter axes that grow with the evidence, rounded up to leave room.

        A place nobody has taken keeps its prior and touches nothing; in return draws of one week have the places of
        the next, which mostly finds its new weeks, sources and cycles drawn already.
        """
        r = self.readings
        return {
            "week": _room(len(self.calendar.weeks), 13),
            "cycle": _room(len(r.cycles), 64),
            "source": _room(len(r.sources), 64),
            "source_type": _room(len(r.source_types), 8),
            "side": _room(len(r.sides), 8),
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
            "stated_level": s.level.mean,
            "stated_level_sd": s.level.sd,
            "exposure": self.exposure,
            "passages": self.passages,
            "past_due": s.due(self.calendar.weeks, self.calendar.as_of),
            "past_at_risk": self.days_at_risk,
            "past_band": s.past.band_of(self.calendar.past_ages()),
            **s.past.arrays(len(s.gates)),
            "cuts": np.ascontiguousarray(r.cuts[:, r.unit_indicator]),  # a compiled model is for one memory layout
            "sign": r.sign[r.unit_indicator],
            "unit_latent": r.latent[r.unit_indicator],
            "unit_indicator": r.unit_indicator,
            "unit_week": r.unit_week,
            "unit_cycle": r.unit_cycle,
            "unit_tellings": r.unit_tellings,
            "unit_counts": r.unit_counts,
            "unit_found_nothing": r.unit_found_nothing,
            "multiplicity": r.multiplicity,
            "source_type_of": np.pad(r.source_type_of, (0, self.sizes["source"] - len(r.sources))),
            "kernel_source": r.kernel_source,
            "kernel_reliability": r.kernel_reliability,
            "kernel_credibility": r.kernel_credibility,
            "kernel_side": r.kernel_side,
            "kernel_align": r.kernel_align,
            "telling_kernels": r.telling_kernels,
            "telling_shares": r.telling_shares,
            "origin_codings": np.pad(r.origin_codings, ((0, self.sizes["coder"] - len(r.coders)), (0, 0), (0, 0))),
            "coder_present": np.repeat(
                [1.0 / max(len(r.coders), 1), 0.0], [len(r.coders), self.sizes["coder"] - len(r.coders)]
            ),
        }

    @cached_property
    def ending(self) -> Arrays:
        """What more the likelihood is computed from where the question has been resolved.

        Raises
        ------
        ValueError
            If it has not been, or the intercepts have not been solved.
        """
        if self.ended is None or self.intercept_mean is None:
            raise ValueError("the problem is not anchored, or not resolved")
        s = self.structure
        ended = np.zeros((len(self.calendar.weeks), len(s.outcomes)))
        ended[self.calendar.week_of(self.calendar.as_of)] = self.ended
        return {
            "went_to": ended,
            "loadings": s.loading_places,
            "momenta": s.momentum_places,
            "past_ripeness": s.ripeness(self.calendar.past_ages()),
            "intercept_mean": self.intercept_mean,
            "intercept_sd": np.array(self.intercept_sd),
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
        passed = tuple(day if day is not None and day <= calendar.opening else None for day in self.passed)
        return replace(self, calendar=calendar, units={}, passed=passed, ended=None)


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
    passages = [passage(gate, view) for gate in question.gates]
    told_by_gates = {(event, g.opened_by.indicator) for g, (_, event) in zip(question.gates, passages, strict=True)}
    units = units_of(not_yet_judged(case, view), case, calendar)
    return Problem(
        case=case,
        calendar=calendar,
        structure=structure(case),
        units={key: unit for key, unit in units.items() if key not in told_by_gates},
        passed=tuple(day for day, _ in passages),
        ended=_ended(case, view.as_of),
    )


def _ended(case: Case, as_of: date) -> Array | None:
    """How the question was resolved, if it was on this very day; what comes later is not known."""
    resolution = case.resolution
    if resolution is None or resolution.date != as_of:
        return None
    return np.array([resolution.weights[outcome] for outcome in case.outcome_ids])


def not_yet_judged(case: Case, view: View) -> View:
    """The reports that the stated shares do not already contain: all of them, unless the case says otherwise."""
    shares = case.assumptions.shares
    if shares.judged_with == "none":
        return view
    return replace(view, reports=tuple(r for r in view.reports if r.published_date > shares.judged_on))


def passage(gate: Gate, view: View) -> tuple[date | None, str | None]:
    """The day a gate was passed, and the event that shows it: the earliest that is both graded so and believed.

    An event is graded so if at least half of its codings reach the gate's grade. It is believed if one of the
    reports that say so is of reliability A to C and credibility 1 to 3, or if two origins say so: a single rumour
    opens nothing. The event is left out of the graded evidence, for its news is the passage itself.
    """
    found = [
        (min(report.event_date for report in reports), event)
        for event, reports in _telling(gate, view).items()
        if _reaches(gate, reports) and _is_believed(gate, reports)
    ]
    return min(found, default=(None, None))


def unbelieved_passages(gate: Gate, view: View) -> tuple[str, ...]:
    """Events graded as the passage of a gate that nobody would believe yet; worth a sentence to the analyst."""
    telling = _telling(gate, view)
    return tuple(e for e, reports in telling.items() if _reaches(gate, reports) and not _is_believed(gate, reports))


def _telling(gate: Gate, view: View) -> dict[str, list[Report]]:
    """The reports coded under the gate's indicator, by event."""
    events: dict[str, list[Report]] = {}
    for report in view.reports:
        if any(coding.indicator == gate.opened_by.indicator for coding in report.codings):
            events.setdefault(report.event_id, []).append(report)
    return events


def _reaching(gate: Gate, report: Report) -> list[Coding]:
    opened_by = gate.opened_by
    return [c for c in report.codings if c.indicator == opened_by.indicator and c.grade >= opened_by.grade]


def _reaches(gate: Gate, reports: list[Report]) -> bool:
    codings = [c for report in reports for c in report.codings if c.indicator == gate.opened_by.indicator]
    return 2 * sum(len(_reaching(gate, report)) for report in reports) >= len(codings)


def _is_believed(gate: Gate, reports: list[Report]) -> bool:
    saying = [report for report in reports if _reaching(gate, report)]
    believed = any(c.reliability in "ABC" and c.credibility <= 3 for r in saying for c in _reaching(gate, r))
    return believed or len({report.origin_id for report in saying}) >= 2
