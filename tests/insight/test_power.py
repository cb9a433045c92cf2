"""Power-scaling: ArviZ's numbers, and those of a real posterior."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from forecast.inference.likelihood import log_likelihood
from forecast.insight.power import ALPHAS, MATTERS, diagnosis, sensitivity
from forecast.insight.standing import Standing
from tests.insight.standings import standing


def arviz(log_component: np.ndarray, quantity: np.ndarray, chains: int) -> float:
    weights = []
    for alpha in ALPHAS:
        logs = array_stats.power_scale_lw(log_component.reshape(chains, -1), alpha=alpha, axis=(0, 1))
        weights.append(np.exp(logs) / np.exp(logs).sum())
    return float(array_stats.power_scale_sense(quantity.reshape(chains, -1), *weights, *ALPHAS))


@pytest.mark.parametrize("seed", range(5))
def test_all_quantities_at_once_are_arviz_s_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 3)) @ rng.normal(size=(3, 3))
    component = -0.5 * (x[:, 0] - 0.5) ** 2
    quantities = np.column_stack([x, np.full(400, 0.3), 1.0 / (1.0 + np.exp(-x[:, 1]))])
    found = sensitivity(component, quantities, 4)
    assert found[3] == 0.0
    for k in (0, 1, 2, 4):
        assert found[k] == pytest.approx(arviz(component, quantities[:, k], 4), rel=1e-9)


def test_it_tells_a_strong_prior_from_a_conflict() -> None:
    """Normal prior and normal likelihood: what they do to their mean is known from their precisions."""
    rng = np.random.default_rng(2)

    def posterior(prior_at: float, prior_sd: float, data_at: float, data_sd: float) -> str:
        precision = prior_sd**-2 + data_sd**-2
        mean = (prior_at * prior_sd**-2 + data_at * data_sd**-2) / precision
        x = rng.normal(mean, precision**-0.5, size=4000)
        prior, data = (-0.5 * ((x - at) / sd) ** 2 for at, sd in ((prior_at, prior_sd), (data_at, data_sd)))
        scaled = [float(sensitivity(log, x[:, None], 4)[0]) for log in (prior, data)]
        return diagnosis(scaled[0], scaled[1])

    assert posterior(0.0, 10.0, 0.0, 1.0) == "fine"
    assert posterior(0.0, 1.0, 4.0, 1.0).startswith("prior-data conflict")
    assert posterior(0.0, 1.0, 0.0, 10.0).startswith("strong prior")


def test_evidence_that_moves_an_outcome_is_felt_and_none_is_not() -> None:
    """A real update of the harbour: its reports move where the drivers are, and silence moves nothing."""
    here: Standing = standing(800)
    told = log_likelihood(here.model.law, here.draws, here.problem)
    whole = told["event"].sum(axis=1) + told["open"]
    weighted = here.weights.resampled() if np.ptp(here.log_weights) else np.arange(len(here))
    moved = sensitivity(whole[weighted], here.chances[weighted], here.chains)
    assert moved.max() > MATTERS
    assert np.all(sensitivity(np.zeros(len(here)), here.chances, here.chains) == 0.0)
