"""What joins the journal, what is there already, and what contradicts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from forecast.evidence.admission import Admission, admit
from forecast.evidence.journal import Row
from forecast.evidence.sheets import Incoming
from tests.evidence.samples import NOW, bare_retraction, row, rows


def dated(*items: Row) -> list[Incoming]:
    return [Incoming(item) for item in items]


def undated(*items: Row) -> list[Incoming]:
    return [Incoming(replace(item, coded_at=NOW), dated=False) for item in items]


def refusals(admission: Admission) -> list[str]:
    assert len(admission.refused) == len(admission.problems)
    return [str(problem) for problem in admission.problems]


def test_new_rows_join_in_their_order() -> None:
    ours = [row(report_id="R2"), row(), row(coder="bob"), row(coded_at="2026-01-23", grade=2)]
    assert admit(dated(*ours), [], "e.csv") == Admission(tuple(ours), (), 0, ())


def test_a_row_that_is_there_is_passed_over() -> None:
    admission = admit(dated(row(), row(report_id="R2")), [row()], "e.csv")
    assert (admission.new, admission.skipped) == ((row(report_id="R2"),), 1)


def test_a_row_twice_in_one_file_joins_once() -> None:
    admission = admit(dated(row(), row()), [], "e.csv")
    assert (len(admission.new), admission.skipped) == (1, 1)


def test_the_same_report_coder_and_time_with_other_content_is_refused() -> None:
    told = [
        (
            "e.csv:9: the coding of 'R1' by 'ann' at this time of coded_at is there already, with other content: "
            "to amend it, write the row with a later coded_at"
        )
    ]
    changed = row(note="Another thought.", line=9)
    assert refusals(admit(dated(changed), [row()], "e.csv")) == told
    assert refusals(admit(dated(row(), changed), [], "e.csv")) == told


def test_times_are_compared_as_moments() -> None:
    elsewhere = datetime(2026, 1, 22, 13, tzinfo=UTC) - timedelta(hours=3)
    assert admit(dated(row(coded_at=elsewhere)), [row()], "e.csv").skipped == 1


def test_an_older_row_still_joins() -> None:
    older = row(coded_at="2026-01-21", grade=1)
    assert admit(dated(older), [row()], "e.csv").new == (older,)


def test_without_a_time_it_is_now_unless_the_standing_row_says_the_same() -> None:
    present = [row(grade=2), row(coded_at="2026-01-23")]
    assert admit(undated(row()), present, "e.csv").skipped == 1
    (amended,) = admit(undated(row(grade=2)), present, "e.csv").new
    assert (amended.grade, amended.coded_at) == (2, NOW)


def test_the_standing_row_is_each_coders_own() -> None:
    assert len(admit(undated(row(coder="bob")), [row()], "e.csv").new) == 1


def test_the_standing_row_goes_by_time_not_by_place() -> None:
    present = [row(coded_at="2026-01-23"), row(grade=2)]
    assert admit(undated(row()), present, "e.csv").skipped == 1


def test_of_two_standing_rows_of_one_time_the_one_further_down_is_compared() -> None:
    present = [row(grade=2), row()]
    assert admit(undated(row()), present, "e.csv").skipped == 1
    assert admit(undated(row(grade=2)), present, "e.csv").skipped == 0


def test_a_retraction_does_not_hide_the_coding_that_stands() -> None:
    present = [row(), bare_retraction(coded_at="2026-02-01")]
    assert admit(undated(row()), present, "e.csv").skipped == 1


def test_two_rows_of_one_coding_without_a_time_contradict_each_other() -> None:
    assert len(refusals(admit(undated(row(), row(grade=1)), [], "e.csv"))) == 1
    assert admit(undated(row(), row()), [], "e.csv").skipped == 1


def test_a_row_of_now_that_would_not_stand_is_refused() -> None:
    ahead = row(coded_at=NOW + timedelta(hours=3))
    assert refusals(admit(undated(row(grade=1)), [ahead], "e.csv")) == [
        (
            "e.csv: the coding of 'R1' by 'ann' that stands has a coded_at later than now: "
            "write a coded_at that is later still"
        )
    ]


journals = st.lists(rows(st.sampled_from(["R1", "R2"]), st.sampled_from(["ann", "bob"])), max_size=8)


@given(journals, journals)
def test_admitting_twice_is_admitting_once(present: list[Row], ours: list[Row]) -> None:
    first = admit(dated(*ours), present, "e.csv")
    again = admit(dated(*first.new), [*present, *first.new], "e.csv")
    assert (again.new, again.problems, again.skipped) == ((), (), len(first.new))


@given(journals, journals)
def test_every_row_has_one_fate(present: list[Row], ours: list[Row]) -> None:
    admission = admit(dated(*ours), present, "e.csv")
    assert len(admission.new) + len(admission.refused) + admission.skipped == len(ours)
    keys = [(item.report_id, item.coder, item.coded_at) for item in admission.new]
    assert len(set(keys)) == len(keys)
