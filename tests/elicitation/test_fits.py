"""What is judged comes back: quantiles from a normal, chips from bins, splits from loadings."""

from __future__ import annotations

from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.elicitation.fits import fit_normal, fit_roulette, loadings_between, split_after

SHARES = st.lists(st.floats(0.01, 1), min_size=2, max_size=7).map(lambda w: np.array(w) / sum(w))


@given(mean=st.floats(-3, 3), sd=st.floats(0.05, 3))
def test_quantiles_of_a_normal_find_it_again(mean: float, sd: float) -> None:
    law = NormalDist(mean, sd)
    fitted = fit_normal({p: law.inv_cdf(p) for p in (0.05, 0.25, 0.5, 0.9)})
    assert (fitted.mean, fitted.sd) == (pytest.approx(mean, abs=1e-9), pytest.approx(sd))


def test_quantiles_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="rise"):
        fit_normal({0.05: 1.0, 0.95: 1.0})


def test_many_chips_laid_as_a_normal_would_find_it_again() -> None:
    law, edges = NormalDist(0.4, 0.9), [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]
    below = [0.0, *(law.cdf(edge) for edge in edges[1:-1]), 1.0]
    fitted = fit_roulette(edges, [round(1e6 * (b - a)) for a, b in pairwise(below)])
    assert (fitted.mean, fitted.sd) == (pytest.approx(0.4, abs=1e-3), pytest.approx(0.9, abs=1e-3))


@pytest.mark.parametrize("chips", [[0, 20, 0], [0, 0, 0], [5, 5]])
def test_chips_that_make_no_distribution_are_refused(chips: list[int]) -> None:
    with pytest.raises(ValueError, match="chips"):
        fit_roulette([-1.5, -0.5, 0.5, 1.5], chips)


@given(now=SHARES, units=st.sampled_from([-2.0, 1.0, 2.0]), data=st.data())
def test_a_split_and_the_loadings_between_give_each_other_back(
    now: np.ndarray, units: float, data: st.DataObject
) -> None:
    weights = np.array(data.draw(st.lists(st.floats(0.01, 1), min_size=len(now), max_size=len(now))))
    then = weights / weights.sum()
    loadings = loadings_between(now, then, units)
    assert loadings.sum() == pytest.approx(0, abs=1e-9)
    assert split_after(now, loadings, units) == pytest.approx(then)


def test_two_outcomes_need_half_of_the_change_of_their_log_odds() -> None:
    half, most = np.array([0.5, 0.5]), np.array([0.8, 0.2])
    assert loadings_between(half, most, 2.0) == pytest.approx([np.log(4) / 4, -np.log(4) / 4])
