"""A true state of the harbour, simulated from the formulas and not by the model's code: parameters, drivers, endings.

Of the package it takes what the analysts stated (`Structure`) and nothing that computes. The numbers of the priors are
written down again here, so that a slip in theirs shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model.calendar import Calendar
from forecast.model.structure import Structure

Array = NDArray[np.float64]

SHUT = 0.02
"""Pace while the gate is shut, as a share of what it is after."""


def shocks(rng: Generator, shape: tuple[int, ...]) -> Array:
    """Student's t with five degrees, of unit variance."""
    return rng.standard_t(5, shape) * np.sqrt(3.0 / 5.0)


BANDS = (4, 8, 13, 26, 39, 52, 78, 104)
"""Weeks after the opening from which on the pace is another one."""


@dataclass(frozen=True)
class Jump:
    """A step in a latent's own movement, in a week: in prior standard deviations."""

    latent: int
    week: int
    size: float


@dataclass(frozen=True)
class Paces:
    """How fast things go before a driver moves them, in log rate a week.

    `stage` is resolution's and then the gates'. To resolution's come the country's, here the first of `country`, and
    that of the age in weeks, a band of `age` after another. A deadline adds its `hurry` to the days of its run-up.
    """

    stage: Array
    country: tuple[float, ...] = (0.0,)
    age: tuple[float, ...] = (0.0,) * (1 + len(BANDS))
    hurry: tuple[float, ...] = ()

    def aged(self, weeks: float) -> float:
        """What the age adds."""
        return self.age[sum(weeks >= begins for begins in BANDS)]


