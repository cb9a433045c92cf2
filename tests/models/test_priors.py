"""The sizes that the model's page states, as numbers of their own: a spread that was halved shows nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.model import laws
from tests.model.harbour import latent_drivers, prior_draws, problem_of, row

NORMAL = {
    "shock": (0.0, 1.0),
    "volatility_z": (0.0, 1.0),
    "discrimination_z": (0.0, 1.0),
    "common_error": (0.0, 0.3),
    "news_cycle": (0.0, 0.5),
    "best_precision": (np.log(2.5), 0.25),
    "best_error": (-3.5, 0.5),
    "log_doubt_reliability": (np.log(0.3), 0.5),
    "log_doubt_credibility": (np.log(0.3), 0.5),
    "doubt_unjudged": (0.6, 0.6),
    "source_type_effect": (0.0, 0.2),
    "source_effect": (0.0, 0.2),
    "coder_precision": (np.log(2.5), 0.3),
    "coder_severity": (0.0, 0.3),
    "country_z": (0.0, 1.0),
    "baseline_z": (0.0, 1.0),
    "intercept_z": (0.0, 1.0),
}
HALF_NORMAL = {"volatility_spread": 0.2, "discrimination_spread": 0.3, "country_spread": 0.5, "baseline_spread": 0.2}
ASSUMED = {"level", "influence", "loading", "hastening", "log_pace", "selection"}

DRAWS = prior_draws(problem_of(row("R1", 4, "2026-01-20")), 0, 20_000)


@pytest.mark.parametrize("name", [name for name in NORMAL if DRAWS[name].size])
def test_a_parameter_spreads_as_far_as_is_stated(name: str) -> None:
    mean, sd = NORMAL[name]
    np.testing.assert_allclose(DRAWS[name].mean(axis=0), mean, atol=1e-9)
    assert float(np.sqrt(np.mean((DRAWS[name] - mean) ** 2))) == pytest.approx(sd, rel=0.03)


@pytest.mark.parametrize("name", HALF_NORMAL)
def test_a_spread_is_as_large_as_is_stated(name: str) -> None:
    assert DRAWS[name].min() >= 0
    assert float(np.sqrt(np.mean(DRAWS[name] ** 2))) == pytest.approx(HALF_NORMAL[name], rel=0.03)


@pytest.mark.parametrize("sd", [0.0, 0.5, 3.0])
def test_reports_of_every_latent_tell_of_something_that_spreads_by_one(sd: float) -> None:
    """However firmly shares are stated, a grade means the same; here of known levels and equal volatilities."""
    problem = problem_of().anchored(np.zeros(3), sd)
    draws = prior_draws(problem, 4, 20_000)
    known = draws | {name: np.zeros_like(draws[name]) for name in ("level", "volatility_spread")}
    x = latent_drivers().law.latents(known, problem)  # type: ignore[attr-defined]
    told = laws.told_of(x, known["intercept_z"], *problem.told_parts)
    np.testing.assert_allclose(told.std(axis=0), 1.0, rtol=0.03)
    private = told[:, 0, problem.structure.latents.index("private")]
    with_intercept = np.corrcoef(private, known["intercept_z"][:, problem.structure.outcomes.index("private")])[0, 1]
    scale = float(problem.structure.momentum_scale[0])
    expected = sd * (2 / 3) / np.sqrt(scale**2 + sd**2 * 2 / 3)  # of the share's spread over one z, two thirds are left
    assert with_intercept == pytest.approx(expected, abs=0.02)


def test_no_parameter_goes_unlooked_at() -> None:
    """What is left is stated in the case, assumption by assumption."""
    assert DRAWS.keys() >= ASSUMED
