"""What is ranked: everything that a forecast rests on, by name, from what the model offers.

Ranks of parameters alone can miss a posterior that ignores the data; the joint log-likelihood depends on data and
parameters together and finds it (M. Modrák et al. 2023, "Simulation-based calibration checking for Bayesian
computation: the choice of test quantities shapes sensitivity", Bayesian Analysis 20).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast.model import laws
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem

Array = NDArray[np.float64]


class Offered(NamedTuple):
    """A quantity of the parameters alone: ranked if the model has these parameters.

    `values` gives one column a member, shape (draw, member), and `members` the columns worth a rank with their labels.
    """

    name: str
    parameters: tuple[str, ...]
    values: Callable[[Draws], Array]
    members: Callable[[Problem], Iterable[tuple[int, str]]]


def _as_it_is(name: str) -> Callable[[Draws], Array]:
    return lambda draws: draws[name].reshape(len(draws[name]), -1)


def _pooled(spread: str, z: str) -> Callable[[Draws], Array]:
    return lambda draws: np.exp(draws[spread][:, None] * draws[z])


def _intercepts(draws: Draws) -> Array:
    """Around the solved means, in units of their spread."""
    return np.asarray(laws.intercepts(0.0, 1.0, draws["intercept_z"]))


def _one(_: Problem) -> Iterable[tuple[int, str]]:
    return [(0, "")]


def _latents(problem: Problem) -> Iterable[tuple[int, str]]:
    """Those that some event tells about: the others keep their prior."""
    told = set(problem.readings.latent[problem.readings.unit_indicator].tolist())
    return [(place, problem.structure.latents[place]) for place in sorted(told)]


def _told_directly(problem: Problem) -> Iterable[tuple[int, str]]:
    """Outcomes of whose own log-odds some event tells."""
    drivers, s = len(problem.structure.drivers), problem.structure
    return [(int(s.momentum_outcome[place - drivers]), name) for place, name in _latents(problem) if place >= drivers]


def _indicators(problem: Problem) -> Iterable[tuple[int, str]]:
    """Those with an event."""
    told = set(problem.readings.unit_indicator.tolist())
    return [(place, problem.readings.indicators[place]) for place in sorted(told)]


def _sides(problem: Problem) -> Iterable[tuple[int, str]]:
    return enumerate(problem.readings.sides)


def _coders(problem: Problem) -> Iterable[tuple[int, str]]:
    return enumerate(problem.readings.coders)


def _stages(problem: Problem) -> Iterable[tuple[int, str]]:
    return enumerate(("resolution", *problem.structure.gates))


OFFERED = (
    Offered("spread of volatilities", ("volatility_spread",), _as_it_is("volatility_spread"), _one),
    Offered(
        "volatility of", ("volatility_spread", "volatility_z"), _pooled("volatility_spread", "volatility_z"), _latents
    ),
    Offered("spread of discriminations", ("discrimination_spread",), _as_it_is("discrimination_spread"), _one),
    Offered(
        "discrimination of",
        ("discrimination_spread", "discrimination_z"),
        _pooled("discrimination_spread", "discrimination_z"),
        _indicators,
    ),
    Offered("precision of the best reports", ("best_precision",), _as_it_is("best_precision"), _one),
    Offered("error of the best reports", ("best_error",), _as_it_is("best_error"), _one),
    Offered("lean of", ("lean",), _as_it_is("lean"), _sides),
    Offered("precision of coder", ("coder_precision",), _as_it_is("coder_precision"), _coders),
    Offered("intercept of", ("intercept_z",), _intercepts, _told_directly),
    Offered("pace of", ("log_pace",), _as_it_is("log_pace"), _stages),
)


def quantities(model: Model, problem: Problem, draws: Draws, x: Array, incidence: Array) -> dict[str, Array]:
    """Every quantity by draw: name → (draw,).

    Parameters
    ----------
    model
        For the likelihood.
    problem
        The simulated data.
    draws
        Draws of every parameter, the draw axis first.
    x
        The latents in the last week, shape (draw, latent).
    incidence
        P(resolved as each outcome by the horizon), shape (draw, outcome).
    """
    found = {f"{latent} now": x[:, place] for place, latent in enumerate(problem.structure.latents)}
    found.update(probabilities(problem, incidence))
    for offered in OFFERED:
        if set(offered.parameters) <= draws.keys():
            values = offered.values(draws)
            found.update({name: values[:, place] for place, name in _named(offered, problem)})
    likelihood = model.law.log_likelihood(draws, problem)
    found["joint log-likelihood"] = likelihood["event"].sum(axis=1) + likelihood["open"]
    return found


def probabilities(problem: Problem, incidence: Array) -> dict[str, Array]:
    """Each outcome's chance by the horizon, and that of none."""
    columns = dict(zip(problem.structure.outcomes, incidence.T, strict=True))
    columns["unresolved"] = 1.0 - incidence.sum(axis=1)
    return {f"chance of {outcome}": values for outcome, values in columns.items()}


def _named(offered: Offered, problem: Problem) -> Iterator[tuple[int, str]]:
    for place, label in offered.members(problem):
        yield place, f"{offered.name} {label}".rstrip()
