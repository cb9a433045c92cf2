"""An act, against the structural equations solved driver by driver in a loop of its own."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from forecast.case.premises import Hold
from forecast.insight.acting import act, leads_to, nearest_monday
from forecast.insight.lived import live
from forecast.model.futures import common_chance, weekly_shocks
from tests.insight.standings import problem, standing
from tests.model.harbour import latent_drivers

PATHS = 2
BUDGET, UNIONS = 0, 1  # unions → budget


def by_hand(draw: int, path: int, count: int, holds: list[Hold]) -> np.ndarray:
    """The two drivers in each week to come, one draw and path at a time; (week, driver)."""
    here = problem()
    p = {name: values[draw] for name, values in standing().draws.items()}
    phi = here.structure.persistence
    volatility = np.exp(p["volatility_spread"] * p["volatility_z"])
    pull, level = p["influence"][0], p["level"]
    norm = {UNIONS: 1.0, BUDGET: np.sqrt(1.0 + pull**2)}

    own = np.zeros(len(phi))
    for week in range(len(here.calendar.weeks)):
        shock = volatility * p["shock"][:, week]
        own = shock if week == 0 else phi * own + np.sqrt(1 - phi**2) * shock
    seen = []
    for f, week in enumerate(here.calendar.future_weeks):
        if f > 0 or not here.calendar.as_of_week_goes_on:
            shock = weekly_shocks(common_chance, week, count, PATHS, len(phi))[draw, path]
            own = phi * own + np.sqrt(1 - phi**2) * volatility * shock
        held = {}
        for hold in holds:
            first = hold.first is None or nearest_monday(hold.first) <= week
            if first and (hold.last is None or week < nearest_monday(hold.last + dt.timedelta(days=1))):
                held[hold.driver] = hold.value
        unions = (held["unions"] - level[UNIONS]) * norm[UNIONS] if "unions" in held else own[UNIONS]
        if "unions" in held:
            own = own.copy()
            own[UNIONS] = unions
        budget = own[BUDGET] + pull * unions
        if "budget" in held:
            budget = (held["budget"] - level[BUDGET]) * norm[BUDGET]
            own = own.copy()
            own[BUDGET] = budget - pull * unions
        seen.append([level[BUDGET] + budget / norm[BUDGET], level[UNIONS] + unions / norm[UNIONS]])
    return np.array(seen)


HOLDS = {
    "nothing": [],
    "a cause": [Hold("unions", 2.0)],
    "an effect": [Hold("budget", -1.5)],
    "both": [Hold("budget", -1.0), Hold("unions", 1.0)],
    "from a day on": [Hold("unions", 3.0, dt.date(2026, 3, 1))],
    "for some weeks": [Hold("unions", 3.0, dt.date(2026, 3, 1), dt.date(2026, 4, 5))],
    "one after the other": [
        Hold("unions", 3.0, None, dt.date(2026, 3, 15)),
        Hold("unions", -1.0, dt.date(2026, 3, 16)),
    ],
}


@pytest.mark.parametrize("name", HOLDS)
def test_drivers_go_as_the_equations_say(name: str) -> None:
    holds, here = HOLDS[name], standing()
    lived = live(latent_drivers(), here.draws, problem(), PATHS, act(holds, problem()))
    for draw in range(0, 40, 7):
        for path in range(PATHS):
            expected = by_hand(draw, path, len(here), holds)
            np.testing.assert_allclose(lived.latents[:, draw, path, :2], expected, atol=2e-5)


def test_what_leads_to_a_driver_does_not_feel_what_is_done_to_it() -> None:
    here = standing()
    lived = live(latent_drivers(), here.draws, problem(), here.lived.paths, act([Hold("budget", 4.0)], problem()))
    np.testing.assert_array_equal(lived.latents[..., UNIONS], here.lived.latents[..., UNIONS])
    assert np.all(lived.latents[..., BUDGET] == pytest.approx(4.0, abs=1e-5))
    assert leads_to(problem(), "budget") == ("unions",)
    assert leads_to(problem(), "unions") == ()


def test_an_act_that_holds_in_no_week_changes_no_bit() -> None:
    law, here = latent_drivers().law, standing()
    never = act([Hold("unions", 3.0, dt.date(2027, 3, 1))], problem())
    np.testing.assert_array_equal(
        law.project(here.draws, problem(), 4, do=never), law.project(here.draws, problem(), 4)
    )
