"""The kinds of question that come again: what a template says before anybody says what is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

import forecast.case
from forecast.case.assumptions import Strength
from forecast.case.blocks import Block, Id, Positive, Probability, Text
from forecast.case.phrases import instead_of, quoted
from forecast.case.plain_yaml import read_yaml
from forecast.case.schema import Driver, Indicator, Outcome
from forecast.case.shape import shaped
from forecast.errors import InputError, Problem, UsageError

FOLDER = Path(next(iter(forecast.case.__path__))) / "templates"


class UsualOutcome(Outcome):
    """An outcome that such a question usually has, its test, and its share before anything is known."""

    test: Text
    share: Probability
    end: Text | None = None


class UsualOther(Block):
    """What `other` chiefly is in such a question."""

    label: Text
    description: Text
    share: Probability
    end: Text | None = None


class UsualDriver(Driver):
    """A driver, how it tilts outcomes, and how far it hurries: a strength, or log pace per standard unit."""

    half_life: Positive
    tilts: dict[Id, Strength] = {}
    hastens: Strength | Annotated[float, Field(ge=-3, le=3)] = "0"
    reason: Text


class OutcomeIndicator(Indicator):
    """An indicator of each outcome, and the grade of it that rules the outcome out, if one does."""

    rules_out: Literal[1, 5] | None = None


class Template(Block):
    """One kind of question; `outcome_indicators` are written once for every outcome, with its label.

    Where something is due, the `due_weeks` before that day have `due_factor` times the usual pace.
    """

    title: Text
    fits: Text
    counts: Text
    weeks: int = Field(ge=1, le=520)
    resolved: Probability
    resolved_reason: Text
    shares_reason: Text
    episodes: bool = False
    due_weeks: Positive = 2.0
    due_factor: Annotated[float, Field(ge=1, le=500)] = 15.0
    outcomes: list[UsualOutcome]
    other: UsualOther
    drivers: list[UsualDriver]
    indicators: list[Indicator]
    outcome_indicators: list[OutcomeIndicator]


def template_names() -> tuple[str, ...]:
    """The templates, by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def read_template(name: str) -> Template:
    """One template.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    if name not in template_names():
        remedy = instead_of(name, template_names(), "see forecast init --list")
        raise UsageError(f"there is no template {quoted(name)}: {remedy}")
    problems: list[Problem] = []
    template = shaped(read_yaml(FOLDER / f"{name}.yaml"), Template, problems)
    if template is None:
        raise InputError(problems)
    return template
