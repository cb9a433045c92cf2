"""Compile a model's density with PyTensor and the sampler's step with numba, in a process that does nothing else."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from itertools import chain
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.inference import code
from forecast.model.contract import Model, load_sampled
from forecast.model.problem import Problem

PINNED = {"floatX": "float64", "mode": "NUMBA", "numba__fastmath": True, "numba__cache": True}
"""How the model is compiled, whatever a user's settings of PyTensor or other packages say: the numbers hang on it."""

EFFORT = "1"
"""How hard LLVM tries, of 3: the density then runs as fast as after the third, and is compiled in a fifth less time."""

UNCHECKED = ("local_remove_check_parameter", "local_remove_all_assert")
"""What is left out: checks of parameters (no bounded one can leave its bounds) and of shapes (they are the model's)."""

PIECES = "pieces"
"""The folder, beside the compiled code, in which PyTensor keeps the pieces that it is made of."""

PATIENCE = 3.0
"""Seconds that the compiling process is given to end."""


SHAPES = "shapes"
"""The name under which the density is told the shapes of its parameters, one after another."""


def numbers(model: Model, problem: Problem) -> dict[str, NDArray[Any]]:
    """All that the compiled density is told: the problem's arrays, and shapes and numbers of the priors."""
    told: dict[str, NDArray[Any]] = dict(model.law.data(problem))
    priors = model.law.priors(problem)
    for name, (prior, _) in priors.items():
        told |= {f"{name}_{number}": value for number, value in prior.numbers().items()}
    lengths = chain.from_iterable(prior.shape for prior, _ in priors.values())
    return told | {SHAPES: np.fromiter(lengths, dtype=np.int64)}


def compile_elsewhere(model: Model, problem: Problem, key: str) -> None:
    """Compile in a fresh process, and keep the code under a key.

    Raises
    ------
    OSError
        If it cannot be kept, or no process can be started.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    child = context.Process(target=_serve, args=(there,))
    child.start()
    there.close()
    try:
        here.send((str(model.path), problem, key))  # not as arguments: to a process that died at once they never end
        error = here.recv()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        child.join()
        hint = "a script that samples must do so under 'if __name__ == \"__main__\":'"
        raise RuntimeError(f"the compiling process ended with exit code {child.exitcode}; {hint}") from None
    except BaseException:
        child.terminate()
        child.join(PATIENCE)
        child.kill()  # a compiler hears nothing before it is done
        raise
    finally:
        child.join()
    if error is not None:
        raise error


def _serve(connection: Any) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):  # the process that waits for this one says so
        path, problem, key = connection.recv()
        try:
            _compile(load_sampled(path, Path.cwd()), problem, key)
        except Exception as error:  # whatever it is, the process that waits says it
            connection.send(error)
        else:
            connection.send(None)


def _compile(model: Model, problem: Problem, key: str) -> None:
    code.folder().mkdir(parents=True, exist_ok=True)
    _settle(code.folder() / PIECES)
    import pytensor
    import pytensor.tensor as pt
    from pymc.pytensorf import rewrite_pregrad
    from pytensor.compile.mode import get_mode
    from pytensor.graph.replace import clone_replace
    from pytensor.link.numba.dispatch.basic import numba_funcify, numba_njit

    told = numbers(model, problem)
    with pytensor.config.change_flags(**PINNED), model.law.build(problem) as pymc_model:
        values = pymc_model.continuous_value_vars
        log_density = rewrite_pregrad(pymc_model.logp())
        slopes = pytensor.grad(log_density, values, disconnected_inputs="ignore")
        outputs = [log_density, pt.join(0, *(slope.ravel() for slope in slopes))]
        vector, shapes = pt.vector("point", dtype="float64"), pytensor.shared(told[SHAPES], name=SHAPES)
        in_the_vector = clone_replace(outputs, dict(zip(values, _parts(vector, shapes, values), strict=True)))
        graph = pytensor.function([vector], in_the_vector, mode=get_mode(None).including(*UNCHECKED)).maker.fgraph
        # PyTensor's own function wraps the whole in a second one, which takes a third of the time to compile.
        density = numba_njit(numba_funcify(graph).py_func, final_function=True)
    if [variable.name.removesuffix("_log__") for variable in values] != list(model.law.priors(problem)):
        raise RuntimeError("PyMC does not keep the parameters in the order of the priors")
    names = [variable.name for variable in graph.inputs[1:]]
    data = tuple(np.array(told[name], order="C") for name in names)
    point = np.concatenate([np.ravel(prior.middle()) for prior, _ in model.law.priors(problem).values()])
    density(point, *data)  # what is called is compiled
    code.keep(key, density, names, compiled_transition(density, point, data))


def _parts(vector: Any, shapes: Any, values: Sequence[Any]) -> Iterator[Any]:
    """The parameters in a vector of all, each of the shape that is told: the code itself knows no size."""
    begins, told = 0, 0
    for value in values:
        shape = [shapes[told + axis] for axis in range(value.ndim)]
        size = prod(shape) if shape else 1
        yield vector[begins : begins + size].reshape(shape) if shape else vector[begins]
        begins, told = begins + size, told + value.ndim


def _settle(folder: Path) -> None:
    """Say how the compilers work, before they are loaded: PyTensor would take pieces that were compiled otherwise."""
    flags = os.environ.get("PYTENSOR_FLAGS", "")
    os.environ["PYTENSOR_FLAGS"] = ",".join([*filter(None, [flags]), f"base_compiledir={folder}"])  # the last one holds
    os.environ["NUMBA_OPT"] = EFFORT


def compiled_transition(density: Any, point: NDArray[np.float64], data: tuple[NDArray[Any], ...]) -> Any:
    """One step of the sampler, compiled for densities of this signature.

    The density is called by its address: the step does not hold it, and serves every density that takes the same data.
    """
    import numba
    from numba import njit, types

    from forecast.inference.trajectory import transition

    (called,) = density.nopython_signatures
    kind: Any = numba.typeof
    vector = kind(point)
    wanted = (
        types.FunctionType(called),
        kind(data),
        kind(np.random.default_rng()),
        vector,
        types.float64,
        vector,
        vector,
        types.float64,
        types.int64,
    )
    step = njit(nogil=True)(transition)
    step.compile(wanted)
    step.disable_compile()
    return step
