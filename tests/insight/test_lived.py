"""Futures that are lived with numbers drawn once are the futures that everybody else lives."""

from __future__ import annotations

import numpy as np

from forecast.insight.lived import Drawn
from forecast.model.futures import common_chance


def test_numbers_drawn_once_are_those_of_the_generator_call_by_call() -> None:
    for _ in range(2):  # the second time they are remembered
        plain, once = common_chance(7), Drawn(7)
        for _ in range(2):  # a model may ask twice for the same
            np.testing.assert_array_equal(once.standard_t(5.0, size=(3, 2)), plain.standard_t(5.0, size=(3, 2)))
            np.testing.assert_array_equal(once.random((4,)), plain.random((4,)))
        np.testing.assert_array_equal(once.normal(size=2), plain.normal(size=2))
        assert once.integers(9) == plain.integers(9)


def test_purposes_have_numbers_of_their_own() -> None:
    assert not np.array_equal(Drawn(7).random((4,)), Drawn(8).random((4,)))
