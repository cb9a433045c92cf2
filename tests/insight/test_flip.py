"""The nearest flip, against answers known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.insight.flip import REACH, Flip, Line, Verdict, nearest_flip

OUTCOMES = ("city", "private", "other", "unresolved")
NOW = np.array([0.4, 0.3, 0.1, 0.2])


def towards_private(steps: float) -> np.ndarray:
    return NOW + 0.05 * steps * np.array([-1.0, 1.0, 0.0, 0.0])


def test_the_lead_changes_where_two_lines_meet() -> None:
    flip = nearest_flip(towards_private, NOW, Verdict(OUTCOMES))
    assert flip is not None
    assert flip.steps == pytest.approx(1.0, abs=0.03)
    assert (flip.leader, flip.line) == ("private", None)


def test_a_line_that_is_crossed_first_is_said_first() -> None:
    line = Line("private", 0.32)
    flip = nearest_flip(towards_private, NOW, Verdict(OUTCOMES, [line]))
    assert flip is not None
    assert flip.steps == pytest.approx(0.4, abs=0.03)
    assert (flip.leader, flip.line) == (None, line)


def test_unresolved_never_leads() -> None:
    assert Verdict(OUTCOMES).leader(np.array([0.1, 0.05, 0.05, 0.8])) == "city"


def test_what_nothing_moves_does_not_flip() -> None:
    assert nearest_flip(lambda steps: NOW, NOW, Verdict(OUTCOMES, [Line("city", 0.5)])) is None


@given(st.floats(0.2, REACH - 0.1), st.sampled_from([-1.0, 1.0]))
def test_the_flip_is_found_wherever_it_is(where: float, side: float) -> None:
    flip = nearest_flip(lambda steps: towards_private(side * steps / where), NOW, Verdict(OUTCOMES))
    assert isinstance(flip, Flip)
    assert flip.steps == pytest.approx(side * where, abs=0.03)
