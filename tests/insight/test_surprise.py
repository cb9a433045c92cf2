"""How much reports surprise, and what evidence is worth."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.evidence.journal import Report, Row
from forecast.inference.carrying import carry
from forecast.insight.states import State
from forecast.insight.surprise import score, spread_of_sum, surprises
from forecast.insight.worth import Worth, information, worth
from forecast.model.problem import Problem
from tests.model.harbour import EVIDENCE, latent_drivers, prior_draws, problem_of, row, seen

DRAWS = 400
LAW = latent_drivers().law


def asked(*rows: Row) -> tuple[State, Problem, tuple[Report, ...]]:
    old = problem_of(as_of=dt.date(2026, 1, 20))
    return State(old, prior_draws(old, 1, DRAWS), 4), problem_of(*rows), seen(*rows).reports


def even(draws: int = DRAWS) -> np.ndarray:
    return np.full(draws, 1 / draws)


@given(st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5))
def test_surprise_is_nothing_on_average(raw: list[float]) -> None:
    chances = np.array(raw) / sum(raw)
    scores = np.array([score(chances, grade) for grade in range(1, 6)])
    assert float(chances @ scores[:, 1]) == pytest.approx(0.0, abs=1e-12)
    assert scores[:, 0] == pytest.approx(-np.log2(chances))
    assert scores[0, 2] == pytest.approx(float(chances @ scores[:, 1] ** 2), abs=1e-12)


def test_a_report_s_bits_are_those_of_its_grade_among_all_grades() -> None:
    state, problem, reports = asked(row("R1", 5), row("R2", 2))
    found = surprises(LAW, state, even(), problem, reports)
    by_report = {surprise.report: surprise for surprise in found.reports}
    chances = []
    for grade in range(1, 6):
        alone = problem_of(row("R1", grade))
        draws = prior_draws(state.problem, 1, DRAWS)
        chances.append(np.mean(np.exp(LAW.log_likelihood(carry(LAW, draws, state.problem, alone), alone)["event"])))
    assert sum(chances) == pytest.approx(1.0, abs=1e-9)
    assert by_report["R1"].bits == pytest.approx(-np.log2(chances[4]), abs=1e-6)
    assert by_report["R1"].excess > 0 > by_report["R2"].excess, "strikes are usually graded 2"
    assert [surprise.report for surprise in found.reports] == ["R1", "R2"]


def test_repeated_surprise_is_told_from_one_and_an_event_counts_once() -> None:
    state, problem, reports = asked(*(row(f"R{n}", 5, reliability="A", credibility=1) for n in range(8)))
    found = surprises(LAW, state, even(), problem, reports)
    assert found.repeated
    assert found.events == 8
    state, problem, reports = asked(*(row(f"R{n}", 5, event_id="one") for n in range(8)))
    once = surprises(LAW, state, even(), problem, reports)
    assert once.events == 1
    assert once.total < found.total
    state, problem, reports = asked(*(row(f"R{n}", 2) for n in range(8)))
    assert not surprises(LAW, state, even(), problem, reports).repeated


def test_what_was_told_of_an_event_is_expected_to_be_told_again() -> None:
    """A second telling's grade has the chance of both tellings over that of the first, draw by draw."""
    first = row("R1", 5, event_id="one", reliability="A", credibility=1)
    second = row("R2", 5, event_id="one", origin_id="other", source="Other Paper")
    old = problem_of(first, as_of=dt.date(2026, 1, 20))
    state, later = State(old, prior_draws(old, 1, DRAWS), 4), problem_of(first)
    known, (report,) = seen(first).reports, seen(second).reports
    (found,) = surprises(LAW, state, even(), later, (report,), known).reports

    def told(*rows: Row) -> np.ndarray:
        alone = problem_of(*rows)
        draws = carry(LAW, state.draws, old, alone)
        return np.asarray(np.exp(LAW.log_likelihood(draws, alone)["event"][:, 0]))

    chances = [np.mean(told(first, replace(second, grade=grade)) / told(first)) for grade in range(1, 6)]
    assert sum(chances) == pytest.approx(1.0, abs=1e-9)
    assert found.bits == pytest.approx(-np.log2(chances[4]), abs=1e-6)
    (unprepared,) = surprises(LAW, state, even(), later, (report,)).reports
    assert found.bits < unprepared.bits - 0.5


