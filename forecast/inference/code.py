"""Compiled code kept whole from one process to the next, so that a refresh need not wait for a compiler.

PyTensor and numba keep the pieces that they compile; to find them again the model's graph, its gradient and its
rewritten form must be built anew, which takes longer than to sample. Here the finished machine code is kept under what
it was made from, and whoever finds it needs no compiler: neither PyMC nor PyTensor is loaded.

The files are numba's own cache files, and as private as those: they hold code that runs.
"""

from __future__ import annotations

import builtins
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

PLACE = "FORECAST_CACHE"
"""The environment variable that names a folder for compiled code."""

Content = tuple[Any, ...]
"""What numba keeps of a compiled function: machine code and what is known of its arguments."""


@dataclass(frozen=True)
class Code:
    """What a sampler runs.

    Attributes
    ----------
    density
        (point, *data) → log density and gradient, by numba.
    names
        The names of the data, in their order.
    transition
        One step of the sampler, for a density of this signature.
    """

    density: Any
    names: tuple[str, ...]
    transition: Any


def folder() -> Path:
    """Where compiled code is kept: what `FORECAST_CACHE` names, or a folder of the user's caches."""
    if named := os.environ.get(PLACE):
        return Path(named)
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache") / "possibilities"


def load(key: str) -> Code | None:
    """What was kept under a key; None where nothing was, or no longer can be read."""
    from forecast.inference.trajectory import transition

    try:
        kept = _file(key).load(_machine())
    except Exception:
        return None  # whatever has become of the file, it is made again
    if kept is None:
        return None
    density, names, step = kept
    return Code(_restored(_taking(len(names) + 1), density), names, _restored(transition, step))


def is_kept(key: str) -> bool:
    """Whether something lies under a key; whether it can be read, `load` tells."""
    return (folder() / f"{_name(key)}.nbi").is_file()


def keep(key: str, density: Any, names: Sequence[str], transition: Any) -> None:
    """Keep what was compiled, all at once.

    Parameters
    ----------
    key
        A digest of what the code was made from.
    density, transition
        As numba compiled them just now.
    names
        The names of the density's data.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    _file(key).save(_machine(), (_detached(_content(density)), tuple(names), _content(transition)))


def _content(function: Any) -> Content:
    (compiled,) = function.overloads.values()
    if compiled.library.has_dynamic_globals:
        raise RuntimeError(f"{function.__name__} holds addresses of this process and cannot be kept")
    return tuple(compiled._reduce())  # noqa: SLF001 - numba has no public road to what it keeps


def _restored(function: Any, content: Content) -> Any:
    """A function that runs what was kept of it; it can be called from Python and, by its address, by compiled code."""
    from numba import njit
    from numba.core.compiler import CompileResult
    from numba.core.registry import cpu_target

    cpu_target.target_context.refresh()
    compiled = CompileResult._rebuild(cpu_target.target_context, *content)  # noqa: SLF001
    restored = njit(function)
    restored.add_overload(compiled)
    restored.disable_compile()
    # There is only this one; to look it up, numba would hash ninety types at every step of the sampler.
    restored.get_compile_result = lambda _: compiled
    return restored


def _detached(content: Content) -> Content:
    """The same without the modules in which its pieces were written: to load it would load them, and so a compiler."""
    library, described, environment, *middle, referenced = content
    return library, described, _homeless(environment), *middle, tuple(map(_homeless, referenced))


def _homeless(environment: Any) -> Any:
    from numba.core.environment import Environment

    homeless = Environment(vars(builtins))
    homeless.consts[:] = environment.consts
    homeless.env_name = environment.env_name
    return homeless


def _taking(count: int) -> Any:
    """A function of so many arguments, for where a density's source would stand: only compiled code is ever called."""

    def density(*_told: Any) -> None:
        """Numba asks for its signature."""

    kind = Parameter.POSITIONAL_OR_KEYWORD
    density.__signature__ = Signature([Parameter(f"told_{place}", kind) for place in range(count)])  # type: ignore[attr-defined]
    return density


def _file(key: str) -> Any:
    from numba.core.caching import IndexDataCacheFile

    return IndexDataCacheFile(str(folder()), _name(key), key)


def _name(key: str) -> str:
    return f"density-{key[:16]}"


def _machine() -> tuple[Any, ...]:
    """What code runs on: it is of no use on another kind of processor, or to another Python."""
    return (platform.python_version(), *_codegen().magic_tuple())


def _codegen() -> Any:
    from numba.core.registry import cpu_target

    return cpu_target.target_context.codegen()
