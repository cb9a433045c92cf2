"""One compiled model for many problems: each gets its own data, and only those with the same arrays are let in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecast.inference.batch import Batch
from forecast.inference.chains import Settings
from forecast.model.problem import Problem
from tests.model.harbour import EVIDENCE, latent_drivers, problem_of, row

LAW = latent_drivers().law
BRIEF = Settings(chains=2, tune=40, draws=15)


@pytest.fixture(scope="module")
def problem() -> Problem:
    return problem_of(*EVIDENCE)


@pytest.fixture(scope="module")
def batch(problem: Problem) -> Batch:
    return Batch(latent_drivers(), problem)


def test_the_same_random_numbers_give_the_same_draws_whatever_came_before(batch: Batch, problem: Problem) -> None:
    first = batch.fit(problem, np.random.default_rng(3), BRIEF)
    batch.fit(problem_of(*EVIDENCE[:4]), np.random.default_rng(4), BRIEF)
    again = batch.fit(problem, np.random.default_rng(3), BRIEF)
    for name, draws in first.draws.items():
        np.testing.assert_array_equal(draws, again.draws[name])


def test_every_parameter_is_there_on_its_own_scale(batch: Batch, problem: Problem) -> None:
    fit = batch.fit(problem, np.random.default_rng(3), BRIEF)
    assert len(fit) == BRIEF.chains * BRIEF.draws
    assert fit.draws.keys() == LAW.priors(problem).keys()
    for name, (prior, _) in LAW.priors(problem).items():
        assert fit.draws[name].shape == (len(fit), *prior.shape), name
    assert np.all(fit.draws["volatility_spread"] > 0)
    assert fit.by_chain(fit.draws["level"]).shape == (BRIEF.chains, BRIEF.draws, *fit.draws["level"].shape[1:])


def test_a_fit_is_of_the_data_it_is_given(batch: Batch) -> None:
    telling = [row(f"S{number}", grade, "2026-02-09") for number, grade in enumerate([5] * 12)]
    silent = [row(f"S{number}", 1, "2026-02-09") for number in range(12)]
    longer = Settings(chains=2, tune=100, draws=60)
    strong, weak = (
        LAW.latents(batch.fit(told, np.random.default_rng(5), longer).draws, told)[:, -1, 1].mean()
        for told in (problem_of(*telling), problem_of(*silent))
    )
    assert strong > weak + 0.8


def test_a_problem_of_other_sizes_is_fitted_as_if_nothing_else_had_been_compiled(batch: Batch) -> None:
    crowd = problem_of(*(row(f"R{number}", 3, coder=f"coder {number}") for number in range(5)), gates=("permit",))
    fitted = batch.fit(crowd, np.random.default_rng(1), BRIEF)
    alone = Batch(latent_drivers(), crowd).fit(crowd, np.random.default_rng(1), BRIEF)
    assert fitted.draws["coder_severity"].shape[1:] == (8,)
    for name, draws in fitted.draws.items():
        np.testing.assert_array_equal(draws, alone.draws[name])


def test_a_problem_with_other_arrays_is_refused(batch: Batch, problem: Problem) -> None:
    resolved = replace(problem, ended=np.array([1.0, 0.0, 0.0])).anchored(np.zeros(3), 0.1)
    with pytest.raises(ValueError, match="other arrays"):
        batch.fit(resolved, np.random.default_rng(1), BRIEF)


def test_a_density_that_is_no_number_breaks_off(batch: Batch, problem: Problem) -> None:
    nowhere = replace(problem, structure=replace(problem.structure, persistence=np.full(3, np.nan)))
    with pytest.raises(ArithmeticError):
        batch.fit(nowhere, np.random.default_rng(1), BRIEF)
