"""CSV files: what is read, what is refused and in which words, and that nothing is lost on the way."""

from __future__ import annotations

import codecs
import csv
import errno
import io
import os
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import InputError, StoreError, UsageError
from forecast.evidence.cells import ALL_COLUMNS, COLUMNS
from forecast.evidence.exchange import csv_bytes, csv_table, read_file, write_file
from forecast.evidence.sheets import Sheet, sheet_of
from tests.evidence.samples import NOW, cells, csv_of, row, rows

HEADER = ",".join(COLUMNS)


def read(data: bytes, *, may_be_undated: bool = True) -> Sheet:
    return sheet_of(csv_table(data, "e.csv"), NOW, may_be_undated=may_be_undated)


def refused(data: bytes) -> list[str]:
    """Why the file as a whole is refused."""
    with pytest.raises(InputError) as caught:
        read(data)
    return [str(problem) for problem in caught.value.problems]


def faults(data: bytes) -> list[str]:
    """Why rows of the file are refused."""
    return [str(problem) for problem in read(data).problems]


@given(st.lists(rows(), max_size=5))
def test_what_is_written_reads_back_the_same(journal) -> None:
    sheet = read(csv_bytes(journal), may_be_undated=False)
    assert sheet.problems == ()
    assert [item.row for item in sheet.incoming] == journal


@given(st.lists(rows(), min_size=1, max_size=3), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_byte_order_mark_and_windows_line_ends_make_no_difference(journal, newline, marked) -> None:
    data = csv_bytes(journal).replace(b"\n", newline.encode())
    sheet = read(b"\xef\xbb\xbf" * marked + data)
    assert [item.row for item in sheet.incoming] == journal


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for content in (data, HEADER.encode() + b"\n" + data):
        with suppress(InputError):
            assert all(problem.message and problem.remedy for problem in read(content).problems)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InputError):
        sheet = read(f"{HEADER}\n{text}".encode("utf-8", "replace"))
        assert all(problem.line and problem.line > 1 for problem in sheet.problems)


def test_rows_know_their_lines_even_after_fields_of_several_lines() -> None:
    data = csv_of(cells(note="one\ntwo\nthree"), cells(report_id="R2"), cells(report_id="R3"))
    assert [item.row.line for item in read(data).incoming] == [2, 5, 6]


def test_header_alone_is_no_rows() -> None:
    for data in (f"{HEADER}\n", HEADER, f"{HEADER}\r\n\r\n"):
        sheet = read(data.encode())
        assert (sheet.incoming, sheet.problems) == ((), ())


def test_blank_lines_are_passed_over() -> None:
    lines = csv_of(cells(), cells(report_id="R2"), columns=COLUMNS).decode().splitlines()
    data = "\n".join([lines[0], "", lines[1], "   ", "," * (len(COLUMNS) - 1), lines[2], ""])
    assert [item.row.line for item in read(data.encode()).incoming] == [3, 6]


def test_columns_may_stand_in_any_order_and_the_optional_ones_may_be_absent() -> None:
    assert [item.row for item in read(csv_of(cells(), columns=ALL_COLUMNS[::-1])).incoming] == [row()]
    short = read(csv_of(cells(), columns=COLUMNS)).incoming[0].row
    assert (short.title, short.marking, short.effort) == ("", "", None)


def test_spaces_before_a_quote_are_padding() -> None:
    data = csv_of(cells(note="a, b"), columns=COLUMNS).replace(b',"a, b"', b',  "a, b"')
    assert read(data).incoming[0].row.note == "a, b"


def test_a_very_long_field_is_text_like_any_other() -> None:
    note = "x" * 1_000_000
    assert read(csv_of(cells(note=note))).incoming[0].row.note == note


def test_only_a_row_on_its_way_in_may_be_undated() -> None:
    data = csv_of(cells(coded_at=""), cells(report_id="R2"))
    assert [(item.dated, item.row.coded_at == NOW) for item in read(data).incoming] == [(False, True), (True, False)]
    assert [str(problem) for problem in read(data, may_be_undated=False).problems] == [
        "e.csv:2: coded_at is empty: fill it in"
    ]


# ---------------------------------------------------------------------------- files that are refused


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \n", b"\xef\xbb\xbf"])
def test_an_empty_file(data: bytes) -> None:
    assert refused(data) == [f"e.csv: the file is empty: begin it with the header {HEADER}"]


def test_another_encoding() -> None:
    data = csv_of(cells(), cells(source="Zürich")).decode().encode("cp1252")
    assert refused(data) == ["e.csv:3: the byte 0xFC is not UTF-8: save the file as CSV in UTF-8"]
    assert refused(csv_of(cells()).decode().encode("utf-16")) == [
        "e.csv: the text is UTF-16, not UTF-8: save the file as CSV in UTF-8"
    ]


def test_lone_surrogates() -> None:
    assert refused(csv_of(cells(note="x")).replace(b",x,", b",\xed\xa0\x80,"))[0].startswith("e.csv:2: the byte 0xED")


