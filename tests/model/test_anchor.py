"""The anchor: the opening day says what the analysts said, as firmly as they said it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import InputError
from forecast.evidence.journal import View
from forecast.model.anchor import DRAWS, LARGEST, MAX_VARIANCE, PATHS, Anchor, _affordable, anchor
from forecast.model.problem import Problem, build_problem
from forecast.model.tilts import tilts
from tests.model.harbour import (
    OPENING,
    SHARES,
    assumptions,
    harbour,
    latent_drivers,
    prior_draws,
    problem_of,
    row,
    write_harbour,
)
from tests.small_case import assumption

MODEL = latent_drivers()
STATED = np.array(list(SHARES.values()))


def opening(case: Case) -> Problem:
    return build_problem(case, View(OPENING, "published", (), (), 0))


def solved(problem: Problem) -> Problem:
    found = anchor(MODEL, problem)
    return problem.anchored(found.mean, found.sd)


@pytest.fixture(scope="module")
def found() -> Anchor:
    return anchor(MODEL, opening(harbour("permit")))


def splits(problem: Problem, seed: int, draws: int) -> NDArray[np.float64]:
    """P(outcome by the horizon) of an anchored problem, shape (draw, outcome), with parameters drawn afresh."""
    return MODEL.law.project(prior_draws(problem, seed, draws), problem, 16)[:, -1]


@pytest.mark.parametrize("gates", [(), ("permit",), ("permit", "hearing")])
def test_the_opening_day_has_the_stated_shares(gates: tuple[str, ...]) -> None:
    problem = solved(opening(harbour(*gates)))
    final = splits(problem, 99, 6000)
    shares = final.mean(axis=0) / final.mean(axis=0).sum()
    np.testing.assert_allclose(shares, STATED, atol=0.005)


@pytest.mark.parametrize(
    "shares", [{"city": 0.9, "private": 0.08, "other": 0.02}, {"city": 0.02, "private": 0.02, "other": 0.96}]
)
def test_lopsided_shares_too(tmp_path: Path, shares: dict[str, float]) -> None:
    said, *others = assumptions(concentration=20)
    timid = [item if item["kind"] != "loading" else {**item, "strength": "+"} for item in others]
    case = read_case(write_harbour(tmp_path / "harbour", assumptions=[{**said, "shares": shares}, *timid]))
    final = splits(solved(opening(case)), 99, 6000)
    np.testing.assert_allclose(final.mean(axis=0) / final.mean(axis=0).sum(), list(shares.values()), atol=0.005)


@pytest.mark.parametrize("concentration", [3.0, 6.0, 12.0])
def test_the_shares_are_as_uncertain_as_stated(concentration: float) -> None:
    problem = solved(opening(harbour("permit", concentration=concentration)))
    final = splits(problem, 7, 4000)
    by_draw = final / final.sum(axis=1, keepdims=True)
    dirichlet = float(np.sum(STATED * (1 - STATED)) / (concentration + 1))
    assert by_draw.var(axis=0).sum() == pytest.approx(dirichlet, rel=0.15)


def test_the_pace_says_how_often_it_is_resolved(found: Anchor) -> None:
    problem = opening(harbour("permit")).anchored(found.mean, found.sd)
    final = splits(problem, 5, 6000)
    assert final.sum(axis=1).mean() == pytest.approx(found.resolved, abs=0.01)


def test_intercepts_sum_to_zero(found: Anchor) -> None:
    assert abs(found.mean.sum()) < 1e-9
    assert found.sd > 0
    assert 0 < found.driver_spread < found.stated_spread


def test_neither_evidence_nor_date_nor_gates_passed_move_the_anchor(found: Anchor) -> None:
    later = problem_of(row("R", 5), row("P", 5, indicator="permit"), as_of=dt.date(2026, 5, 1))
    assert later.passed[0] is not None
    again = anchor(MODEL, later)
    np.testing.assert_array_equal(again.mean, found.mean)
    assert (again.sd, again.resolved) == (found.sd, found.resolved)


def test_drivers_that_say_more_than_the_concentration_allows_are_refused() -> None:
    case = harbour("permit", concentration=200.0)
    with pytest.raises(InputError) as refused:
        anchor(MODEL, opening(case))
    (fault,) = refused.value.problems
    assert fault.file.endswith("first-look.yaml")
    assert "the drivers alone spread the shares" in fault.message
    assert "the stated concentration (200) allows" in fault.message
    assert fault.remedy == (
        "shrink what spreads them most (momentum-private, money-for-the-city, unions-against-private) "
        "or state a lower concentration"
    )


def test_a_momentum_that_says_more_than_the_concentration_allows_is_named(tmp_path: Path) -> None:
    own = assumption("private-by-itself", "momentum", outcome="private", weeks=20, log_odds=5.0)
    wild = [*assumptions(concentration=12.0), own]
    case = read_case(write_harbour(tmp_path / "harbour", assumptions=wild))
    with pytest.raises(InputError, match="the drivers alone") as refused:
        anchor(MODEL, opening(case))
    (fault,) = refused.value.problems
    assert fault.remedy is not None
    assert fault.remedy.startswith("shrink what spreads them most (private-by-itself, money-for-the-city")


def test_a_question_too_large_for_memory_is_anchored_with_fewer_draws(tmp_path: Path) -> None:
    small = opening(harbour("permit"))
    assert _affordable(small) == DRAWS
    far = replace(small.calendar, horizon=small.calendar.opening + dt.timedelta(weeks=520))
    many = replace(small.structure, outcomes=tuple(f"way_{n}" for n in range(51)))
    assert 100 < _affordable(replace(small, calendar=far, structure=many)) <= LARGEST / (PATHS * 520 * 51)


def test_shares_too_lopsided_for_their_concentration_are_as_uncertain_as_can_be(tmp_path: Path) -> None:
    said, *others = assumptions()
    shares = {"city": 0.0001, "private": 0.0001, "other": 0.9998}
    found = anchor(
        MODEL,
        opening(read_case(write_harbour(tmp_path / "harbour", assumptions=[{**said, "shares": shares}, *others]))),
    )
    widest = float(np.sqrt(MAX_VARIANCE))
    assert 0.75 * widest < found.sd <= widest  # how near the end of the range depends on the draws
    assert np.isfinite(found.mean).all()


# ------------------------------------------------------------------------------------------------ tilts


def test_a_driver_two_up_tilts_to_what_it_loads_on() -> None:
    said = tilts(MODEL, harbour("permit"))
    city, private, _ = range(3)
    np.testing.assert_allclose(said.stated, STATED)
    assert said.by_driver["budget"][city] > said.stated[city] + 0.1
    assert said.by_driver["unions"][private] < said.stated[private] - 0.03
    for split in said.by_driver.values():
        assert split.sum() == pytest.approx(1.0)
    document = said.document()
    assert set(document["plus_two"]) == {"budget", "unions"}
    assert 0 < document["resolved_by_horizon"] < 1
    assert said.resolved["unions"] < said.anchor.resolved, "strikes delay"


def test_idle_and_overbearing_drivers_are_named(tmp_path: Path) -> None:
    stated, *others = assumptions(concentration=12)
    even = {**stated, "shares": {"city": 0.3, "private": 0.4, "other": 0.3}}
    quiet = [item for item in others if item["kind"] not in ("loading", "influence")]
    loud = [
        assumption("money-is-all", "loading", driver="budget", outcome="city", strength="++"),
        assumption("money-not-private", "loading", driver="budget", outcome="private", strength="--"),
        assumption("money-not-other", "loading", driver="budget", outcome="other", strength="--"),
    ]
    case = read_case(write_harbour(tmp_path / "hurried", assumptions=[even, *quiet, *loud]))
    assert len(tilts(MODEL, case).warnings) == 1, "unions decide when, if not what"
    quiet = [item for item in quiet if item["kind"] != "hastening"]
    case = read_case(write_harbour(tmp_path / "harbour", assumptions=[even, *quiet, *loud]))
    budget, unions = sorted(str(warning).split("yaml: ")[1] for warning in tilts(MODEL, case).warnings)
    assert re.fullmatch(
        r"budget at \+2 moves its largest outcome by 4\d\.\d points: "
        r"lower its loadings: one driver should not decide alone",
        budget,
    )
    assert re.fullmatch(
        r"unions at \+2 moves its largest outcome by [0-2]\.\d points: "
        r"raise its loadings, or drop a driver that decides nothing",
        unions,
    )
