"""Numbers at the ends of what there can be: every answer is finite and adds up, or the case is refused by name.

What the files may not hold (over 50 drivers, over five years of history) is tried below them, at the problem.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.case.assumptions import HalfLife, Level
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import InputError
from forecast.evidence.journal import Row
from forecast.model.anchor import anchor
from forecast.model.laws import persistence_array
from forecast.model.priors import Draws
from forecast.model.problem import Problem, build_problem
from tests.model.harbour import (
    HORIZON,
    OPENING,
    assumptions,
    harbour,
    latent_drivers,
    prior_draws,
    problem_of,
    row,
    seen,
    write_harbour,
)

Array = NDArray[np.float64]

LAW = latent_drivers().law


def sound(problem: Problem, draws: Draws, paths: int = 2) -> None:
    """Every likelihood is a finite number, and every forecast a probability."""
    told = LAW.log_likelihood(draws, problem)
    assert np.isfinite(told["event"]).all()
    assert np.all(told["event"] <= 0)
    assert np.isfinite(told["open"]).all()
    anchored = problem if problem.intercept_mean is not None else problem.anchored(np.zeros(3), 0.5)
    incidence = LAW.project(draws, anchored, paths)
    assert np.isfinite(incidence).all()
    assert np.all(np.diff(incidence, axis=1) >= 0)
    assert np.all(incidence.sum(axis=2) <= 1 + 1e-9)


# ------------------------------------------------------------------------------------------------ how many


def with_drivers(case: Case, count: int) -> Case:
    """The case with so many drivers more, which nothing tells about and which move nothing."""
    drivers, items = dict(case.drivers), dict(case.assumptions.items)
    for number in range(count):
        name = f"idle_{number}"
        drivers[name] = case.drivers["budget"].model_copy(update={"id": name})
        why = {"driver": name, "reason": "Nothing is known.", "source": "nobody"}
        items[f"level-{number}"] = Level(id=f"level-{number}", kind="level", mean=0.0, **why)
        items[f"half-life-{number}"] = HalfLife(id=f"half-life-{number}", kind="half_life", weeks=26.0, **why)
    return replace(case, drivers=drivers, assumptions=replace(case.assumptions, items=items))


def test_a_thousand_drivers_and_three_reports() -> None:
    case = with_drivers(harbour("permit"), 998)
    rows = (row("R1", 5, "2026-01-14"), row("R2", 1, "2026-01-20"), row("R3", 3, "2026-01-27", indicator="debts"))
    problem = build_problem(case, seen(*rows))
    assert len(problem.structure.drivers) == 1000
    sound(problem, prior_draws(problem, 0, 4))


def test_five_hundred_and_twenty_weeks_behind_and_ahead() -> None:
    case, weeks = harbour("permit"), dt.timedelta(weeks=520)
    longer = {"history_from": OPENING - weeks, "horizon": HORIZON + weeks}
    rows = (row("R1", 5, "2026-01-14"), row("R2", 1, "2026-02-03", indicator="tax_income"))
    problem = build_problem(replace(case, question=case.question.model_copy(update=longer)), seen(*rows))
    assert min(unit.week for unit in problem.units.values()) >= 520
    assert min(len(problem.calendar.weeks), len(problem.calendar.future_weeks)) > 520
    sound(problem, prior_draws(problem, 0, 4))


@pytest.mark.parametrize("phi", [0.0, 1e-12, 1.0 - 1e-12, 1.0])
def test_over_ten_years_a_driver_keeps_its_variance_whatever_its_half_life(phi: float) -> None:
    weights = persistence_array(np.array([phi]), 520)
    np.testing.assert_allclose((weights**2).sum(axis=-1), 1.0, rtol=1e-9)


# ------------------------------------------------------------------------------------------------ what is told

LAST = dt.date(2026, 2, 11)


def reports(count: int, grade: int, **changes: Any) -> tuple[Row, ...]:
    """So many reports of as many events, a day apart, each of a source of its own."""
    days = [OPENING + dt.timedelta(days=number % 30) for number in range(count)]
    return tuple(
        row(f"R{changes.get('indicator', '')}{n}", grade, day.isoformat(), source=f"Gazette {n}", **changes)
        for n, day in enumerate(days)
    )


def gain(rows: Iterable[Row], draws: int = 50) -> dict[float, float]:
    """What the reports gain on average where the unions' level is moved from 0 to this, in log-likelihood."""
    problem = problem_of(*rows)
    drawn = prior_draws(problem, 0, draws)
    sound(problem, drawn)
    found = {}
    for level in (0.0, 2.0, 4.0, 1e3, 1e150):
        drawn["level"][:, 1] = level
        found[level] = float(LAW.log_likelihood(drawn, problem)["event"].sum(axis=1).mean())
    return {level: value - found[0.0] for level, value in found.items()}


