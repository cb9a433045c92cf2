"""Kept intercepts: the same to the last bit as solved ones, and kept under all that they follow from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.case.schema import Case
from forecast.evidence.journal import View
from forecast.inference import anchoring
from forecast.inference.anchoring import anchored, follows_from
from forecast.model.anchor import Anchor, anchor
from forecast.model.contract import Model
from forecast.model.problem import Problem, build_problem
from tests.model.harbour import EVIDENCE, OPENING, harbour, latent_drivers, problem_of

MODEL = latent_drivers()


def on_opening_day(case: Case) -> Problem:
    return build_problem(case, View(OPENING, "published", (), (), 0))


@pytest.fixture(scope="module")
def problem() -> Problem:
    return on_opening_day(harbour("permit"))


@pytest.fixture
def solved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Problem]:
    """An empty cache, and every problem that was solved since."""
    asked: list[Problem] = []

    def solve(model: Model, problem: Problem) -> Anchor:
        asked.append(problem)
        return anchor(model, problem)

    monkeypatch.setenv("FORECAST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(anchoring, "anchor", solve)
    return asked


def same(first: Anchor, second: Anchor) -> bool:
    numbers = [[*each.mean, each.sd, each.resolved, each.driver_spread, each.stated_spread] for each in (first, second)]
    return numbers[0] == numbers[1]


def test_what_is_kept_is_what_was_solved_and_is_not_solved_again(problem: Problem, solved: list[Problem]) -> None:
    first, second = anchored(MODEL, problem), anchored(MODEL, problem)
    assert len(solved) == 1
    assert same(first, second)
    assert same(first, anchor(MODEL, problem))


def test_evidence_and_date_ask_for_nothing_new() -> None:
    later = problem_of(*EVIDENCE)
    assert later.units
    assert follows_from(MODEL, later) == follows_from(MODEL, on_opening_day(later.case))


def test_whatever_they_follow_from_asks_for_others(problem: Problem) -> None:
    structure, calendar = problem.structure, problem.calendar
    others = [
        (replace(MODEL, texts=MODEL.texts | {"latent_drivers": "another text"}), problem),
        (MODEL, replace(problem, structure=replace(structure, concentration=structure.concentration + 1.0))),
        (MODEL, replace(problem, structure=replace(structure, shares=structure.shares[::-1]))),
        (MODEL, replace(problem, calendar=replace(calendar, horizon=calendar.horizon + dt.timedelta(days=1)))),
        (MODEL, on_opening_day(harbour())),
        (MODEL, on_opening_day(harbour("permit", "hearing"))),
    ]
    keys = [follows_from(MODEL, problem), *(follows_from(model, other) for model, other in others)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("spoilt", [b"", b"[]", b'{"mean": [0]}', b'{"mean": [NaN, 0, 0, 0], "sd": 1}', b"\xff"])
def test_a_spoilt_file_is_made_again(problem: Problem, solved: list[Problem], tmp_path: Path, spoilt: bytes) -> None:
    first = anchored(MODEL, problem)
    (kept,) = (tmp_path / "cache").glob("anchor-*.json")
    whole = kept.read_bytes()
    kept.write_bytes(spoilt)
    assert same(first, anchored(MODEL, problem))
    assert len(solved) == 2
    assert kept.read_bytes() == whole


def test_a_number_that_is_none_is_not_believed(problem: Problem, solved: list[Problem], tmp_path: Path) -> None:
    first = anchored(MODEL, problem)
    (kept,) = (tmp_path / "cache").glob("anchor-*.json")
    kept.write_bytes(kept.read_bytes().replace(str(first.sd).encode(), b"NaN"))
    assert same(first, anchored(MODEL, problem))
    assert len(solved) == 2


def test_where_nothing_can_be_kept_it_is_solved_each_time(
    problem: Problem, solved: list[Problem], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file stands in the way", encoding="utf-8")
    first, second = anchored(MODEL, problem), anchored(MODEL, problem)
    assert same(first, second)
    assert len(solved) == 2
    assert np.all(np.isfinite(first.mean))
