"""Which runs count, for how long, and what they come to."""

from __future__ import annotations

import pytest

from forecast.record.rescoring import rescored
from forecast.record.track import in_hindsight, lines_of
from tests.record.statements import resolved, run_of

EARLY, LATE = (0.4, 0.3, 0.1, 0.2), (0.7, 0.1, 0.1, 0.1)
SIGNED = resolved("2026-02-01", city=1.0)


def test_a_forecast_stands_until_the_next_one_and_the_last_until_the_resolution() -> None:
    (line,) = lines_of([run_of("2026-01-25", LATE), run_of("2026-01-14", EARLY)], SIGNED)
    assert [(str(entry.run.as_of), entry.days) for entry in line.entries] == [("2026-01-14", 11), ("2026-01-25", 7)]
    first, second = (entry.scores.brier for entry in line.entries)
    assert line.mean is not None
    assert line.mean.brier == pytest.approx((11 * first + 7 * second) / 18)
    assert line.days == 18


def test_unpublishable_runs_are_counted_and_not_scored() -> None:
    failed = run_of("2026-01-20", LATE, publishable=False)
    (line,) = lines_of([run_of("2026-01-14", EARLY), failed], SIGNED)
    assert (len(line.entries), line.unpublishable, line.days) == (1, 1, 18)
    (alone,) = lines_of([failed], SIGNED)
    assert (alone.entries, alone.mean, alone.unpublishable) == ((), None, 1)


def test_of_several_runs_of_a_day_the_last_that_was_made_in_time_counts() -> None:
    first = run_of("2026-01-18", EARLY, created="2026-01-18T08:00:00+00:00")
    mended = run_of("2026-01-18", LATE, created="2026-01-19T08:00:00+00:00")
    sharpened = run_of("2026-01-18", (1.0, 0.0, 0.0, 0.0), created="2026-02-01T00:00:00+00:00")
    (line,) = lines_of([sharpened, mended, first], SIGNED)
    assert [entry.run for entry in line.entries] == [mended]
    assert line.superseded == 2
    (alone,) = lines_of([sharpened], SIGNED)
    assert [entry.run for entry in alone.entries] == [sharpened]
    assert in_hindsight(sharpened, SIGNED)
    assert not in_hindsight(mended, SIGNED)


def test_runs_from_the_day_of_the_resolution_on_are_not_scored() -> None:
    runs = [run_of(when, EARLY) for when in ("2026-01-18", "2026-02-01", "2026-02-03")]
    (line,) = lines_of(runs, SIGNED)
    assert [str(entry.run.as_of) for entry in line.entries] == ["2026-01-18"]
    assert line.incomparable == 2


def test_a_run_that_knew_an_ending_is_not_scored_when_the_question_turns_out_to_end_later() -> None:
    told = run_of("2026-01-25", (0.0, 1.0, 0.0, 0.0), ending="private")
    (line,) = lines_of([run_of("2026-01-18", EARLY), told], SIGNED)
    assert [str(entry.run.as_of) for entry in line.entries] == ["2026-01-18"]
    assert (line.days, line.incomparable) == (14, 1)


def test_a_line_is_a_model_with_a_set_and_the_cases_own_comes_first() -> None:
    runs = [
        run_of("2026-01-18", EARLY, model="ach"),
        run_of("2026-01-18", EARLY, assumptions="second-look"),
        run_of("2026-01-18", LATE),
    ]
    assert [(line.model, line.assumptions) for line in lines_of(runs, SIGNED)] == [
        ("latent_drivers", "first-look"),
        ("ach", "first-look"),
        ("latent_drivers", "second-look"),
    ]


def test_a_new_resolution_scores_everything_again() -> None:
    runs = [run_of("2026-01-14", EARLY), run_of("2026-01-25", LATE)]
    (line,) = rescored(runs, SIGNED, resolved("2026-01-20", private=1.0))
    assert line.before is not None
    assert line.after is not None
    assert line.after.brier == pytest.approx(0.16 + 0.49 + 0.01 + 0.04)  # the second speaks from a later day
    change = line.document()["change"]
    assert change["brier"] == pytest.approx(line.after.brier - line.before.brier)
    impossible = rescored([run_of("2026-01-14", (1.0, 0.0, 0.0, 0.0))], SIGNED, resolved("2026-01-20", private=1.0))
    assert impossible[0].document()["change"]["log"] is None
    assert impossible[0].document()["infinite"] is True
    assert rescored(runs, None, SIGNED)[0].document()["before"] is None
