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
from forecast.insight.lived import intercepts, live
from forecast.model.facts import facts, passage, turns, unbelieved
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
    turned = turns(OUT, seen(*rows))
    assert (turned[-1].event if len(turned) % 2 else None) == event
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


def test_what_was_overtaken_is_no_grade_either() -> None:
    """Out, back and out again are all news of that; a five of who was never out is a grade like any other."""
    rows = [tender("R", 5, "2026-01-13"), tender("S", 1), tender("T", 5, "2026-01-25"), tender("U", 1, "2026-02-01")]
    assert set(build_problem(CASE, seen(*rows)).units) == {("R", "tender")}


def test_a_rumour_that_would_rule_out_is_worth_a_sentence() -> None:
    assert list(unbelieved(CASE, seen(tender("R", 1, credibility=5)))) == [("R", "ruling 'private' out")]
    back = tender("S", 5, "2026-01-25", reliability="E")
    assert list(unbelieved(CASE, seen(tender("R", 1), back))) == [("S", "bringing 'private' back")]
    assert list(unbelieved(CASE, seen(back))) == [], "it is in"


def test_it_is_known_once_it_is_reported_and_never_to_the_opening_day() -> None:
    """The stated shares are of a question in which nothing is ruled out; later reports rule out, whenever it was."""
    reported = tender("R", 1, "2026-01-10", published_date=dt.date(2026, 1, 24))
    before, after = (build_problem(CASE, seen(reported, as_of=dt.date(2026, 1, day))) for day in (23, 24))
    assert (before.ruled_out[1], after.ruled_out[1]) == (None, dt.date(2026, 1, 10))
    assert after.at_opening().ruled_out == (None, None, None)
    assert not after.at_opening().out.any()


def test_other_can_be_ruled_out_too_and_all_cannot() -> None:
    question = CASE.question
    other = question.other.model_copy(update={"ruled_out_by": OUT})
    case = replace(CASE, question=question.model_copy(update={"other": other}))
    assert build_problem(case, seen(tender("R", 1))).out.tolist() == [0.0, 1.0, 1.0]
    problem = problem_of(tender("T", 4))
    day = dt.date(2026, 1, 20)
    assert replace(problem, ruled_out=(day, day, day)).out.tolist() == [0.0, 0.0, 0.0]


def test_a_judgement_with_reports_in_hand_contains_what_they_rule_out(tmp_path: Path) -> None:
    shares, *others = assumptions()
    stated = {**shares, "judged_on": dt.date(2026, 1, 20), "judged_with": "reports"}
    case = with_rulings(read_case(write_harbour(tmp_path / "harbour", assumptions=[stated, *others])), private=1)
    assert facts(case, seen(tender("R", 1))).ruled_out == (None, None, None)
    retold = tender("S", 1, "2026-01-25", event_id="R", event_date=dt.date(2026, 1, 20))
    assert facts(case, seen(tender("R", 1), retold)).ruled_out == (None, None, None), "told again it is no news"
    back, again = tender("T", 5, "2026-01-22"), tender("U", 1, "2026-01-24")
    assert facts(case, seen(tender("R", 1), back)).ruled_out == (None, None, None)
    assert facts(case, seen(tender("R", 1), back, again)).ruled_out[1] == dt.date(2026, 1, 24)


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


def by_hand(chances: np.ndarray, out: list[bool]) -> np.ndarray:
    """What is out keeps a fiftieth, the others share the rest as they stand to each other; path by path."""
    kept = np.where(out, RULED_OUT * chances, 0.0)
    others = np.where(out, 0.0, chances)
    return kept + others / others.sum(axis=-1, keepdims=True) * (chances.sum(axis=-1) - kept.sum(axis=-1))[..., None]


@pytest.mark.parametrize("out", [(False, True, False), (True, True, False)])
def test_along_every_path_the_others_share_what_it_leaves(out: tuple[bool, ...]) -> None:
    """When the question resolves stays as it is."""
    problem = problem_of(tender("T", 4)).anchored(np.array([0.4, -0.1, -0.3]), 0.3)
    ruled = replace(problem, ruled_out=tuple(dt.date(2026, 1, 20) if each else None for each in out))
    draws = prior_draws(problem, 4, 60)
    free, cut = (np.diff(LAW.project(draws, each, 1), axis=1, prepend=0.0) for each in (problem, ruled))
    np.testing.assert_allclose(cut, by_hand(free, list(out)), rtol=1e-9, atol=1e-15)
    lived = live(latent_drivers(), draws, ruled, 1).chances(intercepts(ruled, draws))[:, 0, :-1]
    np.testing.assert_allclose(lived, cut.sum(axis=1), atol=2e-5)


def test_an_ending_that_was_ruled_out_is_as_unlikely_as_it_was_called() -> None:
    problem = replace(problem_of(tender("T", 4)), ended=np.array([0.0, 1.0, 0.0])).anchored(np.zeros(3), 0.3)
    draws = prior_draws(problem, 4, 60)
    before = replace(problem, ruled_out=(None, dt.date(2026, 1, 20), None))
    soon = LAW.project(draws, replace(problem, ended=None), 1)[:, 0]
    for ended in np.eye(3):
        of_all, of_some = (LAW.log_likelihood(draws, replace(each, ended=ended))["open"] for each in (problem, before))
        shares = soon / soon.sum(axis=1, keepdims=True)
        expected = np.log(by_hand(shares, [False, True, False]) / shares)[:, ended.astype(bool)][:, 0]
        np.testing.assert_allclose(of_some - of_all, expected, atol=1e-9)


def test_what_the_ending_itself_rules_out_takes_nothing_from_what_it_teaches() -> None:
    """The losers of the last day are coded as out on it; that they had been likelier, or not, is still told."""
    problem = replace(problem_of(tender("T", 4)), ended=np.array([1.0, 0.0, 0.0])).anchored(np.zeros(3), 0.3)
    lost = replace(problem, ruled_out=(None, problem.calendar.as_of, problem.calendar.as_of))
    draws = prior_draws(problem, 4, 60)
    both = [LAW.log_likelihood(draws, each)["open"] for each in (problem, lost)]
    np.testing.assert_array_equal(*both)


# ------------------------------------------------------------------------------------------------ discrimination


@given(st.floats(0.25, 4.0), st.integers(1, 5))
def test_an_indicator_that_discriminates_twice_reads_half_a_unit_as_a_whole_one(times: float, grade: int) -> None:
    """Of a driver, and of the errors that hang on it, that many times as far from its usual state."""
    case = harbour("permit")
    sharper = case.indicators["strikes"].model_copy(update={"discrimination": times})
    sharp = replace(case, indicators={**case.indicators, "strikes": sharper})
    problem, pointed = (build_problem(each, seen(row("R", grade))) for each in (case, sharp))
    draws = prior_draws(problem, 4, 20)
    moved = {name: times * draws[name] for name in ("shock", "level", "common_error", "news_cycle")}
    expected = LAW.log_likelihood({**draws, **moved}, problem)["event"]
    np.testing.assert_allclose(LAW.log_likelihood(draws, pointed)["event"], expected, rtol=1e-9)
