"""Pools against numbers worked out by hand, stacking against a search of everything, and nothing learned too early."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case.resolutions import Resolution
from forecast.record.combination import Combination, combine, mixture, of_one_day
from forecast.record.past import PastQuestion, chances_of_what_came
from forecast.record.pool_track import pool_track
from forecast.record.pools import disagreement, linear_pool, log_pool, stacking_weights
from forecast.record.rivals import Rival
from forecast.record.scoreboard import CaseBoard, Standing, compare
from forecast.record.track import lines_of
from tests.model.harbour import harbour
from tests.record.statements import day, resolved, run_of, said

ONE, OTHER = (0.8, 0.2, 0.0, 0.0), (0.2, 0.3, 0.3, 0.2)
EQUAL = np.array([0.5, 0.5])


def test_pools_by_hand() -> None:
    chances = np.array([ONE, OTHER])
    assert linear_pool(chances, EQUAL) == pytest.approx([0.5, 0.25, 0.15, 0.1])
    city, private = math.sqrt(0.16), math.sqrt(0.06)
    assert log_pool(chances, EQUAL) == pytest.approx([city / (city + private), private / (city + private), 0.0, 0.0])
    assert log_pool(chances, np.array([0.0, 1.0])) == pytest.approx(OTHER)  # who has no say rules nothing out
    with pytest.raises(ValueError, match="rule out every outcome"):
        log_pool(np.array([(1.0, 0.0), (0.0, 1.0)]), EQUAL)


def test_disagreement_by_hand() -> None:
    assert disagreement(np.array([ONE, ONE]), EQUAL) == pytest.approx(0.0, abs=1e-12)
    assert disagreement(np.eye(4), np.full(4, 0.25)) == pytest.approx(2.0)
    assert disagreement(np.array([(1.0, 0.0), (0.5, 0.5)]), EQUAL) == pytest.approx(
        -0.75 * math.log2(0.75) - 0.25 * math.log2(0.25) - 0.5
    )


given_chances = st.just(0.0) | st.floats(1e-9, 1.0)
shares = st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any).map(lambda n: np.array(n) / sum(n))


@given(st.lists(shares, min_size=2, max_size=4))
def test_the_log_score_of_a_linear_pool_is_never_worse_than_the_mean_of_its_members(members: list[np.ndarray]) -> None:
    chances = np.array(members)
    weights = np.full(len(members), 1.0 / len(members))
    pooled = linear_pool(chances, weights)
    assert pooled.sum() == pytest.approx(1.0)
    with np.errstate(divide="ignore"):
        assert np.all(-np.log(pooled) <= weights @ -np.log(chances) + 1e-9)
    assert 0.0 <= disagreement(chances, weights) <= math.log2(len(members)) + 1e-9


@given(st.lists(st.tuples(given_chances, given_chances), max_size=6))
def test_stacking_finds_the_best_weights_that_there_are(rows: list[tuple[float, float]]) -> None:
    came, mass = np.array(rows).reshape(-1, 2), np.ones(len(rows))
    told = came.max(axis=1, initial=0.0) > 0.0

    def worth(v: float) -> float:
        with np.errstate(divide="ignore"):
            logs = np.log(came[told] @ np.array([v, 1.0 - v]))
        return float(np.sum(logs) + 0.5 * (math.log(v) + math.log(1.0 - v)))

    found = stacking_weights(came, mass)
    assert found.sum() == pytest.approx(1.0)
    assert worth(float(found[0])) >= max(worth(v) for v in np.linspace(0.001, 0.999, 999)) - 1e-6


def test_without_a_past_all_weigh_the_same_and_one_question_does_not_decide_everything() -> None:
    assert stacking_weights(np.zeros((0, 3)), np.zeros(0)) == pytest.approx([1 / 3] * 3)
    one = stacking_weights(np.array([[1.0, 0.0]]), np.ones(1))
    assert one == pytest.approx([0.75, 0.25])
    many = stacking_weights(np.array([[1.0, 0.0]] * 49), np.ones(49))
    assert many == pytest.approx([0.99, 0.01])


# ------------------------------------------------------------------------------------------------ the past

MODELS = ("ach", "latent_drivers")


def past(when: str, came: str = "city", case: str = "quay") -> PastQuestion:
    """A question of which one model had been sure and right, the other sure and wrong."""
    runs = (
        run_of("2026-01-13", (0.9, 0.1, 0.0, 0.0)),
        run_of("2026-01-13", (0.1, 0.9, 0.0, 0.0), model="ach"),
        run_of("2026-01-14", (0.5, 0.5, 0.0, 0.0)),  # a day on which the other said nothing
    )
    return PastQuestion(case, resolved(when, **{came: 1.0}), runs)


def test_only_what_had_resolved_by_the_day_is_learned_from() -> None:
    questions = [past("2026-01-16"), past("2026-01-20", case="pier")]
    for by, learned in (("2026-01-15", 0), ("2026-01-16", 1), ("2026-01-19", 1), ("2026-01-20", 2)):
        came, mass, count = chances_of_what_came(MODELS, questions, day(by))
        assert (count, mass.sum()) == (learned, pytest.approx(learned))
        assert came == pytest.approx(np.array([[0.1, 0.9]] * learned).reshape(-1, 2))


def test_sets_of_a_model_share_its_chance_and_soft_endings_count_by_weight() -> None:
    runs = (
        run_of("2026-01-13", (0.9, 0.1, 0.0, 0.0)),
        run_of("2026-01-13", (0.5, 0.3, 0.1, 0.1), assumptions="second-look"),
        run_of("2026-01-13", (0.2, 0.2, 0.3, 0.3), model="ach"),
    )
    question = PastQuestion("quay", resolved("2026-01-20", city=0.75, other=0.25), runs)
    came, mass, _ = chances_of_what_came(MODELS, [question], day("2026-02-01"))
    assert came == pytest.approx(np.array([[0.2, 0.7], [0.3, 0.05]]))
    assert mass == pytest.approx([0.75, 0.25])
    assert chances_of_what_came(("static", "ach"), [question], day("2026-02-01"))[2] == 0


# ------------------------------------------------------------------------------------------------ as one

RUNS = [
    run_of("2026-01-18", ONE),
    run_of("2026-01-18", OTHER, model="ach"),
    run_of("2026-01-18", OTHER, assumptions="second-look"),
]
RATES = said("2026-01-18", (0.1, 0.1, 0.1, 0.7))


def together(questions: list[PastQuestion], share: float = 0.2) -> Combination:
    return combine(RUNS, RATES, questions, share)


def test_the_lines_of_a_day_as_one() -> None:
    found = together([])
    city = np.mean([0.8, 0.2, 0.2])
    assert found.learned_from == 0
    assert found.stacked == pytest.approx([0.25, 0.5, 0.25])  # a model each, and a model's sets share
    assert found.pools["linear"].chances["city"] == pytest.approx(city)
    assert found.pools["stacked"].chances["city"] == pytest.approx(0.25 * 0.8 + 0.75 * 0.2)
    assert found.pools["linear, with base rates"].chances["city"] == pytest.approx(0.8 * city + 0.2 * 0.1)
    assert found.ranges["city"] == (0.2, 0.8)
    assert found.pools["linear"].resolved[-1][1] == pytest.approx((1.0 + 0.8 + 0.8) / 3)
    assert all(math.fsum(pool.chances.values()) == pytest.approx(1.0) for pool in found.pools.values())


def test_who_was_right_before_weighs_more() -> None:
    found = together([past("2026-01-16")])
    assert found.learned_from == 1
    assert found.stacked[0] == found.stacked[2] > found.stacked[1] / 2
    assert together([past("2026-01-19")]).stacked == pytest.approx(together([]).stacked)


def test_without_base_rates_none_are_mixed_in() -> None:
    assert list(combine(RUNS, None, [], 0.2).pools) == ["linear", "logarithmic", "stacked"]
    assert list(together([], share=0.0).pools) == ["linear", "logarithmic", "stacked"]


def test_members_that_rule_everything_out_have_no_logarithmic_pool() -> None:
    sure = [run_of("2026-01-18", (1.0, 0.0, 0.0, 0.0)), run_of("2026-01-18", (0.0, 1.0, 0.0, 0.0), model="ach")]
    found = combine(sure, None, [], 0.0)
    assert list(found.pools) == ["linear", "stacked"]
    assert found.bits == pytest.approx(1.0)


def test_what_is_not_said_of_the_same_weeks_is_not_pooled_in_time() -> None:
    parts = (said("2026-01-18", ONE, (0.2, 0.5, 1.0)), said("2026-01-18", OTHER))
    assert mixture(parts, EQUAL).resolved == ()


def test_of_a_day_the_last_publishable_run_of_each_line_is_taken() -> None:
    first = run_of("2026-01-18", ONE, created="2026-01-18T08:00:00+00:00")
    second = run_of("2026-01-18", OTHER, created="2026-01-18T09:00:00+00:00")
    failed = run_of("2026-01-18", ONE, created="2026-01-18T10:00:00+00:00", publishable=False)
    later = run_of("2026-01-25", ONE, model="ach")
    moved = run_of("2026-01-18", ONE, model="static", horizon="2026-03-01")
    found = of_one_day([first, second, failed, later, moved, RUNS[1]], day("2026-01-18"))
    assert found == [RUNS[1], second]


def test_pools_of_a_resolved_case_are_scored_by_day() -> None:
    signed: Resolution = resolved("2026-02-01", city=1.0)
    runs = [*RUNS, run_of("2026-01-25", ONE), run_of("2026-01-25", OTHER, model="ach"), run_of("2026-01-28", ONE)]
    standings = tuple(
        Standing(line, (compare(line, Rival("base_rates", tuple(RATES for _ in line.entries)), signed),))
        for line in lines_of(runs, signed)
    )
    board = CaseBoard(replace(harbour(), resolutions=(signed,)), signed, standings)
    found = pool_track(board, [], 0.2)
    assert [(entry.days, len(entry.combination.members)) for entry in found.entries] == [(7, 3), (7, 2)]
    first, second = 1 - (0.8 + 0.2 + 0.2) / 3, 0.5
    rows = {row["pool"]: row for row in found.document()}
    assert rows["linear"]["weeks"][1]["log"] == pytest.approx(-math.log(second))
    assert rows["linear"]["log"] == pytest.approx((-math.log(1 - first) - math.log(second)) / 2)
    assert "linear, with base rates" in rows
    assert found.entries[0].combination.members[0].as_of == dt.date(2026, 1, 18)