def test_nul_bytes() -> None:
    assert refused(csv_of(cells(), cells(note="x\0y"))) == ["e.csv:3: there is a NUL byte: remove it"]


def test_every_fault_of_the_bytes_is_told_with_its_line() -> None:
    data = csv_of(cells(), cells(report_id="R2", note="Zürich"), cells(report_id="R3", note="x\0y\0z"))
    assert refused(data.decode().encode("cp1252")) == [
        "e.csv:4: there is a NUL byte: remove it",
        "e.csv:3: the byte 0xFC is not UTF-8: save the file as CSV in UTF-8",
    ]
    assert refused(b"\0four") == ["e.csv:1: there is a NUL byte: remove it"]


def test_two_bytes_a_letter_are_known_by_their_mark_or_by_their_zeros() -> None:
    said = ["e.csv: the text is UTF-16, not UTF-8: save the file as CSV in UTF-8"]
    for encoding in ("utf-16-le", "utf-16-be"):
        assert refused(csv_of(cells()).decode().encode(encoding)) == said
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        assert refused(mark + "日本".encode(encoding)) == said


@pytest.mark.parametrize(("length", "zeros"), [(8, 2), (1000, 250), (4000, 250)])
def test_more_zeros_than_a_quarter_of_its_beginning_make_a_text_of_two_bytes_a_letter(length: int, zeros: int) -> None:
    assert refused(b"\0" * zeros + b"x" * (length - zeros)) == ["e.csv:1: there is a NUL byte: remove it"]
    (told,) = refused(b"\0" * (zeros + 1) + b"x" * (length - zeros - 1))
    assert told.startswith("e.csv: the text is UTF-16")
    assert refused(b"x" * 1000 + b"\0" * length) == ["e.csv:1: there is a NUL byte: remove it"]


def test_a_workbook_under_another_name() -> None:
    assert refused(b"PK\x03\x04" + bytes(100)) == [
        "e.csv: this is a workbook or an archive, not CSV: name it .xlsx, or save it as CSV"
    ]


