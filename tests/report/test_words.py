"""Numbers, dates and chances in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.report import words

MIRRORED = {
    "almost no chance": "almost certain",
    "very unlikely": "very likely",
    "unlikely": "likely",
    "roughly even chance": "roughly even chance",
}


@pytest.mark.parametrize(
    ("percentage", "word"),
    [
        (0, "almost no chance"),
        (1, "almost no chance"),
        (4, "almost no chance"),
        (5, "very unlikely"),
        (19, "very unlikely"),
        (20, "unlikely"),
        (44, "unlikely"),
        (45, "roughly even chance"),
        (50, "roughly even chance"),
        (55, "roughly even chance"),
        (56, "likely"),
        (80, "likely"),
        (81, "very likely"),
        (95, "very likely"),
        (96, "almost certain"),
        (99, "almost certain"),
        (100, "almost certain"),
    ],
)
def test_edges_of_the_ladder_go_to_the_word_nearer_to_an_even_chance(percentage: int, word: str) -> None:
    assert words.likelihood(percentage / 100) == word


@given(st.integers(0, 100))
def test_a_chance_and_its_complement_have_mirrored_words(percentage: int) -> None:
    mirrored = MIRRORED | {high: low for low, high in MIRRORED.items()}
    assert words.likelihood(1 - percentage / 100) == mirrored[words.likelihood(percentage / 100)]


@given(st.floats(0, 1))
def test_the_word_follows_the_percentage_as_printed(probability: float) -> None:
    printed = words.percent(probability).text
    shown = {"<1%": 0, ">99%": 100}.get(printed) if printed in {"<1%", ">99%"} else int(printed.removesuffix("%"))
    assert shown is not None
    assert words.likelihood(probability) == words.likelihood(shown / 100)


@given(st.floats(0, 1))
def test_nothing_is_printed_as_certain_or_impossible(probability: float) -> None:
    number = words.percent(probability)
    assert number.value == probability
    assert number.text not in {"0%", "100%", "-0%"}


@pytest.mark.parametrize(
    ("probability", "printed"),
    [(0, "<1%"), (0.004, "<1%"), (0.006, "1%"), (0.214, "21%"), (0.996, ">99%"), (1, ">99%")],
)
def test_percentages(probability: float, printed: str) -> None:
    assert words.percent(probability).text == printed


def test_an_interval_is_joined_by_a_dash() -> None:
    assert words.percent_interval(0.001, 0.334).text == "<1–33%"  # noqa: RUF001


@pytest.mark.parametrize(
    ("change", "printed"),
    [(0.312, "+31"), (0.0996, "+10"), (0.031, "+3.1"), (-0.018, "−1.8"), (0.004, "+0.4"), (-0.0012, "−0.1")],  # noqa: RUF001
)
def test_changes_are_signed_points_with_a_decimal_below_ten(change: float, printed: str) -> None:
    assert words.points(change).text == printed


@pytest.mark.parametrize(("value", "printed"), [(-0.04, "0.0"), (0.04, "0.0"), (1.26, "+1.3"), (-0.7, "−0.7")])  # noqa: RUF001
def test_standard_units_have_no_signed_zero(value: float, printed: str) -> None:
    assert words.standard_units(value).text == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0, "0.00"), (0.05, "0.0500"), (26, "26.0"), (5200.4, "5,200"), (-0.123456, "−0.123"), (1e-12, "0.00000000")],  # noqa: RUF001
)
def test_three_significant_digits_without_exponents(value: float, printed: str) -> None:
    assert words.significant(value).text == printed


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_never_printed(value: float) -> None:
    with pytest.raises(ValueError, match="finite numbers only"):
        words.significant(value)
    with pytest.raises(ValueError, match="finite numbers only"):
        words.to_the_digit(value, 1.0)


@pytest.mark.parametrize(
    ("value", "spread", "printed"),
    [(0.0017, 0.15, "0.00"), (-0.004, 0.3, "0.00"), (-2.806, 0.92, "−2.81"), (5200.4, 310, "5,200"), (1.2, 0, "1.20")],  # noqa: RUF001
)
def test_no_digit_is_printed_that_the_spread_drowns(value: float, spread: float, printed: str) -> None:
    assert words.to_the_digit(value, spread).text == printed


def test_dates_in_full_and_in_short() -> None:
    on = words.day("2026-02-08")
    assert (on.text, on.short, on.iso) == ("8 February 2026", "8 Feb", "2026-02-08")
