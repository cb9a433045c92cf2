"""Parquet: what is written reads back the same; what others wrote reads where it is plain; without it, a plain word."""

from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import InputError, UsageError
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.exchange import read_file, write_file
from forecast.evidence.parquet import parquet_bytes, parquet_table
from forecast.evidence.sheets import Sheet, sheet_of
from tests.evidence.samples import NOW, cells, row, rows


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.chdir(tmp_path)
    Path("e.parquet").write_bytes(b"PAR1")
    for attempt in (lambda: read_file(Path("e.parquet"), NOW), lambda: write_file(Path("o.parquet"), [row()])):
        with pytest.raises(UsageError, match=r"parquet: Parquet takes the extra 'parquet'.*possibilities\[parquet\]"):
            attempt()
    assert not Path("o.parquet").exists()


@pytest.fixture(scope="module")
def arrow() -> Any:
    return pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")


def written(arrow: Any, columns: dict[str, Any]) -> bytes:
    import pyarrow.parquet

    buffer = io.BytesIO()
    pyarrow.parquet.write_table(arrow.table(columns), buffer)
    return buffer.getvalue()


def read(data: bytes) -> Sheet:
    return sheet_of(parquet_table(data, "e.parquet"), NOW, may_be_undated=True)


@given(journal=st.lists(rows(), max_size=5))
@settings(max_examples=50)
def test_what_is_written_reads_back_the_same(
    arrow: Any, journal: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("journal") / "out.parquet"
    write_file(path, journal)
    found = read_file(path, NOW)
    assert (found.problems, [item.row for item in found.incoming]) == ((), journal)
    assert found.columns == ALL_COLUMNS


def test_numbers_days_moments_and_labels_read_as_what_they_say(arrow: Any) -> None:
    plain = {name: [text, text] for name, text in cells(report_id="007").items()}
    typed = {
        **plain,
        "grade": arrow.array([4, 4], "int8"),
        "credibility": arrow.array([2.0, 2.0]),
        "event_date": arrow.array([dt.date(2026, 1, 20)] * 2),
        "coded_at": arrow.array([dt.datetime(2026, 1, 22, 10, tzinfo=dt.UTC)] * 2, arrow.timestamp("us", "UTC")),
        "coder": arrow.array(["ann", "bob"]).dictionary_encode(),
        "effort": arrow.nulls(2),
    }
    found, wanted = read(written(arrow, typed)), read(written(arrow, {**plain, "coder": ["ann", "bob"]}))
    assert found.problems == wanted.problems == ()
    assert [item.row for item in found.incoming] == [item.row for item in wanted.incoming]


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ([True], "the column 'grade' holds values of the kind 'bool': save the column as text"),
        ([[4]], "the column 'grade' holds values of the kind 'list<"),
        ([b"4"], "the column 'grade' holds values of the kind 'binary'"),
    ],
)
def test_what_has_no_one_reading_is_refused_by_column(arrow: Any, odd: list[object], told: str) -> None:
    with pytest.raises(InputError) as caught:
        read(written(arrow, {**{name: [text] for name, text in cells().items()}, "grade": odd}))
    assert str(caught.value.problems[0]).startswith(f"e.parquet: {told}")


def test_a_bad_row_is_named_by_its_number(arrow: Any) -> None:
    columns = {name: [text, text] for name, text in cells().items()} | {"grade": ["4", "9"]}
    (problem,) = read(written(arrow, columns)).problems
    assert str(problem).startswith("e.parquet:3: grade '9' is not a grade")


@given(where=st.floats(0, 1), cut=st.booleans(), byte=st.integers(0, 255))
@settings(max_examples=60)
def test_a_damaged_file_is_refused(arrow: Any, where: float, cut: bool, byte: int) -> None:
    whole = parquet_bytes([cells()], dict.fromkeys(ALL_COLUMNS, "string"), "e.parquet")
    place = int(where * (len(whole) - 1))
    spoiled = whole[:place] if cut else whole[:place] + bytes([byte]) + whole[place + 1 :]
    try:
        read(spoiled)
    except InputError as error:
        assert all(problem.message and problem.remedy for problem in error.problems)


def test_a_file_too_large_is_refused_before_it_is_unpacked(arrow: Any) -> None:
    column = arrow.array(["x"]).dictionary_encode().take(arrow.array([0] * 1_000_001))
    with pytest.raises(InputError, match="too large to be a file of codings"):
        read(written(arrow, {"report_id": column}))
