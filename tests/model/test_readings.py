"""From reports to arrays: what counts, what counts once, and what must not matter."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.evidence.journal import Row
from forecast.model.problem import Problem
from forecast.model.readings import Origin, Unit
from tests.model.harbour import events, latent_drivers, prior_draws, problem_of, row

LAW = latent_drivers().law
EMPTY = problem_of()

ROWS = [
    row("R1", 4),
    row("R1", 5, coder="bob", reliability="C"),
    row("R2", 4, event_id="R1", origin_id="R1", source="Harbour Office", source_type="official"),
    row("R3", 2, event_id="R1", source="A docker", source_type="witness", reliability="F", credibility=6),
    row("R4", 3, indicator="debts", day="2026-01-05"),
    row("R5", 0, indicator="layoffs", effort=0.6),
    row("R6", 5, indicator="tender", day="2026-02-03"),
    row("R6/2", 1, indicator="tax_income", day="2026-02-03", origin_id="R6"),
]


def assert_same_arrays(one: Problem, other: Problem) -> None:
    assert one.arrays.keys() == other.arrays.keys()
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(array, other.arrays[name], err_msg=name)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_rows_cannot_matter(seed: int) -> None:
    shuffled = random.Random(seed).sample(ROWS, len(ROWS))
    assert problem_of(*shuffled).units == problem_of(*ROWS).units
    assert_same_arrays(problem_of(*shuffled), problem_of(*ROWS))


@given(events, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_units_cannot_matter(units: dict[tuple[str, str], Unit], random: random.Random) -> None:
    keys = list(units)
    random.shuffle(keys)
    assert_same_arrays(EMPTY.with_units(units), EMPTY.with_units({key: units[key] for key in keys}))


def test_fifty_carriers_of_one_origin_change_nothing_beyond_the_first() -> None:
    first = row("R0", 5, event_id="strike")
    carriers = [
        row(f"R{n:02}", 5, event_id="strike", origin_id="R0", source=f"Paper {n}", reliability="E", day="2026-01-21")
        for n in range(1, 50)
    ]
    alone, carried = problem_of(first), problem_of(first, *carriers)
    assert carried.units == alone.units
    assert_same_arrays(carried, alone)
    apart = problem_of(first, *(replace(carrier, origin_id="") for carrier in carriers))
    assert len(apart.units["strike", "strikes"].origins) == 50


def test_the_first_report_speaks_for_its_origin() -> None:
    late = row("A", 2, day="2026-01-25", event_id="E", origin_id="wire", source="Port Gazette", reliability="A")
    early = row("B", 4, day="2026-01-22", event_id="E", origin_id="wire", source="A docker", reliability="D")
    unit = problem_of(late, early).units["E", "strikes"]
    assert unit.origins == (Origin("A docker", "press", (("D", 2),), (("ann", 3),), "dockers", 1),)


def test_a_coder_counts_once_in_an_origin() -> None:
    rows = [
        row("A", 4, event_id="E", origin_id="wire"),
        row("B", 2, event_id="E", origin_id="wire", reliability="E"),
        row("B", 5, event_id="E", origin_id="wire", coder="bob", reliability="E"),
    ]
    (origin,) = problem_of(*rows).units["E", "strikes"].origins
    assert origin.codings == (("ann", 3), ("bob", 4))
    assert origin.cells == (("B", 2),), "the cell is that of the first report"


def test_coders_who_differ_on_the_cell_each_have_a_half_of_it() -> None:
    problem = problem_of(row("A", 4), row("A", 4, coder="bob", reliability="D", credibility=5))
    (origin,) = problem.units["A", "strikes"].origins
    assert origin.cells == (("B", 2), ("D", 5))
    np.testing.assert_array_equal(problem.arrays["telling_kernels"], [[0], [1]])
    np.testing.assert_array_equal(problem.arrays["telling_shares"], [[0.5], [0.5]])


def test_two_indicators_of_one_report_are_two_units() -> None:
    units = problem_of(row("R6", 5), row("R6/2", 2, event_id="R6", origin_id="R6", indicator="debts")).units
    assert set(units) == {("R6", "strikes"), ("R6", "debts")}


@pytest.mark.parametrize(("day", "counts"), [("2025-11-30", False), ("2025-12-01", True)])
def test_history_begins_where_the_case_says(day: str, counts: bool) -> None:
    assert bool(problem_of(row("R", 4, day=day)).units) is counts


def test_an_event_stands_in_the_week_it_happened_in() -> None:
    found = problem_of(row("R", 4, day="2026-01-18", published_date=dt.date(2026, 2, 3)))  # a Sunday
    assert found.calendar.weeks[found.units["R", "strikes"].week] == dt.date(2026, 1, 12)


def test_what_is_published_later_is_not_known() -> None:
    known = problem_of(row("A", 4), row("B", 5, published_date=dt.date(2026, 2, 12)))
    assert set(known.units) == {("A", "strikes")}


def test_searches_that_found_nothing_count_once_an_origin() -> None:
    rows = [
        row("A", 0, event_id="E", effort=0.4),
        row("A", 0, event_id="E", coder="bob", effort=0.8),
        row("B", 0, event_id="E", effort=0.5),
    ]
    unit = problem_of(*rows).units["E", "strikes"]
    assert unit.origins == ()
    assert unit.efforts == pytest.approx((0.5, 0.6))


def test_equal_events_are_one_row_counted_twice() -> None:
    def event(name: str) -> list[Row]:
        return [row(name, 4), row(name, 5, coder="bob")]

    problem = problem_of(*event("A"), *event("B"), row("C", 2))
    assert sorted(problem.arrays["multiplicity"]) == [1.0, 2.0]
    assert max(problem.readings.events, key=len) == (("A", "strikes"), ("B", "strikes"))
    draws = prior_draws(problem, 1, 5)
    by_event = LAW.log_likelihood(draws, problem)["event"]
    np.testing.assert_array_equal(by_event[:, 0], by_event[:, 1])
    assert not np.array_equal(by_event[:, 0], by_event[:, 2])


@given(events, st.integers(2, 4), st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_folding_changes_no_likelihood(units: dict[tuple[str, str], Unit], times: int, seed: int) -> None:
    copied = {(f"{event}-{n}", indicator): unit for (event, indicator), unit in units.items() for n in range(times)}
    folded, alone = EMPTY.with_units(copied), EMPTY.with_units(units)
    assert len(folded.readings.multiplicity) == len(alone.readings.multiplicity)
    draws = prior_draws(folded, seed, 3)
    total = LAW.log_likelihood(draws, folded)["event"].sum(axis=1)
    np.testing.assert_allclose(total, times * LAW.log_likelihood(draws, alone)["event"].sum(axis=1))
    a = folded.arrays
    rows = LAW.log_events(np, draws, LAW.latent_paths(np, draws, a), a)
    np.testing.assert_allclose((rows * a["multiplicity"]).sum(axis=1), total)


def test_no_evidence_is_no_evidence() -> None:
    found = LAW.log_likelihood(prior_draws(EMPTY, 1, 4), EMPTY)
    assert found["event"].shape == (4, 0)
    assert found["open"].shape == (4,)
