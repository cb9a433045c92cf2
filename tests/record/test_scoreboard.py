"""Comparisons by hand, over one case and several, and no claim that the numbers do not carry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from forecast.case.resolutions import Resolution
from forecast.case.schema import Case
from forecast.record.rivals import Rival
from forecast.record.score_documents import case_document, records_document
from forecast.record.scoreboard import (
    CaseBoard,
    Standing,
    better_by,
    by_ending,
    calibration_at_one_age,
    compare,
    records_of,
    skill,
)
from forecast.record.sequences import confidence_sequence
from forecast.record.track import lines_of
from forecast.runs import Run
from tests.model.harbour import harbour
from tests.record.statements import HORIZON, OPENING, resolved, run_of, said

SIGNED = resolved("2026-02-01", city=1.0)
RUNS = [run_of("2026-01-18", (0.4, 0.3, 0.1, 0.2)), run_of("2026-01-25", (0.7, 0.1, 0.1, 0.1))]
JANUARY_5 = dt.date(2026, 1, 5)
FLAT = (0.25, 0.25, 0.25, 0.25)


def board(number: int, chances: Sequence[float], came: str = "city") -> CaseBoard:
    """A case of one forecast, against a rival who says that all is alike; resolved on its own day."""
    resolution: Resolution = replace(
        resolved("2026-01-20", **{came: 1.0}), date=dt.date(2026, 1, 20) + dt.timedelta(days=number % 15)
    )
    question = harbour().question.model_copy(update={"opening": OPENING, "horizon": HORIZON})
    case: Case = replace(harbour(), question=question, resolutions=(resolution,))
    (line,) = lines_of([run_of("2026-01-18", chances)], resolution)
    return CaseBoard(
        case, resolution, (Standing(line, (compare(line, Rival("uniform", (said("2026-01-18", FLAT),)), resolution),)),)
    )


def test_a_rival_is_compared_on_the_days_on_which_he_had_spoken() -> None:
    (line,) = lines_of(RUNS, SIGNED)
    found = compare(line, Rival("team", (None, said("2026-01-25", FLAT))), SIGNED)
    assert (len(found.pairs), found.days) == (1, 7)
    assert found.better_by["brier"] == pytest.approx(0.75 - 0.12)
    assert found.better_by["brier_half"] == pytest.approx((0.75 - 0.12) / 2)
    assert found.better_by["log"] == pytest.approx(np.log(0.7 / 0.25))
    assert found.better_by["crps"] is None
    both = compare(line, Rival("team", (said("2026-01-18", FLAT), said("2026-01-25", FLAT))), SIGNED)
    assert both.better_by["brier"] == pytest.approx((7 * (0.75 - 0.5) + 7 * (0.75 - 0.12)) / 14)
    silent = compare(line, Rival("team", (None, None)), SIGNED)
    assert (silent.days, silent.ours, set(silent.better_by.values())) == (0, None, {None})


def test_who_gave_no_chance_to_what_came_is_infinitely_behind_and_json_says_so() -> None:
    (line,) = lines_of([run_of("2026-01-18", (0.0, 0.5, 0.3, 0.2))], SIGNED)
    comparison = compare(line, Rival("uniform", (said("2026-01-18", FLAT),)), SIGNED)
    document = case_document(CaseBoard(board(0, FLAT).case, SIGNED, (Standing(line, (comparison,)),)))
    (row,) = document["scores"]
    assert (row["log"], row["infinite"]) == (None, True)
    assert (row["weeks"][0]["log"], row["weeks"][0]["infinite"]) == (None, True)
    assert row["skill"][0]["better_by"]["log"] == "-infinite"


def test_one_case_claims_nothing_however_well_it_went() -> None:
    perfect = board(0, (1.0, 0.0, 0.0, 0.0))
    document = case_document(perfect)
    (found,) = document["scores"][0]["skill"]
    assert found["better_by"]["brier_half"] == pytest.approx(0.375)
    low, high = found["interval"]["brier_half"]
    assert low < 0.0 < high
    assert set(found["claim"].values()) == {None}
    assert document["claim"] is None
    assert "nothing can be claimed" in document["notes"][0]


def test_the_document_holds_the_contract() -> None:
    document = case_document(board(3, (0.7, 0.1, 0.1, 0.1)))
    assert document["resolution"]["outcome"] == "city"
    (row,) = document["scores"]
    assert {"model", "assumptions", "log", "brier", "brier_half", "spherical", "crps", "weeks"} <= row.keys()
    assert (row["brier"], row["brier_half"]) == pytest.approx((0.12, 0.06))
    (week,) = row["weeks"]
    assert week["better_by"]["uniform"]["brier"] == pytest.approx(0.63)


def test_skill_over_questions_is_the_mean_and_its_sequence_in_the_order_of_resolution() -> None:
    chances = [(0.7, 0.1, 0.1, 0.1), (0.1, 0.7, 0.1, 0.1), (0.4, 0.2, 0.2, 0.2)]
    boards = [board(number, said) for number, said in ((9, chances[0]), (2, chances[1]), (5, chances[2]))]
    (record,) = records_of(by_ending(boards))
    gaps = np.array([0.75 - 1.32, 0.75 - 0.48, 0.75 - 0.12]) / 2.0  # days 2, 5 and 9
    (found,) = record.skills
    assert (record.questions, found.questions) == (3, 3)
    assert found.better_by["brier_half"] == pytest.approx(gaps.mean())
    assert found.sequences["brier_half"] == pytest.approx(confidence_sequence(gaps, 1.0))
    assert record.mean.brier == pytest.approx((1.32 + 0.48 + 0.12) / 3)
    document = records_document(boards, [record], (), ["still-open"])
    assert len(document["records"][0]["skill"][0]["sequence"]["spherical"]) == 3
    assert document["open"] == ["still-open"]


def test_many_questions_carry_a_claim_and_few_do_not() -> None:
    rng = np.random.default_rng(1)
    (line,) = lines_of([run_of("2026-01-18", (0.7, 0.1, 0.1, 0.1))], SIGNED)
    good, bad = (compare(line, Rival("uniform", (said("2026-01-18", FLAT),)), resolved("2026-02-01", **{came: 1.0}))
                 for came in ("city", "private"))  # fmt: skip
    scored = {"city": good, "private": replace(bad, line=lines_of(
        [run_of("2026-01-18", (0.7, 0.1, 0.1, 0.1))], resolved("2026-02-01", private=1.0))[0])}  # fmt: skip
    came = [scored["city" if rng.random() < 0.85 else "private"] for _ in range(200)]
    assert skill("uniform", came[:8]).claims["brier_half"] is None
    assert skill("uniform", came).claims["brier_half"] == "better"
    worse = [scored["private"]] * 60
    assert skill("uniform", worse).claims["brier_half"] == "worse"


def ended(on: str, runs: Sequence[Run], **came: float) -> tuple[CaseBoard, Standing]:
    """A question that opened on 5 January, and the line of these forecasts."""
    resolution = resolved(on, **came)
    (line,) = lines_of(runs, resolution)
    standing, question = Standing(line, ()), board(0, FLAT).case.question.model_copy(update={"opening": JANUARY_5})
    return CaseBoard(replace(harbour(), question=question), resolution, (standing,)), standing


def test_calibration_takes_of_each_question_what_stood_four_weeks_after_its_opening() -> None:
    later = run_of("2026-02-03", (0.0, 1.0, 0.0, 0.0))
    found = calibration_at_one_age([ended("2026-02-07", [*RUNS, later], city=1.0)])
    assert found is not None
    assert found.chances.tolist() == [0.1, 0.7]
    assert found.observed.tolist() == [0.0, 1.0]
    soft = calibration_at_one_age([ended("2026-02-07", RUNS, city=0.5, private=0.5)])
    assert soft is not None
    assert soft.observed[-1] == 0.5


def test_a_question_that_was_over_by_then_or_had_no_forecast_yet_says_nothing_of_calibration() -> None:
    late = run_of("2026-02-03", (0.7, 0.1, 0.1, 0.1))
    over, unsaid = ended("2026-02-02", RUNS, city=1.0), ended("2026-02-07", [late], city=1.0)
    assert calibration_at_one_age([over, unsaid]) is None
    (record,) = records_of([board(1, (0.7, 0.1, 0.1, 0.1))])
    assert record.calibration is None
    document = records_document([board(1, FLAT)], [record], (), [])
    assert document["records"][0]["calibration"] is None


def test_only_the_set_that_was_asked_for_is_put_together() -> None:
    boards = [board(1, FLAT)]
    assert [record.model for record in records_of(by_ending(boards))] == ["latent_drivers"]
    assert records_of(boards, "second-look") == ()


def test_better_by_names_both_scales() -> None:
    (line,) = lines_of(RUNS, SIGNED)
    first, second = (entry.scores for entry in line.entries)
    gaps = better_by(second, first)
    assert gaps["brier"] == pytest.approx(0.5 - 0.12)
    assert gaps["brier_half"] == pytest.approx(0.19)


def test_a_case_without_a_forecast_in_time_is_listed_and_not_scored() -> None:
    (line,) = lines_of([run_of("2026-02-03", FLAT)], SIGNED)
    document = case_document(CaseBoard(board(0, FLAT).case, SIGNED, (Standing(line, ()),)))
    (row,) = document["scores"]
    assert (row["log"], row["brier"], row["weeks"], row["incomparable"]) == (None, None, [], 1)
