"""What is fuzzed: one function a reader, which takes any bytes and holds the reader to its contract.

A reader may refuse with a `ForecastError`; what it reads must come back the same. Anything else is a finding.
To add a reader, write such a function and name it, with a few good inputs, in `TARGETS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from forecast.errors import ForecastError
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.exchange import csv_bytes, csv_table
from forecast.evidence.sheets import Table, sheet_of
from forecast.evidence.spreadsheet import xlsx_table
from tests.case import fuzzing as case_files
from tests.evidence.samples import NOW, cells, csv_of
from tests.fuzz import runs
from tests.fuzz.workbooks import sheet_of_texts, workbook_of


class Target(NamedTuple):
    """A reader under test, and inputs that it accepts."""

    check: Callable[[bytes], None]
    seeds: Sequence[bytes]


def check_csv(data: bytes) -> None:
    """Any bytes as a CSV file of evidence."""
    _check_table(lambda: csv_table(data, "e.csv"))


def check_xlsx(data: bytes) -> None:
    """Any bytes as a workbook, or as the parts of one: sheet, shared strings and styles, parted by NUL bytes."""
    whole = data if data.startswith(b"PK") else workbook_of(*data.split(b"\0", 2))
    _check_table(lambda: xlsx_table(whole, "e.xlsx"))


def _check_table(table: Callable[[], Table]) -> None:
    try:
        sheet = sheet_of(table(), NOW, may_be_undated=True)
    except ForecastError as refusal:
        assert str(refusal)
        return
    rows = [item.row for item in sheet.incoming]
    again = sheet_of(csv_table(csv_bytes(rows), "again.csv"), NOW, may_be_undated=False)
    assert not again.problems
    assert [item.row for item in again.incoming] == rows


_GOOD = cells(note="=1+1", grade="0", effort="0.5")
_STRINGS = "<sst>" + "".join(f"<si><t>{text}</t></si>" for text in (*ALL_COLUMNS, *_GOOD.values())) + "</sst>"
_SHARED = "<worksheet><sheetData>{}</sheetData></worksheet>".format(
    "".join(
        f'<row r="{row + 1}">{"".join(f'<c t="s"><v>{row * 19 + place}</v></c>' for place in range(19))}</row>'
        for row in range(2)
    )
)
_STYLES = '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf numFmtId="164"/>'

TARGETS = {
    "csv": Target(check_csv, [csv_of(_GOOD), csv_of(cells(), _GOOD, newline="\r\n"), csv_bytes([])]),
    "xlsx": Target(
        check_xlsx,
        [
            workbook_of(sheet_of_texts(ALL_COLUMNS, tuple(_GOOD.values()))),
            sheet_of_texts(ALL_COLUMNS, tuple(_GOOD.values())).encode(),
            f"{_SHARED}\0{_STRINGS}\0{_STYLES}</cellXfs></styleSheet>".encode(),
        ],
    ),
    "yaml": Target(case_files.check_yaml, case_files.seeds()),
    "base_rates": Target(case_files.check_base_rates, case_files.table_seeds()),
    "json": Target(runs.check_json, runs.seeds()),
}
