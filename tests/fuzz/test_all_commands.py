"""Any words after `forecast` end with an exit code of the contract, without a traceback, and write nowhere else."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command

from forecast.commands import main
from forecast.errors import Exit
from tests.evidence.samples import cells, csv_of
from tests.fuzz.test_command_lines import VALUES as CELLS
from tests.small_case import write_case, write_set

ELSEWHERE = {"..", "/", "~"}
"""Places that a user may well name, and that a test had better not."""
VALUES = [value for value in CELLS if value not in ELSEWHERE]
VALUES += [
    "first-look",
    "second-look",
    "latent_drivers",
    "ach",
    "uniform",
    "csv",
    "json",
    "hubverse",
    "md",
    "pdf",
    "svg",
]
VALUES += ["city=0.4", "budget=+2", "budget=nan", "budget=1e300", "report:tax_income=5@B2", "report:=@", "=", "city="]
VALUES += ["tax_income", "budget", "city", "2026-01-20", "2026-02-01", "last", "0", "1", "7", "0.5", "1e9", "-0.0"]
VALUES += ["tcp://nowhere:1", "x=1 from 2026-03-01", "first-look.yaml", "out", "out.svg", "out.html"]
SAMPLE_ON = {"--model": ["ach", "uniform", "base_rates", "nope", "no/such.py"]}
"""What is given to an option that would otherwise have a model sampled: fuzzing is not for waiting."""


class Command(NamedTuple):
    """A command by its words, and its options."""

    words: tuple[str, ...]
    options: tuple[str, ...]


@cache
def commands() -> tuple[Command, ...]:
    """Every command of the program; `evidence` has a test of its own for what it keeps."""
    return tuple(_below((), get_command(main.command_line())))


def _below(words: tuple[str, ...], command: Any) -> Iterator[Command]:
    options = tuple(word for param in command.params for word in param.opts if word.startswith("-"))
    if words:
        yield Command(words, (*options, "--help", "--nope", "--"))
    for name, inner in getattr(command, "commands", {}).items():
        yield from _below((*words, name), inner)


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command, the case as like as not, and up to four options or values that may fit."""
    command = draw(st.sampled_from(commands()))
    words = [*command.words, *(["harbour"] if draw(st.booleans()) else [])]
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            option = draw(st.sampled_from(command.options))
            words += [option, draw(st.sampled_from(SAMPLE_ON.get(option, VALUES)))][: draw(st.integers(1, 2))]
        else:
            words.append(draw(st.sampled_from(VALUES) | st.text(max_size=8).filter(lambda text: text not in ELSEWHERE)))
    return words


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A case with evidence and two saved runs of a model that is not sampled."""
    import pytensor  # noqa: F401  it raises the limit of recursion, which must not happen while lines are tried

    before = Path.cwd()
    made = tmp_path_factory.mktemp("made") / "inside"
    folder = write_case(made / "data" / "harbour", case={"model": "ach"})
    write_set(folder, "second-look", [], based_on="first-look")
    (folder / "evidence.csv").write_bytes(csv_of(cells(), cells(report_id="R2")))
    (made / "new.csv").write_bytes(csv_of(cells(report_id="R3")))
    os.chdir(made)
    for day in ("2026-01-25", "2026-02-01"):
        assert said("refresh", "harbour", "--as-of", day)[0] == Exit.OK
    yield made
    os.chdir(before)


def said(*words: str) -> tuple[int, str, str]:
    """What a command ends with and says, as the program itself would."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2))
    before, sys.argv = sys.argv, ["forecast", *words]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main._exit_code()
    finally:
        sys.argv = before
    return code, _told(out), _told(err)


def _told(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@settings(deadline=None, max_examples=25)
@given(line=command_lines())
def test_any_command_line_ends_well(workspace: Path, tmp_path_factory: pytest.TempPathFactory, line: list[str]) -> None:
    ends_well(workspace, tmp_path_factory.mktemp("outside"), line)


@pytest.mark.long
@settings(deadline=None, max_examples=2000)
@given(line=command_lines())
def test_and_so_do_thousands(workspace: Path, tmp_path_factory: pytest.TempPathFactory, line: list[str]) -> None:
    ends_well(workspace, tmp_path_factory.mktemp("outside"), line)


def ends_well(workspace: Path, outside: Path, line: list[str]) -> None:
    shutil.copytree(workspace, outside / "inside")
    os.chdir(outside / "inside")
    try:
        code, out, err = said(*line)
    finally:
        os.chdir(workspace)
    assert code in set(Exit) - {Exit.BUG, Exit.INTERRUPTED}, err
    assert "Traceback" not in out + err
    assert [path.name for path in outside.iterdir()] == ["inside"]
    shutil.rmtree(outside)
