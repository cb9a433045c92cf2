"""No forecast knows what came later: canaries of every kind change no bit of what a model sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.case.resolutions import Resolution
from forecast.case.schema import Case
from forecast.evidence.journal import Row, View, view
from forecast.inference.chains import Settings
from forecast.inference.sampling import sample
from forecast.model.anchor import anchor
from forecast.model.contract import ExactModel, load_model
from forecast.model.problem import Problem, build_problem
from tests.model.harbour import CODERS, OPENING, SOURCES, latent_drivers, row
from tests.model.past import EPISODES, PASSAGES, with_past

NOON = dt.time(12, tzinfo=dt.UTC)
LATEST = dt.date(2026, 4, 1)
INDICATORS = ("strikes", "tax_income", "debts", "tender", "layoffs")


@cache
def as_it_was() -> Case:
    return with_past()


@cache
def with_later_episodes() -> Case:
    """The table as somebody may have filled it in since: ends and episodes of after the opening."""
    strikes = EPISODES.replace("2025-11-01,2026-02-20,signed", "2025-11-01,2026-03-03,closed")
    strikes += "S-9,South,pm,2026-01-20,2026-02-25,signed,begun and over since\n"
    return with_past(strikes=strikes)


days = st.dates(OPENING - dt.timedelta(days=30), LATEST)


@st.composite
def codings(draw: st.DrawFn, report: str, published: dt.date) -> Row:
    """A coding of a report that was published on this day."""
    happened = published - dt.timedelta(days=draw(st.integers(0, 5)))
    source = draw(st.sampled_from(sorted(SOURCES)))
    return row(
        report,
        draw(st.integers(1, 5)),
        happened.isoformat(),
        published_date=published,
        event_id=draw(st.sampled_from(["E1", "E2", "E3", report])),
        origin_id=draw(st.sampled_from(["", "R0", "R1"])),
        indicator=draw(st.sampled_from(INDICATORS)),
        source=source,
        source_type=SOURCES[source],
        reliability=draw(st.sampled_from("ABCDEF")),
        credibility=draw(st.integers(1, 6)),
        coder=draw(st.sampled_from(CODERS)),
        coded_at=dt.datetime.combine(published, NOON) + dt.timedelta(hours=draw(st.integers(0, 500))),
    )


@st.composite
def journals(draw: st.DrawFn) -> tuple[dt.date, list[Row], list[Row]]:
    """An as-of date, a journal up to it, and canaries: rows of after it, some about the reports of before."""
    as_of = draw(st.dates(OPENING, dt.date(2026, 3, 15)))
    known: list[Row] = []
    for number in range(draw(st.integers(0, 6))):
        known.append(draw(codings(f"R{number}", draw(st.dates(OPENING - dt.timedelta(days=30), as_of)))))
    canaries: list[Row] = []
    for number in range(draw(st.integers(1, 5))):
        later = as_of + dt.timedelta(days=draw(st.integers(1, 60)))
        match draw(st.sampled_from(["report", "amendment", "retraction"])) if known else "report":
            case "report":
                canaries.append(draw(codings(f"C{number}", later)))
            case "amendment":
                canaries.append(draw(codings(draw(st.sampled_from(known)).report_id, later)))
            case "retraction":
                gone = draw(st.sampled_from(known))
                withdrawn = replace(gone, grade=None, reliability="", credibility=None)
                moment = dt.datetime.combine(later, NOON)
                canaries.append(replace(withdrawn, retracted_at=moment, coded_at=moment))
    return as_of, known, canaries


def sees(problem: Problem) -> dict[str, Any]:
    """All that a model could look at, but the case's own texts."""
    return {
        **problem.arrays,
        "future": np.array([week.toordinal() for week in problem.calendar.future_weeks]),
        "units": problem.units,
        "passed": problem.passed,
        "ended": problem.ended,
        "shares": problem.structure.shares,
    }


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    def alike(a: Any, b: Any) -> bool:
        if isinstance(a, np.ndarray):
            return isinstance(b, np.ndarray) and (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
        return bool(a == b)

    return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)


