"""Cases at the ends of what there can be are really sampled: every draw is a finite number, and the gate judges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from forecast.inference.chains import Settings
from forecast.inference.gate import STATISTICS, Quantity, judge
from forecast.inference.sampling import sample
from forecast.inference.summary import reported_quantities
from forecast.model.problem import Problem, build_problem
from tests.model.harbour import HORIZON, OPENING, harbour, latent_drivers, problem_of, row, seen
from tests.model.test_numerics import reports, sound

REPORTS = (row("R1", 5, "2026-01-14"), row("R2", 1, "2026-02-03", indicator="tax_income"))
BEST, UNJUDGED = {"reliability": "A", "credibility": 1}, {"reliability": "F", "credibility": 6}


def ten_years() -> Problem:
    """Ten silent years, then two reports, and ten years to wait."""
    case, weeks = harbour("permit"), dt.timedelta(weeks=520)
    longer = {"history_from": OPENING - weeks, "horizon": HORIZON + weeks}
    problem = build_problem(replace(case, question=case.question.model_copy(update=longer)), seen(*REPORTS))
    assert min(unit.week for unit in problem.units.values()) >= 520
    return problem


REFUSED = {
    "three hundred of the best reports without an exception": ("divergences",),
    "a hundred reports that nobody could judge": ("divergences",),
}
"""What the gate may stop on its lowest rung, and for what: with smaller steps a refresh tries again."""
ENDS: dict[str, Callable[[], Problem]] = {
    "three hundred of the best reports without an exception": (
        lambda: problem_of(*reports(150, 5, **BEST), *reports(150, 1, indicator="layoffs", **BEST))
    ),
    "a hundred reports that nobody could judge": lambda: problem_of(*reports(100, 5, **UNJUDGED)),
    "ten years behind and ahead": ten_years,
}


@pytest.mark.long
@pytest.mark.parametrize("name", ENDS)
def test_what_is_sampled_at_the_ends_is_finite_and_judged(name: str) -> None:
    problem = ENDS[name]()
    posterior = sample(latent_drivers(), problem, 3, Settings())
    assert all(np.isfinite(values).all() for values in posterior.draws.values())
    few = {parameter: values[:: max(len(values) // 40, 1)] for parameter, values in posterior.draws.items()}
    sound(problem, few)
    x = posterior.quantity("x")
    assert np.isfinite(x).all()
    quantities = (Quantity(one.name, one.draws) for one in reported_quantities(x, posterior, problem))
    verdict = judge(quantities, {statistic: posterior.statistic(statistic) for statistic in STATISTICS})
    assert all(any(sign in failure for sign in REFUSED.get(name, ())) for failure in verdict.failures), verdict.failures
