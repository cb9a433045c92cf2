"""The rules of one row, and the words in which each is refused."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from forecast.evidence.cells import REQUIRED, RowError
from forecast.evidence.journal import Row
from forecast.evidence.rows import cells_of, row_of
from tests.evidence.samples import NOW, cells, row, rows


def faults(**changes: str) -> list[str]:
    """What is wrong with the good row after changes; something must be."""
    with pytest.raises(RowError) as caught:
        row_of(cells(**changes), NOW)
    return [f"{fault.message}: {fault.remedy}" for fault in caught.value.faults]


def read(**changes: str) -> Row:
    return row_of(cells(**changes), NOW)


def test_a_good_row_is_read() -> None:
    assert read() == row()


@given(rows())
def test_text_and_row_are_the_same(item: Row) -> None:
    assert row_of(cells_of(item), NOW) == item


@given(rows())
def test_reading_forgives_padding(item: Row) -> None:
    padded = {column: f" \t{text}\N{NO-BREAK SPACE} " for column, text in cells_of(item).items()}
    assert row_of(padded, NOW) == item


def test_the_line_is_kept_but_makes_no_difference() -> None:
    there = row_of(cells(), NOW, line=7)
    assert there.line == 7
    assert there == row()


@pytest.mark.parametrize("text", ["NA", "None", "NO", "007", "1e5", "true", "NaN", "null", "1.0", "2026-01-02", "R1/2"])
@pytest.mark.parametrize("column", ["report_id", "event_id", "origin_id", "indicator", "coder", "source", "note"])
def test_ids_and_words_are_text_always(column: str, text: str) -> None:
    assert getattr(read(**{column: text}), column) == text


@pytest.mark.parametrize("column", [*REQUIRED, "grade", "reliability", "credibility"])
def test_what_must_be_said_may_not_be_empty(column: str) -> None:
    (fault,) = faults(**{column: "  "})
    assert fault.startswith(f"{column} is empty: fill it in")


@pytest.mark.parametrize("column", ["origin_id", "retracted_at", "url", "note", "title", "marking", "effort"])
def test_the_rest_may_be_empty(column: str) -> None:
    assert not getattr(read(**{column: ""}), column)


def test_every_fault_of_a_row_is_told_at_once() -> None:
    told = faults(
        report_id="", grade="6", reliability="a", credibility="7", event_date="2026-02-30", url="x", effort="2"
    )
    assert [text.split()[0] for text in told] == [
        "report_id",
        "grade",
        "event_date",
        "reliability",
        "credibility",
        "url",
        "effort",
    ]


# ---------------------------------------------------------------------------- grades


@pytest.mark.parametrize(
    "grade", ["6", "-1", "4.0", "A7", "four", "04", "\N{ARABIC-INDIC DIGIT FOUR}", "\N{SUPERSCRIPT TWO}"]
)
def test_grades(grade: str) -> None:
    (fault,) = faults(grade=grade)
    assert fault.startswith(f"grade '{grade}'")
    assert fault.endswith("is not a grade: write 1 to 5, or 0 for looked for and not found")


@pytest.mark.parametrize(
    "letter", ["G", "A7", "AB", "1", "\N{CYRILLIC CAPITAL LETTER A}", "\N{FULLWIDTH LATIN CAPITAL LETTER A}"]
)
def test_reliability(letter: str) -> None:
    (fault,) = faults(reliability=letter)
    assert fault.startswith(f"reliability '{letter}'")
    assert "is not a capital letter from A to F: write A to E, or F for cannot be judged" in fault


def test_a_small_letter_is_refused_with_the_capital_that_was_meant() -> None:
    assert faults(reliability="b") == ["reliability 'b' is not a capital letter from A to F: write B"]


def test_a_look_alike_is_named() -> None:
    assert "(CYRILLIC CAPITAL LETTER A)" in faults(reliability="\N{CYRILLIC CAPITAL LETTER A}")[0]


@pytest.mark.parametrize("number", ["0", "7", "1.0", "G1", "\N{FULLWIDTH DIGIT ONE}"])
def test_credibility(number: str) -> None:
    (fault,) = faults(credibility=number)
    assert "is not a number from 1 to 6: write 1 to 5, or 6 for cannot be judged" in fault


@pytest.mark.parametrize(("text", "effort"), [("0.5", 0.5), ("1", 1.0), (".25", 0.25), ("1e-3", 0.001)])
def test_grade_0_has_an_effort(text: str, effort: float) -> None:
    assert read(grade="0", effort=text).effort == effort


@pytest.mark.parametrize(
    "text", ["0", "1.01", "-0.5", "nan", "inf", "1e400", "1_0", "50%", "0,5", "\N{FULLWIDTH DIGIT ONE}"]
)
def test_effort_is_a_chance(text: str) -> None:
    told = faults(grade="0", effort=text)
    assert told[0].endswith("is not a chance above 0 and up to 1: write a number such as 0.6")


def test_effort_and_grade_0_go_together() -> None:
    assert faults(grade="0") == [
        (
            "grade 0 (looked for and not found) needs an effort: "
            "write in the column effort the chance, up to 1, that the search would have found it"
        )
    ]
    assert faults(grade="3", effort="0.5") == [
        "effort belongs to grade 0 (looked for and not found) alone: leave it empty, or grade 0"
    ]


def test_only_a_retraction_may_leave_out_its_grades() -> None:
    withdrawn = read(grade="", reliability="", credibility="", retracted_at="2026-02-01")
    assert (withdrawn.grade, withdrawn.reliability, withdrawn.credibility) == (None, "", None)
    assert not withdrawn.is_coding
    assert len(faults(grade="", reliability="", credibility="")) == 3


def test_a_retraction_may_keep_its_grades() -> None:
    assert read(retracted_at="2026-02-01").is_coding


# ---------------------------------------------------------------------------- dates and times


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2026",
        "2026-W53",
        "2026-W03-2",
        "20260120",
        "2026-1-20",
        "20.01.2026",
        "yesterday",
        "2026-01-20T10:00",
        "2026-01-2\N{ARABIC-INDIC DIGIT ONE}",
    ],
)
@pytest.mark.parametrize("column", ["event_date", "published_date"])
def test_dates_are_iso(column: str, text: str) -> None:
    assert faults(**{column: text}) == [f"{column} '{text}' is not an ISO date: write it as YYYY-MM-DD"]


@pytest.mark.parametrize("text", ["46042", "46042.5"])
def test_a_spreadsheets_day_number_is_named(text: str) -> None:
    (fault,) = faults(event_date=text)
    assert fault == (
        f"event_date '{text}' is a spreadsheet's number of a day: "
        "format the column as text and write the date as YYYY-MM-DD"
    )


@pytest.mark.parametrize("text", ["2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "0000-01-01"])
def test_days_that_there_are_not(text: str) -> None:
    assert faults(event_date=text) == [f"event_date '{text}' is not a day of the calendar: correct it"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-22", datetime(2026, 1, 22, tzinfo=UTC)),
        ("2026-01-22T10:30", datetime(2026, 1, 22, 10, 30, tzinfo=UTC)),
        ("2026-01-22 10:30:15", datetime(2026, 1, 22, 10, 30, 15, tzinfo=UTC)),
        ("2026-01-22T10:30:15Z", datetime(2026, 1, 22, 10, 30, 15, tzinfo=UTC)),
        ("2026-01-23T01:30:00+03:00", datetime(2026, 1, 22, 22, 30, tzinfo=UTC)),
        ("2026-01-22T01:30:00.25-0530", datetime(2026, 1, 22, 7, 0, 0, 250000, tzinfo=UTC)),
    ],
)
def test_times_are_iso_and_naive_ones_are_utc(text: str, moment: datetime) -> None:
    assert read(coded_at=text).coded_at == moment
    assert read(coded_at=text).coded_at.tzinfo is UTC


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="a clock that the environment sets")
def test_whatever_the_time_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Baghdad")
        time.tzset()
        read_there = read(coded_at="2026-01-22T10:30")
        written_there = cells_of(read_there)
    time.tzset()
    assert read_there.coded_at == datetime(2026, 1, 22, 10, 30, tzinfo=UTC)
    assert written_there["coded_at"] == "2026-01-22T10:30:00Z"


@pytest.mark.parametrize("text", ["10:30:00", "10:30:00.250", "10:30:00.250001"])
def test_times_are_written_with_no_more_digits_than_they_have(text: str) -> None:
    assert cells_of(read(coded_at=f"2026-01-22T{text}Z"))["coded_at"] == f"2026-01-22T{text}Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-22T25:00",
        "2026-01-22T10",
        "10:00",
        "22/01/2026 10:00",
        "2026-W04-4T10:00",
        "now",
        "2026-01-22T10:00:00 Z",
    ],
)
@pytest.mark.parametrize("column", ["coded_at", "retracted_at"])
def test_times_of_another_form(column: str, text: str) -> None:
    assert faults(**{column: text}) == [
        f"{column} '{text}' is not an ISO date or time: write it as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"
    ]


@pytest.mark.parametrize(
    "text", ["2026-02-30T10:00", "2026-01-22T10:61", "0001-01-01T00:00+05:00", "2026-01-22T10:00+25:00"]
)
def test_times_that_there_are_not(text: str) -> None:
    assert faults(retracted_at=text) == [f"retracted_at '{text}' is not a time of the calendar: correct it"]


def test_a_report_is_not_published_before_its_event() -> None:
    assert faults(event_date="2026-01-22") == [
        "published_date 2026-01-21 is before event_date 2026-01-22: correct one of the two"
    ]


def test_a_report_is_not_coded_before_it_is_published() -> None:
    assert read(published_date="2026-01-22", coded_at="2026-01-22").published_date == date(2026, 1, 22)
    assert faults(published_date="2026-01-23") == [
        "published_date 2026-01-23 is after the day of coded_at (2026-01-22 UTC): correct one of the two"
    ]


def test_nothing_comes_from_the_future() -> None:
    assert read(published_date="2026-03-01", coded_at="2026-03-01T11:00Z").published_date == NOW.date()
    assert faults(published_date="2026-03-02", coded_at="2026-03-02") == [
        "published_date 2026-03-02 is after today (2026-03-01 UTC): correct it"
    ]
    assert faults(coded_at="9999-12-31T23:59Z") == ["coded_at 9999-12-31T23:59:00Z lies in the future: correct it"]
    assert faults(retracted_at="2062-02-01") == ["retracted_at 2062-02-01T00:00:00Z lies in the future: correct it"]


def test_a_coder_ahead_of_utc_may_write_local_time() -> None:
    assert read(coded_at="2026-03-02T02:00").coded_at.day == 2
    assert read(coded_at="2026-03-02T12:00").coded_at.hour == 12  # a day ahead is what is allowed
    assert faults(coded_at="2026-03-02T12:01") == ["coded_at 2026-03-02T12:01:00Z lies in the future: correct it"]


def test_a_day_that_there_is_not_is_named_by_its_column() -> None:
    assert [fault.split(" ")[0] for fault in faults(coded_at="2026-02-30")] == ["coded_at"]


def test_a_row_s_faults_are_its_error_s_words() -> None:
    with pytest.raises(RowError) as caught:
        row_of(cells(grade="9", coder=""), NOW)
    assert str(caught.value) == "; ".join(f"{fault.message}: {fault.remedy}" for fault in caught.value.faults)
    assert len(caught.value.faults) == 2


# ---------------------------------------------------------------------------- addresses and hidden characters


@pytest.mark.parametrize(
    "url", ["http://a.example", "HTTPS://a.example/ü?x=1", "https://[::1]:8/x", "https://عربي.example"]
)
def test_web_addresses(url: str) -> None:
    assert read(url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example",
        "a.example",
        "https://",
        "http://[",
        "file:///etc/passwd",
        "https://a b",
    ],
)
def test_other_addresses(url: str) -> None:
    (fault,) = faults(url=url)
    assert fault.endswith(
        "is not a web address: give an address that begins with http:// or https://, or leave it empty"
    )


@pytest.mark.parametrize("hidden", ["\0", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ud800"])
@pytest.mark.parametrize("column", ["report_id", "source", "note", "title", "marking", "url", "grade"])
def test_hidden_characters_are_refused_everywhere(column: str, hidden: str) -> None:
    told = faults(**{column: f"x{hidden}y"})
    assert told[0].startswith(f"{column} holds an invisible character, U+{ord(hidden):04X} (")
    assert told[0].endswith("): remove it")
    assert (" (a control character): " in told[0]) == (hidden in "\0\x1b\x7f\x85\ud800")


@pytest.mark.parametrize("hidden", ["\u200b", "\u200d", "\ufeff", "\u00ad", "\n", "\t", "\N{NO-BREAK SPACE}"])
def test_ids_hide_nothing_at_all(hidden: str) -> None:
    assert len(faults(report_id=f"R{hidden}1")) == 1


@pytest.mark.parametrize("blank", ["\u3164", "\u2800", "\ufe0f", "\u034f", "\u115f"])
def test_ids_have_no_letters_that_nobody_sees(blank: str) -> None:
    (fault,) = faults(event_id=f"e{blank}1")
    assert fault.startswith(f"event_id holds an invisible character, U+{ord(blank):04X} (")
    assert read(note=f"e{blank}1").note == f"e{blank}1"


def test_ids_that_look_alike_are_alike() -> None:
    assert read(report_id="caf\u00e9").report_id == "caf\u00e9"
    assert faults(report_id="cafe\u0301") == [
        "report_id 'cafe\u0301' is spelt with letters and their marks apart: "
        "write it as 'caf\u00e9', in the composed form (NFC)"
    ]


def test_prose_may_have_lines_and_the_marks_of_its_script() -> None:
    persian = "می\N{ZERO WIDTH NON-JOINER}روند\nدو\tیک"
    assert read(note=persian).note == persian
    assert read(source="خبر\N{ZERO WIDTH NON-JOINER}گزاری").source


def test_line_ends_inside_prose_are_those_of_the_ledger() -> None:
    assert read(note="one\r\ntwo").note == "one\ntwo"


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "<script>alert(1)</script>", "[red]x[/red]", "{{ 7*7 }}", "-1", "+1"]
)
def test_what_would_be_code_elsewhere_is_text_here(text: str) -> None:
    assert read(note=text, title=text, marking=text, source=text).note == text
