"""Whole cases that are made up: a truth, what is reported of it week by week, and an ending on its day.

The question is `invented_question/`, of which nothing is true. A world's parameters are drawn as on the opening day;
drivers run to the horizon; the day of the ending is drawn from the model's own chance of being open on each day, the
outcome from its chance of ending so just then, and every grade from its chance of all codings of the event. So nothing
of the model is written a second time: the world is what the law's likelihood says, and then broken where it is to be.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.case.resolutions import UNRESOLVED
from forecast.case.schema import Case
from forecast.durable import make_place, replace_file
from forecast.evidence.exchange import csv_bytes
from forecast.evidence.journal import Row, view
from forecast.model.contract import Draws, Law
from forecast.model.laws import GRADES
from forecast.model.problem import Problem, build_problem
from forecast.model.readings import Unit
from forecast.record.breaking import KINDS

QUESTION: Final = Path(__file__).parent / "invented_question" / "data"
NAME: Final = "island"
EVENTS: Final = 2.5
"""Events a week, on average."""
CODERS: Final = ("ann", "bob")
TOLD_BY: Final = ((1, 1), (1, 1), (1, 1), (1, 2), (2, 1))
"""(tellings, coders of each) of an event, all as likely; no event has more than two codings."""
CREDIBILITIES: Final = (1, 2, 3, 4)
POOL: Final = 64

Array = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """A made-up case.

    Attributes
    ----------
    number, kind
        Which one, and of which kind (`breaking.KINDS`).
    rows
        Its journal, up to the day before the ending.
    ended, outcome
        When and how the question ends; `unresolved` on the horizon where it does not.
    """

    number: int
    kind: str
    rows: tuple[Row, ...]
    ended: date
    outcome: str

    @property
    def name(self) -> str:
        """The case's id."""
        return f"world-{self.number:04}"


def invent(law: Law, opening: Problem, kind: str, number: int, rng: Generator) -> World:
    """Make up one world.

    Parameters
    ----------
    law
        Whose worlds.
    opening
        The question on its opening day, anchored.
    kind
        How the world differs from what the model thinks.
    number
        Which world it is.
    rng
        Source of randomness.
    """
    case, broken = opening.case, KINDS[kind]
    last = case.question.horizon - timedelta(days=1)
    silent = design(case, rng)
    planned = build_problem(case, view(silent, last, "published"))
    planned = planned.anchored(np.asarray(opening.intercept_mean), opening.intercept_sd)
    draws = {name: values[:1] for name, values in law.opening_draws(planned, rng, POOL).items()}
    draws = broken.truth(draws, planned, rng)
    ended, outcome = ending(law, draws, planned, rng)
    told = graded(silent, grades(law, draws, planned, rng))
    rows = broken.telling(told, planned, rng)
    return World(number, kind, tuple(row for row in rows if row.published_date < ended), ended, outcome)


def design(case: Case, rng: Generator) -> list[Row]:
    """What is going to be reported: when, of which indicator, by whom and to which coders; the grades are blank."""
    question, rows = case.question, list[Row]()
    indicators, sources = sorted(case.indicators), list(case.sources.values())
    days = (question.horizon - question.opening).days
    for number in range(int(rng.poisson(EVENTS * days / 7.0))):
        happened = question.opening + timedelta(days=int(rng.integers(days - 2)))
        tellings, coders = TOLD_BY[int(rng.integers(len(TOLD_BY)))]
        indicator = str(rng.choice(indicators))
        for telling, teller in enumerate(rng.permutation(len(sources))[:tellings]):
            source = sources[int(teller)]
            published = happened + timedelta(days=int(rng.integers(2)))
            credibility = int(rng.choice(CREDIBILITIES))
            rows += [
                Row(
                    report_id=f"R{number:03}-{telling}",
                    event_id=f"E{number:03}",
                    origin_id="",
                    indicator=indicator,
                    grade=3,
                    event_date=happened,
                    published_date=published,
                    source=source.name,
                    source_type=source.type,
                    reliability=source.reliability,
                    credibility=credibility,
                    coder=str(coder),
                    coded_at=datetime.combine(published, time(12), UTC),
                )
                for coder in rng.permutation(CODERS)[:coders]
            ]
    return rows


