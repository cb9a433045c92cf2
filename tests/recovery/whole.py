"""The whole harbour: two gates in a row, deadlines, searches that find nothing, and a past that teaches the paces.

What the plain harbour lacks of the model, in one design; simulated day by day like the rest of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.case.reading import read_case
from forecast.model.base_rates import PastRates
from forecast.model.contract import Draws
from forecast.model.problem import Problem, build_problem
from forecast.model.structure import Normals, Structure
from tests.model.harbour import HEARING, PERMIT, assumptions, seen, write_harbour
from tests.recovery.truth import BANDS, Paces
from tests.small_case import assumption

Array = NDArray[np.float64]

AS_OF = dt.date(2026, 3, 5)
"""A Thursday: its week goes on."""
GATES = ("permit", "hearing")
DEADLINES = (
    {"gate": "permit", "by": dt.date(2026, 2, 19), "weeks": 2, "factor": 5, "uncertainty": 1.8},
    {"by": dt.date(2026, 3, 17), "weeks": 4, "announced": dt.date(2026, 2, 18), "factor": 6, "uncertainty": 1.8},
    {"by": dt.date(2026, 3, 11), "weeks": 1, "factor": 3, "uncertainty": 1.5},
)
"""One of a gate, in the past; one that was announced in mid-question, and reaches ahead; one that falls into it."""
COUNTRIES = ("north", "south", "east", "west")
FAST_ONLY = "west"
"""The country of which only episodes that were noted are in the table: it makes things seem slower than they are."""
EPISODES, LONGEST = 8, 400
"""Past episodes of a country, and after how many days at the latest each is out of sight."""
SELECTION = (0.3, 0.2)


@cache
def whole_problem() -> Problem:
    """The whole harbour on the day of the forecast, without evidence or past, and not anchored."""
    stated = [
        *assumptions(gates=GATES),
        *(assumption(f"deadline-{number}", "deadline", **said) for number, said in enumerate(DEADLINES)),
    ]
    with TemporaryDirectory() as folder:
        written = write_harbour(Path(folder) / "harbour", gates=[PERMIT, HEARING], assumptions=stated)
        case = read_case(written)
    problem = build_problem(case, seen(as_of=AS_OF))
    mean, sd = (np.array([value]) for value in SELECTION)
    return replace(problem, structure=replace(problem.structure, selection=Normals(("what-is-noted",), mean, sd)))


def draw_paces(s: Structure, rng: Generator) -> tuple[Paces, float]:
    """True paces, and how much slower the table of one country seems (in log rate)."""
    walk = np.cumsum(abs(rng.normal(0, 0.2)) * rng.standard_normal(len(BANDS)))
    paces = Paces(
        stage=rng.normal(s.log_pace.mean, s.log_pace.sd),
        country=tuple(abs(rng.normal(0, 0.5)) * rng.standard_normal(len(COUNTRIES))),
        age=(0.0, *walk),
        hurry=tuple(rng.normal(s.deadline.mean, s.deadline.sd)),
    )
    return paces, float(rng.normal(*SELECTION))


def live_past(paces: Paces, slowed: float, rng: Generator) -> PastRates:
    """Past episodes without gates, day by day; counted by country and band of age, as the likelihood knows them."""
    weeks, events = defaultdict[tuple[int, int], float](float), defaultdict[tuple[int, int], float](float)
    for place, country in enumerate(COUNTRIES):
        log_pace = paces.stage[0] + paces.country[place] - slowed * (country == FAST_ONLY)
        for _ in range(EPISODES):
            for day in range(int(rng.integers(28, LONGEST))):
                cell = place, sum(day / 7 >= begins for begins in BANDS)
                weeks[cell] += 1 / 7
                if rng.random() < -np.expm1(-np.exp(log_pace + paces.age[cell[1]]) / 7):
                    events[cell] += 1
                    break
    cells = sorted(weeks)
    return PastRates(
        countries=COUNTRIES,
        cells=tuple((place, band, COUNTRIES[place] == FAST_ONLY) for place, band in cells),
        events=tuple(events[cell] for cell in cells),
        weeks=tuple(weeks[cell] for cell in cells),
        gate_events=(0.0,) * len(GATES),
        gate_weeks=(0.0,) * len(GATES),
    )


def pace_truths(paces: Paces, slowed: float) -> Mapping[str, float]:
    """What is to be recovered beside the paces of the stages."""
    return {
        **{f"hurry of deadline {number}": value for number, value in enumerate(paces.hurry)},
        **{f"country effect of {country}": value for country, value in zip(COUNTRIES, paces.country, strict=True)},
        **{f"pace from week {begins}": paces.age[band] for band, begins in enumerate(BANDS, start=1)},
        "selection": slowed,
    }


def pace_draws(draws: Draws) -> Iterator[tuple[str, Array]]:
    """The same of every draw, by the formulas; (draw,) each."""
    walk = np.cumsum(draws["baseline_spread"][:, None] * draws["baseline_z"], axis=1)
    countries = draws["country_spread"][:, None] * draws["country_z"]
    yield from ((f"hurry of deadline {number}", values) for number, values in enumerate(draws["deadline"].T))
    yield from ((f"country effect of {name}", values) for name, values in zip(COUNTRIES, countries.T, strict=True))
    yield from ((f"pace from week {begins}", values) for begins, values in zip(BANDS, walk.T, strict=True))
    yield "selection", draws["selection"][:, 0]