def test_what_was_told_since_is_expected_too_and_counts_for_the_drivers() -> None:
    """Two tellings of one new event: the second's grade has the chance of both over that of the first, on average."""
    first = row("R1", 5, event_id="one", reliability="A", credibility=1)
    second = row("R2", 5, event_id="one", origin_id="other")
    state, later, reports = asked(first, second)

    def told(*rows: Row) -> float:
        alone = problem_of(*rows)
        draws = carry(LAW, state.draws, state.problem, alone)
        return float(np.mean(np.exp(LAW.log_likelihood(draws, alone)["event"][:, 0])))

    found = {each.report: each for each in surprises(LAW, state, even(), later, reports).reports}
    assert found["R1"].bits == pytest.approx(-np.log2(told(first)), abs=1e-6)
    assert found["R2"].bits == pytest.approx(-np.log2(told(first, second) / told(first)), abs=1e-6)


def test_an_original_that_is_found_late_is_no_copy() -> None:
    known = seen(row("R1", 2, "2026-01-22", event_id="one", origin_id="wire")).reports
    state, later, reports = asked(row("R0", 5, "2026-01-14", event_id="one", origin_id="wire"))
    (found,) = surprises(LAW, state, even(), later, reports, known).reports
    assert found.grades == (5,)


def test_very_many_tellings_of_one_event_are_still_numbers() -> None:
    rows = [row(f"R{n}", 3, event_id="one", origin_id=f"O{n}") for n in range(1200)]
    state, later, reports = asked(rows[-1])
    (found,) = surprises(LAW, state, even(), later, reports, seen(*rows[:-1]).reports).reports
    assert np.isfinite(found.bits)


def test_a_copy_of_what_was_coded_is_no_news() -> None:
    first = row("R1", 5, event_id="one", origin_id="wire")
    old = problem_of(first, as_of=dt.date(2026, 1, 20))
    state, known = State(old, prior_draws(old, 1, DRAWS), 4), seen(first).reports
    copies = seen(row("R2", 2, event_id="one", origin_id="wire")).reports
    assert surprises(LAW, state, even(), problem_of(first), copies, known).reports == ()
    both = (row("R2", 2, event_id="one", origin_id="wire", coder=coder) for coder in ("ann", "bob"))
    (found,) = surprises(LAW, state, even(), problem_of(first), seen(*both).reports, known).reports
    assert found.grades == (2,), "of the two coders one had coded the wire"
    twice = seen(*(row(name, 4, event_id="two", origin_id="cable") for name in ("R3", "R4"))).reports
    assert [each.report for each in surprises(LAW, state, even(), problem_of(first), twice).reports] == ["R3"]


def test_the_spread_of_a_sum_is_that_of_all_that_could_be_reported() -> None:
    """Three draws, two reports of one coder each: every pair of grades, with its probability."""
    rng = np.random.default_rng(4)
    weights = np.array([0.5, 0.3, 0.2])
    one, other = (rng.dirichlet(np.full(5, 0.7), size=3) for _ in range(2))
    bits = [-np.log2(weights @ each) for each in (one, other)]
    excess = [each - (weights @ chances) @ each for each, chances in zip(bits, (one, other), strict=True)]
    joint = np.einsum("d,di,dj->ij", weights, one, other)
    sums = excess[0][:, None] + excess[1][None, :]
    assert float(np.sum(joint * sums)) == pytest.approx(0.0, abs=1e-12)
    assert spread_of_sum([[one], [other]], weights) == pytest.approx(np.sqrt(np.sum(joint * sums**2)), rel=1e-9)
    apart = sum(float((weights @ chances) @ each**2) for chances, each in zip((one, other), excess, strict=True))
    assert spread_of_sum([[one], [other]], weights) != pytest.approx(np.sqrt(apart), rel=0.01)


def test_searches_and_silence_surprise_nobody() -> None:
    state, problem, reports = asked(row("R7", 0, effort=0.7))
    assert surprises(LAW, state, even(), problem, reports).reports == ()
    assert surprises(LAW, state, even(), problem, ()).total == 0.0


