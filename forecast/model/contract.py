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
from forecast.model.futures import Act, Future
from forecast.model.priors import Draws, Priors
from forecast.model.problem import Arrays, Problem
from forecast.model.worlds import World

__all__ = ["Draws", "ExactLaw", "ExactModel", "Future", "Law", "Model", "Priors", "Problem", "World", "load_model"]

NEEDED = (
    "priors", "opening_draws", "coordinates", "data", "build", "latents", "log_likelihood", "futures", "project",
    "simulate",
)  # fmt: skip


class Law(Protocol):
    """The functions of a model file; see `models/latent_drivers.py` for what each promises."""

    def priors(self, problem: Problem) -> Priors:
        """Every parameter's prior and dimensions."""

    def opening_draws(self, problem: Problem, rng: Generator, draws: int) -> Draws:
        """Draws of every parameter before any evidence of the case, base rates in."""

    def coordinates(self, problem: Problem) -> dict[str, list[str]]:
        """Labels along every dimension of the priors, and along `past_week` and `latent`, those of `x`."""

    def data(self, problem: Problem) -> Arrays:
        """The arrays that the PyMC model knows by these names, and all that it knows of the problem but priors."""

    def build(self, problem: Problem) -> Any:
        """The PyMC model, with the latents by week as the quantity `x`, shape (week, latent)."""

    def latents(self, draws: Draws, problem: Problem) -> NDArray[Any]:
        """The drivers and the outcomes' momenta by week; shape (draw, week, latent)."""

    def futures(self, draws: Draws, problem: Problem, paths: int, *, do: Act | None = None) -> Iterator[Future]:
        """The weeks to the horizon, along `paths` futures a draw; `do` acts on the drivers in each week."""

    def simulate(self, problem: Problem, rng: Generator) -> World:
        """A world from the prior: parameters, evidence and outcome."""

    def log_likelihood(self, draws: Draws, problem: Problem) -> Draws:
        """Log-likelihood of each event, shape (draw, event), and of the question being still open, shape (draw,)."""

    def project(self, draws: Draws, problem: Problem, paths: int = 32, do: Act | None = None) -> NDArray[Any]:
        """Cumulative incidence, shape (draw, week, outcome); `do` acts on the drivers in each week."""


class ExactLaw(Protocol):
    """What a model offers that has nothing to sample: no drivers, and so nothing for the commands that ask for them."""

    def incidence(self, problem: Problem) -> NDArray[Any]:
        """Cumulative incidence, shape (draw, week, outcome), draws that hang together side by side (one will do).

        Raises
        ------
        UnfitError
            If the problem lacks what the model needs; the message says what.
        """


@dataclass(frozen=True)
class _File:
    """A model file that has been loaded.

    Attributes
    ----------
    name
        Its bare name.
    path
        Where it was read from.
    texts
        The file's source under its name, and that of each model it builds on under `shelf/NAME`, for a run's record.
    """

    name: str
    path: Path
    texts: dict[str, str]


@dataclass(frozen=True)
class Model(_File):
    """A model with latents, whose posterior is sampled."""

    law: Law


@dataclass(frozen=True)
class ExactModel(_File):
    """A model without latents, which is solved."""

    law: ExactLaw


def load_model(name: str, workspace: Path) -> Model | ExactModel:
    """Load a model by its bare name, or by a path that ends in `.py`.

    A file that defines `incidence` is an exact model, any other one is sampled.

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
    texts = {path.stem: path.read_text(encoding="utf-8"), **_built_on(path, law)}
    if hasattr(law, "incidence"):
        return ExactModel(path.stem, path, texts, cast(ExactLaw, law))
    missing = [function for function in NEEDED if not hasattr(law, function)]
    if missing:
        raise UsageError(f"--model {path}: the file lacks {', '.join(missing)}: a model file must define them")
    return Model(path.stem, path, texts, cast(Law, law))


def _built_on(path: Path, law: ModuleType) -> dict[str, str]:
    """The texts of the models of the shelf that a file builds on, and of those that they build on."""
    texts: dict[str, str] = {}
    while isinstance(base := getattr(law, "BUILDS_ON", None), str) and f"shelf/{base}" not in texts:
        file = shelf() / f"{base}.py"
        if not os.path.isfile(file):
            raise UsageError(f"--model {path}: it builds on '{base}', which is no model of the shelf")
        texts[f"shelf/{base}"], law = file.read_text(encoding="utf-8"), _execute(file)
    return texts


def load_sampled(name: str, workspace: Path) -> Model:
    """Load a model that has latents.

    Raises
    ------
    UsageError
        As `load_model` does, and if the model has none.
    InputError
        If the file is not Python.
    """
    model = load_model(name, workspace)
    if isinstance(model, ExactModel):
        raise UsageError(f"--model {name}: this model has no drivers, and the command is about them")
    return model


def shelf_law(name: str) -> Law:
    """The functions of a model of the shelf, for one that builds on them and says so in `BUILDS_ON`."""
    return cast(Law, _execute(shelf() / f"{name}.py"))


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
