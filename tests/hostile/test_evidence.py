"""Through the ledger: each text is refused in words that are themselves inert, or taken in and given back as it is."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forecast.commands import console, main
from forecast.errors import Exit
from forecast.evidence.cells import COLUMNS, OPTIONAL_COLUMNS, RowError
from forecast.evidence.rows import row_of
from tests.small_case import write_case

from .corpus import HOSTILE, endless
from .reading import from_terminal, is_inert

NOW = datetime(2026, 2, 1, tzinfo=UTC)
ROW = {
    "report_id": "R1",
    "event_id": "E1",
    "origin_id": "R1",
    "indicator": "strikes",
    "grade": "4",
    "event_date": "2026-01-14",
    "published_date": "2026-01-15",
    "source": "Port Gazette",
    "source_type": "press",
    "reliability": "B",
    "credibility": "2",
    "coder": "ada",
    "coded_at": "2026-01-16",
    "retracted_at": "",
    "url": "https://example.org/",
    "note": "A note.",
    "title": "A title",
    "marking": "OPEN",
    "effort": "",
}
TEXT = ("report_id", "event_id", "origin_id", "indicator", "source", "source_type", "coder", "note", "title", "marking")


def admitted(column: str, text: str) -> str | None:
    """The text as the ledger holds it, or None where it is refused, which it says in one inert line."""
    try:
        return str(getattr(row_of({**ROW, column: text}, NOW), column))
    except RowError as error:
        for fault in error.faults:
            line = console.visible(f"{fault.message}: {fault.remedy}").plain
            assert is_inert(line)
            assert "\n" not in line
            assert column in line
            assert len(line) < 1500
        return None


@pytest.mark.parametrize("column", TEXT)
def test_text_is_kept_as_it_is_or_refused(column: str) -> None:
    kept = {text: found for text in HOSTILE if (found := admitted(column, text)) is not None}
    assert len(kept) > len(HOSTILE) / 2
    wrong = [
        text for text, found in kept.items() if found.split() != text.split() or not is_inert(found.replace("\t", " "))
    ]
    assert wrong == []


@pytest.mark.parametrize("column", [column for column in ROW if column not in TEXT])
def test_what_is_no_free_text_takes_none_of_it(column: str) -> None:
    taken = {text for text in HOSTILE if text.strip() and admitted(column, text)}
    if column == "url":
        assert {text.lower().partition("://")[0] for text in taken} == {"http", "https"}
    else:
        assert taken <= {"2026-01-01"}, "the one text among them that is a date"


ONE_OF_EACH_KIND = ("report_id", "event_date", "indicator", "grade", "reliability", "url", "title", "note")


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(ONE_OF_EACH_KIND, id="of each kind one", marks=pytest.mark.slow),
        pytest.param(
            tuple(name for name in ROW if name not in ONE_OF_EACH_KIND), id="the rest", marks=pytest.mark.long
        ),
    ],
)
def test_no_cell_without_end_is_said_back_whole(columns: tuple[str, ...]) -> None:
    assert set(columns) <= set(ROW)
    for text in endless():
        for column in columns:
            admitted(column, text)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_case(tmp_path / "data" / "harbour")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "6000")
    return tmp_path


@pytest.fixture
def forecast_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["forecast", *words])
        with pytest.raises(SystemExit) as ended:
            main.run()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def taken() -> list[dict[str, str]]:
    """A row for each text that all columns of words take, which says it in all of them."""
    columns = [column for column in TEXT if column not in {"indicator", "source_type", "report_id"}]
    texts = [text for text in HOSTILE if all(admitted(column, text) == text for column in columns)]
    texts.remove("'=1+1")  # which a file of CSV holds for =1+1
    return [{**ROW, **dict.fromkeys(columns, text), "report_id": f"R{n:04}"} for n, text in enumerate(texts)]


def as_csv(rows: list[dict[str, str]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, [*COLUMNS, *OPTIONAL_COLUMNS])
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def test_what_is_taken_in_is_listed_and_given_back_as_it_is(workspace: Path, forecast_command: Any) -> None:
    rows = taken()
    assert len(rows) > 400
    Path("in.csv").write_text(as_csv(rows), encoding="utf-8", newline="")
    code, out, err = forecast_command("evidence", "import", "in.csv")
    assert (code, out) == (Exit.OK, f"{len(rows)} rows added, 0 there already\n")
    assert is_inert(err)
    assert {line.partition(":")[0] for line in err.splitlines()} == {"warning"}

    _, out, _ = forecast_command("evidence", "list")
    assert is_inert(out)
    lines = out.splitlines()
    assert len(lines) == len(rows) + len(("heading", "summary"))
    for line, row in zip(lines[1:], rows, strict=False):
        assert from_terminal(line).count(from_terminal(row["title"])) >= len(("source", "coder", "what"))

    _, out, _ = forecast_command("evidence", "list", "--json")
    assert out.isascii()
    listed = json.loads(out)["reports"]
    for report, row in zip(listed, rows, strict=True):
        assert {report[column] for column in ("event_id", "origin_id", "source", "title", "marking")} == {row["title"]}
        assert {report["codings"][0]["coder"], report["codings"][0]["note"]} == {row["title"]}

    _, out, _ = forecast_command("evidence", "export", "--json")
    assert [row["title"] for row in json.loads(out)["rows"]] == [row["title"] for row in rows]

    forecast_command("evidence", "export", "-o", "out.csv")
    written = io.StringIO(Path("out.csv").read_bytes().decode("utf-8"), newline="")
    cells = {cell for line in csv.reader(written) for cell in line}
    assert not [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@", *"\uff1d\uff0b\uff0d\uff20"))]
    _, out, _ = forecast_command("evidence", "import", "out.csv")
    assert out == f"0 rows added, {len(rows)} there already\n"


def test_a_file_that_is_refused_is_refused_in_a_line_a_fault(workspace: Path, forecast_command: Any) -> None:
    texts = [text for text in HOSTILE if "\0" not in text and text.isprintable()]
    rows = [{**ROW, "report_id": f"R{n}", "indicator": text, "grade": text} for n, text in enumerate(texts)]
    Path("in.csv").write_text(as_csv(rows), encoding="utf-8", newline="")
    code, out, err = forecast_command("evidence", "import", "in.csv")
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert is_inert(err)
    assert {line.partition(":")[0] for line in err.splitlines()} == {"in.csv"}
    assert len(err.splitlines()) >= len(rows)