def test_perfect_separation_pulls_a_driver_but_not_without_end() -> None:
    """Three hundred of the best reports without one exception: flat far out, so the prior decides how far it goes."""
    best = {"reliability": "A", "credibility": 1}
    gained = gain((*reports(150, 5, **best), *reports(150, 1, indicator="layoffs", **best)))
    assert 0 < gained[2.0] < gained[4.0] < gained[1e3]
    assert gained[1e150] == pytest.approx(gained[1e3], rel=1e-9)


def test_what_nobody_could_judge_says_less_and_nothing_breaks() -> None:
    """A hundred reports, every one of them F6."""
    unjudged, judged = (gain(reports(100, 5, **cell)) for cell in ({"reliability": "F", "credibility": 6}, {}))
    assert 0 < unjudged[4.0] < judged[4.0]
    assert unjudged[1e150] == pytest.approx(unjudged[1e3], rel=1e-9)


# ------------------------------------------------------------------------------------------------ extreme scales


@pytest.mark.parametrize("size", [0.0, 1e-300, 1e-8, 3.0])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_parameters_far_from_where_they_belong_still_give_numbers(size: float, sign: float) -> None:
    """Every parameter at once so many deviations from its prior's middle: where a sampler may stray while adapting."""
    rows = (*reports(3, 5), *reports(3, 1, indicator="tax_income"), row("S", 0, indicator="debts", effort=1.0))
    problem = problem_of(*rows)
    draws = prior_draws(problem, 0, 6)
    middle = {name: values.mean(axis=0) for name, values in prior_draws(problem, 1, 200).items()}
    spread = {name: values.std(axis=0) for name, values in prior_draws(problem, 1, 200).items()}
    strayed = {name: middle[name] + sign * size * spread[name] + 0.0 * values for name, values in draws.items()}
    for name in ("volatility_spread", "discrimination_spread", "country_spread", "baseline_spread"):
        strayed[name] = np.abs(strayed[name])
    sound(problem, strayed)


EXTREMES: dict[str, dict[str, dict[str, Any]]] = {
    "everything hurries": {"pace": {"per_week": 7.0, "factor": 20.0}, "gate_pace": {"per_week": 7.0, "factor": 20.0}},
    "nothing ever happens": {"pace": {"per_week": 1e-4, "factor": 1.01}, "gate_pace": {"per_week": 1e-4}},
    "far from the usual": {"level": {"mean": -3.0, "sd": 10.0}, "hastening": {"strength": "++"}},
    "drivers that forget at once": {"half_life": {"weeks": 0.1}},
    "drivers that never forget": {"half_life": {"weeks": 5200.0}},
    "hard to ripen": {"ripening": {"weeks": 520.0, "rise": 5.0}, "loading": {"strength": "++"}},
    "quick to rot": {"ripening": {"weeks": 0.1, "rise": -5.0}, "influence": {"strength": "--"}},
    "surely so": {"shares": {"concentration": 1000.0}},
    "anyone's guess": {"shares": {"concentration": 1.0, "shares": {"city": 0.9998, "private": 1e-4, "other": 1e-4}}},
}


@pytest.mark.parametrize("name", EXTREMES)
def test_assumptions_at_the_ends_of_their_scales_are_answered_or_refused(name: str) -> None:
    changes = EXTREMES[name]
    stated = [{**item, **changes.get(str(item["kind"]), {})} for item in assumptions()]
    with TemporaryDirectory() as folder:
        case = read_case(write_harbour(Path(folder) / "harbour", assumptions=stated))
    problem = build_problem(case, seen(row("R1", 5, "2026-01-14"), as_of=LAST))
    try:
        solved = anchor(latent_drivers(), problem)
    except InputError as error:
        assert "assumptions/first-look.yaml: " in str(error)  # the file, what is wrong, and how to mend it
        return
    assert np.isfinite(solved.mean).all()
    assert 0 <= solved.resolved <= 1
    sound(problem.anchored(solved.mean, solved.sd), prior_draws(problem, 0, 100))
