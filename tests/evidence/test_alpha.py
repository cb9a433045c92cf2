"""Agreement as the literature has it: published examples, another program's answers, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.evidence.alpha import Metric, alpha, coincidences, estimated, kappa, meetings_of, quadratic

KRIPPENDORFF = """
    1 2 3 3 2 1 4 1 2 . . .
    1 2 3 3 2 2 4 1 2 5 . 3
    . 3 3 3 2 3 4 2 2 5 1 .
    1 2 3 3 2 4 4 1 2 5 1 .
"""
THREE_CODERS = """
    . . . . . 3 4 1 2 1 1 3 3 . 3
    1 . 2 1 3 3 4 3 . . . . . . .
    . . 2 1 3 4 4 . 2 1 1 3 3 . 4
"""
AT_RANDOM = """
    5 . 2 3 2 3 . 2 2 2 4 3 2 5 1 2 . 5 3 0 3 2 5 3 . 3 2 1 3 .
    5 1 1 3 2 3 5 1 2 3 5 2 3 5 0 2 5 4 2 0 3 . 5 . . 3 3 1 2 .
    2 1 4 3 1 4 1 1 0 . 2 4 2 4 5 0 4 . . 4 . 1 0 . 2 1 5 1 1 2
"""


def counts(text: str, size: int = 6) -> np.ndarray:
    """How many coders gave each value, by unit; a line a coder."""
    coders = [line.split() for line in text.strip().splitlines()]
    found = np.zeros((len(coders[0]), size))
    for coder in coders:
        for unit, value in enumerate(coder):
            if value != ".":
                found[unit, int(value)] += 1
    return found


@pytest.mark.parametrize(
    ("data", "metric", "published"),
    [
        (KRIPPENDORFF, "nominal", 0.743),  # Krippendorff (2011), section C
        (KRIPPENDORFF, "ordinal", 0.815),
        (THREE_CODERS, "nominal", 0.691),
        (THREE_CODERS, "ordinal", 0.807),
        (AT_RANDOM, "nominal", 0.13732718894),  # the package krippendorff 0.9.0
        (AT_RANDOM, "ordinal", 0.22653499365),
    ],
)
def test_published_examples(data: str, metric: Metric, published: float) -> None:
    found = float(alpha(coincidences(counts(data)).sum(axis=0), metric))
    digits = len(str(published).partition(".")[2])
    assert found == pytest.approx(published, abs=0.6 * 10**-digits)


def test_two_coders_of_two_values_as_published() -> None:
    """Krippendorff (2011), section A: ten units, alpha .095."""
    one, other = "0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"
    assert float(alpha(coincidences(counts(f"{one}\n{other}", 2)).sum(axis=0), "nominal")) == pytest.approx(
        0.095, abs=5e-4
    )


def test_kappa_as_published() -> None:
    """Cohen (1960 and 1968): 200 patients, two psychiatrists; .492 plain, .348 with his weights."""
    table = np.array([[88.0, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert float(kappa(table, 1.0 - np.eye(3))) == pytest.approx(0.492, abs=5e-4)
    weights = np.array([[0.0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert float(kappa(table, weights)) == pytest.approx(0.348, abs=5e-4)


def test_quadratic_kappa_as_another_program_has_it() -> None:
    """scikit-learn 1.8, cohen_kappa_score."""
    table = np.zeros((6, 6))
    np.add.at(table, ([1, 2, 3, 4, 5, 3, 2, 1, 4, 5, 0, 3], [1, 3, 3, 4, 4, 2, 2, 1, 5, 5, 1, 3]), 1)
    assert float(kappa(table, quadratic(6))) == pytest.approx(0.9038461538, abs=1e-9)


units = st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=4), min_size=2, max_size=30)


def counted(given_units: list[list[int]]) -> np.ndarray:
    return np.array([np.bincount(unit, minlength=6) for unit in given_units], dtype=float)


@given(units)
def test_what_always_holds(given_units: list[list[int]]) -> None:
    table = coincidences(counted(given_units))
    whole = table.sum(axis=0)
    assert whole.sum() == pytest.approx(sum(map(len, given_units)))
    assert np.allclose(whole, whole.T)
    nominal = float(alpha(whole, "nominal"))
    assert np.isnan(nominal) == (len({value for unit in given_units for value in unit}) == 1)
    if not np.isnan(nominal):
        assert nominal <= 1.0
        agreed = all(len(set(unit)) == 1 for unit in given_units)
        assert (nominal == pytest.approx(1.0)) == agreed
        assert (float(alpha(whole, "ordinal")) == pytest.approx(1.0)) == agreed


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20))
def test_with_two_coders_one_against_the_other_is_all_there_is(pairs: list[tuple[int, int]]) -> None:
    both = counted([list(pair) for pair in pairs])
    own, other = counted([[one] for one, _ in pairs]), counted([[two] for _, two in pairs])
    assert np.allclose(coincidences(both), meetings_of(own, other))


def test_coders_at_random_agree_no_more_than_by_chance_and_the_interval_says_so() -> None:
    rng = np.random.default_rng(7)
    table = coincidences(counted(rng.integers(0, 6, size=(300, 3)).tolist()))
    found = estimated(table, lambda each: alpha(each, "ordinal"))
    assert found is not None
    assert found.interval is not None
    assert found.interval[0] < 0.0 < found.interval[1]
    assert found == estimated(table, lambda each: alpha(each, "ordinal"))


def test_an_interval_holds_the_alpha_of_all_units_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    truth = rng.integers(1, 6, size=20_000)
    coded = np.clip(truth[:, None] + rng.choice([-1, 0, 0, 1], size=(len(truth), 2)), 0, 5)
    everything = coincidences(counted(coded.tolist()))
    wanted = float(alpha(everything.sum(axis=0), "ordinal"))
    held = 0
    for start in range(0, 100 * 60, 60):
        found = estimated(everything[start : start + 60], lambda each: alpha(each, "ordinal"))
        assert found is not None
        assert found.interval is not None
        held += found.interval[0] <= wanted <= found.interval[1]
    assert held >= 86


def test_nothing_is_said_of_nothing() -> None:
    assert estimated(np.zeros((0, 6, 6)), lambda each: alpha(each, "nominal")) is None
    assert estimated(coincidences(counted([[3, 3], [3, 3]])), lambda each: alpha(each, "nominal")) is None
