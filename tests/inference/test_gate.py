"""The gate: every bad set of chains is refused with its reason, and good ones are let through."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.inference.gate import DEPTH, Quantity, Verdict, judge, judge_exact, mcse

Array = NDArray[np.float64]

SHAPE = (4, 500)


def good(seed: int = 0, shape: tuple[int, int] = SHAPE) -> Array:
    """Independent draws of a probability, as chains that mix perfectly."""
    return np.random.default_rng(seed).beta(8.0, 24.0, shape)


def statistics(seed: int = 0, divergences: int = 0, shape: tuple[int, int] = SHAPE) -> dict[str, Array | None]:
    """A sampler that did well, but for so many divergences."""
    diverging = np.zeros(shape)
    diverging.flat[:divergences] = 1
    energy = np.random.default_rng(seed + 1000).normal(size=shape)
    return {"diverging": diverging, "energy": energy, "reached_max_treedepth": np.zeros(shape)}


def judged(draws: Array, **changes: Array | None) -> Verdict:
    quantities = [Quantity("city", draws, is_probability=True), Quantity("driver budget", good(77))]
    return judge(quantities, statistics() | changes)


# ------------------------------------------------------------------------------------------------ good chains


def recalling(seed: int, shape: tuple[int, int], memory: float = 0.3) -> Array:
    """Chains in which each draw remembers a little of the one before, as those of a good sampler do."""
    rng = np.random.default_rng(seed)
    draws = rng.normal(size=shape)
    for t in range(1, shape[1]):
        draws[:, t] = memory * draws[:, t - 1] + np.sqrt(1 - memory**2) * draws[:, t]
    return np.asarray(0.3 + 0.08 * draws)


def test_of_fifty_good_sets_of_chains_forty_nine_pass() -> None:
    shape, passed = (4, 750), 0
    for seed in range(50):
        chances = [Quantity(f"chance {n}", good(100 * seed + n, shape), is_probability=True) for n in range(7)]
        others = [Quantity(f"driver {n}", recalling(100 * seed + n, shape)) for n in range(13)]
        passed += judge([*chances, *others], statistics(seed, shape=shape)).passed
    assert passed >= 49


def test_a_passed_gate_says_what_it_found() -> None:
    verdict = judge([Quantity(f"q{n}", good(n), is_probability=True) for n in range(8)], statistics())
    assert (verdict.method, verdict.divergences, verdict.deepest, verdict.failures) == ("nuts", 0, 0.0, ())
    assert verdict.rhat_max is not None
    assert 0.99 < verdict.rhat_max < 1.01
    assert verdict.ess_bulk_min is not None
    assert verdict.ess_tail_min is not None
    assert min(verdict.ess_bulk_min, verdict.ess_tail_min) > 1000
    assert verdict.mcse_max == pytest.approx(good().std() / np.sqrt(2000), rel=0.3)
    assert verdict.ebfmi_min == pytest.approx(2.0, abs=0.4)


# ------------------------------------------------------------------------------------------------ bad chains


def constant() -> Array:
    return np.full(SHAPE, 0.3)


def not_a_number() -> Array:
    draws = good()
    draws[2, 17] = np.nan
    return draws


def infinite() -> Array:
    draws = good()
    draws[0, 0] = np.inf
    return draws


def bimodal() -> Array:
    return good() + np.array([0.0, 0.0, 0.3, 0.3])[:, None]


def one_chain_shifted() -> Array:
    return good() + np.array([0.0, 0.0, 0.0, 0.03])[:, None]


def one_chain_stuck() -> Array:
    draws = good()
    draws[3] = draws[3, 0]
    return draws


def one_chain_wide() -> Array:
    draws = good() - 0.25
    draws[1] *= 6.0
    return draws


def trending() -> Array:
    return good() + np.linspace(0.0, 0.3, SHAPE[1])


def slow() -> Array:
    rng, draws = np.random.default_rng(4), np.zeros(SHAPE)
    for t in range(1, SHAPE[1]):
        draws[:, t] = 0.98 * draws[:, t - 1] + rng.normal(size=4) * 0.01
    return 0.3 + draws


def coarse_tail() -> Array:
    """Well mixed in the middle; now and then a long stay far out."""
    draws = good()
    draws[:, 100:150] = 0.9 + 0.001 * np.random.default_rng(1).normal(size=(4, 50))
    return draws


def heavy_tailed() -> Array:
    """Without a mean to report: ranks look perfect."""
    return 0.3 + 0.1 * np.random.default_rng(2).standard_cauchy(SHAPE)


def enormous() -> Array:
    return 1e300 * (good() - 0.25)


def walking() -> Array:
    return np.cumsum(np.random.default_rng(0).normal(size=SHAPE), axis=1)


def some(count: int) -> Array:
    """A statistic that says yes for so many draws."""
    flags = np.zeros(SHAPE)
    flags.flat[:count] = 1
    return flags


BAD: dict[str, tuple[Callable[[], Array], dict[str, Array | None], str]] = {
    "constant": (constant, {}, "city: all draws are the same"),
    "not a number": (not_a_number, {}, "city: not every draw is a finite number"),
    "infinite": (infinite, {}, "city: not every draw is a finite number"),
    "one chain": (lambda: good(shape=(1, 2000)), {}, "city: fewer than 4 chains"),
    "three chains": (lambda: good(shape=(3, 600)), {}, "city: fewer than 4 chains"),
    "no chains": (lambda: good().ravel(), {}, "city: fewer than 4 chains"),
    "bimodal": (bimodal, {}, "city: R-hat is 1."),
    "one chain shifted": (one_chain_shifted, {}, "city: R-hat is 1."),
    "one chain stuck": (one_chain_stuck, {}, "city: R-hat is 1."),
    "another scale in one chain": (one_chain_wide, {}, "city: R-hat is 1."),
    "drift": (trending, {}, "city: R-hat is 1."),
    "slow": (slow, {}, "city: bulk ESS is "),
    "too short": (lambda: good(shape=(4, 60)), {}, "city: bulk ESS is "),
    "too short for tails": (lambda: good(shape=(4, 60)), {}, "city: tail ESS is "),
    "a long stay far out": (coarse_tail, {}, "city: tail ESS is "),
    "spread too wide for its draws": (lambda: 0.5 + 4.0 * (good() - 0.25), {}, "city: Monte Carlo error is 0.00"),
    "heavy-tailed": (heavy_tailed, {}, "city: Monte Carlo error is "),
    "beyond all numbers": (enormous, {}, "city: Monte Carlo error is "),
    "divergences": (good, {"diverging": some(3)}, "divergences: 3 of 2000 draws"),
    "divergences unknown": (good, {"diverging": None}, "divergences: the sampler did not report them"),
    "low E-BFMI": (good, {"energy": walking()}, "energy: E-BFMI is 0."),
    "energy constant": (good, {"energy": np.zeros(SHAPE)}, "energy: E-BFMI is nan"),
    "energy unknown": (good, {"energy": None}, "E-BFMI: the sampler did not report energies"),
    "energy of one chain": (good, {"energy": good(shape=(1, 2000))}, "E-BFMI: the sampler did not report energies"),
    "energy empty": (good, {"energy": np.zeros((4, 0))}, "E-BFMI: the sampler did not report energies"),
    "trees at the largest depth": (good, {"reached_max_treedepth": some(21)}, "tree depth: 1.1 % of draws"),
    "tree depth unknown": (good, {"reached_max_treedepth": None}, "tree depth: the sampler did not report it"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_chains_are_refused_with_their_reason(name: str) -> None:
    make, changes, reason = BAD[name]
    verdict = judged(make(), **changes)
    assert not verdict.passed
    assert any(failure.startswith(reason) for failure in verdict.failures), verdict.failures


def test_limits_are_named() -> None:
    assert any(failure.endswith(", must be below 1.01") for failure in judged(bimodal()).failures)
    assert any(failure.endswith(", must be at least 400") for failure in judged(slow()).failures)


def test_one_bad_quantity_among_many_is_enough() -> None:
    quantities = [Quantity(f"q{n}", good(n)) for n in range(30)]
    verdict = judge([*quantities, Quantity("assumption pace", bimodal())], statistics())
    assert all(failure.startswith("assumption pace") for failure in verdict.failures)
    assert verdict.rhat_max is not None
    assert verdict.rhat_max > 1.1


def test_what_the_sampler_did_not_report_is_a_failure() -> None:
    assert judged(good(), diverging=None).failures == ("divergences: the sampler did not report them",)
    assert judged(good(), energy=None).failures == ("E-BFMI: the sampler did not report energies",)
    silent = judge([Quantity("city", good())], {})
    assert len(silent.failures) == 3
    assert (silent.divergences, silent.deepest, silent.ebfmi_min) == (None, None, None)


@pytest.mark.parametrize(("count", "passes"), [(0, True), (2, True), (3, False), (500, False)])
def test_one_divergence_in_a_thousand_is_the_most(count: int, passes: bool) -> None:
    verdict = judge([Quantity("city", good())], statistics(divergences=count))
    assert verdict.passed is passes
    assert verdict.divergences == count
    if not passes:
        assert verdict.failures == (f"divergences: {count} of 2000 draws",)


@pytest.mark.parametrize(("count", "passes"), [(0, True), (20, True), (21, False), (2000, False)])
@pytest.mark.parametrize("called", DEPTH)
def test_one_draw_in_a_hundred_may_reach_the_largest_tree_depth(called: str, count: int, passes: bool) -> None:
    """PyMC and nutpie report the same thing under two names; one of them is enough, and none is not."""
    reported = {name: values for name, values in statistics().items() if name not in DEPTH}
    verdict = judge([Quantity("city", good())], {**reported, called: some(count)})
    assert verdict.passed is passes
    assert verdict.deepest == count / 2000
    assert not judge([Quantity("city", good())], reported).passed


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_statistics_that_are_no_numbers_are_refused(poison: float) -> None:
    energy = np.random.default_rng(0).normal(size=SHAPE)
    energy[1, 3] = poison
    assert any("E-BFMI" in failure for failure in judged(good(), energy=energy).failures)
    diverging = np.zeros(SHAPE)
    diverging[0, 0] = np.nan
    assert not judged(good(), diverging=diverging).passed


def test_nothing_to_check_is_nothing_to_publish() -> None:
    assert judge([], statistics()).failures == ("nothing that is reported could be checked",)


def test_only_probabilities_need_a_small_monte_carlo_error() -> None:
    wide = 100.0 * (good() - 0.25)
    assert judge([Quantity("driver budget", wide)], statistics()).passed
    assert not judge([Quantity("city", wide, is_probability=True)], statistics()).passed


def test_monte_carlo_error_counts_what_chains_repeat() -> None:
    independent = good()
    repeated = np.repeat(independent[:, :100], 5, axis=1)
    assert mcse(independent) == pytest.approx(independent.std() / np.sqrt(2000), rel=0.15)
    assert mcse(repeated) == pytest.approx(repeated.std() / np.sqrt(400), rel=0.35)


@pytest.mark.parametrize("poison", [np.nan, np.inf, -0.1, 1.1])
def test_a_solved_model_must_say_chances(poison: float) -> None:
    incidence = np.full((1, 3, 2), 0.3)
    assert judge_exact(incidence).passed
    incidence[0, 1, 0] = poison
    assert not judge_exact(incidence).passed
