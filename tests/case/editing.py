"""Edits to the small case's files, and what reading it then says."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.case.reading import read_case
from forecast.errors import InputError, Problem


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, words: str) -> int:
    """The line (from 1) on which the words first stand."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def faults(folder: Path, assumptions: str | None = None) -> tuple[Problem, ...]:
    """Every problem that reading the case finds; it must find one."""
    with pytest.raises(InputError) as caught:
        read_case(folder, assumptions)
    return caught.value.problems


def said(problems: tuple[Problem, ...]) -> list[str]:
    """The problems as a person reads them."""
    return [str(problem) for problem in problems]
