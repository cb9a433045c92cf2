"""Small cases whose posterior is known by another way of calculating: NUTS must come within four Monte Carlo errors.

Ten problems of one shape, so that one compilation serves all. The other way is importance sampling from the prior by
the likelihood in numpy, which is held against enumeration elsewhere; where a problem leaves only the paces to learn,
quadrature.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.evidence.journal import Row
from forecast.inference.chains import Settings
from forecast.inference.sampling import Posterior, sample
from forecast.model.contract import Model, load_sampled
from forecast.model.priors import Draws
from forecast.model.problem import Problem
from tests.model.harbour import latent_drivers, prior_draws, problem_of, row

Array = NDArray[np.float64]

LAW = latent_drivers().law
AS_OF = dt.date(2026, 2, 11)
BATCHES, SIZE = 12, 10_000

OFFICE = {"source": "Harbour Office", "source_type": "official"}
DOCKER = {"source": "A docker", "source_type": "witness"}
CASES: dict[str, tuple[Row, ...]] = {
    "nothing told": (),
    "one report of what is usual": (row("R1", 3, indicator="tax_income"),),
    "one report of the worst": (row("R1", 1, indicator="tax_income"),),
    "one report from the top of the scale, doubted": (row("R1", 5, reliability="E", credibility=5),),
    "a source that nobody can judge": (row("R1", 5, reliability="F", credibility=6),),
    "two coders who differ": (row("R1", 5), row("R1", 2, coder="bob")),
    "three origins of one event": tuple(
        row(f"R{n}", grade, event_id="E", source=source["source"], source_type=source["source_type"])
        for n, (grade, source) in enumerate([(4, OFFICE), (5, DOCKER), (4, {"source": "P", "source_type": "press"})])
    ),
    "reports that pull apart": (row("R1", 5), row("R2", 1, "2026-01-21"), row("R3", 5, "2026-02-09")),
    "looked for and not found": (row("R1", 0, indicator="tax_income", effort=0.9),),
    "an outcome's own indicator": (row("R1", 5, "2026-02-09", indicator="tender"),),
}
QUICK = ("nothing told", "three origins of one event")
"""Those that run every time."""


@cache
def known(case: str, model: str = "latent_drivers") -> tuple[Problem, dict[str, tuple[float, float, float]]]:
    """The problem, and each quantity's mean, its standard error and its 5 to 95 % width, by importance sampling."""
    problem, law = problem_of(*CASES[case], as_of=AS_OF), shelf(model).law
    weights, values = [], []
    for batch in range(BATCHES):
        draws = prior_draws(problem, 7000 + batch, SIZE)
        found = law.log_likelihood(draws, problem)
        weights.append(np.exp(found["event"].sum(axis=1) + found["open"]))
        values.append(quantities(draws, problem, model))
    weight = np.concatenate(weights)
    assert weight.sum() ** 2 / np.sum(weight**2) > 4000, "too few effective draws to compare with"
    answers = {}
    for name in values[0]:
        value = np.concatenate([batch[name] for batch in values])
        mean = float(np.sum(weight * value) / weight.sum())
        error = float(np.sqrt(np.sum((weight * (value - mean)) ** 2)) / weight.sum())
        order = np.argsort(value)
        ends = np.interp((0.05, 0.95), np.cumsum(weight[order]) / weight.sum(), value[order])
        answers[name] = (mean, error, float(np.ptp(ends)))
    return problem, answers


def shelf(name: str) -> Model:
    return load_sampled(name, Path("nowhere"))


def quantities(draws: Draws, problem: Problem, model: str) -> dict[str, Array]:
    arrays = shelf("static").law.at_rest(problem).arrays if model == "static" else problem.arrays  # type: ignore[attr-defined]
    x = LAW.latent_paths(np, draws, arrays)  # type: ignore[attr-defined]
    now = {latent: x[:, -1, place] for place, latent in enumerate(problem.structure.latents)}
    return {**now, "resolution": draws["log_pace"][:, 0], "permit": draws["log_pace"][:, 1]}


def from_nuts(problem: Problem, model: str) -> tuple[Posterior, dict[str, Array]]:
    posterior = sample(shelf(model), problem, 11, Settings(draws=500))
    return posterior, quantities(posterior.draws, problem, model)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case if case in QUICK else pytest.param(case, marks=pytest.mark.long) for case in CASES]
)
def test_nuts_knows_what_is_known(case: str) -> None:
    assert_known(case, "latent_drivers")


@pytest.mark.long
def test_nuts_knows_what_drivers_at_rest_have_learned() -> None:
    assert_known("reports that pull apart", "static")


def assert_known(case: str, model: str) -> None:
    problem, answers = known(case, model)
    posterior, sampled = from_nuts(problem, model)
    for name, (mean, error, width) in answers.items():
        chains = posterior.by_chain(sampled[name]).mean(axis=1)
        own = max(float(chains.std(ddof=1)) / 2, float(sampled[name].std()) / np.sqrt(sampled[name].size))
        assert abs(float(sampled[name].mean()) - mean) < 4 * np.hypot(error, own), name
        assert float(np.ptp(np.quantile(sampled[name], (0.05, 0.95)))) == pytest.approx(width, rel=0.12), name


def test_importance_sampling_agrees_with_quadrature_where_only_a_pace_is_learned() -> None:
    """Nobody told anything and the permit is still awaited: its pace by one integral, hastening's small part apart."""
    problem, _ = known("nothing told")
    draws = prior_draws(problem, 1, 200_000)
    draws["hastening"] = np.zeros_like(draws["hastening"])
    weight = np.exp(LAW.log_likelihood(draws, problem)["open"])
    found = float(np.sum(weight * draws["log_pace"][:, 1]) / weight.sum())
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    mean, sd = problem.structure.log_pace.normal
    log_pace = mean[1] + sd[1] * nodes
    posterior = weights * np.exp(-np.exp(log_pace) * problem.exposure[:, 1].sum())
    expected = float(np.sum(posterior * log_pace) / posterior.sum())
    assert found == pytest.approx(expected, abs=0.005)
