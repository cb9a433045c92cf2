"""The switchboard says what a case with these values would say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.case.document import Document, Place, Plain
from forecast.errors import InputError, UsageError
from forecast.insight.assumed import levers
from forecast.insight.switchboard import Alternative, from_grid, from_words, grid_faults, problem_under, weighed
from tests.insight.standings import log_posterior, problem, standing


def test_words_and_grids_name_alternatives() -> None:
    assert from_words("a=2,b=++") == Alternative("a=2,b=++", {"a": 2.0, "b": "++"})
    found = from_grid(Document("grid.yaml", {"slow": {"a": 1}, "a": [1, 2], "b": "++"}, {}))
    assert [one.values for one in found] == [{"a": 1}, {"a": 1, "b": "++"}, {"a": 2, "b": "++"}]


def test_every_name_of_a_grid_that_is_no_assumption_is_told_at_its_line() -> None:
    said: Plain = {"slow": {"half-life-of-budgets": 8, "half-lives": 9}, "money-for-the-town": ["+"], "permit": "open"}
    lines: dict[Place, int] = {("slow",): 1, ("slow", "half-lives"): 3, ("money-for-the-town",): 4}
    faults = grid_faults(Document("grid.yaml", said, lines), problem().case)
    assert [(fault.line, fault.message) for fault in faults] == [
        (3, "'half-lives' is no assumption of this case"),
        (4, "'money-for-the-town' is no assumption of this case"),
    ]
    assert "did you mean 'money-for-the-city'?" in faults[1].remedy


@pytest.mark.parametrize("data", [None, [], {}, "slow", {"a": list(range(65))}])
def test_what_is_no_grid_is_a_fault_of_its_file(data: Plain) -> None:
    with pytest.raises(InputError, match=r"grid\.yaml"):
        from_grid(Document("grid.yaml", data, {}))


@pytest.mark.parametrize("words", ["", "a", "a=", "=1", "a=1,,b=2"])
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(UsageError, match="assumption=value"):
        from_words(words)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"no-such": 1.0}, "is no assumption"),
        ({"half-life-of-budgets": -3.0}, "is no weeks"),
        ({"money-for-the-city": "+++"}, "is no strength"),
        ({"stated-chances": {"city": 0.5, "private": 0.6, "other": 0.1}}, "summing to 1"),
        ({"permit": "shut"}, "thought away"),
    ],
)
def test_what_cannot_be_is_refused_in_words(values: dict[str, object], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        problem_under(Alternative("bad", values), problem())  # type: ignore[arg-type]


def test_a_value_stands_where_its_assumption_is_read() -> None:
    values = {"half-life-of-budgets": 20.0, "money-for-the-city": "0", "level-of-unions": -0.5, "permit": "open"}
    other = problem_under(Alternative("other", values), problem())
    assert other.structure.persistence[0] == pytest.approx(2 ** (-1 / 20))
    assert other.structure.loading.mean[0] == 0.0
    assert -0.5 in other.structure.level.mean
    assert other.passed == (problem().calendar.opening,)
    np.testing.assert_array_equal(other.intercept_mean, problem().intercept_mean)
    assert other.units == problem().units


@settings(max_examples=8)
@given(st.floats(-1.0, 1.0), st.floats(5.0, 20.0))
def test_weights_are_the_ratio_of_the_posteriors(level: float, weeks: float) -> None:
    values = {"level-of-unions": level, "half-life-of-budgets": weeks, "steady-pace": 0.2}
    other = problem_under(Alternative("other", values), problem())
    change = weighed(standing(), other)
    assert change is not None
    assert change.log_weights is not None
    ratio = log_posterior(other, standing().draws) - log_posterior(problem(), standing().draws)
    np.testing.assert_allclose(change.log_weights, ratio, atol=1e-8)


def test_an_alternative_is_the_lever_at_its_value() -> None:
    half_life = next(lever for lever in levers(problem()) if lever.id == "half-life-of-budgets")
    other = problem_under(Alternative("slow", {"half-life-of-budgets": 20.0}), problem())
    change = weighed(standing(), other)
    assert change is not None
    here = standing()
    np.testing.assert_allclose(here.answer(change).chances, here.answer(half_life.change(here, 1.0)).chances, atol=1e-9)
