"""The five problems whose posteriors are frozen, and what is kept of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.evidence.journal import Row
from forecast.model.contract import Draws, Model, load_sampled
from forecast.model.problem import Problem
from tests.model.harbour import EVIDENCE, problem_of, row

Array = NDArray[np.float64]

AS_OF = dt.date(2026, 2, 11)
PERMIT = row("P", 5, "2026-01-28", indicator="permit")
OFFICE = {"source": "Harbour Office", "source_type": "official", "reliability": "C"}
DOCKER = {"source": "A docker", "source_type": "witness", "reliability": "D", "credibility": 4}
WEEKS = ("2026-01-13", "2026-01-20", "2026-01-27", "2026-02-03", "2026-02-09")


def leaning() -> tuple[Row, ...]:
    """A docker says the worst of every strike, whatever the others say of it."""
    others = (2, 1, 3, 2, 1)
    told = [row(f"D{week}", 5, day, event_id=f"E{week}", **DOCKER) for week, day in enumerate(WEEKS)]
    told += [row(f"G{week}", grade, WEEKS[week], event_id=f"E{week}") for week, grade in enumerate(others)]
    told += [row(f"O{week}", 2, WEEKS[week], event_id=f"E{week}", **OFFICE) for week in (1, 3)]
    return (*told, row("L1", 5, "2026-02-03", indicator="layoffs", **DOCKER), row("T1", 2, indicator="tax_income"))


def many_coders() -> tuple[Row, ...]:
    """Four coders on everything, of whom one is always harsher."""
    grades = {"strikes": 4, "tax_income": 2, "debts": 4, "layoffs": 3, "tender": 4}
    habits = {"ann": 0, "bob": 0, "cleo": 1, "dan": -1}
    return tuple(
        row(f"C{place}", min(max(grade + habit, 1), 5), WEEKS[place], indicator=indicator, coder=coder)
        for place, (indicator, grade) in enumerate(grades.items())
        for coder, habit in habits.items()
    )


def resolved() -> Problem:
    """The city got the contract, mostly, a fortnight after the permit."""
    problem = problem_of(*EVIDENCE, PERMIT, as_of=AS_OF)
    return replace(problem, ended=np.array([0.8, 0.2, 0.0])).anchored(np.array([0.3, -0.1, -0.2]), 0.4)


@dataclass(frozen=True)
class Case:
    """A problem under a name, and the model that it is put to."""

    problem: Callable[[], Problem]
    model: str = "latent_drivers"

    @property
    def loaded(self) -> Model:
        """The model from the shelf."""
        return load_sampled(self.model, Path("nowhere"))


CASES: Mapping[str, Case] = {
    "leaning-source": Case(lambda: problem_of(*leaning(), as_of=AS_OF)),
    "many-coders": Case(lambda: problem_of(*many_coders(), as_of=AS_OF)),
    "two-gates": Case(lambda: problem_of(*EVIDENCE, PERMIT, gates=("permit", "hearing"), as_of=AS_OF)),
    "resolved": Case(resolved),
    "drivers-at-rest": Case(lambda: problem_of(*EVIDENCE, as_of=AS_OF), "static"),
}
QUICK = ("leaning-source",)
"""Compared on every run of the tests; it needs nothing compiled that other tests do not need."""


def quantities(draws: Draws, case: Case, problem: Problem) -> dict[str, Array]:
    """What is compared, by name; each of shape (draw,).

    Names along an axis are taken from the problem's own labels, as far as they are in use.
    """
    law: Any = case.loaded.law
    s, r = problem.structure, problem.readings
    paths = law.latents(draws, problem)
    likelihood = law.log_likelihood(draws, problem)
    told = [r.indicators.index(name) for name in ("strikes", "tax_income")]
    volatility = np.exp(draws["volatility_spread"][:, None] * draws["volatility_z"])
    discrimination = np.exp(draws["discrimination_spread"][:, None] * draws["discrimination_z"])
    axes: dict[str, tuple[Array, tuple[str, ...]]] = {
        "now": (paths[:, -1], s.latents),
        "at the opening": (paths[:, problem.calendar.week_of(problem.calendar.opening)], s.drivers),
        "level": (draws["level"], s.drivers),
        "volatility": (volatility, s.drivers),
        "discrimination": (discrimination[:, told], ("strikes", "tax_income")),
        "common error": (draws["common_error"], s.drivers),
        "pace": (draws["log_pace"], ("resolution", *s.gates)),
        "hastening": (draws["hastening"], s.hastening.ids),
        "loading": (draws["loading"], s.loading.ids),
        "lean": (draws["lean"], r.sides),
        "precision of coder": (draws["coder_precision"], r.coders[:2]),
        "severity of coder": (draws["coder_severity"], r.coders[-1:]),
        "": (draws["best_precision"][:, None], ("precision of the best reports",)),
    }
    found = {
        f"{axis} {name}".strip(): values[:, place]
        for axis, (values, names) in axes.items()
        for place, name in enumerate(names)
    }
    return found | {"log likelihood": likelihood["event"].sum(axis=1) + likelihood["open"]}
