"""The log density of a PyMC model and its gradient, compiled once by PyTensor for numba and callable without Python.

What is compiled knows the sizes of parameters and no number of a problem: the problem's arrays are handed over with
every call. So it is kept from week to week and serves one problem after another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.model.contract import Draws, Model
from forecast.model.problem import Problem

Array = NDArray[np.float64]

PINNED = {"floatX": "float64", "mode": "NUMBA", "numba__fastmath": True}
"""How the model is compiled, whatever a user's settings of PyTensor or other packages say: the numbers hang on it."""


_compiled: dict[tuple[Any, ...], Density] = {}
"""What this process has compiled or loaded."""


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
    compiled
        (vector, *data) → log density, shape (), and gradient, shape (parameter,); for numba.
    data
        The problem's arrays, as the compiled function takes them.
    names
        The name of each of them.
    """

    parameters: tuple[Parameter, ...]
    middle: Array
    compiled: Any
    data: tuple[NDArray[Any], ...]
    names: tuple[str, ...]

    def __call__(self, point: Array) -> tuple[float, Array]:
        """Log density and gradient at a point, shape (parameter,)."""
        value, slope = self.compiled(point, *self.data)
        return float(value), slope

    def at(self, model: Model, problem: Problem) -> Density:
        """The same density with the numbers of another problem of the model.

        Raises
        ------
        ValueError
            If the problem's parameters are of other sizes than what was compiled.
        """
        if _shapes(model, problem) != {parameter.name: parameter.shape for parameter in self.parameters}:
            raise ValueError("a problem of other sizes needs a model compiled for it")
        numbers = _numbers(model, problem)
        return replace(self, data=tuple(_laid_out(numbers[name]) for name in self.names))

    def natural(self, points: Array) -> Draws:
        """Every parameter on its own scale: (draw, parameter) → name → (draw, *shape)."""
        return {
            parameter.name: parameter.natural(points[:, parameter.place].reshape(len(points), *parameter.shape))
            for parameter in self.parameters
        }


def compile_density(model: Model, problem: Problem) -> Density:
    """The density of a model's problem; a process compiles it once, or loads what was compiled before."""
    told = tuple(model.law.data(problem))
    key = (tuple(model.texts.items()), tuple(sorted(_shapes(model, problem).items())), told)
    if key not in _compiled:
        _compiled[key] = _compile(model, problem)
    return _compiled[key].at(model, problem)


def _compile(model: Model, problem: Problem) -> Density:
    import pytensor
    import pytensor.tensor as pt
    from pymc.pytensorf import join_nonshared_inputs, rewrite_pregrad

    with pinned(), model.law.build(problem) as pymc_model:
        values, middle = pymc_model.continuous_value_vars, pymc_model.initial_point()
        log_density = rewrite_pregrad(pymc_model.logp())
        slopes = pytensor.grad(log_density, values, disconnected_inputs="ignore")
        outputs = [log_density, pt.join(0, *(slope.ravel() for slope in slopes))]
        outputs, vector = join_nonshared_inputs(middle, outputs, values, make_inputs_shared=False)
        function = pytensor.function([vector], outputs)
    names = tuple(variable.name for variable in function.maker.fgraph.inputs[1:])
    numbers = _numbers(model, problem)
    density = Density(
        parameters=_parameters(_shapes(model, problem), [variable.name for variable in values]),
        middle=np.concatenate([np.ravel(middle[variable.name]) for variable in values]),
        compiled=function.vm.jit_fn,
        data=tuple(_laid_out(numbers[name]) for name in names),
        names=names,
    )
    density(density.middle)  # what is called is compiled
    return density


def pinned() -> Any:
    """A context in which PyTensor is set up as everywhere here, whatever a user's own settings say."""
    import pytensor

    return pytensor.config.change_flags(**PINNED)


def cached_functions() -> int:
    """How many compiled functions the cache on disk holds."""
    import pytensor

    return sum(1 for _ in Path(pytensor.config.base_compiledir).rglob("*.nbc"))


def _shapes(model: Model, problem: Problem) -> dict[str, tuple[int, ...]]:
    return {name: prior.shape for name, (prior, _) in model.law.priors(problem).items()}


def _numbers(model: Model, problem: Problem) -> dict[str, NDArray[Any]]:
    """All that the compiled density is told: the problem's arrays and the numbers of the priors."""
    told: dict[str, NDArray[Any]] = dict(model.law.data(problem))
    for name, (prior, _) in model.law.priors(problem).items():
        told |= {f"{name}_{number}": value for number, value in prior.numbers().items()}
    return told


def _parameters(shapes: Mapping[str, tuple[int, ...]], names: list[str]) -> tuple[Parameter, ...]:
    """The parameters in the order of the vector; PyMC adds to the name of one that it transforms."""
    found, begins = [], 0
    for name in names:
        own = name if name in shapes else name.removesuffix("_log__")
        place = slice(begins, begins + prod(shapes[own]))
        found.append(Parameter(own, shapes[own], place, np.asarray if own == name else np.exp))
        begins = place.stop
    return tuple(found)


def _laid_out(array: NDArray[Any]) -> NDArray[Any]:
    """As the compiled function takes it: one memory layout."""
    return np.array(array, order="C")
