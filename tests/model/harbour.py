"""The harbour with everything a model can hold: gates, hastenings, a momentum, indicators of both polarities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import strategies as st

from forecast.case.reading import read_case
from forecast.case.schema import Case, RuledOutBy
from forecast.evidence.journal import Row, View, view
from forecast.model.contract import Model, load_model
from forecast.model.priors import Draws, draw_all
from forecast.model.problem import Problem, build_problem
from forecast.model.readings import Origin, Unit
from tests.small_case import assumption, indicator, write_case

OPENING, HORIZON = dt.date(2026, 1, 12), dt.date(2026, 6, 28)

CODEBOOK = {
    "indicators": [
        indicator("tax_income", driver="budget"),
        indicator("debts", driver="budget", polarity="negative", usual_grade=4),
        indicator("strikes", driver="unions", usual_grade=2, align={"dockers": 1, "council": -1}),
        indicator("layoffs", driver="unions", polarity="negative", align={"dockers": 1}),
        indicator("tender", outcome="private"),
        indicator("permit", driver="budget"),
    ]
}
PERMIT = {
    "id": "permit",
    "label": "The permit",
    "reason": "No contract without one.",
    "source": "Harbour law",
    "opened_by": {"indicator": "permit", "grade": 4},
}
HEARING = {**PERMIT, "id": "hearing", "label": "The hearing", "opened_by": {"indicator": "tender", "grade": 5}}

SHARES = {"city": 0.4, "private": 0.35, "other": 0.25}


def assumptions(*, gates: Sequence[str] = ("permit",), concentration: float = 6.0) -> list[dict[str, Any]]:
    """What the harbour's only set assumes."""
    stated = assumption(
        "stated-chances", "shares", shares=SHARES, judged_on=OPENING, judged_with="none", concentration=concentration
    )
    return [
        stated,
        assumption("steady-pace", "pace", per_week=0.12, factor=1.4),
        *(assumption(f"pace-of-{gate}", "gate_pace", gate=gate, per_week=0.15, factor=1.5) for gate in gates),
        *(
            assumption(f"money-moves-{gate}", "hastening", driver="budget", gate=gate, strength="+")
            for gate in gates[:1]
        ),
        assumption("strikes-delay", "hastening", driver="unions", strength="--"),
        assumption("money-for-the-city", "loading", driver="budget", outcome="city", strength="++"),
        assumption("unions-against-private", "loading", driver="unions", outcome="private", strength="-"),
        assumption("unions-cost-money", "influence", cause="unions", effect="budget", strength="-"),
        assumption("level-of-unions", "level", driver="unions", mean=0.5, sd=0.4),
        assumption("half-life-of-budgets", "half_life", driver="budget", weeks=10),
        assumption("closing-takes-time", "ripening", outcome="other", weeks=12, rise=1.0),
    ]


REGISTER = {
    "types": {"press": "Newspapers", "official": "Public bodies", "witness": "People who were there"},
    "sides": {"council": "The city council", "dockers": "The dockers and their unions"},
    "sources": [
        {"name": "Port Gazette", "type": "press", "language": "en", "reliability": "B"},
        {"name": "Harbour Office", "type": "official", "language": "en", "reliability": "C", "lean": "council"},
        {"name": "A docker", "type": "witness", "language": "en", "reliability": "F", "lean": "dockers"},
    ],
}


def write_harbour(folder: Path, *, gates: Sequence[dict[str, Any]] = (PERMIT,), **changes: Any) -> Path:
    """Write the harbour into a folder."""
    names = [gate["id"] for gate in gates]
    stated = changes.pop("assumptions", None) or assumptions(gates=names)
    question = {"gates": list(gates)}
    return write_case(folder, case=question, codebook=CODEBOOK, sources=REGISTER, assumptions=stated, **changes)


@cache
def harbour(*gates: str, concentration: float = 6.0) -> Case:
    """The harbour with these gates (`permit`, `hearing`), read from files that are gone by now."""
    known = {"permit": PERMIT, "hearing": HEARING}
    with TemporaryDirectory() as folder:
        written = write_harbour(
            Path(folder) / "harbour",
            gates=[known[gate] for gate in gates],
            assumptions=assumptions(gates=gates, concentration=concentration),
        )
        return read_case(written)


def with_rulings(case: Case, **grades: int) -> Case:
    """The same case, where an event about the tender at a grade (1 or 5) rules an outcome out."""
    outcomes = [
        outcome.model_copy(update={"ruled_out_by": RuledOutBy(indicator="tender", grade=grades[outcome.id])})  # type: ignore[arg-type]
        if outcome.id in grades
        else outcome
        for outcome in case.question.outcomes
    ]
    return replace(case, question=case.question.model_copy(update={"outcomes": outcomes}))


