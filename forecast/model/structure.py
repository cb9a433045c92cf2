"""What the assumptions say, as arrays: drivers, arrows, loadings, stages of the pace, the stated split."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import (
    Deadline,
    GatePace,
    HalfLife,
    Hastening,
    Influence,
    Level,
    Loading,
    Momentum,
    Pace,
    Ripening,
    Selection,
)
from forecast.case.schema import Case
from forecast.case.strengths import LOADING_STEP as LOADING_STEP
from forecast.case.strengths import normal_of
from forecast.model.base_rates import PastRates, past_rates
from forecast.model.calendar import days_within

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Normals:
    """Independent normal priors of named assumptions: one id, mean and sd an element."""

    ids: tuple[str, ...]
    mean: Array
    sd: Array

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def normal(self) -> tuple[Array, Array]:
        """Means and standard deviations."""
        return self.mean, self.sd


@dataclass(frozen=True)
class Structure:
    """The assumptions of one set as arrays.

    Attributes
    ----------
    drivers, momenta, outcomes, gates
        Ids. `momenta` are the outcomes that have a momentum of their own; the latent axis is the drivers and then the
        momenta. Stage 0 of the pace is resolution itself, stage 1 + g the passage of gate g.
    persistence
        phi by latent: `2 ** (-1 / half-life in weeks)`, shape (latent,).
    level
        Prior of each driver's level, in driver order.
    influence, influence_cause, influence_effect
        Prior of each influence's strength and the drivers it leads from and to.
    loading, loading_driver, loading_outcome
        Prior of each stated loading and where it stands in beta (driver, outcome); all others are 0.
    hastening, hastening_driver, hastening_stage
        Prior of each hastening and where it stands in gamma (driver, stage); all others are 0.
    deadline, deadline_days, deadline_announced, deadline_stage
        Prior of how much (in log rate) each deadline hurries its stage, from after which day to which day, and since
        when it is known (`date.min` where it always was).
    log_pace
        Prior of the log pace per week of each stage.
    selection
        Prior of how much the table of episodes is slower than all that there were; of length 0 or 1.
    past
        What past episodes hold.
    momentum_scale
        Log-odds of an outcome per unit of its momentum, shape (momentum,).
    ripening_outcome, ripening_weeks, ripening_rise
        Outcomes whose log-odds rise over the first weeks.
    shares, concentration
        The stated split given resolution, by outcome, and its Dirichlet weight.
    """

    drivers: tuple[str, ...]
    momenta: tuple[str, ...]
    outcomes: tuple[str, ...]
    gates: tuple[str, ...]
    persistence: Array
    level: Normals
    influence: Normals
    influence_cause: Index
    influence_effect: Index
    loading: Normals
    loading_driver: Index
    loading_outcome: Index
    hastening: Normals
    hastening_driver: Index
    hastening_stage: Index
    deadline: Normals
    deadline_days: tuple[tuple[date, date], ...]
    deadline_announced: tuple[date, ...]
    deadline_stage: Index
    log_pace: Normals
    selection: Normals
    past: PastRates
    momentum_scale: Array
    ripening_outcome: Index
    ripening_weeks: Array
    ripening_rise: Array
    shares: Array
    concentration: float

    @property
    def named(self) -> dict[str, Normals]:
        """The parameters of the model of which every element is a named assumption, by the parameter's name."""
        return {
            "level": self.level,
            "influence": self.influence,
            "loading": self.loading,
            "hastening": self.hastening,
            "deadline": self.deadline,
            "log_pace": self.log_pace,
            "selection": self.selection,
        }

    @property
    def latents(self) -> tuple[str, ...]:
        """Names along the latent axis."""
        return self.drivers + self.momenta

    @cached_property
    def momentum_outcome(self) -> Index:
        """The outcome that each momentum belongs to, shape (momentum,)."""
        return np.array([self.outcomes.index(outcome) for outcome in self.momenta], dtype=int)

    @cached_property
    def momentum_places(self) -> Array:
        """What a unit of each momentum adds to each outcome's log-odds, shape (momentum, outcome)."""
        return self.momentum_scale[:, None] * np.eye(len(self.outcomes))[self.momentum_outcome]

    def told_parts(self, intercept_sd: float) -> tuple[Array, Array]:
        """By which parts reports tell of each latent's state, (latent,), and of the intercepts' z, (outcome, latent).

        Of a driver they tell of its state. Of an outcome they tell of its own log-odds, all that no driver explains:
        its momentum, and how far its intercept lies from the solved mean, in units of what both together spread before
        any evidence. So no grade means more or less for how a stated share's uncertainty is parted between the two.
        """
        drivers, size = len(self.drivers), len(self.outcomes)
        intercept = intercept_sd * (np.eye(size)[:, self.momentum_outcome] - 1.0 / size)
        spread = np.sqrt(self.momentum_scale**2 + np.sum(intercept**2, axis=0))
        resting = np.zeros((size, len(self.latents)))
        resting[:, drivers:] = intercept / spread
        return np.concatenate([np.ones(drivers), self.momentum_scale / spread]), resting

    @cached_property
    def arrow_places(self) -> Array:
        """Where each influence stands in B: zeros and ones, shape (arrow, effect, cause)."""
        size = len(self.drivers)
        return _places(self.influence_effect, self.influence_cause, (size, size))

    @cached_property
    def loading_places(self) -> Array:
        """Where each loading stands in beta: zeros and ones, shape (loading, driver, outcome)."""
        return _places(self.loading_driver, self.loading_outcome, (len(self.drivers), len(self.outcomes)))

    @cached_property
    def hastening_places(self) -> Array:
        """Where each hastening stands in gamma: zeros and ones, shape (hastening, driver, stage)."""
        return _places(self.hastening_driver, self.hastening_stage, (len(self.drivers), 1 + len(self.gates)))

    def due(self, weeks: tuple[date, ...], known_on: date) -> Array:
        """Which days lie in the run-up to each deadline: zeros and ones, shape (deadline, day, week, stage).

        Of a deadline that is announced after `known_on` nothing is known, and before it is announced it hurries nobody.
        """
        due = np.zeros((len(self.deadline), 7, len(weeks), 1 + len(self.gates)))
        said = zip(self.deadline_days, self.deadline_announced, self.deadline_stage, strict=True)
        for place, ((first, by), announced, stage) in enumerate(said):
            if announced <= known_on:
                due[place, ..., stage] = days_within(weeks, max(first, announced), by)
        return due

    def ripeness(self, weeks_since_opening: Array) -> Array:
        """b(t), what time since the opening adds to each outcome's log-odds; shape (week, outcome)."""
        profile = np.zeros((len(weeks_since_opening), len(self.outcomes)))
        for outcome, weeks, rise in zip(self.ripening_outcome, self.ripening_weeks, self.ripening_rise, strict=True):
            profile[:, outcome] += rise * np.clip(weeks_since_opening / weeks, 0.0, 1.0)
        return profile


