"""Simulations of a model whose posterior is known: the right one passes, planted mistakes are found, faults listed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from forecast.model.problem import Problem
from forecast.record.calibration import Calibration, calibration_document
from forecast.record.simulation import RANKED, Simulation, simulate
from tests.record.toy import Batch, toy_model, toy_problem

ERROR, LIKELIHOOD = "error of the best reports", "joint log-likelihood"


@pytest.fixture(scope="module")
def problem() -> Problem:
    return toy_problem()


def calibration(simulations: list[Simulation]) -> Calibration:
    return Calibration("harbour", dt.date(2026, 2, 11), "toy", "first-look", 7, tuple(simulations))


def run(batch: Batch, problem: Problem, simulations: int = 120) -> Calibration:
    law: Any = batch
    return calibration([simulate(law, toy_model(), problem, 7, number) for number in range(simulations)])


def p_of(found: Calibration, name: str) -> float:
    return next(quantity.p for quantity in found.quantities if quantity.name == name)


@pytest.fixture(scope="module")
def right(problem: Problem) -> Calibration:
    return run(Batch(), problem)


def test_the_exact_posterior_is_calibrated(right: Calibration, problem: Problem) -> None:
    assert right.calibrated, right.reasons
    assert right.faulty == ()
    chances = [f"chance of {outcome}" for outcome in (*problem.structure.outcomes, "unresolved")]
    now = [f"{latent} now" for latent in problem.structure.latents]
    assert [quantity.name for quantity in right.quantities] == [*now, *chances, ERROR, LIKELIHOOD]
    assert {rank for quantity in right.quantities for rank in quantity.ranks} <= set(range(RANKED + 1))
    assert right.log_score is not None
    assert right.log_score.behind > 0, "an oracle knows more"


def test_ranks_count_the_draws_below_the_truth(right: Calibration) -> None:
    by_name = {quantity.name: np.array(quantity.ranks) for quantity in right.quantities}
    np.testing.assert_array_equal(by_name[ERROR], by_name["budget now"])  # both are theta
    np.testing.assert_array_equal(by_name[ERROR], RANKED - by_name["chance of unresolved"])


@pytest.mark.parametrize("mistake", [{"shift": 0.7}, {"shift": -0.7}, {"narrower": 0.5}, {"narrower": 2.0}], ids=str)
def test_a_posterior_that_is_off_is_found(problem: Problem, mistake: dict[str, float]) -> None:
    found = run(Batch(**mistake), problem)
    assert p_of(found, ERROR) < 1e-4
    assert not found.calibrated
    assert ERROR in found.reasons[0]


def test_a_posterior_that_ignores_the_data_is_found_by_the_likelihood(problem: Problem) -> None:
    found = run(Batch(blind=True), problem)
    assert p_of(found, ERROR) > 0.001, "ranks of a parameter cannot tell"
    assert p_of(found, LIKELIHOOD) < 1e-4
    assert LIKELIHOOD in found.reasons[0]


def test_forecasts_hold_what_happens_as_often_as_they_say(right: Calibration) -> None:
    for simulation in right.simulations:
        assert sum(simulation.forecast.values()) == pytest.approx(1.0)
        assert sum(simulation.oracle.values()) == pytest.approx(1.0)
        assert simulation.happened in simulation.forecast
    assert right.reliability is not None
    assert right.reliability.p > 0.001


def test_the_same_number_is_the_same_world(right: Calibration, problem: Problem) -> None:
    batch: Any = Batch()
    assert simulate(batch, toy_model(), problem, 7, 3) == right.simulations[3]
    assert simulate(batch, toy_model(), problem, 8, 3) != right.simulations[3]


def test_a_fit_with_divergences_is_tried_again_then_listed_and_counts(problem: Problem) -> None:
    batch = Batch(divergent=0.02)
    found = run(batch, problem, simulations=5)
    assert batch.fits == 10
    assert len(found.faulty) == len(found.fitted) == 5
    assert "draws diverged" in found.faulty[0].faults[0]
    assert not found.calibrated
    assert "5 of 5 fits are faulty" in found.reasons[-1]
    document: Any = calibration_document(found)
    assert [each["simulation"] for each in document["faulty"]] == [0, 1, 2, 3, 4]


def test_a_fit_that_breaks_off_is_listed(problem: Problem, right: Calibration) -> None:
    nothing = run(Batch(broken=True), problem, simulations=3)
    assert nothing.reasons[0] == "no world could be fitted"
    assert (nothing.quantities, nothing.reliability, nothing.log_score) == ((), None, None)
    broken = nothing.simulations[0]
    assert broken.faults == ("the fit broke off: bad initial energy",)
    mixed = calibration([broken, *right.simulations[1:]])
    assert mixed.faulty == (broken,)
    assert mixed.calibrated, "one fit in a hundred may be faulty"
    assert len(mixed.quantities[0].ranks) == len(right.simulations) - 1