@cache
def latent_drivers() -> Model:
    """The model from the shelf."""
    return load_model("latent_drivers", Path("nowhere"))


def row(report: str, grade: int | None = 3, day: str = "2026-01-20", **changes: Any) -> Row:
    """One coding, published on the day of its event unless said otherwise."""
    happened = dt.date.fromisoformat(day)
    content: dict[str, Any] = {
        "event_id": report,
        "origin_id": "",
        "indicator": "strikes",
        "event_date": happened,
        "published_date": happened,
        "source": "Port Gazette",
        "source_type": "press",
        "reliability": "B",
        "credibility": 2,
        "coder": "ann",
        "coded_at": dt.datetime(2026, 2, 13, tzinfo=dt.UTC),
        **changes,
    }
    return Row(report_id=report, grade=grade, **content)


EVIDENCE = (
    row("R1", 5, "2026-01-14"),
    row("R1", 4, "2026-01-14", coder="bob"),
    row("R2", 4, "2026-01-20", source="A docker", source_type="witness", reliability="C", credibility=3),
    row("R3", 1, "2026-01-22", indicator="tax_income"),
    row("R4", 2, "2026-01-27", indicator="debts"),
    row("R5", 4, "2026-02-02", indicator="tender"),
    row("R6", 5, "2026-02-03", indicator="layoffs", reliability="F", credibility=6),
    row("R7", 0, "2026-02-05", indicator="tax_income", effort=0.7),
    row("R8", 5, "2026-02-06", origin_id="R1"),
    row("R9", 5, "2026-02-10", indicator="tax_income", source="Harbour Office", source_type="official"),
)
"""Nine reports of nine events: enough to move everything, few enough to calculate with."""


def seen(*rows: Row, as_of: dt.date = dt.date(2026, 2, 11)) -> View:
    """What these rows say by a day."""
    return view(rows, as_of, "published")


def problem_of(*rows: Row, gates: Sequence[str] = ("permit",), as_of: dt.date = dt.date(2026, 2, 11)) -> Problem:
    """The harbour's problem as of a day (a Wednesday unless said otherwise)."""
    return build_problem(harbour(*gates), seen(*rows, as_of=as_of))


def prior_draws(problem: Problem, seed: int, draws: int) -> Draws:
    """Parameters from the prior."""
    return draw_all(latent_drivers().law.priors(problem), np.random.default_rng(seed), draws)


# ------------------------------------------------------------------------------------------------ random evidence

CODERS = ("ann", "bob", "cleo")
SOURCES = {"Port Gazette": "press", "Harbour Office": "official", "A docker": "witness"}
LEANS = {"Harbour Office": "council", "A docker": "dockers"}
ALIGN = {("strikes", "dockers"): 1, ("strikes", "council"): -1, ("layoffs", "dockers"): 1}
cells = st.tuples(st.sampled_from("ABCDEF"), st.integers(1, 6))


@st.composite
def origins(draw: st.DrawFn, which: str) -> Origin:
    """One telling about an indicator with one to three coders, who may differ on the cell."""
    coders = sorted(draw(st.sets(st.sampled_from(CODERS), min_size=1)))
    source = draw(st.sampled_from(sorted(SOURCES)))
    given_cells = draw(st.lists(cells, min_size=1, max_size=len(coders)))
    grades = tuple((coder, draw(st.integers(0, 4))) for coder in coders)
    side = LEANS.get(source, "")
    align = ALIGN.get((which, side), 0)
    return Origin(source, SOURCES[source], tuple(sorted(given_cells)), grades, side if align else "", align)


@st.composite
def units(draw: st.DrawFn) -> Unit:
    """One event: up to three tellings, or searches that found nothing, or both."""
    which = draw(st.sampled_from([entry["id"] for entry in CODEBOOK["indicators"]]))
    told = draw(st.lists(origins(which), max_size=3))
    chances = st.floats(0.01, 0.99) | st.just(1.0)
    efforts = draw(st.lists(chances, min_size=0 if told else 1, max_size=2))
    return Unit(which, draw(st.integers(0, 10)), tuple(sorted(told)), tuple(sorted(efforts)))


events = st.lists(units(), min_size=1, max_size=3).map(
    lambda drawn: {(f"E{number}", unit.indicator): unit for number, unit in enumerate(drawn)}
)
