"""One forecasting problem: a case and what was known on a day, as the arrays that a model sees."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.errors import UsageError
from forecast.evidence.journal import View
from forecast.model.base_rates import SHUT
from forecast.model.calendar import Calendar, days_within
from forecast.model.facts import Facts, facts, not_yet_judged
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
    ruled_out
        Since when each outcome is ruled out, None where it is not, in outcome order.
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
    ruled_out: tuple[date | None, ...]
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
        return self._over_waits(self.calendar.exposure)

    @cached_property
    def days_at_risk(self) -> Array:
        """Each day's part of its week's exposure; shape (day of the week, week, stage), nothing where there is none."""
        days = self._over_waits(partial(days_within, self.calendar.weeks))
        return np.asarray(days / np.maximum(days.sum(axis=0), SHUT))

    def _over_waits(self, time: Callable[[date, date], Array]) -> Array:
        """The time between two days, by whatever measure, in which each stage was waited for; shape (..., stage)."""
        calendar, free = self.calendar, self._waits[-1][1] if self._waits else self.calendar.opening
        resolution = time(free, calendar.as_of) + SHUT * time(calendar.opening, free)
        return np.stack([resolution, *(time(since, until) for since, until in self._waits)], axis=-1)

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
    def out(self) -> Array:
        """1 where an outcome is ruled out, else 0, shape (outcome,); none is where all are, for one must come true."""
        return self._out_before(date.max)

    def _out_before(self, day: date) -> Array:
        out = np.array([since is not None and since < day for since in self.ruled_out], dtype=float)
        return out * (not out.all())

    @property
    def told_parts(self) -> tuple[Array, Array]:
        """By which parts reports tell of each latent's state and of the intercepts; none of these before anchoring."""
        return self.structure.told_parts(self.intercept_sd)

    def about(self, latents: Collection[str]) -> frozenset[tuple[str, str]]:
        """The evidence that tells of these drivers and outcomes, by (event, indicator)."""
        indicators = self.case.indicators
        return frozenset(key for key, unit in self.units.items() if indicators[unit.indicator].tells_about in latents)

    @property
    def about_outcomes(self) -> frozenset[tuple[str, str]]:
        """The evidence that tells of outcomes: it hangs on how firmly their intercepts are solved."""
        return self.about(self.structure.momenta)

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
        """What the likelihood is computed from; axes as in `Structure` and `Readings`.

        All of it while the question is open. An outcome's reports tell of its intercept once the problem is anchored.
        """
        s, r = self.structure, self.readings
        moving, resting = self.told_parts
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
            "moving": moving,
            "resting": resting,
            "steepness": r.steepness[r.unit_indicator],
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
            "out": self._out_before(self.calendar.as_of),  # what the ending itself rules out says nothing of its ways
            "intercept_mean": self.intercept_mean,
            "intercept_sd": np.array(self.intercept_sd),
        }

    def anchored(self, mean: Array, sd: float) -> Problem:
        """The same problem with its intercepts solved."""
        return replace(self, intercept_mean=mean, intercept_sd=sd)

    def with_units(self, units: dict[tuple[str, str], Unit]) -> Problem:
        """The same problem with other graded evidence (gates and outcomes stay as they are)."""
        return replace(self, units=units)

    @property
    def settled(self) -> Facts:
        """Which gates are passed and which outcomes are ruled out."""
        return Facts(self.passed, self.ruled_out)

    def settled_as(self, settled: Facts) -> Problem:
        """The same problem with other gates passed and other outcomes ruled out."""
        return replace(self, passed=settled.passed, ruled_out=settled.ruled_out)

    def at_opening(self) -> Problem:
        """The same question on its opening day, before any case evidence."""
        calendar = replace(self.calendar, as_of=self.calendar.opening)
        passed = tuple(day if day is not None and day <= calendar.opening else None for day in self.passed)
        ruled_out = (None,) * len(self.ruled_out)
        return replace(self, calendar=calendar, units={}, passed=passed, ruled_out=ruled_out, ended=None)


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
    settled = facts(case, view)
    units = units_of(not_yet_judged(case, view), case, calendar)
    return Problem(
        case=case,
        calendar=calendar,
        structure=structure(case),
        units={key: unit for key, unit in units.items() if key not in settled.shown_by},
        passed=settled.passed,
        ruled_out=settled.ruled_out,
        ended=_ended(case, view.as_of),
    )


def _ended(case: Case, as_of: date) -> Array | None:
    """How the question was resolved, if it was on this very day; what comes later is not known."""
    resolution = case.resolution
    if resolution is None or resolution.date != as_of:
        return None
    return np.array([resolution.weights[outcome] for outcome in case.outcome_ids])
