"""Any bytes as one file of a case, or one of its tables of base rates: what reading may end in, and good inputs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np

from forecast.case.base_rates import read_base_rates
from forecast.case.checks import check
from forecast.case.document import Document
from forecast.case.plain_yaml import read_yaml
from forecast.case.reading import FILES, read_case
from forecast.case.schema import Case
from forecast.errors import InputError, Problem
from forecast.evidence.journal import View
from forecast.model.problem import build_problem
from tests.model.past import EPISODES, NOMINATIONS, PASSAGES, write_with_past

NAMES = (*FILES, "assumptions/first-look.yaml")
TABLES = {"strikes.csv": EPISODES, "permits.csv": PASSAGES, "nominees.csv": NOMINATIONS}


def check_yaml(data: bytes) -> None:
    """The bytes as a file of an otherwise valid case (the first byte says which): a sound case, or its faults.

    Of a sound case every number that a model computes with is finite, and nothing warns on the way.
    """
    folder, unchanged, _ = _valid()
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    path = folder / name
    path.write_bytes(data[1:])

    def read(asked: Path) -> Document:
        return read_yaml(asked) if asked == path else unchanged.get(asked) or read_yaml(asked)

    with (
        patch("forecast.case.reading.read_yaml", read),
        patch("forecast.case.assumption_sets.read_yaml", read),
        patch("forecast.case.checks.read_yaml", read),
    ):
        try:
            case = read_case(folder)
        except InputError as refusal:
            _look_at(refusal.problems)
            return
        findings = check(case)
    assert all(len(str(problem).splitlines()) == 1 for problem in (*findings.problems, *findings.warnings))
    _compute(case)


def check_base_rates(data: bytes) -> None:
    """The bytes as a table of an otherwise valid case (the first byte says which): a sound case, or its faults."""
    folder, _, case = _valid()
    name = list(TABLES)[data[0] % len(TABLES)] if data else "strikes.csv"
    path = folder.parent / "base_rates" / name
    problems: list[Problem] = []
    path.write_bytes(data[1:])
    try:
        rates = read_base_rates(folder, case.assumptions.items, problems)
    finally:
        path.write_text(TABLES[name], encoding="utf-8")
    if problems:
        _look_at(problems)
    else:
        _compute(replace(case, base_rates=rates))


def _look_at(problems: Sequence[Problem]) -> None:
    """Each says on one line what is wrong and how to mend it."""
    assert problems
    assert all(problem.message and problem.remedy for problem in problems)
    assert all(len(str(problem).splitlines()) == 1 for problem in problems), problems


def _compute(case: Case) -> None:
    with np.errstate(all="raise"):
        arrays = build_problem(case, View(case.question.opening, "published", (), (), 0)).arrays
    assert all(np.isfinite(array).all() for array in arrays.values())


@cache
def _valid() -> tuple[Path, dict[Path, Document], Case]:
    """A valid case in a folder of its own, what its files say, and what they say together."""
    folder = write_with_past(Path(tempfile.mkdtemp(prefix="fuzzed-")) / "data" / "harbour")
    return folder, {folder / name: read_yaml(folder / name) for name in NAMES}, read_case(folder)


def seeds() -> list[bytes]:
    """Each file of the valid case, as `check_yaml` takes it."""
    with tempfile.TemporaryDirectory() as folder:
        written = write_with_past(Path(folder) / "data" / "harbour")
        return [bytes([number]) + (written / name).read_bytes() for number, name in enumerate(NAMES)]


def table_seeds() -> list[bytes]:
    """Each table of the valid case, as `check_base_rates` takes it."""
    return [bytes([number]) + text.encode() for number, text in enumerate(TABLES.values())]
