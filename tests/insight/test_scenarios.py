"""Saved scenarios, asked of a forecast that has just been made."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.case.premises import parse_do, parse_see
from forecast.case.scenarios import Scenario
from forecast.found import Found, Sample
from forecast.inference.gate import Verdict
from forecast.insight.scenarios import answered, trend
from forecast.insight.standing import Standing
from forecast.insight.whatif import whatif
from forecast.outcomes import forecast_of
from forecast.runs import Run
from tests.insight.standings import standing

PASSED = Verdict("nuts", 1.0, 900.0, 900.0, 0, 0.0, 0.8, 0.001, ())


@pytest.fixture(scope="module")
def here() -> Standing:
    return standing(400)


@pytest.fixture(scope="module")
def found(here: Standing) -> Found:
    incidence, outcomes = here.model.law.project(here.draws, here.problem, 4), here.problem.structure.outcomes
    said = forecast_of(incidence, here.chains, outcomes, here.problem.calendar.future_weeks)
    return Found(here.problem, said, PASSED, sample=Sample(here.draws, here.log_weights, here.chains))


def scenarios(here: Standing) -> tuple[Scenario, ...]:
    case = here.problem.case
    past = here.problem.calendar.as_of - dt.timedelta(weeks=2)
    return (
        Scenario("strike", "A long strike", (parse_do("unions=+2", case),)),
        Scenario("cuts", "Cuts", (parse_see("budget=-1", case),)),
        Scenario("over", "Too late", (parse_see(f"budget=-1 on {past}", case),)),
    )


def test_answers_are_those_of_whatif_and_what_is_over_is_said(here: Standing, found: Found) -> None:
    rows, unasked = answered(here.model, found, scenarios(here))
    assert [row["id"] for row in rows] == ["strike", "cuts"]
    (note,) = unasked
    assert note.startswith("the scenario over is not asked any more: ")
    for row, scenario in zip(rows, scenarios(here), strict=False):
        whole = whatif(here, scenario.premises).answer
        np.testing.assert_allclose([each["probability"] for each in row["outcomes"]], whole.chances, atol=1e-6)
        bases = [outcome["base"] for outcome in row["outcomes"]]
        np.testing.assert_allclose(bases, [each.probability for each in found.forecast.outcomes], atol=1e-6)


def test_a_forecast_that_failed_its_gate_is_not_asked(here: Standing, found: Found) -> None:
    failed = replace(found, verdict=replace(PASSED, failures=("R-hat",)))
    assert answered(here.model, failed, scenarios(here)) == ([], ())
    assert answered(here.model, found, ()) == ([], ())


def test_a_trend_is_of_the_same_premises_only() -> None:
    def run(day: str, premise: str) -> Run:
        outcomes = [{"id": "city", "probability": 0.25}]
        scenario = {"id": "strike", "premise": [premise], "outcomes": outcomes}
        forecast = {"run": {"id": f"{day}-00000000"}, "as_of": day, "scenarios": [scenario]}
        return Run(Path(day), forecast, {})

    runs = [run("2026-01-25", "do unions=+2"), run("2026-01-28", "do unions=+1"), run("2026-02-01", "do unions=+2")]
    found = trend({"id": "strike", "premise": ["do unions=+2"]}, runs)
    assert [then["as_of"] for then in found] == ["2026-01-25", "2026-02-01"]
    assert found[0]["outcomes"] == {"city": 0.25}
