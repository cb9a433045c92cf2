"""Simulated worlds as an errand: a compiled model, and what is done with each world, which is known by its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self

from forecast.inference.batch import Batch
from forecast.installed import installed, refuse_other_installation
from forecast.model.contract import Model, load_sampled
from forecast.model.problem import Problem
from forecast.recorded import file_of

type Trial[Found] = Callable[[Batch, Model, Problem, int, int], Found]
"""What is done with a world: (compiled model, model, problem, seed, number of the world) → what came of it."""


@dataclass(frozen=True)
class Worlds[Found]:
    """What all worlds share.

    Attributes
    ----------
    model
        The model's file; None where it is to be written from its text.
    name, text
        The model's name and text; what it builds on is the shelf's.
    problem
        One that is like each world's in all but its data.
    seed
        Of all worlds.
    trial
        What is done with one.
    made_for
        What the numbers depend on.
    """

    model: Path | None
    name: str
    text: str
    problem: Problem
    seed: int
    trial: Trial[Found]
    made_for: Mapping[str, str]

    @classmethod
    def of(cls, model: Model, problem: Problem, seed: int, trial: Trial[Found]) -> Self:
        """Worlds of a model that has been loaded here."""
        return cls(model.path, model.name, model.texts[model.name], problem, seed, trial, installed())

    def packed(self) -> Self:
        """The same without the model's file."""
        return replace(self, model=None)

    @contextmanager
    def prepared(self) -> Iterator[Callable[[int], Found]]:
        """Compile the model; what is entered tries the world of a number.

        Raises
        ------
        UsageError
            If the numbers could be others here.
        """
        refuse_other_installation(self.made_for)
        path = file_of(self.name, self.text) if self.model is None else self.model
        model = load_sampled(str(path), path.parent)
        yield partial(self.trial, Batch(model, self.problem), model, self.problem, self.seed)
