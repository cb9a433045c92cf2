"""What reports settle by themselves: gates passed, outcomes ruled out and back in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case.reading import read_case
from forecast.case.schema import RuledOutBy
from forecast.evidence.journal import Row
from forecast.model.facts import Facts, facts, passage, ruling, unbelieved
from forecast.model.laws import RULED_OUT
from forecast.model.problem import build_problem
from tests.model.harbour import (
    assumptions,
    harbour,
    latent_drivers,
    prior_draws,
    problem_of,
    row,
    seen,
    with_rulings,
    write_harbour,
)

LAW = latent_drivers().law
CASE = with_rulings(harbour("permit"), private=1)
GATE = CASE.question.gates[0]
OUT = RuledOutBy(indicator="tender", grade=1)


def permit(report: str, grade: int, day: str = "2026-01-20", **changes: object) -> Row:
    return row(report, grade, day, **{"indicator": "permit", **changes})


def tender(report: str, grade: int, day: str = "2026-01-20", **changes: object) -> Row:
    return row(report, grade, day, **{"indicator": "tender", **changes})


# ------------------------------------------------------------------------------------------------ gates


@pytest.mark.parametrize(
    ("rows", "day"),
    [
        ([], None),
        ([permit("R", 3)], None),
        ([permit("R", 4)], "2026-01-20"),
        ([permit("R", 5, "2026-01-22"), permit("S", 4, "2026-01-21")], "2026-01-21"),
        ([row("R", 5)], None),  # another indicator
        ([permit("R", 5, reliability="D")], None),
        ([permit("R", 5, reliability="F")], None),
        ([permit("R", 5, credibility=4)], None),
        ([permit("R", 5, credibility=6)], None),
        ([permit("R", 5, reliability="C", credibility=3)], "2026-01-20"),
        ([permit("R", 5), permit("R", 2, coder="bob")], "2026-01-20"),  # half of the codings are enough
        ([permit("R", 5), permit("R", 2, coder="bob"), permit("R", 3, coder="cleo")], None),
        ([permit("R", 5), permit("S", 2, event_id="R"), permit("T", 1, event_id="R")], None),  # of the whole event
        ([permit("R", 2), permit("R", 5, coder="bob", reliability="D")], None),  # who believes it does not say it
        ([permit("R", 5, reliability="D"), permit("S", 5, event_id="R", reliability="E")], "2026-01-20"),
        ([permit("R", 5, reliability="D"), permit("S", 5, event_id="R", origin_id="R", reliability="E")], None),
        ([permit("R", 5, reliability="D"), permit("S", 5, reliability="E")], None),  # two events, a rumour each
        ([permit("R", 0, effort=0.9)], None),
    ],
)
def test_a_gate_is_passed_by_reports_worth_believing(rows: list[Row], day: str | None) -> None:
    expected = None if day is None else dt.date.fromisoformat(day)
    shown = passage(GATE, seen(*rows))
    assert (None if shown is None else shown.day) == expected
    assert problem_of(*rows).passed == (expected,)


def test_a_rumour_of_the_passage_is_worth_a_sentence() -> None:
    rumour = permit("R", 5, reliability="D")
    assert list(unbelieved(CASE, seen(rumour))) == [("R", "the passage of the gate 'permit'")]
    assert list(unbelieved(CASE, seen(permit("R", 5), permit("S", 2)))) == []


# ------------------------------------------------------------------------------------------------ outcomes


@pytest.mark.parametrize(
    ("rows", "event"),
    [
        ([], None),
        ([tender("R", 2)], None),
        ([tender("R", 1)], "R"),
        ([row("R", 1)], None),  # another indicator
        ([tender("R", 1, reliability="D")], None),
        ([tender("R", 1, reliability="D"), tender("S", 1, event_id="R", reliability="E")], "R"),
        ([tender("R", 1), tender("R", 3, coder="bob")], "R"),
        ([tender("R", 1), tender("R", 2, coder="bob"), tender("R", 2, coder="cleo")], None),
        ([tender("R", 1, "2026-01-22"), tender("S", 1, "2026-01-21")], "S"),
        ([tender("R", 1), tender("S", 5, "2026-01-25")], None),  # back in
        ([tender("R", 1), tender("S", 5, "2026-01-25", reliability="E")], "R"),  # nobody believes that
        ([tender("R", 1), tender("S", 4, "2026-01-25")], "R"),
        ([tender("R", 1), tender("S", 5, "2026-01-25"), tender("T", 1, "2026-02-01")], "T"),
        ([tender("R", 5), tender("S", 1, "2026-01-25")], "S"),
        ([tender("R", 1), tender("S", 5)], None),  # of one day
    ],
)
def test_an_outcome_is_ruled_out_by_reports_worth_believing(rows: list[Row], event: str | None) -> None:
    shown = ruling(OUT, seen(*rows))
    assert (None if shown is None else shown.event) == event
    days = {each.event_id: each.event_date for each in rows}
    assert build_problem(CASE, seen(*rows)).ruled_out == (None, days.get(event or ""), None)


def test_the_other_end_of_the_scale_may_rule_out_too() -> None:
    case = with_rulings(harbour("permit"), private=1, city=5)
    assert facts(case, seen(tender("R", 5))).ruled_out == (dt.date(2026, 1, 20), None, None)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5), st.booleans()), max_size=8))
def test_rulings_are_what_a_reader_makes_of_them_day_by_day(told: list[tuple[int, int, bool]]) -> None:
    start, since = dt.date(2026, 1, 13), None
    rows = [
        tender(f"R{n}", grade, (start + dt.timedelta(days=day)).isoformat(), reliability="A" if firm else "E")
        for n, (day, grade, firm) in enumerate(told)
    ]
    for day in range(21):
        today = {grade for on, grade, firm in told if on == day and firm}
        if 5 in today:
            since = None
        elif 1 in today and since is None:
            since = start + dt.timedelta(days=day)
    assert facts(CASE, seen(*rows)).ruled_out[1] == since


def test_the_event_that_rules_out_is_no_grade() -> None:
    rows = [tender("R", 1), row("R/2", 4, event_id="R"), tender("S", 1, "2026-01-25"), tender("T", 2)]
    assert set(build_problem(CASE, seen(*rows)).units) == {("R", "strikes"), ("S", "tender"), ("T", "tender")}
    assert set(problem_of(*rows).units) == {("R", "strikes"), ("R", "tender"), ("S", "tender"), ("T", "tender")}


def test_a_rumour_that_would_rule_out_is_worth_a_sentence() -> None:
    assert list(unbelieved(CASE, seen(tender("R", 1, credibility=5)))) == [("R", "ruling 'private' out")]


def test_it_is_known_once_it_is_reported_and_never_to_the_opening_day() -> None:
    """The stated shares are of a question in which nothing is ruled out; later reports rule out, whenever it was."""
    reported = tender("R", 1, "2026-01-10", published_date=dt.date(2026, 1, 24))
    before, after = (build_problem(CASE, seen(reported, as_of=dt.date(2026, 1, day))) for day in (23, 24))
    assert (before.ruled_out[1], after.ruled_out[1]) == (None, dt.date(2026, 1, 10))
    assert after.at_opening().ruled_out == (None, None, None)
    assert not after.at_opening().ruling.any()


def test_a_judgement_with_reports_in_hand_contains_what_they_rule_out(tmp_path: Path) -> None:
    shares, *others = assumptions()
    stated = {**shares, "judged_on": dt.date(2026, 1, 20), "judged_with": "reports"}
    case = with_rulings(read_case(write_harbour(tmp_path / "harbour", assumptions=[stated, *others])), private=1)
    assert facts(case, seen(tender("R", 1))) == Facts((None,), (None, None, None))
    assert facts(case, seen(tender("R", 1), tender("S", 1, "2026-01-21"))).ruled_out[1] == dt.date(2026, 1, 21)


# ------------------------------------------------------------------------------------------------ one more


@given(
    st.lists(st.tuples(st.sampled_from(("tender", "permit")), st.integers(1, 5)), max_size=4),
    st.sampled_from(("tender", "permit")),
    st.integers(1, 5),
)
def test_one_more_event_settles_what_it_would_in_the_ledger(
    told: list[tuple[str, int]], indicator: str, grade: int
) -> None:
    rows = [row(f"R{n}", g, f"2026-01-{20 + n}", indicator=about) for n, (about, g) in enumerate(told)]
    before = facts(CASE, seen(*rows))
    found = before.with_one_more(CASE, indicator, grade, dt.date(2026, 2, 1))
    expected = facts(CASE, seen(*rows, row("new", grade, "2026-02-01", indicator=indicator)))
    assert (found.passed, found.ruled_out) == (expected.passed, expected.ruled_out)


# ------------------------------------------------------------------------------------------------ what it does


def test_along_every_path_the_others_share_what_it_leaves() -> None:
    """Of a single path the chances follow by hand: its odds are cut, and when the question resolves stays as it is."""
    problem = problem_of(tender("T", 4)).anchored(np.array([0.4, -0.1, -0.3]), 0.3)
    out = replace(problem, ruled_out=(None, dt.date(2026, 1, 20), None))
    draws = prior_draws(problem, 4, 60)
    free, cut = (np.diff(LAW.project(draws, each, 1), axis=1, prepend=0.0) for each in (problem, out))
    odds = free * np.array([1.0, RULED_OUT, 1.0])
    expected = odds / odds.sum(axis=-1, keepdims=True) * free.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(cut, expected, rtol=1e-9, atol=1e-15)


def test_an_ending_that_was_ruled_out_is_as_unlikely_as_it_was_called() -> None:
    problem = replace(problem_of(tender("T", 4)), ended=np.array([0.0, 1.0, 0.0])).anchored(np.zeros(3), 0.3)
    out = replace(problem, ruled_out=(None, dt.date(2026, 1, 20), None))
    draws = prior_draws(problem, 4, 60)
    still_open = replace(problem, ended=None)
    soon = LAW.project(draws, still_open, 1)[:, 0]
    share = soon[:, 1] / soon.sum(axis=1)
    expected = np.log(RULED_OUT / (1.0 - share + RULED_OUT * share))
    gained = LAW.log_likelihood(draws, out)["open"] - LAW.log_likelihood(draws, problem)["open"]
    np.testing.assert_allclose(gained, expected, atol=1e-9)
