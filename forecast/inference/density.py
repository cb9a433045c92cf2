"""The log density of a model's problem and its gradient, compiled and callable without Python.

What is compiled knows neither a number nor a size of a problem: the problem's arrays, and the shapes of its parameters,
are handed over with every call. So it is compiled once, and serves one week, and one case, after another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import chain
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.evidence.lock import locked
from forecast.inference import code, compiling
from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem

Array = NDArray[np.float64]

COMPILERS = ("numba", "llvmlite", "numpy", "pytensor", "pymc")
"""Packages whose versions decide what is compiled."""

PATIENCE = 3600.0
"""Seconds to wait for another process that compiles the same."""

_loaded: dict[str, code.Code] = {}
"""What this process has loaded."""


@dataclass(frozen=True)
class Parameter:
    """A parameter's place in the vector that is sampled, and how it is brought back to its own scale."""

    name: str
    shape: tuple[int, ...]
    place: slice
    natural: Callable[[Array], Array]


@dataclass(frozen=True)
class Density:
    """The log density of one problem's parameters, on the scale on which they are without bounds.

    Attributes
    ----------
    parameters
        In the order of the vector.
    middle
        Where chains start, before jitter; shape (parameter,).
    variances
        What the priors say of the parameters' variances, from which the metric starts; shape (parameter,).
    compiled
        (vector, *data) → log density, shape (), and gradient, shape (parameter,); for numba.
    data
        The problem's arrays, as the compiled function takes them.
    names
        The name of each of them.
    transition
        One step of the sampler, compiled for densities of this signature.
    """

    parameters: tuple[Parameter, ...]
    middle: Array
    variances: Array
    compiled: Any
    data: tuple[NDArray[Any], ...]
    names: tuple[str, ...]
    transition: Any

    def __call__(self, point: Array) -> tuple[float, Array]:
        """Log density and gradient at a point, shape (parameter,)."""
        value, slope = self.compiled(point, *self.data)
        return float(value), slope

    def at(self, model: Model, problem: Problem) -> Density:
        """The same density with the numbers of another problem of the model.

        Raises
        ------
        ValueError
            If the problem has other arrays than the one that was compiled for: one that is resolved, say.
        """
        numbers = compiling.numbers(model, problem)
        if numbers.keys() != set(self.names):
            raise ValueError("a problem with other arrays needs a model compiled for it")
        laid_out = (np.array(numbers[name], order="C") for name in self.names)
        parameters, (middle, variances) = tuple(_parameters(model, problem)), _starts(model, problem)
        return replace(self, parameters=parameters, middle=middle, variances=variances, data=tuple(laid_out))

    def natural(self, points: Array) -> Draws:
        """Every parameter on its own scale: (draw, parameter) → name → (draw, *shape)."""
        return {
            parameter.name: parameter.natural(points[:, parameter.place].reshape(len(points), *parameter.shape))
            for parameter in self.parameters
        }


def density_of(model: Model, problem: Problem) -> Density:
    """The density of a model's problem: its code as this process has loaded it, as it was kept, or compiled now.

    A process that has compiled a function runs it with the pieces that lay around, one that loads it as a whole; both
    are right, but they differ in the last bits, which a sampler turns into other draws. So it is compiled in another
    process, what runs has always been loaded, and the same seed gives the same draws with a cold cache and a warm one.

    Raises
    ------
    OSError
        If compiled code cannot be kept, or no process can be started.
    StoreError
        If no lock can be had where it is kept.
    """
    key = made_from(model, problem)
    if key not in _loaded:
        _loaded[key] = code.load(key) or _compiled(model, problem, key)
    found, parameters = _loaded[key], tuple(_parameters(model, problem))
    density = Density(parameters, *_starts(model, problem), found.density, (), found.names, found.transition)
    return density.at(model, problem)


def is_compiled(model: Model, problem: Problem) -> bool:
    """Whether a model's density for such problems is at hand, or will have to be compiled."""
    key = made_from(model, problem)
    return key in _loaded or code.is_kept(key)


def _compiled(model: Model, problem: Problem, key: str) -> code.Code:
    """Compile, unless another process is at it: then what that one makes is waited for."""
    code.folder().mkdir(parents=True, exist_ok=True)
    with locked(code.folder() / f"compiling-{key[:16]}", PATIENCE):
        found = code.load(key)
        if found is None:
            compiling.compile_elsewhere(model, problem, key)
            found = code.load(key)
    if found is None:
        raise OSError(None, "what was written could not be read", str(code.folder()))
    return found


def made_from(model: Model, problem: Problem) -> str:
    """A digest of all that decides the compiled code: texts of model and sampler, kinds of data, compilers."""
    package = Path(__file__).parents[1]
    own = ("inference/compiling.py", "inference/trajectory.py")
    sources = [*sorted(package.glob("model/*.py")), *(package / name for name in own)]
    told = {name: [str(array.dtype), array.ndim] for name, array in sorted(compiling.numbers(model, problem).items())}
    decides = {
        "model": model.texts,
        "sources": [source.read_text("utf-8") for source in sources],
        "parameters": {name: len(prior.shape) for name, (prior, _) in model.law.priors(problem).items()},
        "data": told,
        "versions": {name: version(name) for name in COMPILERS},
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def _parameters(model: Model, problem: Problem) -> Iterator[Parameter]:
    """The parameters in the order of the vector, which is that of the priors."""
    begins = 0
    for name, (prior, _) in model.law.priors(problem).items():
        place = slice(begins, begins + prod(prior.shape))
        yield Parameter(name, prior.shape, place, prior.natural)
        begins = place.stop


def _starts(model: Model, problem: Problem) -> tuple[Array, Array]:
    """The middle and the variance of every parameter's prior, in the order of the vector."""
    priors = [prior for prior, _ in model.law.priors(problem).values()]
    middle = chain.from_iterable(np.ravel(prior.middle()) for prior in priors)
    variances = chain.from_iterable(np.ravel(prior.variance()) for prior in priors)
    return np.fromiter(middle, dtype=float), np.fromiter(variances, dtype=float)
