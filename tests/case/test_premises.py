"""Premises in words, and the scenarios that a case keeps."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from forecast.case.premises import (
    Hold,
    HypotheticalReport,
    Premise,
    PremiseError,
    SeenDriver,
    consistent,
    in_words,
    parse_do,
    parse_see,
)
from forecast.case.reading import read_case
from forecast.case.scenarios import find_scenario, read_scenarios, scenario_problems
from forecast.case.schema import Case
from forecast.errors import InputError, UsageError
from tests.model.harbour import harbour
from tests.small_case import write_case, write_yaml

CASE = harbour("permit")


@pytest.mark.parametrize(
    ("words", "premise"),
    [
        ("unions=+2", SeenDriver("unions", 2.0)),
        ("unions=-0.5  on 2026-03-02", SeenDriver("unions", -0.5, dt.date(2026, 3, 2))),
        ("report:strikes=5@C3", HypotheticalReport("strikes", 5, ("C", 3))),
        ("report:strikes=0", HypotheticalReport("strikes", 0)),
    ],
)
def test_what_is_seen(words: str, premise: Premise) -> None:
    assert parse_see(words, CASE) == premise
    assert parse_see(in_words(premise), CASE) == premise


@pytest.mark.parametrize(
    ("words", "premise"),
    [
        ("unions=0", Hold("unions", 0.0)),
        ("unions=+3 from 2026-03-01", Hold("unions", 3.0, dt.date(2026, 3, 1))),
        ("unions=1 from 2026-03-01 until 2026-04-01", Hold("unions", 1.0, dt.date(2026, 3, 1), dt.date(2026, 4, 1))),
        ("unions=1 to 2026-04-01", Hold("unions", 1.0, None, dt.date(2026, 4, 1))),
    ],
)
def test_what_is_done(words: str, premise: Premise) -> None:
    assert parse_do(words, CASE) == premise
    assert parse_do(in_words(premise), CASE) == premise


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("union=2", "did you mean 'unions'"),
        ("unions", "write DRIVER=VALUE.*the drivers are .*'unions'"),
        ("unions=nan", "write DRIVER=VALUE"),
        ("unions=99", "choose a value"),
        ("unions=1 on 2026-02-30", "not a date"),
        ("report:strikes=6", "write report:"),
        ("report:strike=5", "no indicator"),
        ("unions=１", "write DRIVER=VALUE"),  # noqa: RUF001
    ],
)
def test_other_words_are_refused(words: str, what: str) -> None:
    with pytest.raises(PremiseError, match=what):
        parse_see(words, CASE)


def test_an_act_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PremiseError, match="end before it begins"):
        parse_do("unions=1 from 2026-04-01 until 2026-03-01", CASE)


def case_with(folder: Path, *scenarios: dict[str, object]) -> Case:
    case = read_case(write_case(folder / "small"))
    write_yaml(case.folder / "scenarios.yaml", {"scenarios": list(scenarios)})
    return case


def test_a_case_without_scenarios_has_none(tmp_path: Path) -> None:
    assert read_scenarios(read_case(write_case(tmp_path / "small"))) == ()


def test_scenarios_are_read(tmp_path: Path) -> None:
    stated = {"id": "long-strike", "label": "A long strike", "reason": "It may.", "do": ["unions=+2 from 2026-03-01"]}
    case = case_with(tmp_path, stated)
    assert find_scenario(case, "long-strike").premises == (Hold("unions", 2.0, dt.date(2026, 3, 1)),)
    with pytest.raises(UsageError, match="did you mean 'long-strike'"):
        find_scenario(case, "long-strikes")


def test_premises_of_a_scenario_that_cannot_hold_together_are_a_fault_of_it(tmp_path: Path) -> None:
    good = {"id": "a", "label": "A", "reason": "R.", "see": ["unions=2", "unions=+2.0"], "do": ["budget=1"]}
    never = {**good, "id": "b", "do": ["budget=1 from 2026-03-01", "budget=2"]}
    case = case_with(tmp_path, good, {**good, "id": "c", "see": ["unions=2", "unions=1"]}, never)
    assert [(fault.line is not None, fault.message) for fault in scenario_problems(case)] == [
        (True, "unions=+2 and unions=+1: one driver has one value"),
        (True, "budget=+1 from 2026-03-01 never acts beside budget=+2, which is named after it"),
    ]
    assert consistent([SeenDriver("unions", 2.0)] * 2) == (SeenDriver("unions", 2.0),)
    twice = [HypotheticalReport("strikes", 5)] * 2
    assert consistent(twice) == tuple(twice), "two reports of a kind are of two events"


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    good = {"id": "a", "label": "A", "reason": "R.", "see": ["unions=2"]}
    case = case_with(tmp_path, good, {**good, "see": ["nobody=2"]}, {**good, "id": "b", "see": []})
    problems = scenario_problems(case)
    assert [problem.message.partition(" ")[0] for problem in problems] == ["the", "'nobody'", "it"]
    assert all(problem.line for problem in problems)
    with pytest.raises(InputError, match="stands there twice"):
        read_scenarios(case)
