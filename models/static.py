"""Static: the drivers do not move. `latent_drivers` with a half-life without end, everything else the same.

    x[:,t] = level + (I - B)^-1 r xi[:,0] for every week, past and future
    r[l]   = mean over t of phi[l]^t, the weeks t from the opening to the horizon

So a report of November says as much of today as one of this morning, and the future holds no surprises but gates and
luck. A driver rests where a moving one is expected to be on average over the wait, and reports are read as telling of
that: were it to rest at all that a moving one is in some week, it would pull on the outcomes with that from beginning
to end, and spread the shares wider than the stated loadings mean. So what `latent_drivers` gains over it is what it is
worth to tell passing states from lasting ones, in reports and in the future alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from functools import cached_property
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model.contract import shelf_law
from forecast.model.futures import Act, Future
from forecast.model.priors import Draws, Priors
from forecast.model.problem import Arrays, Problem
from forecast.model.worlds import World

BUILDS_ON = "latent_drivers"
_moving = shelf_law(BUILDS_ON)


@dataclass(frozen=True, kw_only=True)
class Resting(Problem):
    """A problem whose drivers and momenta keep what they have.

    Attributes
    ----------
    lasting
        r, how much of a moving latent's state is left on average over the wait; (latent,).
    """

    lasting: NDArray[np.float64]

    @cached_property
    def arrays(self) -> Arrays:
        """The same arrays, but every week's state is the first week's, as much of it as lasts."""
        moving = super().arrays
        weights = np.zeros_like(moving["persistence"])
        weights[..., 0] = self.lasting
        return moving | {"persistence": weights}


def at_rest(problem: Problem) -> Resting:
    """The same problem with drivers that keep what they have: persistence 1."""
    if isinstance(problem, Resting):
        return problem
    moving = problem.structure
    calendar = problem.at_opening().calendar
    weeks = np.arange(len(calendar.future_weeks)) + (not calendar.as_of_week_goes_on)
    fields = {field.name: getattr(problem, field.name) for field in fields_of(problem)}
    fields["structure"] = replace(moving, persistence=np.ones_like(moving.persistence))
    return Resting(**fields, lasting=np.mean(moving.persistence ** weeks[:, None], axis=0))


def priors(problem: Problem) -> Priors:
    """Every parameter's prior and dimensions; of the shocks only those of the first week are felt."""
    return _moving.priors(at_rest(problem))


def opening_draws(problem: Problem, rng: Generator, draws: int) -> Draws:
    """Draws before any evidence of the case, base rates in."""
    return _moving.opening_draws(at_rest(problem), rng, draws)


def coordinates(problem: Problem) -> dict[str, list[str]]:
    """Labels along every dimension of the priors."""
    return _moving.coordinates(at_rest(problem))


def data(problem: Problem) -> Arrays:
    """The problem's arrays, as the PyMC model knows them."""
    return _moving.data(at_rest(problem))


def latents(draws: Draws, problem: Problem) -> NDArray[np.float64]:
    """x of every draw, the same in every week; (draw, week, latent)."""
    return _moving.latents(draws, at_rest(problem))


def build(problem: Problem) -> Any:
    """The PyMC model of a problem."""
    return _moving.build(at_rest(problem))


def log_likelihood(draws: Draws, problem: Problem) -> Draws:
    """Log-likelihood of each event and of "still open"; {"event": (draw, event), "open": (draw,)}."""
    return _moving.log_likelihood(draws, at_rest(problem))


def futures(draws: Draws, problem: Problem, paths: int, do: Act | None = None) -> Iterator[Future]:
    """The weeks to the horizon, along `paths` futures a draw; `do` acts on the drivers in each week."""
    return _moving.futures(draws, at_rest(problem), paths, do=do)


def project(draws: Draws, problem: Problem, paths: int = 32, do: Act | None = None) -> NDArray[np.float64]:
    """Cumulative incidence of the outcomes by the end of each future week; (draw, week, outcome)."""
    return _moving.project(draws, at_rest(problem), paths, do)


def simulate(problem: Problem, rng: Generator) -> World:
    """A world from the prior: its parameters, its evidence and how it ends."""
    return _moving.simulate(at_rest(problem), rng)
