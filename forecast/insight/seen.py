"""A model with drivers that somebody has looked at: any other model, and a tight look at a driver in the as-of week.

    log p  +=  -1/2 ((x[T, d] - value) / width)^2

It is a model file like those of the shelf, for it is loaded by its path where a fresh process samples; the problem
names the model that it stands on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model.contract import Draws, Law, Model, load_sampled
from forecast.model.futures import Act, Future
from forecast.model.priors import Priors
from forecast.model.problem import Arrays, Problem
from forecast.model.worlds import World

LOOKS = ("seen_places", "seen_values", "seen_widths")


@dataclass(frozen=True)
class SeenProblem(Problem):
    """A problem in which drivers have been looked at.

    Attributes
    ----------
    base
        Path of the model that it is a problem of.
    seen
        (place on the latent axis, value), one a look.
    width
        Standard deviation of a look, in standard units.
    """

    base: str = ""
    seen: tuple[tuple[int, float], ...] = ()
    width: float = 1.0


def looked_at(
    model: Model, problem: Problem, seen: tuple[tuple[int, float], ...], width: float
) -> tuple[Model, Problem]:
    """The model and problem in which these drivers have been looked at."""
    import sys

    own = {field.name: getattr(problem, field.name) for field in fields(Problem)}
    law: Any = sys.modules[__name__]
    return Model("seen", Path(__file__), model.texts, law), SeenProblem(
        **own, base=str(model.path), seen=seen, width=width
    )


@cache
def _law(path: str) -> Law:
    return load_sampled(path, Path.cwd()).law


def data(problem: SeenProblem) -> Arrays:
    """The arrays of the model that it stands on, and the looks."""
    places = np.zeros((len(problem.seen), len(problem.structure.latents)))
    for row, (latent, _) in enumerate(problem.seen):
        places[row, latent] = 1.0
    values = np.array([value for _, value in problem.seen])
    looks = {"seen_places": places, "seen_values": values, "seen_widths": np.full(len(values), problem.width)}
    return {**_law(problem.base).data(problem), **looks}


def build(problem: SeenProblem) -> Any:
    """The PyMC model with the looks as a potential."""
    import pymc as pm
    import pytensor.tensor as pt

    arrays = data(problem)
    with _law(problem.base).build(problem) as model:
        places, values, widths = (pm.Data(name, arrays[name]) for name in LOOKS)
        off = pt.dot(places, model["x"][-1]) - values
        pm.Potential("seen", -0.5 * pt.sum((off / widths) ** 2))
    return model


def priors(problem: SeenProblem) -> Priors:
    """Those of the model that it stands on."""
    return _law(problem.base).priors(problem)


def coordinates(problem: SeenProblem) -> dict[str, list[str]]:
    """Those of the model that it stands on."""
    return _law(problem.base).coordinates(problem)


def latents(draws: Draws, problem: SeenProblem) -> NDArray[Any]:
    """Those of the model that it stands on."""
    return _law(problem.base).latents(draws, problem)


def opening_draws(problem: SeenProblem, rng: Generator, draws: int) -> Draws:
    """Those of the model that it stands on."""
    return _law(problem.base).opening_draws(problem, rng, draws)


def futures(draws: Draws, problem: SeenProblem, paths: int, *, do: Act | None = None) -> Iterator[Future]:
    """Those of the model that it stands on."""
    return _law(problem.base).futures(draws, problem, paths, do=do)


def simulate(problem: SeenProblem, rng: Generator) -> World:
    """A world of the model that it stands on."""
    return _law(problem.base).simulate(problem, rng)


def log_likelihood(draws: Draws, problem: SeenProblem) -> Draws:
    """That of the evidence alone."""
    return _law(problem.base).log_likelihood(draws, problem)


def project(draws: Draws, problem: SeenProblem, paths: int = 32, do: Act | None = None) -> NDArray[Any]:
    """That of the model that it stands on."""
    return _law(problem.base).project(draws, problem, paths, do)
