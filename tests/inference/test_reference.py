"""A fit of today agrees with posteriors that PyMC's own sampler drew once, long."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from forecast.inference.chains import Settings
from forecast.inference.sampling import sample
from forecast.model.problem import Problem
from tests.inference.reference.__main__ import FOLDER
from tests.inference.reference.problems import CASES, QUICK, Case, quantities
from tests.inference.reference.summary import summary

ERRORS = 4.0
FROZEN = [name for name in CASES if (FOLDER / f"{name}.json").is_file()]
SETTINGS = Settings(draws=1000)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in FROZEN]
)
def test_a_fit_agrees_with_the_frozen_posterior(name: str) -> None:
    """Of hundreds of numbers one lies beyond four errors now and then: in another fit a fluke goes, a fault stays."""
    case = CASES[name]
    problem, frozen = case.problem(), json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    apart = beyond(case, problem, frozen, seed=11)
    if apart:
        apart = beyond(case, problem, frozen, seed=12)
    assert apart == {}


def beyond(case: Case, problem: Problem, frozen: dict[str, Any], seed: int) -> dict[str, float]:
    """The numbers of a fit that lie farther from the frozen ones than four combined errors, and how many."""
    posterior = sample(case.loaded, problem, seed, SETTINGS)
    found = {
        quantity: summary(posterior.by_chain(values))
        for quantity, values in quantities(posterior.draws, case, problem).items()
    }
    assert found.keys() == frozen["quantities"].keys()
    apart = {
        f"{quantity}: {statistic} {value:.3f}, was {was:.3f}": (value - was) / np.hypot(error, own)
        for quantity, statistics in frozen["quantities"].items()
        for statistic, (was, own) in statistics.items()
        for value, error in [found[quantity][statistic]]
    }
    return {told: errors for told, errors in apart.items() if not abs(errors) < ERRORS}


@pytest.mark.long
def test_every_posterior_has_been_drawn() -> None:
    assert list(CASES) == FROZEN


@pytest.mark.parametrize("name", FROZEN)
def test_the_frozen_posteriors_are_long_and_sound(name: str) -> None:
    frozen = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert frozen["settings"]["chains"] * frozen["settings"]["draws"] >= 20_000
    assert frozen["divergences"] <= 0.001 * 20_000
    assert frozen["rhat_max"] < 1.01
    assert frozen["ess_min"] > 1000
    assert len(frozen["quantities"]) >= 20


def test_an_error_in_the_fit_would_show() -> None:
    """A tenth of a standard deviation, in most quantities, is beyond four errors of what is frozen and of a fit."""
    frozen = json.loads((FOLDER / f"{QUICK[0]}.json").read_text("utf-8"))["quantities"]
    fit = 4 * SETTINGS.draws * 0.5  # effective draws, at the least of most
    shown = [0.1 * s["sd"][0] > ERRORS * np.hypot(s["mean"][1], s["sd"][0] / np.sqrt(fit)) for s in frozen.values()]
    assert np.mean(shown) > 0.5