def hindsight(case: Case, as_of: dt.date) -> Case:
    """The case as it stands once it has been resolved."""
    ended = as_of + dt.timedelta(days=1)
    weights = {"city": 1.0, "private": 0.0, "other": 0.0, "unresolved": 0.0}
    told = Resolution(ended, weights, "Signed.", "Gazette", dt.datetime.combine(ended, NOON))
    return replace(case, resolutions=(told,))


def nothing_leaks(drawn: tuple[dt.date, list[Row], list[Row]], place: int) -> None:
    as_of, known, canaries = drawn
    rows = [*known[: place % (len(known) + 1)], *canaries, *known[place % (len(known) + 1) :]]
    before = build_problem(as_it_was(), view(known, as_of, "published"))
    after = build_problem(hindsight(with_later_episodes(), as_of), view(rows, as_of, "published"))
    assert same(sees(before), sees(after))


@given(drawn=journals(), place=st.integers(0, 6))
@settings(max_examples=60)
def test_what_came_later_changes_no_bit(drawn: tuple[dt.date, list[Row], list[Row]], place: int) -> None:
    nothing_leaks(drawn, place)


@pytest.mark.long
@given(drawn=journals(), place=st.integers(0, 6))
@settings(max_examples=1000)
def test_what_came_later_changes_no_bit_in_a_thousand_journals(
    drawn: tuple[dt.date, list[Row], list[Row]], place: int
) -> None:
    nothing_leaks(drawn, place)


@pytest.mark.parametrize("name", ["ach", "base_rates", "uniform"])
@given(drawn=journals())
@settings(max_examples=5)
def test_and_no_forecast(name: str, drawn: tuple[dt.date, list[Row], list[Row]]) -> None:
    model = load_model(name, Path("nowhere"))
    assert isinstance(model, ExactModel)
    as_of, known, canaries = drawn
    before = build_problem(as_it_was(), view(known, as_of, "published"))
    after = build_problem(hindsight(with_later_episodes(), as_of), view([*canaries, *known], as_of, "published"))
    np.testing.assert_array_equal(model.law.incidence(before), model.law.incidence(after))


@pytest.fixture(scope="module")
def compiled() -> None:
    """The compiler changes Python's recursion limit, which hypothesis does not like to see happen."""
    sampled(as_it_was(), view([], OPENING, "published"))


@pytest.mark.long
@pytest.mark.usefixtures("compiled")
@given(drawn=journals())
@settings(max_examples=5)
def test_and_no_forecast_that_is_sampled(drawn: tuple[dt.date, list[Row], list[Row]]) -> None:
    as_of, known, canaries = drawn
    before = sampled(as_it_was(), view(known, as_of, "published"))
    after = sampled(hindsight(with_later_episodes(), as_of), view([*canaries, *known], as_of, "published"))
    assert before.tobytes() == after.tobytes()


def sampled(case: Case, known: View) -> np.ndarray:
    """Anchored, sampled and projected as a forecast is, with few draws."""
    problem = build_problem(case, known)
    stated = anchor(latent_drivers(), problem)
    problem = problem.anchored(stated.mean, stated.sd)
    posterior = sample(latent_drivers(), problem, 7, Settings(chains=2, tune=100, draws=100))
    return latent_drivers().law.project(posterior.draws, problem)


def test_a_gate_that_was_passed_later_changes_no_bit() -> None:
    known = view([], dt.date(2026, 2, 1), "published")
    later = with_past(permits=PASSAGES + "N-4,permit,2026-02-01\n")
    assert same(sees(build_problem(as_it_was(), known)), sees(build_problem(later, known)))


SEEN: dict[str, Callable[[Case, Row], Problem]] = {
    "a report": lambda case, first: build_problem(case, view([first, row("C1", 5)], dt.date(2026, 2, 1), "published")),
    "an episode that ended before": lambda case, first: build_problem(
        with_past(strikes=EPISODES + "S-8,South,pm,2018-01-01,2018-06-01,signed,\n"),
        view([first], dt.date(2026, 2, 1), "published"),
    ),
}


@pytest.mark.parametrize("look", SEEN.values(), ids=SEEN)
def test_the_same_eyes_do_see_what_was_known(look: Callable[[Case, Row], Problem]) -> None:
    first = row("R1", 4, "2026-01-20")
    before = build_problem(as_it_was(), view([first], dt.date(2026, 2, 1), "published"))
    assert not same(sees(before), sees(look(as_it_was(), first)))