def ending(law: Law, draws: Draws, problem: Problem, rng: Generator) -> tuple[date, str]:
    """The first day on which the chance of being still open falls below a number drawn by lot, and as what it ends."""
    question, lot = problem.case.question, float(np.log(rng.random()))
    for number in range(1, (question.horizon - question.opening).days + 1):
        day = question.opening + timedelta(days=number)
        then = replace(problem, calendar=replace(problem.calendar, as_of=day), units={})
        if float(law.log_likelihood(draws, then)["open"][0]) < lot:
            outcomes = problem.structure.outcomes
            so = [replace(then, ended=only) for only in np.eye(len(outcomes))]
            chances = softmax(np.array([float(law.log_likelihood(draws, each)["open"][0]) for each in so]))
            return day, str(rng.choice(outcomes, p=chances))
    return question.horizon, UNRESOLVED


def grades(law: Law, draws: Draws, problem: Problem, rng: Generator) -> dict[tuple[str, str, str], int]:
    """Every coding, drawn with its event's others from the likelihood of all of them: (event, source, coder) → 1..5."""
    keys = sorted(problem.units)
    pairs = list(itertools.product(range(GRADES), repeat=2))
    tried = [
        law.log_likelihood(draws, problem.with_units({key: _coded(problem.units[key], pair) for key in keys}))
        for pair in pairs
    ]
    by_pair = np.array([each["event"][0] for each in tried])
    found: dict[tuple[str, str, str], int] = {}
    for place, key in enumerate(keys):
        pair = pairs[int(rng.choice(len(pairs), p=softmax(by_pair[:, place])))]
        for origin in _coded(problem.units[key], pair).origins:
            found |= {(key[0], origin.source, coder): grade + 1 for coder, grade in origin.codings}
    return found


def _coded(unit: Unit, pair: Sequence[int]) -> Unit:
    """The unit with these grades (0..4) for its codings, one after the other."""
    left = iter(pair)
    return replace(
        unit,
        origins=tuple(
            replace(origin, codings=tuple((coder, next(left)) for coder, _ in origin.codings))
            for origin in unit.origins
        ),
    )


def graded(rows: Sequence[Row], found: dict[tuple[str, str, str], int]) -> list[Row]:
    """The rows with their grades."""
    return [replace(row, grade=found[row.event_id, row.source, row.coder]) for row in rows]


def softmax(logs: Array) -> Array:
    """Chances from their logs, up to a constant."""
    odds = np.exp(logs - logs.max())
    return np.asarray(odds / odds.sum())


def write_world(world: World, workspace: Path) -> Path:
    """Write a world as a case folder of a workspace, resolved, as people would have left it; the folder."""
    folder = workspace / "data" / world.name
    for path in sorted(QUESTION.rglob("*.*")):
        inside = path.relative_to(QUESTION)
        place = folder / inside.relative_to(NAME) if inside.parts[0] == NAME else workspace / "data" / inside
        make_place(place.parent)
        text = path.read_text("utf-8")
        own = text.replace(f"id: {NAME}\n", f"id: {world.name}\n", 1) if path.name == "case.yaml" else text
        replace_file(place, own.encode("utf-8"))
    replace_file(folder / "evidence.csv", csv_bytes(world.rows))
    moment = (world.ended + timedelta(days=1)).isoformat()
    resolution = (
        "recorded_at,date,weights,reason,source,author\n"
        f"{moment}T09:00:00Z,{world.ended},{world.outcome}=1,So it came out.,Simulated,nobody\n"
    )
    replace_file(folder / "resolutions.csv", resolution.encode("ascii"))
    return folder
