"""Once the question has been resolved, how it was resolved is data like any other."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from forecast.case.resolutions import Resolution
from forecast.evidence.journal import View
from forecast.model.problem import Problem, build_problem
from tests.model.harbour import EVIDENCE, OPENING, harbour, latent_drivers, prior_draws, problem_of, seen

LAW: Any = latent_drivers().law
AS_OF = dt.date(2026, 2, 11)
OUTCOMES = ("city", "private", "other")
MEAN, SD = np.array([0.3, -0.1, -0.2]), 0.4


def open_problem() -> Problem:
    """With the permit in hand since the opening, so that resolution is all that is waited for."""
    return replace(problem_of(*EVIDENCE, as_of=AS_OF), passed=(OPENING,)).anchored(MEAN, SD)


def ended(problem: Problem, *weights: float) -> Problem:
    return replace(problem, ended=np.array(weights))


def gained(problem: Problem, *weights: float, draws: int = 50) -> np.ndarray:
    """What the resolution adds to each draw's log-likelihood."""
    given = prior_draws(problem, 3, draws)
    return LAW.log_likelihood(given, ended(problem, *weights))["open"] - LAW.log_likelihood(given, problem)["open"]


def test_the_ending_is_as_likely_as_the_forecast_from_that_day_had_it() -> None:
    """The rest of the as-of week holds no new shock: what comes in it comes at the pace, and the way, of that week."""
    problem = open_problem()
    soon = LAW.project(prior_draws(problem, 3, 50), problem, 1)[:, 0]
    weeks = problem.calendar.future_exposure[0]
    pace = -np.log1p(-soon.sum(axis=1)) / weeks
    for place in range(3):
        expected = np.log(pace * soon[:, place] / soon.sum(axis=1))
        np.testing.assert_allclose(gained(problem, *np.eye(3)[place]), expected, atol=1e-9)


def test_an_ending_in_parts_is_the_mean_of_its_parts() -> None:
    problem = open_problem()
    apart = np.stack([gained(problem, *part) for part in np.eye(3)])
    np.testing.assert_allclose(gained(problem, 0.5, 0.2, 0.3), np.array([0.5, 0.2, 0.3]) @ apart, atol=1e-9)


def test_numpy_and_pytensor_agree() -> None:
    import pytensor
    from pytensor.compile.mode import Mode

    problem = ended(open_problem(), 0.0, 0.7, 0.3)
    draws = prior_draws(problem, 3, 5)
    with pytensor.config.change_flags(mode=Mode("py", None)):
        model = LAW.build(problem)
        potential = next(term for term in model.potentials if term.name == "ended")
        compiled = pytensor.function(model.free_RVs, potential, on_unused_input="ignore")
    values = [compiled(*(draws[variable.name][row] for variable in model.free_RVs)) for row in range(5)]
    np.testing.assert_allclose(values, gained(open_problem(), 0.0, 0.7, 0.3, draws=5), atol=1e-9)


def test_nothing_is_left_to_foresee() -> None:
    problem = ended(open_problem(), 0.0, 0.7, 0.3)
    incidence = LAW.project(prior_draws(problem, 3, 20), problem)
    assert incidence.shape == (20, len(problem.calendar.future_weeks), 3)
    np.testing.assert_array_equal(incidence, np.broadcast_to([0.0, 0.7, 0.3], incidence.shape))


@pytest.mark.parametrize("days", [-3, -1, 0])
def test_a_resolution_is_known_on_its_day_and_not_before(days: int) -> None:
    weights = dict.fromkeys((*OUTCOMES, "unresolved"), 0.0) | {"city": 1.0}
    resolution = Resolution(AS_OF, weights, "Signed.", "Gazette", dt.datetime(2026, 2, 12, tzinfo=dt.UTC))
    case = replace(harbour("permit"), resolutions=(resolution,))
    known: View = seen(*EVIDENCE, as_of=AS_OF + dt.timedelta(days=days))
    problem = build_problem(case, known)
    without = build_problem(harbour("permit"), known)
    if days == 0:
        np.testing.assert_array_equal(problem.ended, [1.0, 0.0, 0.0])
        assert set(LAW.data(problem.anchored(MEAN, SD))) > set(LAW.data(without))
        return
    assert problem.ended is None
    for name, array in LAW.data(problem).items():
        np.testing.assert_array_equal(array, LAW.data(without)[name])
