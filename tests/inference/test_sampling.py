"""Real NUTS on the harbour: its posterior against an independent calculation, and what it hands on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.errors import InputError
from forecast.inference.chains import Settings
from forecast.inference.sampling import Posterior, sample
from forecast.model.priors import Draws
from forecast.model.problem import Problem
from tests.model.harbour import EVIDENCE, latent_drivers, prior_draws, problem_of

Array = NDArray[np.float64]

LAW = latent_drivers().law
BATCHES, SIZE = 20, 10_000


@pytest.fixture(scope="module")
def problem() -> Problem:
    return problem_of(*EVIDENCE)


@pytest.fixture(scope="module")
def steps() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def posterior(problem: Problem, steps: list[tuple[int, int]]) -> Posterior:
    return sample(latent_drivers(), problem, 5, Settings(), lambda done, total: steps.append((done, total)))


def quantities(draws: Draws, problem: Problem) -> dict[str, Array]:
    """What both ways of calculating must agree on, by draw."""
    x = LAW.latent_paths(np, draws, problem.arrays)
    now = {f"{latent} now": x[:, -1, place] for place, latent in enumerate(problem.structure.latents)}
    before = {f"{latent} in the first week": x[:, 0, place] for place, latent in enumerate(problem.structure.latents)}
    paces = {f"log pace {stage}": draws["log_pace"][:, stage] for stage in range(2)}
    return {**now, **before, **paces, "common error": draws["common_error"][:, 0]}


def cumulative(value: Array, weight: Array) -> tuple[Array, Array]:
    """Weighted distribution function: its values, and where it takes them."""
    order = np.argsort(value)
    return np.cumsum(weight[order]) / weight.sum(), value[order]


def test_nuts_and_importance_sampling_agree(problem: Problem, posterior: Posterior) -> None:
    by_batch, weights = [], []
    for batch in range(BATCHES):
        draws = prior_draws(problem, 1000 + batch, SIZE)
        found = LAW.log_likelihood(draws, problem)
        weights.append(np.exp(found["event"].sum(axis=1) + found["open"]))
        by_batch.append(quantities(draws, problem))
    weight = np.concatenate(weights)
    assert weight.sum() ** 2 / np.sum(weight**2) > 2000, "too few effective draws to compare with"
    sampled = quantities(posterior.draws, problem)
    for name, draws in sampled.items():
        value = np.concatenate([batch[name] for batch in by_batch])
        mean = float(np.sum(weight * value) / weight.sum())
        error = float(np.sqrt(np.sum((weight * (value - mean)) ** 2)) / weight.sum())
        width = float(np.ptp(np.interp((0.05, 0.95), *cumulative(value, weight))))
        mine = posterior.by_chain(draws)
        apart = abs(float(draws.mean()) - mean)
        chains = mine.mean(axis=1)
        own = max(float(chains.std(ddof=1)) / 2, float(draws.std()) / np.sqrt(draws.size))
        assert apart < 4 * np.hypot(error, own), name
        # not the standard deviation: under these tails an estimate of it has no standard error
        assert float(np.ptp(np.quantile(draws, (0.05, 0.95)))) == pytest.approx(width, rel=0.1), name


def test_evidence_moves_the_drivers_its_way(posterior: Posterior, problem: Problem) -> None:
    now = posterior.quantity("x")[:, -1].mean(axis=0)
    unions = problem.structure.latents.index("unions")
    tender = problem.structure.latents.index("private")
    assert now[unions] > 0.5 + 0.3, "strikes at the top, whose usual grade is 2"
    assert now[tender] > 0.1


def test_the_posterior_holds_every_parameter_chain_by_chain(posterior: Posterior, problem: Problem) -> None:
    count = Settings().chains * Settings().draws
    assert set(posterior.draws) == set(LAW.priors(problem))
    for name, (prior, _) in LAW.priors(problem).items():
        assert posterior.draws[name].shape == (count, *prior.shape), name
    x = posterior.quantity("x")
    np.testing.assert_allclose(x, LAW.latent_paths(np, posterior.draws, problem.arrays), atol=1e-8)
    level = posterior.tree["posterior"]["level"].values
    np.testing.assert_array_equal(posterior.draws["level"][Settings().draws], level[1, 0])
    np.testing.assert_array_equal(posterior.by_chain(posterior.draws["level"]), level)


def test_the_sampler_reports_what_the_gate_asks_for(posterior: Posterior) -> None:
    for name in ("diverging", "energy", "reached_max_treedepth"):
        statistic = posterior.statistic(name)
        assert statistic is not None
        assert statistic.shape == (Settings().chains, Settings().draws)
    assert posterior.statistic("no_such_thing") is None
    assert posterior.seconds.keys() == {"compile", "sample"}


def test_progress_is_told_to_the_end(posterior: Posterior, steps: list[tuple[int, int]]) -> None:
    total = Settings().chains * (Settings().tune + Settings().draws)
    assert {of for _, of in steps} == {total}
    assert [done for done, _ in steps] == list(range(1, total + 1))


def test_an_interruption_stops_and_hands_on_no_half_sampled_posterior(problem: Problem, posterior: Posterior) -> None:
    def interrupt(done: int, total: int) -> None:
        if done == total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample(latent_drivers(), problem, 5, Settings(), interrupt)


def test_what_has_no_density_anywhere_is_the_assumptions_fault(problem: Problem) -> None:
    nowhere = replace(problem, structure=replace(problem.structure, persistence=np.full(3, np.nan)))
    with pytest.raises(InputError, match=r"first-look\.yaml: nothing can be sampled under these"):
        sample(latent_drivers(), nowhere, 5, Settings())
