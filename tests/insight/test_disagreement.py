"""What it moves where the team takes an analyst's number: by the draws at hand, against posteriors worked out anew."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.inference.weights import weigh
from forecast.insight.disagreement import Difference, differences
from forecast.insight.standing import Standing, stand
from forecast.model.problem import build_problem
from tests.insight.standings import MEAN, SD, log_posterior
from tests.model.harbour import EVIDENCE, OPENING, assumptions, latent_drivers, prior_draws, seen, write_harbour
from tests.small_case import assumption, write_set

ANN = [
    assumption("money-for-the-city", "loading", driver="budget", outcome="city", strength="0"),
    assumption("steady-pace", "pace", per_week=0.06, factor=1.4),
    assumption("half-life-of-budgets", "half_life", driver="budget", weeks=40),
]
BEN = [
    assumption(
        "his-chances",
        "shares",
        shares={"city": 0.2, "private": 0.6, "other": 0.2},
        judged_on=OPENING,
        judged_with="none",
        concentration=6.0,
    ),
    assumption("closing-is-quick", "ripening", outcome="other", weeks=4, rise=0.2),
]


@cache
def standing(draws: int = 400) -> Standing:
    """Prior draws of a harbour whose set pools two analysts, as if they were a posterior."""
    with TemporaryDirectory() as folder:
        written = write_harbour(Path(folder) / "harbour", assumptions=assumptions())
        write_set(written, "ann", ANN, based_on="first-look")
        write_set(written, "ben", BEN, based_on="first-look")
        pools: dict[str, Any] = {"sets": ["ann", "ben"], "reason": "Both may be right."}
        write_set(written, "team", [], pools=pools)
        problem = build_problem(read_case(written, "team"), seen(*EVIDENCE)).anchored(MEAN, SD)
    return stand(latent_drivers(), problem, prior_draws(problem, 3, draws), np.zeros(draws), 2, 4)


@cache
def found() -> dict[str, Difference]:
    return {difference.numbers[0].id: difference for difference in differences(standing())}


def test_every_number_on_which_they_differ_and_no_other() -> None:
    told = [(each.numbers[0].id, each.numbers[0].key) for each in differences(standing())]
    assert sorted(told) == sorted(
        [
            ("stated-chances", "city"),
            ("money-for-the-city", ""),
            ("steady-pace", ""),
            ("half-life-of-budgets", ""),
            ("closing-takes-time", ""),
            ("closing-takes-time", "weeks"),
        ]
    )
    most = [each.most for each in differences(standing())]
    assert most == sorted(most, reverse=True)


def test_chances_gain_what_others_lose() -> None:
    for difference in differences(standing()):
        for taken in difference.taken:
            assert taken.change.sum() == pytest.approx(0.0, abs=1e-9)


def test_a_pace_is_weighed_as_the_laws_weigh_it() -> None:
    """The draws weighted by the ratio of the whole posterior under the analyst's value to that under the team's."""
    here, difference = standing(), found()["steady-pace"]
    s = here.problem.structure
    for view, taken in zip(difference.numbers[0].views, difference.taken, strict=True):
        mean = s.log_pace.mean.copy()
        mean[s.log_pace.ids.index("steady-pace")] = np.log(view.value)
        moved = replace(here.problem, structure=replace(s, log_pace=replace(s.log_pace, mean=mean)))
        ratio = log_posterior(moved, here.draws) - log_posterior(here.problem, here.draws)
        expected = weigh(ratio).mean(here.chances) - here.now
        assert taken.change == pytest.approx(expected, abs=1e-9)


def test_taking_the_shares_of_who_favours_it_favours_an_outcome() -> None:
    difference = next(each for each in differences(standing()) if each.numbers[0].kind == "shares")
    ann, ben = (each.change for each in difference.taken)
    private = standing().outcomes.index("private")
    assert ann[private] < 0.0 < ben[private]


def test_a_loading_of_nothing_moves_what_it_tilts() -> None:
    difference = found()["money-for-the-city"]
    values = [view.value for view in difference.numbers[0].views]
    assert values == [0.0, 0.6]
    ann, ben = (each.change for each in difference.taken)
    assert np.sign(ann[0]) == -np.sign(ben[0])