def structure(case: Case) -> Structure:
    """Read a case's assumption set into arrays."""
    drivers = tuple(case.drivers)
    outcomes = case.outcome_ids
    gates = tuple(gate.id for gate in case.question.gates)
    stated = case.assumptions
    own = {item.outcome: item for item in stated.of(Momentum)}
    momenta = tuple(outcome for outcome in outcomes if outcome in own)
    levels = {item.driver: item for item in stated.of(Level)}
    half_lives = {item.driver: item.weeks for item in stated.of(HalfLife)}
    influences = stated.of(Influence)
    loadings = stated.of(Loading)
    hastenings = stated.of(Hastening)
    deadlines = stated.of(Deadline)
    gate_paces = sorted(stated.of(GatePace), key=lambda item: gates.index(item.gate))
    paces: list[Pace | GatePace] = [*stated.of(Pace), *gate_paces]
    ripenings = stated.of(Ripening)
    shares = stated.shares
    selections = stated.of(Selection)

    weeks = [half_lives[driver] for driver in drivers] + [own[outcome].weeks for outcome in momenta]

    return Structure(
        drivers=drivers,
        momenta=momenta,
        outcomes=outcomes,
        gates=gates,
        persistence=2.0 ** (-1.0 / np.array(weeks, dtype=float)),
        level=Normals(
            ids=tuple(levels[driver].id for driver in drivers),
            mean=np.array([levels[driver].mean for driver in drivers], dtype=float),
            sd=np.array([levels[driver].sd for driver in drivers], dtype=float),
        ),
        influence=_strengths(influences),
        influence_cause=np.array([drivers.index(item.cause) for item in influences], dtype=int),
        influence_effect=np.array([drivers.index(item.effect) for item in influences], dtype=int),
        loading=_strengths(loadings),
        loading_driver=np.array([drivers.index(item.driver) for item in loadings], dtype=int),
        loading_outcome=np.array([outcomes.index(item.outcome) for item in loadings], dtype=int),
        hastening=_strengths(hastenings),
        hastening_driver=np.array([drivers.index(item.driver) for item in hastenings], dtype=int),
        hastening_stage=np.array([1 + gates.index(i.gate) if i.gate else 0 for i in hastenings], dtype=int),
        deadline=Normals(
            ids=tuple(item.id for item in deadlines),
            mean=np.log([item.factor for item in deadlines]),
            sd=np.log([item.uncertainty for item in deadlines]),
        ),
        deadline_days=tuple((item.by - timedelta(weeks=item.weeks), item.by) for item in deadlines),
        deadline_announced=tuple(item.announced or date.min for item in deadlines),
        deadline_stage=np.array([1 + gates.index(i.gate) if i.gate else 0 for i in deadlines], dtype=int),
        log_pace=Normals(
            ids=tuple(item.id for item in paces),
            mean=np.log([item.per_week for item in paces]),
            sd=np.log([item.factor for item in paces]),
        ),
        selection=Normals(
            ids=tuple(item.id for item in selections),
            mean=np.array([item.log_rate for item in selections], dtype=float),
            sd=np.array([item.sd for item in selections], dtype=float),
        ),
        past=past_rates(case),
        momentum_scale=np.array([own[outcome].log_odds for outcome in momenta], dtype=float),
        ripening_outcome=np.array([outcomes.index(item.outcome) for item in ripenings], dtype=int),
        ripening_weeks=np.array([item.weeks for item in ripenings], dtype=float),
        ripening_rise=np.array([item.rise for item in ripenings], dtype=float),
        shares=np.array([shares.shares[outcome] for outcome in outcomes]),
        concentration=float(shares.concentration),
    )


def _strengths(items: list[Influence] | list[Loading] | list[Hastening]) -> Normals:
    """Strengths `--` to `++`, or the means themselves, as normal priors."""
    normals = np.array([normal_of(item) for item in items], dtype=float).reshape(-1, 2)
    return Normals(tuple(item.id for item in items), normals[:, 0].copy(), normals[:, 1].copy())


def _places(rows: Index, columns: Index, shape: tuple[int, int]) -> Array:
    places = np.zeros((len(rows), *shape))
    places[np.arange(len(rows)), rows, columns] = 1.0
    return places
