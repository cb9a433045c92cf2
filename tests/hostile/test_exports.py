"""In the tables that `export` writes for other programs: no formula, no broken row, nothing lost."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from forecast.commands.export import _table
from forecast.record.tidy import csv_text
from forecast.runs import Run
from tests.report.sample import sample

from .corpus import HOSTILE

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
WRITABLE = [text for text in HOSTILE if not any("\ud800" <= letter <= "\udfff" for letter in text)]
"""Halves of characters are in no run: its files are UTF-8."""
WRITABLE.remove("'=1+1")  # which a file of CSV holds for =1+1


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_cell_comes_back_as_it_was_and_no_spreadsheet_runs_it() -> None:
    heading, *rows = read(csv_text([{"said": text, "beside": "x"} for text in WRITABLE], ("said", "beside")))
    assert heading == ["said", "beside"]
    assert len(rows) == len(WRITABLE)
    for (cell, beside), text in zip(rows, WRITABLE, strict=True):
        assert beside == "x"
        assert cell in (text, f"'{text}")
        assert not cell.strip().startswith(FORMULA)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_run_that_says_it_in_every_name_is_exported_whole(kind: str) -> None:
    known = sample()
    forecast = known.forecast
    forecast.update(model=WRITABLE[0], assumption_set={"name": WRITABLE[1], "label": WRITABLE[2]})
    forecast["outcomes"] = [{**forecast["outcomes"][0], "id": text} for text in WRITABLE]
    written = _table([Run(Path("run"), forecast, known.record)], kind).decode("utf-8")
    if kind == "json":
        assert written.isascii()
        told = [row["outcome"] for row in json.loads(written)]
    else:
        told = [row[7] if row[7] in WRITABLE else row[7].removeprefix("'") for row in read(written)[1:]]
        assert read(written)[0].index("outcome") == 7
    assert told[-len(WRITABLE) :] == WRITABLE
