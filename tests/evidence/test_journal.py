"""What the journal says on a day: standing rows, both clocks, amendments, retractions."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.evidence.journal import Row, known_rows, view
from tests.evidence.samples import bare_retraction, row, rows

JAN_25, FEB_1, FEB_8 = date(2026, 1, 25), date(2026, 2, 1), date(2026, 2, 8)

few_reports = rows(st.sampled_from(["R1", "R2", "R3"]), st.sampled_from(["ann", "bob"]))
journals = st.lists(few_reports, max_size=12)
clocks = st.sampled_from(["recorded", "published"])
as_ofs = st.dates(date(2025, 11, 25), date(2026, 3, 5))


def test_no_rows_say_nothing() -> None:
    nothing = view([], FEB_8, "recorded")
    assert (nothing.reports, nothing.retracted, nothing.after_as_of) == ((), (), 0)


def test_a_view_says_of_which_day_it_is_and_by_which_clock() -> None:
    for clock in ("recorded", "published"):
        assert (seen := view([row()], FEB_8, clock)).reports
        assert (seen.as_of, seen.clock) == (FEB_8, clock)


@pytest.mark.parametrize("coded", [row(origin_id="wire-7"), row(origin_id="wire-7", grade=0, effort=0.5)])
def test_a_report_carries_its_facts_and_its_coding(coded: Row) -> None:
    (report,) = view([coded], FEB_8, "recorded").reports
    (coding,) = report.codings
    held = {**asdict(report), **asdict(coding), "retracted_at": None, "line": 0}
    del held["codings"]
    assert held == asdict(coded)


def test_a_report_without_origin_is_its_own() -> None:
    (report,) = view([row(origin_id="")], FEB_8, "recorded").reports
    assert report.origin_id == "R1"


def test_reports_are_sorted_by_publication_then_id_and_codings_by_coder() -> None:
    journal = [
        row(report_id="R3", published_date="2026-01-21"),
        row(report_id="R1", published_date="2026-01-22"),
        row(report_id="R2", published_date="2026-01-21", coder="bob"),
        row(report_id="R2", published_date="2026-01-21", coder="ann"),
    ]
    known = view(journal, FEB_8, "recorded")
    assert [report.report_id for report in known.reports] == ["R2", "R3", "R1"]
    assert [coding.coder for coding in known.reports[0].codings] == ["ann", "bob"]


# ---------------------------------------------------------------------------- the clocks


@pytest.mark.parametrize(("as_of", "known"), [("2026-01-21", 0), ("2026-01-22", 1), ("2026-01-23", 1)])
def test_recorded_a_coding_is_known_by_the_end_of_the_day_it_was_coded(as_of: str, known: int) -> None:
    late = row(coded_at="2026-01-22T23:59:59.999999")
    seen = view([late], date.fromisoformat(as_of), "recorded")
    assert (len(seen.reports), seen.after_as_of) == (known, 1 - known)


@pytest.mark.parametrize(("as_of", "known"), [("2026-01-20", 0), ("2026-01-21", 1)])
def test_published_a_coding_is_known_from_the_day_of_publication(as_of: str, known: int) -> None:
    seen = view([row(coded_at="2026-02-20")], date.fromisoformat(as_of), "published")
    assert (len(seen.reports), seen.after_as_of) == (known, 1 - known)


def test_days_are_counted_in_utc() -> None:
    beyond_midnight = datetime(2026, 1, 22, 1, 0, tzinfo=timezone(timedelta(hours=3)))
    assert len(view([row(coded_at=beyond_midnight)], date(2026, 1, 21), "recorded").reports) == 1


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="a clock that the environment sets")
def test_nor_in_the_time_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Baghdad")
        time.tzset()
        late = row(coded_at=datetime(2026, 1, 22, 23, 0, tzinfo=UTC))
        known = len(view([late], date(2026, 1, 22), "recorded").reports)
    time.tzset()
    assert known == 1


def test_after_as_of_counts_reports_not_rows() -> None:
    journal = [
        row(),
        row(coded_at="2026-02-20"),
        row(report_id="R2", coded_at="2026-02-20"),
        row(report_id="R2", coder="bob", coded_at="2026-02-21"),
    ]
    assert view(journal, FEB_8, "recorded").after_as_of == 1


# ---------------------------------------------------------------------------- amendments


def test_the_last_known_coding_of_each_coder_stands() -> None:
    journal = [
        row(grade=2, coded_at="2026-02-03"),
        row(grade=1, coded_at="2026-01-22"),
        row(grade=5, coded_at="2026-02-20"),
        row(grade=3, coder="bob", coded_at="2026-01-30"),
    ]
    (report,) = view(journal, FEB_8, "recorded").reports
    assert [(coding.coder, coding.grade) for coding in report.codings] == [("ann", 2), ("bob", 3)]


def test_of_two_codings_of_one_time_the_one_further_down_stands() -> None:
    journal = [row(grade=2), row(grade=5)]
    assert view(journal, FEB_8, "recorded").reports[0].codings[0].grade == 5
    assert view(journal[::-1], FEB_8, "recorded").reports[0].codings[0].grade == 2


def test_facts_come_from_the_latest_known_row_of_any_coder() -> None:
    journal = [
        row(title="Later", event_date="2026-01-19", coder="bob", coded_at="2026-01-30"),
        row(title="Earlier"),
        row(title="Too late", coded_at="2026-02-20"),
    ]
    (report,) = view(journal, FEB_8, "recorded").reports
    assert (report.title, report.event_date) == ("Later", date(2026, 1, 19))


def test_notes_and_indicators_stay_each_coders_own() -> None:
    journal = [row(note="mine"), row(note="yours", indicator="tender", coder="bob", coded_at="2026-01-30")]
    (report,) = view(journal, FEB_8, "recorded").reports
    assert [(coding.note, coding.indicator) for coding in report.codings] == [("mine", "strikes"), ("yours", "tender")]


def test_published_an_amendment_that_keeps_the_date_corrects_every_as_of() -> None:
    journal = [row(grade=2), row(grade=5, coded_at="2026-02-20")]
    (report,) = view(journal, date(2026, 1, 21), "published").reports
    assert report.codings[0].grade == 5


def test_published_an_amendment_after_a_correction_is_known_from_its_date() -> None:
    journal = [row(grade=2), row(grade=5, published_date="2026-02-01", coded_at="2026-02-20")]
    (before,) = view(journal, date(2026, 1, 31), "published").reports
    (after,) = view(journal, FEB_1, "published").reports
    assert (before.codings[0].grade, before.published_date) == (2, date(2026, 1, 21))
    assert (after.codings[0].grade, after.published_date) == (5, FEB_1)


# ---------------------------------------------------------------------------- retraction


@pytest.mark.parametrize("clock", ["recorded", "published"])
def test_a_retraction_is_known_on_its_own_date_and_for_all_coders(clock: str) -> None:
    journal = [
        row(),
        row(coder="bob"),
        bare_retraction(coder="eve", retracted_at="2026-02-01T09:00", coded_at="2026-02-01"),
    ]
    before = view(journal, date(2026, 1, 31), clock)
    after = view(journal, FEB_1, clock)
    assert (len(before.reports), before.retracted) == (1, ())
    assert len(before.reports[0].codings) == 2
    assert after.reports == ()
    ((report, day),) = after.retracted
    assert (report.report_id, day, len(report.codings)) == ("R1", FEB_1, 2)


def test_a_retraction_recorded_late_still_counts_from_its_own_date() -> None:
    journal = [row(), bare_retraction(retracted_at="2026-02-01", coded_at="2026-02-20")]
    assert view(journal, FEB_1, "recorded").reports == ()


def test_a_retraction_is_final() -> None:
    journal = [row(), bare_retraction(coded_at="2026-02-01"), row(grade=5, coded_at="2026-02-05")]
    known = view(journal, FEB_8, "recorded")
    assert known.reports == ()
    assert known.retracted[0][0].codings[0].grade == 5


def test_of_two_retractions_the_earlier_counts() -> None:
    journal = [
        row(),
        bare_retraction(retracted_at="2026-02-03", coded_at="2026-02-03"),
        bare_retraction(retracted_at="2026-02-01", coded_at="2026-02-04", coder="bob"),
    ]
    assert view(journal, FEB_8, "recorded").retracted[0][1] == FEB_1


def test_a_coding_in_the_row_of_its_retraction_stands_until_then() -> None:
    both = row(retracted_at="2026-02-01")
    assert len(view([both], JAN_25, "recorded").reports) == 1
    assert len(view([both], FEB_1, "recorded").retracted) == 1


@pytest.mark.parametrize("coded", [row(retracted_at="2026-01-25"), row(retracted_at="2026-01-25", grade=0, effort=1.0)])
def test_of_a_coding_to_come_only_its_retraction_is_known(coded: Row) -> None:
    late = replace(coded, coded_at=datetime(2026, 2, 5, tzinfo=UTC))
    (known,) = known_rows([late], FEB_1, "recorded")
    assert known == replace(late, grade=None, reliability="", credibility=None, effort=None)


def test_a_retraction_of_what_nobody_coded_is_no_report() -> None:
    known = view([bare_retraction(coded_at="2026-02-01")], FEB_8, "recorded")
    assert (known.reports, known.retracted, known.after_as_of) == ((), (), 0)


def test_a_retracted_report_leaves_its_event_to_others() -> None:
    journal = [row(), row(report_id="R2"), bare_retraction(coded_at="2026-02-01")]
    assert [report.report_id for report in view(journal, FEB_8, "recorded").reports] == ["R2"]


# ---------------------------------------------------------------------------- always


@given(journals, as_ofs, clocks, st.randoms())
def test_the_order_of_rows_of_different_times_does_not_matter(journal, as_of, clock, random) -> None:
    distinct = list({item.coded_at: item for item in journal}.values())
    shuffled = random.sample(distinct, len(distinct))
    assert view(shuffled, as_of, clock) == view(distinct, as_of, clock)


@given(journals, as_ofs, clocks)
def test_a_view_is_the_view_of_what_was_known(journal, as_of, clock) -> None:
    whole = view(journal, as_of, clock)
    part = view(known_rows(journal, as_of, clock), as_of, clock)
    assert (part.reports, part.retracted) == (whole.reports, whole.retracted)


@given(journals, few_reports, as_ofs)
def test_what_is_recorded_later_changes_no_earlier_view(journal: list[Row], late: Row, as_of: date) -> None:
    after = datetime.combine(as_of + timedelta(days=1), datetime.min.time(), UTC)
    late = row_recorded(late, after)
    with_late, without = view([*journal, late], as_of, "recorded"), view(journal, as_of, "recorded")
    assert (with_late.reports, with_late.retracted) == (without.reports, without.retracted)


@given(journals, as_ofs, clocks)
def test_every_report_is_in_one_place(journal, as_of, clock) -> None:
    known = view(journal, as_of, clock)
    standing = [report.report_id for report in known.reports]
    retracted = [report.report_id for report, _ in known.retracted]
    assert len({*standing, *retracted}) == len(standing) + len(retracted)
    assert all(day <= as_of for _, day in known.retracted)
    coded = {item.report_id for item in journal if item.is_coding}
    assert len(standing) + len(retracted) + known.after_as_of <= len(coded)


@given(journals, as_ofs, clocks)
def test_once_retracted_always_retracted(journal, as_of, clock) -> None:
    retracted = {report.report_id for report, _ in view(journal, as_of, clock).retracted}
    later = {report.report_id for report, _ in view(journal, as_of + timedelta(days=3), clock).retracted}
    assert retracted <= later


def row_recorded(item: Row, moment: datetime) -> Row:
    """The row, coded (and retracted, if it is a retraction) at a moment."""
    return replace(item, coded_at=moment, retracted_at=item.retracted_at and moment)
