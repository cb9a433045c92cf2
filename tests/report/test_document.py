"""What the page will say, before any wording."""

from __future__ import annotations

import copy

import pytest

from forecast.report.document import Document, document
from forecast.report.history import earlier
from forecast.report.trust import Confidence

from .answered import answered
from .sample import Sample, sample


def made(of: Sample) -> Document:
    return document(of.forecast, of.record, of.runs)


def test_outcomes_keep_their_numbers_and_unresolved_stands_apart() -> None:
    run = sample()
    shown = made(run)
    assert [outcome.id for outcome in shown.standing.everything] == [entry["id"] for entry in run.forecast["outcomes"]]
    assert shown.standing.unresolved.id == "unresolved"
    assert shown.standing.leaders[0].id == "calibrated_resignation"
    assert shown.standing.runner_up is not None
    assert shown.standing.runner_up.id == "compromise"


def test_a_run_whose_last_outcome_is_not_unresolved_is_refused() -> None:
    run = sample()
    run.forecast["outcomes"].pop()
    with pytest.raises(ValueError, match="last outcome of a run is 'unresolved', not 'other'"):
        made(run)


def test_outcomes_within_monte_carlo_error_lead_together() -> None:
    run = sample()
    run.forecast["outcomes"][0]["probability"] = run.forecast["outcomes"][4]["probability"] - 0.004
    assert [outcome.id for outcome in made(run).standing.leaders] == ["calibrated_resignation", "compromise"]


def test_outcomes_beyond_monte_carlo_error_do_not() -> None:
    run = sample()
    run.forecast["outcomes"][0]["probability"] = run.forecast["outcomes"][4]["probability"] - 0.006
    assert [outcome.id for outcome in made(run).standing.leaders] == ["calibrated_resignation"]


def test_within_reach_counts_intervals_that_hold_the_leaders_probability() -> None:
    run = sample()
    for entry, high in zip(run.forecast["outcomes"], [0.27, 0.28, 0.29, 0.1, 0.6, 0.9, 0.9], strict=True):
        entry["interval"] = [0.01, high]
    assert made(run).standing.within_reach == 3


@pytest.mark.parametrize(("change", "direction"), [(0.005, "same"), (0.006, "up"), (-0.006, "down"), (-0.005, "same")])
def test_a_change_within_twice_the_joint_error_is_no_change(change: float, direction: str) -> None:
    run = sample()
    run.forecast["outcomes"][0]["change"] = change
    found = made(run).standing.outcomes[0].change
    assert found is not None
    assert found.direction == direction


def test_history_takes_comparable_publishable_earlier_runs_and_the_latest_of_a_date() -> None:
    run = sample()
    runs = run.runs[:4]
    other_model = {**runs[0], "model": "uniform"}
    other_set = {**runs[0], "assumption_set": {"name": "early-elections-unlikely", "label": ""}}
    failed = {**runs[1], "as_of": "2026-02-05", "publishable": False}
    later = {**runs[1], "as_of": "2026-02-09"}
    again = {**runs[0], "run": {**runs[0]["run"], "id": "again", "created": "2026-03-01T00:00:00Z"}}
    mixed = [failed, again, *reversed(runs), other_model, other_set, later, run.forecast]
    found = earlier(run.forecast, mixed)
    assert [each["as_of"] for each in found] == ["2026-01-25", "2026-01-28", "2026-02-01", "2026-02-04"]
    assert found[0]["run"]["id"] == "again"


def test_history_ends_with_this_run() -> None:
    run = sample()
    shown = made(run)
    assert [day.iso for day in shown.history.days] == [each["as_of"] for each in run.runs]
    last = {course.outcome.id: course.stages[-1].probability.value for course in shown.history.courses}
    assert last == {entry["id"]: entry["probability"] for entry in run.forecast["outcomes"]}


def test_an_outcome_an_earlier_run_did_not_know_is_left_out_there() -> None:
    run = sample()
    run.runs[0]["outcomes"] = [entry for entry in run.runs[0]["outcomes"] if entry["id"] != "sadrist"]
    course = next(course for course in made(run).history.courses if course.outcome.id == "sadrist")
    assert [stage.day.iso for stage in course.stages] == [each["as_of"] for each in run.runs[1:]]


def test_what_is_new_since_the_run_before() -> None:
    since = made(sample()).since
    assert since is not None
    assert since.day.iso == "2026-02-04"
    assert since.reports == 4
    assert since.movers[0].id == "calibrated_resignation"
    assert next(move.label for move in since.drivers) == "Momentum for early elections"


def test_a_first_run_has_nothing_to_compare_with() -> None:
    run = sample()
    first = copy.deepcopy(run.runs[0])
    assert document(first, run.record, [first]).since is None


def test_timing_ends_at_the_horizon_and_names_the_week_of_an_even_chance() -> None:
    run = sample()
    timing = made(run).timing
    assert timing.rows[-1].end.iso == run.forecast["horizon"]
    before = [row for row in timing.rows if timing.even_chance and row.end.value < timing.even_chance.value]
    assert timing.even_chance is not None
    assert all(row.resolved.value < 0.5 for row in before)
    assert next(row for row in timing.rows if row.end == timing.even_chance).resolved.value >= 0.5


def test_an_outcome_without_any_chance_has_no_date() -> None:
    run = sample()
    for week in run.forecast["timing"]:
        week["cumulative"]["sadrist"] = 0.0
    assert made(run).timing.halfway[2] is None


