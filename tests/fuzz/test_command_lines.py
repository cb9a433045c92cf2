"""Any words after `forecast evidence` end with an exit code of the contract, and write nowhere but in the case."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from forecast.commands.evidence import app
from forecast.errors import Exit, ForecastError
from forecast.evidence.ledger import CsvLedger
from tests.evidence.samples import GOOD, cells, csv_of
from tests.small_case import write_case

COMMANDS = ["add", "import", "export", "list", "retract"]
OPTIONS = [f"--{column.replace('_', '-')}" for column in GOOD if column != "retracted_at"]
OPTIONS += ["--json", "--dry-run", "--all", "--as-of", "--clock", "--on", "-o", "--output", "--help", "--", "--nope"]
VALUES = [*GOOD.values(), "harbour", "data/harbour", "data/harbour/", "new.csv", "out.csv", "data/harbour/evidence.csv"]
VALUES += [
    "",
    " ",
    "\0",
    "\udcff",
    "\n",
    "\u202e",
    "[red][/foo]",
    "{{ 7*7 }}",
    "=1+1",
    "-1",
    "--",
    "x" * 5000,
    "NA",
    "R9",
]
VALUES += [".", "..", "/", "/dev/null", "/proc/self/mem", "~", "no/such/x.csv", "out.csv/x.csv", "\0.csv", "\udcff.csv"]
VALUES += ["9999-12-31", "0001-01-01", "2026-02-30", "2026-W53", "20260101", "recorded", "published", "1e400", "nan"]
WORDS = st.one_of(st.sampled_from(OPTIONS), st.sampled_from(VALUES), st.text(max_size=8))
GIVEN = [
    word for option in OPTIONS if (text := GOOD.get(option.strip("-").replace("-", "_"))) for word in (option, text)
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace that is the current folder, alone in a folder of its own."""
    before = Path.cwd()
    workspace = tmp_path_factory.mktemp("outside") / "inside"
    write_case(workspace / "data" / "harbour")
    os.chdir(workspace)
    yield workspace
    os.chdir(before)


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command with words that may fit; now and then a whole coding, with one word of it replaced."""
    words = list(GIVEN) if draw(st.booleans()) else draw(st.lists(WORDS, max_size=6))
    if words:
        words[draw(st.integers(0, len(words) - 1))] = draw(WORDS)
    return [draw(st.sampled_from(COMMANDS)), *words]


@settings(deadline=None, max_examples=150)
@given(line=command_lines())
def test_any_words_end_well(workspace: Path, line: list[str]) -> None:
    ledger = workspace / "data" / "harbour" / "evidence.csv"
    before = csv_of(cells(), cells(report_id="R2"))
    ledger.write_bytes(before)
    Path("new.csv").write_bytes(csv_of(cells(report_id="R3")))
    result = CliRunner().invoke(app, line)
    if result.exception is not None and not isinstance(result.exception, ForecastError | SystemExit):
        raise result.exception
    code = result.exception.exit_code if isinstance(result.exception, ForecastError) else result.exit_code
    assert code in (Exit.OK, Exit.USAGE, Exit.BAD_INPUT, Exit.STORE)
    assert ledger.read_bytes().startswith(before)
    if code != Exit.OK:
        assert ledger.read_bytes() == before
        assert result.stdout == ""
    assert len(CsvLedger(ledger).read()) in (2, 3)
    assert [path.name for path in workspace.parent.iterdir()] == ["inside"]
