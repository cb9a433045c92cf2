"""What a model file offers, and how one is found: by name in the workspace's `models/`, else on the shelf."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

from numpy.random import Generator
from numpy.typing import NDArray

from forecast.errors import InputError, UsageError
from forecast.model.futures import Future
from forecast.model.priors import Draws, Priors
from forecast.model.problem import Problem
from forecast.model.worlds import World

__all__ = ["Draws", "Future", "Law", "Model", "Priors", "Problem", "World", "load_model"]

NEEDED = ("priors", "build", "futures", "simulate", "log_likelihood", "project")


class Law(Protocol):
    """The functions of a model file; see `models/latent_drivers.py` for what each promises."""

    def priors(self, problem: Problem) -> Priors:
        """Every parameter's prior and dimensions."""

    def build(self, problem: Problem) -> Any:
        """The PyMC model, with the latents by week as the quantity `x`, shape (week, latent)."""

    def futures(self, draws: Draws, problem: Problem, paths: int) -> Iterator[Future]:
        """The weeks to the horizon, along `paths` futures a draw."""

    def simulate(self, problem: Problem, rng: Generator) -> World:
        """A world from the prior: parameters, evidence and outcome."""

    def log_likelihood(self, draws: Draws, problem: Problem) -> Draws:
        """Log-likelihood of each event, shape (draw, event), and of the question being still open, shape (draw,)."""

    def project(self, draws: Draws, problem: Problem, paths: int = 32) -> NDArray[Any]:
        """Cumulative incidence, shape (draw, week, outcome)."""


@dataclass(frozen=True)
class Model:
    """A model file that has been loaded.

    Attributes
    ----------
    name
        Its bare name.
    path
        Where it was read from.
    text
        Its source, which goes into a run's record.
    law
        Its functions.
    """

    name: str
    path: Path
    text: str
    law: Law


def load_model(name: str, workspace: Path) -> Model:
    """Load a model by its bare name, or by a path that ends in `.py`.

    Raises
    ------
    UsageError
        If there is no such model, or the file does not offer what a model must.
    InputError
        If the file is not Python.
    """
    path = Path(name) if name.endswith(".py") else _find(name, workspace)
    if not os.path.isfile(path):
        raise UsageError(f"--model {name}: there is no such file")
    law = _execute(path)
    missing = [function for function in NEEDED if not hasattr(law, function)]
    if missing:
        raise UsageError(f"--model {path}: the file lacks {', '.join(missing)}: a model file must define them")
    return Model(path.stem, path, path.read_text(encoding="utf-8"), cast(Law, law))


def shelf() -> Path:
    """The folder of the models that ship: inside the wheel, or `models/` of the checkout."""
    package = Path(__file__).resolve().parent.parent
    bundled = package / "_shelf"
    return bundled if bundled.is_dir() else package.parent / "models"


def _find(name: str, workspace: Path) -> Path:
    for folder in (workspace / "models", shelf()):
        path = folder / f"{name}.py"
        if os.path.isfile(path):  # False, too, for a name that no file system knows
            return path
    names = sorted({path.stem for folder in (workspace / "models", shelf()) for path in folder.glob("*.py")})
    near = get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    raise UsageError(f"--model {name}: no such model: {hint}")


def _execute(path: Path) -> ModuleType:
    """Run a model file under a private name: a user's own package called `models` is never in the way."""
    name = f"_forecast_model_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"--model {path}: this is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise InputError.at(path, error.lineno, f"this is not Python ({error.msg})", "mend the model file") from None
    except (Exception, SystemExit) as error:
        where = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        what = f"it cannot be loaded ({type(error).__name__}: {' '.join(str(error).split())})"
        raise InputError.at(path, where[-1] if where else None, what, "mend the model file") from None
    return module
