"""The tutorial does what it says: every command of the page is run in its order, and prints what the page shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import Exit
from tests.commands.test_main import call

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
CUT, NUMBER = "…", r"[-+±<]*\d[\d.]*"
PART = re.compile(rf"{CUT}|{NUMBER}| +|.")


@dataclass(frozen=True)
class Written:
    """A file that the reader writes."""

    name: str
    content: str


@dataclass(frozen=True)
class Typed:
    """A command that she types, and the lines that she sees; where one is `…` there may be any number."""

    words: tuple[str, ...]
    shown: tuple[str, ...]


def steps() -> Iterator[Written | Typed]:
    """What the page asks for, in its order."""
    for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["file"]:
            yield Written(block["file"], block["text"])
            continue
        assert block["kind"] == "console", block[0]
        for typed in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
            command, *shown = typed.splitlines()
            program, *words = shlex.split(command)
            assert program == "forecast", command
            yield Typed(tuple(words), lines(shown))


def lines(shown: list[str]) -> tuple[str, ...]:
    """Lines that hold something, without what stands behind them."""
    return tuple(line.rstrip() for line in shown if line.strip())


def pattern(shown: tuple[str, ...], *, drawn: bool) -> str:
    """What may be printed where the page shows these lines: `…` stands for anything, alone on a line for any lines.

    Of what rests on draws the numbers may be others, on another machine or with other versions, and so the spacing.
    """
    return "".join(
        "(?:.*\n)*" if line.strip() == CUT else "".join(piece(part, drawn) for part in PART.findall(line)) + "\n"
        for line in shown
    )


def piece(part: str, drawn: bool) -> str:
    if part == CUT:
        return ".*"
    if drawn and part.isspace():
        return " +"
    return NUMBER if drawn and part[-1] in "0123456789." and part != "." else re.escape(part)


def follow(some: list[Written | Typed], folder: Path, call: Any) -> None:
    drawn = False
    for step in some:
        if isinstance(step, Written):
            (folder / step.name).write_text(step.content, encoding="utf-8")
            continue
        drawn = drawn or is_sampled(step)
        code, out, err = call(*step.words)
        assert code == Exit.OK, (step.words, err)
        printed = "".join(f"{line}\n" for line in lines(out.splitlines()))
        assert re.fullmatch(pattern(step.shown, drawn=drawn), printed), (step.words, printed)


@pytest.fixture
def type_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(tmp_path)
    return lambda *words: call(monkeypatch, capsys, *words)


def is_sampled(step: Written | Typed) -> bool:
    return isinstance(step, Typed) and step.words[0] == "refresh"


def test_all_that_comes_before_the_first_forecast_is_as_it_is_written(tmp_path: Path, type_in: Any) -> None:
    every = list(steps())
    first = next(number for number, step in enumerate(every) if is_sampled(step))
    follow(every[:first], tmp_path, type_in)


@pytest.mark.slow
@pytest.mark.long
def test_the_page_runs_from_its_first_line_to_the_score(tmp_path: Path, type_in: Any) -> None:
    follow(list(steps()), tmp_path, type_in)
