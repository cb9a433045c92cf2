"""What to look for: information by enumeration, chances that add up, signs that the codebook gives."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from forecast.case.premises import HypotheticalReport
from forecast.errors import UsageError
from forecast.insight import forthcoming as coming_reports
from forecast.insight.forthcoming import PRIOR_EVENTS, forthcoming, reporting_chances
from forecast.insight.watch import joint_distribution, mutual_information, watch
from forecast.insight.whatif import whatif
from tests.insight.standings import problem, standing, standing_of
from tests.model.harbour import HORIZON, harbour, with_rulings


@given(st.integers(0, 2**32 - 1))
def test_mutual_information_is_that_of_an_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, grades, outcomes = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(5), 6), rng.dirichlet(np.ones(3), 6)
    joint = {
        (y, k): sum(weights[s] * grades[s, y] * outcomes[s, k] for s in range(6)) for y in range(5) for k in range(3)
    }
    rows = [sum(joint[y, k] for k in range(3)) for y in range(5)]
    columns = [sum(joint[y, k] for y in range(5)) for k in range(3)]
    expected = sum(p * np.log2(p / (rows[y] * columns[k])) for (y, k), p in joint.items() if p > 0)
    found = mutual_information(joint_distribution(weights, grades, outcomes))
    assert found == pytest.approx(expected, abs=1e-12)
    assert 0.0 <= found <= np.log2(3)


def test_what_is_independent_tells_nothing_and_what_is_the_same_tells_all() -> None:
    assert mutual_information(np.outer([0.2, 0.8], [0.5, 0.25, 0.25])) == pytest.approx(0.0, abs=1e-15)
    assert mutual_information(np.diag([0.5, 0.25, 0.25])) == pytest.approx(1.5)


def test_grades_are_all_that_can_be_reported() -> None:
    coming = forthcoming(standing(), ("C", 3), 0.6)
    np.testing.assert_allclose(coming.grades.sum(axis=-1), 1.0, atol=1e-12)
    assert np.all((coming.found_nothing > 0.4 - 1e-9) & (coming.found_nothing <= 1.0)), "a search may miss it"


def test_summed_over_what_happened_the_chances_are_those_of_the_likelihood(monkeypatch: pytest.MonkeyPatch) -> None:
    here = standing()
    found = forthcoming(here, ("C", 3), 0.6)
    monkeypatch.setattr(coming_reports, "_by_true_grade", coming_reports._one_by_one)
    expected = forthcoming(here, ("C", 3), 0.6)
    np.testing.assert_allclose(found.grades, expected.grades, rtol=1e-9)
    np.testing.assert_allclose(found.found_nothing, expected.found_nothing, rtol=1e-9)


def test_polarity_and_drivers_are_those_of_the_codebook() -> None:
    here, coming = standing(2000, 2), forthcoming(standing(2000, 2))
    week = here.problem.calendar.future_weeks.index(dt.date(2026, 2, 16))
    mean = coming.grades @ np.arange(1, 6)
    for indicator, latent, sign in (("tax_income", 0, 1), ("debts", 0, -1), ("strikes", 1, 1), ("tender", 2, 1)):
        x = here.lived.latents[week, ..., latent]
        j = coming.indicators.index(indicator)
        assert sign * np.corrcoef(x.ravel(), mean[..., j].ravel())[0, 1] > 0.5


def test_a_report_is_expected_as_often_as_the_ledger_says() -> None:
    weeks = len(problem().calendar.weeks)
    counts = [sum(unit.indicator == name for unit in problem().units.values()) for name in problem().case.indicators]
    rate = PRIOR_EVENTS / (np.mean(counts) / weeks) + weeks
    none = nbinom.pmf(0, PRIOR_EVENTS + np.array(counts), rate / (rate + 1))
    np.testing.assert_allclose(reporting_chances(problem()), 1.0 - none)


def test_the_list_is_ranked_and_its_grades_average_to_where_things_stand() -> None:
    here = standing(2000, 2)
    rows = watch(here)
    assert [row.id for row in rows] == [row.id for row in sorted(rows, key=lambda row: -row.bits_per_effort)]
    assert {row.id for row in rows} == set(here.problem.case.indicators)
    for row in rows:
        assert row.bits == pytest.approx(row.reported * row.bits_if_reported)
        if row.id == "permit":
            continue  # two of its grades open the gate, which no future before them knows of
        average = sum(grade.probability * grade.outcomes for grade in row.grades)
        np.testing.assert_allclose(average, here.now, atol=1e-6)
    tender = next(row for row in rows if row.id == "tender")
    assert tender.grades[4].outcomes[1] > tender.grades[0].outcomes[1], "it tells of the private operator"


def test_after_the_last_week_there_is_nothing_to_watch_for() -> None:
    here = standing()
    late = replace(here.problem, calendar=replace(here.problem.calendar, as_of=HORIZON - dt.timedelta(days=2)))
    with pytest.raises(UsageError, match="before next week"):
        forthcoming(replace(here, problem=late))


def test_a_grade_that_settles_something_does_what_a_what_if_says() -> None:
    """The permit opens its gate, a tender of grade 1 leaves the private operator next to nothing."""
    here = standing_of(with_rulings(harbour("permit"), private=1), 4000)
    rows = {row.id: row for row in watch(here)}
    for indicator, grade in (("permit", 4), ("permit", 5), ("tender", 1)):
        asked = whatif(here, [HypotheticalReport(indicator, grade)])
        np.testing.assert_allclose(rows[indicator].grades[grade - 1].outcomes, asked.answer.chances, atol=0.01)
    assert rows["tender"].grades[0].outcomes[1] < 0.02
    rumoured = {row.id: row for row in watch(here, ("E", 5))}
    assert rumoured["tender"].grades[0].outcomes[1] > 0.1