def test_a_very_large_file_in_which_next_to_nothing_is_written() -> None:
    """Two megabytes are large, and less than a quarter is next to nothing."""
    large, said = 2**21, ["e.csv: it is almost empty, and yet very large: keep the lines in which something is written"]
    for blank in (b"\n", b" ", b"\t", b"\r\n"):
        assert refused(b"x" + blank * large) == said
    assert refused(b"x" * (large // 4) + b"\n" * (large - large // 4 + 4)) == said
    assert refused(b"x" + b"\n" * (large - 1)) != said
    assert refused(b"x" * (large // 4 + 1) + b"\n" * (large - large // 4 + 3)) != said


def test_times_with_and_without_a_zone_do_not_mix() -> None:
    """Which of two codings is the later one would hang on a guess."""
    bare = cells(report_id="R2", coded_at="2026-01-22T10:30:00", retracted_at="2026-01-23 09:00")
    mixed = csv_of(cells(), bare, cells(report_id="R3", coded_at="2026-01-22"), cells(report_id="R4", grade="9"))
    assert [str(problem) for problem in read(mixed).problems] == [
        "e.csv:3: coded_at '2026-01-22T10:30:00' has no time zone, and other times of the file have one: "
        "write Z behind it if it is UTC, else its offset",
        "e.csv:3: retracted_at '2026-01-23 09:00' has no time zone, and other times of the file have one: "
        "write Z behind it if it is UTC, else its offset",
        "e.csv:5: grade '9' is not a grade: write 1 to 5, or 0 for looked for and not found",
    ]
    assert not read(csv_of(bare, cells(coded_at="2026-01-22"))).problems
    assert not read(csv_of(cells(), cells(report_id="R2", coded_at="2026-01-22T12:00+02:00"))).problems


def test_missing_columns() -> None:
    columns = tuple(column for column in COLUMNS if column not in ("coder", "url"))
    (told,) = refused(csv_of(cells(), columns=columns))
    assert told.startswith("e.csv:1: the columns 'coder' and 'url' are missing: the header is report_id,event_id,")
    assert told.endswith(",url,note, and optionally title,marking,effort")


def test_unknown_columns_with_what_was_meant() -> None:
    data = csv_of(cells()).replace(b"coder,", b"coders,").replace(b"title", b"mood")
    assert refused(data) == [
        "e.csv:1: there is no column 'coders': did you mean 'coder'?",
        "e.csv:1: there is no column 'mood': remove it, or move what it says to the column note",
    ]


def test_capital_letters_in_the_header_are_another_column() -> None:
    assert refused(csv_of(cells()).replace(b"coder,", b"Coder,")) == [
        "e.csv:1: there is no column 'Coder': did you mean 'coder'?"
    ]


def test_a_column_twice_and_a_column_without_a_name() -> None:
    data = csv_of(cells()).replace(b"marking", b"title").replace(b"effort", b"")
    assert refused(data) == [
        "e.csv:1: a column has no name: name it, or remove it",
        "e.csv:1: the column 'title' stands there twice: remove one of the two",
    ]


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators(sign: str, name: str) -> None:
    data = (sign.join(COLUMNS) + "\n").encode()
    assert refused(data) == [
        f"e.csv:1: the columns are separated by {name}: save it as .xlsx, or as CSV with commas between the columns"
    ]


def test_a_quote_that_is_never_closed() -> None:
    data = csv_of(cells(), cells(report_id="R2"), columns=COLUMNS) + b'"R3,x\n'
    (told,) = faults(data)
    assert told.startswith("e.csv:4: the row cannot be taken apart (")
    assert told.endswith("): close every double quote, and write a double quote inside a field twice")


def test_a_header_whose_quote_is_never_closed() -> None:
    (told,) = refused(b'"report_id')
    assert told.startswith("e.csv:1: the row cannot be taken apart (")


# ---------------------------------------------------------------------------- rows that are refused


@pytest.mark.parametrize(("more", "number"), [(b",", 20), (b",,", 21)])
def test_a_comma_too_many(more: bytes, number: int) -> None:
    data = csv_of(cells(), cells(report_id="R2"))[:-1] + more + b"\n"
    sheet = read(data)
    assert [item.row.report_id for item in sheet.incoming] == ["R1"]
    assert [str(problem) for problem in sheet.problems] == [
        (
            f"e.csv:3: the row has {number} fields where the header has 19: "
            "put text that holds a comma in double quotes, and leave no field out"
        )
    ]


def test_a_field_too_few() -> None:
    data = csv_of(cells(), columns=COLUMNS) + b"R2,x\n"
    assert faults(data)[0].startswith("e.csv:3: the row has 2 fields where the header has 16")


def test_every_bad_row_is_named() -> None:
    data = csv_of(cells(grade="9"), cells(), cells(reliability="x", event_date="tomorrow"))
    assert [text.split(" ")[0] + " " + text.split(" ")[1] for text in faults(data)] == [
        "e.csv:2: grade",
        "e.csv:4: event_date",
        "e.csv:4: reliability",
    ]


# ---------------------------------------------------------------------------- files by name


def test_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"^gone\.csv: there is no such file: check the path$"):
        read_file(Path("gone.csv"), NOW)


def test_a_file_of_another_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("e.xls").write_bytes(b"x")
    with pytest.raises(
        UsageError, match=r"^e\.xls: files of the kind '\.xls' cannot be read: save it as \.csv or \.xlsx$"
    ):
        read_file(Path("e.xls"), NOW)


def test_a_file_that_the_system_does_not_let_us_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.chdir(tmp_path)
    Path("e.csv").touch()
    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(StoreError, match=r"^e\.csv: it cannot be read \(Input/output error\): "):
        read_file(Path("e.csv"), NOW)


def test_writing_and_reading_by_name(tmp_path: Path) -> None:
    journal = [row(), row(coder="bob", note="=1+1")]
    write_file(tmp_path / "out.CSV", journal)
    assert [item.row for item in read_file(tmp_path / "out.CSV", NOW).incoming] == journal


def test_writing_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"only CSV and Parquet are written: give a name that ends in \.csv or \.parquet"
    ):
        write_file(tmp_path / "out.xlsx", [])
    with pytest.raises(UsageError, match="there is no such folder: make it first, or choose another"):
        write_file(tmp_path / "gone" / "out.csv", [])
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------------- cells that a spreadsheet would run

EVALUATED = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
TEMPTING = st.text(st.sampled_from("'=+-@\t\r\n \uff1d\uff0b\uff0d\uff201.e5a\","), max_size=6)


def written_note(note: str) -> str:
    """The cell that is in the file after a note was written."""
    *_, record = csv.reader(io.StringIO(csv_bytes([row(note=note)]).decode(), newline=""))
    return record[ALL_COLUMNS.index("note")]


@given(st.text(max_size=20) | TEMPTING)
def test_no_written_cell_is_run_and_every_one_comes_back(note: str) -> None:
    written = written_note(note)
    assert not EVALUATED.match(written.lstrip()) or re.fullmatch(r"[+-][\d.]+([eE][+-]?\d+)?", written, re.ASCII)
    if note.isprintable() and note == note.strip():
        assert read(csv_bytes([row(note=note)])).incoming[0].row.note == note


@pytest.mark.parametrize(
    ("note", "written"),
    [
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
        ("-1", "-1"),
        ("+4.5e3", "+4.5e3"),
        ("- a point", "'- a point"),
        ("'quoted'", "'quoted'"),
        ("a\n=1", "a\n=1"),
        ('"=1"', '"=1"'),
    ],
)
def test_a_formula_gets_an_apostrophe(note: str, written: str) -> None:
    assert written_note(note) == written
    assert read(csv_bytes([row(note=note)])).incoming[0].row.note == note


@pytest.mark.parametrize("note", ["=1+1", "@x", "- a point", "'quoted'", "'-1", "-1"])
def test_cells_that_were_never_escaped_are_read_as_they_are(note: str) -> None:
    assert read(csv_of(cells(note=note))).incoming[0].row.note == note