class State:
    """How the harbour works, and how it came to be where it is.

    Parameters
    ----------
    s, calendar
        What the analysts stated, and the weeks.
    rng
        Source of randomness.
    jump
        A step that no prior holds; or none.
    paces
        How fast things go before a driver moves them; None draws what was stated of the stages.
    """

    def __init__(
        self, s: Structure, calendar: Calendar, rng: Generator, jump: Jump | None = None, paces: Paces | None = None
    ) -> None:
        self.s, self.calendar = s, calendar
        latents, drivers = len(s.latents), len(s.drivers)
        self.volatility = np.exp(abs(rng.normal(0, 0.2)) * rng.standard_normal(latents))
        self.level = rng.normal(s.level.mean, s.level.sd)
        self.hastening = np.zeros((1 + len(s.gates), drivers))
        self.hastening[s.hastening_stage, s.hastening_driver] = rng.normal(s.hastening.mean, s.hastening.sd)
        self.loading = np.zeros((len(s.outcomes), drivers))
        self.loading[s.loading_outcome, s.loading_driver] = rng.normal(s.loading.mean, s.loading.sd)
        self.paces = paces or Paces(rng.normal(s.log_pace.mean, s.log_pace.sd))
        self.z, self.alpha = rng.standard_normal(len(s.outcomes)), np.full(len(s.outcomes), np.nan)
        self.solved, self.sd = self.alpha, np.nan
        pulls = np.zeros((drivers, drivers))
        pulls[s.influence_effect, s.influence_cause] = rng.normal(s.influence.mean, s.influence.sd)
        total = np.linalg.inv(np.eye(drivers) - pulls)
        self.mixing = total / np.linalg.norm(total, axis=1)[:, None]
        self.own = self._moved(rng, jump)
        self.x = np.array([self.state(own) for own in self.own])

    def _moved(self, rng: Generator, jump: Jump | None) -> Array:
        """Each latent's own movement in the weeks up to the as-of date; (week, latent)."""
        own = [self.volatility * shocks(rng, (len(self.s.latents),))]
        for week in range(1, len(self.calendar.weeks)):
            own.append(self.next_week(own[-1], rng))
            if jump is not None and week == jump.week:
                own[-1][jump.latent] += jump.size
        return np.array(own)

    def next_week(self, own: Array, rng: Generator) -> Array:
        """Own movement a week later; (..., latent)."""
        phi = self.s.persistence
        return phi * own + np.sqrt(1 - phi**2) * self.volatility * shocks(rng, own.shape)

    def state(self, own: Array) -> Array:
        """Drivers and momenta from their own movement; (..., latent)."""
        drivers = len(self.s.drivers)
        return np.concatenate([self.level + own[..., :drivers] @ self.mixing.T, own[..., drivers:]], axis=-1)

    def settle(self, mean: Array, sd: float) -> None:
        """Give the outcomes their log-odds, around the intercepts that were solved."""
        self.solved, self.sd = mean, sd
        self.alpha = mean + sd * (self.z - self.z.mean())

    def told_of(self, latent: int, week: int) -> float:
        """What reports of a latent tell of: a driver; or what an outcome has of its own, in units of its spread."""
        s, x, drivers = self.s, float(self.x[week, latent]), len(self.s.drivers)
        if latent < drivers:
            return x
        outcome, scale = s.outcomes.index(s.momenta[latent - drivers]), float(s.momentum_scale[latent - drivers])
        others = 1 - 1 / len(s.outcomes)  # of the variance of one z, what is left when their mean is taken off
        own = scale * x + self.alpha[outcome] - self.solved[outcome]
        return float(own / np.sqrt(scale**2 + self.sd**2 * others))

    def pace(self, x: Array, stage: int, day: date) -> Array:
        """Passages or resolutions a week on a day, centred on the drivers' law before any evidence; (...,)."""
        gamma = self.hastening[stage]
        centring = 0.5 * (np.sum((self.mixing.T @ gamma) ** 2) + np.sum((self.s.level.sd * gamma) ** 2))
        away = (x[..., : len(gamma)] - self.s.level.mean) @ gamma
        return np.asarray(np.exp(self._before_drivers(stage, day) + away - centring))

    def _before_drivers(self, stage: int, day: date) -> float:
        paces, s = self.paces, self.s
        log_pace = float(paces.stage[stage])
        if stage == 0:
            log_pace += paces.country[0] + paces.aged(self.age(day))
        said = zip(paces.hurry, s.deadline_days, s.deadline_announced, s.deadline_stage, strict=True)
        return log_pace + sum(
            hurry for hurry, (first, by), announced, of in said if of == stage and max(first, announced) < day <= by
        )

    def age(self, day: date) -> float:
        """Weeks from the opening to the middle of a day's week."""
        return (day - timedelta(days=day.weekday()) - self.calendar.opening).days / 7 + 0.5

    def destination(self, x: Array, age: float) -> Array:
        """P(outcome | it resolves now), so many weeks after the opening; (..., outcome)."""
        s, drivers = self.s, len(self.s.drivers)
        logits = self.alpha + x[..., :drivers] @ self.loading.T
        for place, outcome in enumerate(s.momenta):
            logits[..., s.outcomes.index(outcome)] += s.momentum_scale[place] * x[..., drivers + place]
        for outcome, weeks, rise in zip(s.ripening_outcome, s.ripening_weeks, s.ripening_rise, strict=True):
            logits[..., outcome] += rise * min(max(age / weeks, 0.0), 1.0)
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def waited(state: State, rng: Generator) -> tuple[bool, tuple[date | None, ...]]:
    """Live through the days from the opening to the as-of date, one by one.

    Returns whether the question is still open, and the day on which each gate was passed, None where it is shut.
    """
    calendar, gates = state.calendar, len(state.s.gates)
    passed: list[date] = []

    def as_it_stands(still_open: bool) -> tuple[bool, tuple[date | None, ...]]:
        return still_open, (*passed, *[None] * (gates - len(passed)))

    for number in range(1, (calendar.as_of - calendar.opening).days + 1):
        today = calendar.opening + timedelta(days=number)
        x = state.x[(today - calendar.weeks[0]).days // 7]
        share = SHUT if len(passed) < gates else 1.0
        if rng.random() < -np.expm1(-share * state.pace(x, 0, today) / 7):
            return as_it_stands(False)
        if len(passed) < gates and rng.random() < -np.expm1(-state.pace(x, 1 + len(passed), today) / 7):
            passed.append(today)
    return as_it_stands(True)


def ends(state: State, passed: int, rng: Generator, paths: int) -> Array:
    """How the question ends along many futures: P(outcome by the horizon) along each; (path, outcome).

    So many gates have been passed.
    """
    calendar, gates = state.calendar, len(state.s.gates)
    own = np.repeat(state.own[-1:], paths, axis=0)
    behind = np.zeros((1 + gates, paths))  # how likely it is that the question is open with so many gates passed
    behind[passed] = 1.0
    share = np.array([SHUT] * gates + [1.0])[:, None]
    came = np.zeros((paths, len(state.s.outcomes)))
    for monday in calendar.future_weeks:
        if monday != calendar.weeks[-1]:
            own = state.next_week(own, rng)
        x = state.state(own)
        to = state.destination(x, state.age(monday))
        for day in (monday + timedelta(days=number) for number in range(7)):
            if not calendar.as_of < day <= calendar.horizon:
                continue
            stays = np.exp(-share * state.pace(x, 0, day) / 7)
            came += np.sum(behind * (1 - stays), axis=0)[:, None] * to
            behind *= stays
            for gate in reversed(range(gates)):
                waits = np.exp(-state.pace(x, 1 + gate, day) / 7)
                behind[gate + 1] += behind[gate] * (1 - waits)
                behind[gate] *= waits
    return came