# ------------------------------------------------------------------------------------------------ worth


def valued(*rows: Row) -> Worth:
    problem = problem_of(*rows)
    found = worth(LAW, prior_draws(problem, 2, DRAWS), even(), problem, len(seen(*rows).reports))
    assert found is not None
    return found


def test_evidence_is_never_worth_more_than_there_is() -> None:
    found = valued(*EVIDENCE)
    assert 0 < found.independent < found.events
    for events, value in found.by_latent.values():
        assert 0 < value < events


@pytest.mark.parametrize("indicator", ["strikes", "tax_income"])
@pytest.mark.parametrize("effort", [0.3, 0.95, 1.0])
def test_searches_that_found_nothing_are_worth_what_their_two_ends_tell(indicator: str, effort: float) -> None:
    """Fisher's information of a coin: nothing is found, or something is; never more than the true grade tells."""
    problem = problem_of(row("S", 0, indicator=indicator, effort=effort))
    draws = prior_draws(problem, 2, 4000)
    paths = LAW.latents(draws, problem)

    def nothing(shift: float) -> Any:
        moved = {**draws, "common_error": draws["common_error"] + shift}
        grades = np.exp(LAW.log_grades(np, moved, paths, problem.arrays)[..., 0])
        return grades[:, 0] + (1.0 - min(effort, 1.0 - 1e-9)) * grades[:, 1:].sum(axis=1)

    chance, slope = nothing(0.0), (nothing(1e-4) - nothing(-1e-4)) / 2e-4
    told, perfect = information(LAW, draws, problem)
    assert told[0] == pytest.approx(np.mean(slope**2 / (chance * (1.0 - chance))), rel=1e-4)
    assert told[0] < perfect[0]


def test_ten_outlets_of_one_wire_are_worth_one() -> None:
    one = valued(row("R1", 4))
    wire = valued(*(row(f"R{n}", 4, event_id="one", origin_id="wire") for n in range(10)))
    independent = valued(*(row(f"R{n}", 4, event_id="one", reliability="F", credibility=6) for n in range(10)))
    assert wire.independent == pytest.approx(one.independent, rel=0.05)
    assert independent.independent < 1, "ten tellings of one event sharpen it, and are still one event"


def test_better_sources_are_worth_more_and_shared_errors_less() -> None:
    def graded(reliability: str, credibility: int, days: tuple[str, ...]) -> float:
        rows = [row(f"R{n}", 4, day, reliability=reliability, credibility=credibility) for n, day in enumerate(days)]
        return valued(*rows).independent

    apart = ("2026-01-14", "2026-01-20", "2026-01-27", "2026-02-03")
    assert graded("A", 1, apart) > graded("E", 5, apart)
    assert graded("A", 1, apart) > graded("A", 1, ("2026-01-20",) * 4), "one news cycle errs together"
    assert graded("A", 1, apart * 40) < 2 + 1 / 0.3**2 / 0.3, "a common error bounds what any number can say"


def test_information_is_that_of_direct_enumeration() -> None:
    """One coding of one telling: five grades can be listed."""
    problem = problem_of(row("R1", 4))
    draws = {name: values[:1].repeat(4000, axis=0) for name, values in prior_draws(problem, 6, 2).items()}
    told, perfect = information(LAW, draws, problem)
    one = {name: values[:1] for name, values in draws.items()}

    def chance(grade: int, shift: float) -> float:
        asked = problem_of(row("R1", grade))
        moved = {**one, "common_error": one["common_error"] + shift}
        return float(np.exp(LAW.log_likelihood(moved, asked)["event"][0, 0]))

    step = 1e-4
    expected = sum(
        (chance(grade, step) - chance(grade, -step)) ** 2 / (2 * step) ** 2 / chance(grade, 0.0)
        for grade in range(1, 6)
    )
    assert told[0] == pytest.approx(expected, rel=0.1)
    assert told[0] < perfect[0]


def test_a_model_that_does_not_say_how_it_reads_has_no_worth() -> None:
    problem = problem_of(*EVIDENCE)
    law: Any = type("Law", (), {})()
    assert worth(law, {}, even(), problem, 9) is None
    assert worth(LAW, {}, even(), replace(problem, units={}), 0) is None
