"""The harbour's true state, simulated from the formulas and not by the model's code: parameters, drivers, endings.

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


@dataclass(frozen=True)
class Jump:
    """A step in a latent's own movement, in a week: in prior standard deviations."""

    latent: int
    week: int
    size: float


class State:
    """How the harbour works, and how it came to be where it is.

    Parameters
    ----------
    s, calendar
        What the analysts stated, and the weeks.
    alpha
        Means and spread of the solved intercepts.
    rng
        Source of randomness.
    jump
        A step that no prior holds; or none.
    """

    def __init__(
        self, s: Structure, calendar: Calendar, alpha: tuple[Array, float], rng: Generator, jump: Jump | None = None
    ) -> None:
        self.s, self.calendar = s, calendar
        latents, drivers = len(s.latents), len(s.drivers)
        self.volatility = np.exp(abs(rng.normal(0, 0.2)) * rng.standard_normal(latents))
        self.level = rng.normal(s.level.mean, s.level.sd)
        self.hastening = np.zeros((1 + len(s.gates), drivers))
        self.hastening[s.hastening_stage, s.hastening_driver] = rng.normal(s.hastening.mean, s.hastening.sd)
        self.loading = np.zeros((len(s.outcomes), drivers))
        self.loading[s.loading_outcome, s.loading_driver] = rng.normal(s.loading.mean, s.loading.sd)
        self.log_pace = rng.normal(s.log_pace.mean, s.log_pace.sd)
        z = rng.standard_normal(len(s.outcomes))
        self.alpha = alpha[0] + alpha[1] * (z - z.mean())
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

    def pace(self, x: Array, stage: int) -> Array:
        """Passages or resolutions a week, centred on the drivers' law before any evidence; (...,)."""
        gamma = self.hastening[stage]
        centring = 0.5 * (np.sum((self.mixing.T @ gamma) ** 2) + np.sum((self.s.level.sd * gamma) ** 2))
        away = (x[..., : len(gamma)] - self.s.level.mean) @ gamma
        return np.asarray(np.exp(self.log_pace[stage] + away - centring))

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


def waited(state: State, rng: Generator) -> tuple[bool, date | None]:
    """Live through the days from the opening to the as-of date, one by one. The harbour has one gate.

    Returns whether the question is still open, and the day on which the gate was passed, None while it is shut.
    """
    calendar, passed = state.calendar, None
    for day in range(1, (calendar.as_of - calendar.opening).days + 1):
        today = calendar.opening + timedelta(days=day)
        x = state.x[(today - calendar.weeks[0]).days // 7]
        share = SHUT if passed is None else 1.0
        if rng.random() < -np.expm1(-share * state.pace(x, 0) / 7):
            return False, passed
        if passed is None and rng.random() < -np.expm1(-state.pace(x, 1) / 7):
            passed = today
    return True, passed


def ends(state: State, passed: bool, rng: Generator, paths: int) -> Array:
    """How the question ends along many futures: P(outcome by the horizon) along each; (path, outcome)."""
    calendar = state.calendar
    own = np.repeat(state.own[-1:], paths, axis=0)
    shut, free = (np.full(paths, float(share)) for share in (not passed, passed))
    came = np.zeros((paths, len(state.s.outcomes)))
    for monday in calendar.future_weeks:
        own = state.next_week(own, rng)
        x = state.state(own)
        age = (monday - calendar.opening).days / 7 + 0.5
        stays, stays_shut = np.exp(-state.pace(x, 0) / 7), np.exp(-SHUT * state.pace(x, 0) / 7)
        waits, to = np.exp(-state.pace(x, 1) / 7), state.destination(x, age)
        for _ in range(min(7, (calendar.horizon - monday).days + 1)):
            came += (free * (1 - stays) + shut * (1 - stays_shut))[:, None] * to
            left = shut * stays_shut
            shut, free = left * waits, free * stays + left * (1 - waits)
    return came
