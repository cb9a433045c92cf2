"""Simulated worlds as an errand: a compiled model, and what is done with each world, which is known by its number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from forecast.errors import UsageError
from forecast.inference.batch import Batch
from forecast.model.contract import Model, load_sampled, shelf
from forecast.model.problem import Problem
from forecast.provenance import refuse_other_versions, versions
from forecast.recorded import file_of

type Trial[Found] = Callable[[Batch, Model, Problem, int, int], Found]
"""What is done with a world: (compiled model, model, problem, seed, number of the world) → what came of it."""


@dataclass(frozen=True)
class Worlds[Found]:
    """What all worlds share.

    Attributes
    ----------
    model, texts
        The model's name, and its text under that name with those of the models that it builds on.
    problem
        One that is like each world's in all but its data.
    seed
        Of all worlds.
    trial
        What is done with one.
    made_for
        What the numbers depend on.
    """

    model: str
    texts: Mapping[str, str]
    problem: Problem
    seed: int
    trial: Trial[Found]
    made_for: Mapping[str, str]

    @classmethod
    def of(cls, model: Model, problem: Problem, seed: int, trial: Trial[Found]) -> Self:
        """Worlds of a model that has been loaded here."""
        return cls(model.name, model.texts, problem, seed, trial, versions())

    def prepared(self) -> Callable[[int], Found]:
        """Compile the model; what comes back tries the world of a number.

        Raises
        ------
        UsageError
            If the numbers would be others here: the versions are, or a model that the model builds on.
        """
        refuse_other_versions(self.made_for)
        model = load_sampled(str(self._file()), Path.cwd())
        if model.texts != self.texts:
            raise UsageError(f"the model {self.model} builds on another one, which differs from one machine to another")
        return partial(self.trial, Batch(model, self.problem), model, self.problem, self.seed)

    def _file(self) -> Path:
        """The shelf's own file where it is the same."""
        own, text = shelf() / f"{self.model}.py", self.texts[self.model]
        return own if own.is_file() and own.read_text("utf-8") == text else file_of(self.model, text)