def test_marks_point_where_the_grade_speaks_given_the_polarity() -> None:
    drivers = {driver.id: driver for driver in made(sample()).drivers}
    assert [mark.push for mark in drivers["us_pressure"].marks] == [1, 1, 1]
    assert [mark.push for mark in drivers["iran_stability"].marks] == [1, 1]  # low grades of a negative indicator
    assert [mark.push for mark in drivers["election_momentum"].marks] == [0]


def test_several_reports_of_one_event_are_one_mark_and_a_retracted_one_is_none() -> None:
    drivers = {driver.id: driver for driver in made(sample()).drivers}
    assert [mark.title for mark in drivers["settlement"].marks] == ["Indirect talks in Muscat called a good start"]


def test_a_driver_path_that_misses_the_as_of_week_is_refused() -> None:
    run = sample()
    run.forecast["driver_paths"][0]["weeks"].pop()
    with pytest.raises(ValueError, match="'iran_stability' does not hold the week of 2026-02-08"):
        made(run)


def test_evidence_has_one_line_a_report_with_every_coders_grades() -> None:
    reports = made(sample()).evidence.reports
    assert len(reports) == 21
    twice = next(report for report in reports if report.id == "S01")
    assert [(coding.coder, coding.grade, coding.admiralty) for coding in twice.codings] == [
        ("ana", 5, "A1"),
        ("bo", 4, "A1"),
    ]
    assert [report.id for report in reports if report.retracted] == ["S17"]
    assert [report.carries for report in reports if report.carries] == ["S15", "S01"]
    dates = [report.published.iso for report in reports]
    assert dates == sorted(dates, reverse=True)


def test_coders_who_differ_on_the_indicator_are_both_shown() -> None:
    run = sample()
    rows = run.record["inputs"]["evidence"]
    rows[1]["indicator"] = "nominee_words"
    report = next(report for report in made(run).evidence.reports if report.id == "S01")
    assert report.indicators == (("Us stance", "US pressure on Baghdad"), ("Nominee words", "The nominee's resolve"))


def test_a_retraction_without_grades_still_shows_the_report() -> None:
    run = sample()
    run.record["inputs"]["evidence"] = [
        {
            **row,
            "grade": "",
            "reliability": "",
            "credibility": "",
            "indicator": "",
            "title": "",
            "note": "",
            "retracted_at": "2026-02-07",
        }
        for row in run.record["inputs"]["evidence"][:1]
    ]
    (report,) = made(run).evidence.reports
    assert (report.title, report.codings, report.retracted and report.retracted.iso) == ("S01", (), "2026-02-07")


def test_confidence_falls_with_each_reservation() -> None:
    run = sample()
    asked = answered(run)
    assert asked.hanging is not None

    def found() -> Confidence:
        return document(run.forecast, run.record, run.runs, answers=asked).confidence

    assert found().word == "low"
    run.forecast["evidence"]["origins"] = 20
    assert found().word == "moderate"
    for assumption in run.forecast["assumptions"]:
        assumption["prior_only"] = False
    assert (found().word, found().reservations) == ("high", ())
    asked.hanging["assumptions"][1]["flip"]["steps"] = -1.0
    assert [reservation.kind for reservation in found().reservations] == ["near_flip"]
    asked.hanging["sources"][0] |= {"leader": "other", "leader_changes": True}
    assert [reservation.kind for reservation in found().reservations] == ["near_flip", "one_source"]
    assert found().word == "low"


def test_what_the_draws_cannot_tell_is_no_reservation() -> None:
    run = sample()
    asked = answered(run)
    assert asked.hanging is not None
    asked.hanging["assumptions"][1]["flip"] |= {"steps": 0.5, "reliable": False}
    asked.hanging["sources"][0] |= {"leader_changes": True, "pareto_k": 0.9}
    reservations = document(run.forecast, run.record, run.runs, answers=asked).confidence.reservations
    assert not {"near_flip", "one_source"} & {reservation.kind for reservation in reservations}


def test_each_reservation_is_found() -> None:
    run = sample()
    for row in run.record["inputs"]["evidence"]:
        row["reliability"] = "C"
        row["published_date"] = "2026-01-24"
    for outcome in run.forecast["outcomes"]:
        outcome["base_rate"] = None
    kinds = [reservation.kind for reservation in made(run).confidence.reservations]
    assert kinds == ["few_origins", "weak_grades", "untested_loadings", "old_evidence", "no_past", "not_examined"]
    for outcome in run.forecast["outcomes"]:
        del outcome["base_rate"]  # as in runs of the first version: nobody knows
    assert "no_past" not in [reservation.kind for reservation in made(run).confidence.reservations]


def test_a_failed_forecast_deserves_no_confidence() -> None:
    run = sample()
    run.forecast["publishable"] = False
    assert made(run).confidence.word == "none"


def test_assumptions_are_parted_by_what_the_evidence_says_about_them() -> None:
    assumptions = made(sample()).assumptions
    assert [assumption.id for assumption in assumptions.informed] == ["pace"]
    assert [assumption.id for assumption in assumptions.fixed] == ["half-life-cohesion"]
    assert len(assumptions.prior_only) == 24
    assert assumptions.total == 26


@pytest.mark.parametrize(
    "part", ["outcomes", "timing", "driver_paths", "assumptions", "evidence", "diagnostics", "run"]
)
def test_a_missing_part_is_an_error(part: str) -> None:
    run = sample()
    del run.forecast[part]
    with pytest.raises(KeyError, match=part):
        made(run)
