"""Power-scaling: ArviZ's numbers, and those of a real posterior."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from arviz_stats.base import array_stats

from forecast.insight.power import ALPHAS, MATTERS, diagnosis, sensitivity
from forecast.insight.sensitivity import sensitivities
from forecast.insight.standing import Standing
from forecast.insight.standing import standing as stand
from forecast.refresh import Refreshed
from forecast.reopened import reopen
from tests.insight.standings import standing
from tests.insight.test_bridge import updated_to
from tests.model.made import JOURNAL, LAST, MIDDLE

Made = dict[dt.date, Refreshed]


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


def test_what_no_part_says_is_not_felt() -> None:
    here: Standing = standing(800)
    assert np.all(sensitivity(np.zeros(len(here)), here.chances, here.chains) == 0.0)


def test_an_update_feels_its_priors_as_the_run_that_was_sampled_on_its_day(made: Made, workspace: Path) -> None:
    sampled = reopen(made[LAST].run, workspace)
    update = updated_to(reopen(made[MIDDLE].run, workspace), JOURNAL, LAST)
    rows = [sensitivities(stand(run), run.known).moved for run in (sampled, update)]
    felt = 0
    for one, other in zip(*rows, strict=True):
        if one.power is None or other.power is None:
            continue
        assert one.lever.id == other.lever.id
        np.testing.assert_allclose(other.power, one.power, atol=0.05, err_msg=one.lever.id)
        felt += bool(one.power.max() > MATTERS)
    assert felt, "some prior matters"
