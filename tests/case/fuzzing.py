"""Any bytes as one file of a case: what reading it may end in, and inputs to begin with."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np

from forecast.case.checks import check
from forecast.case.document import Document
from forecast.case.plain_yaml import read_yaml
from forecast.case.reading import FILES, read_case
from forecast.errors import InputError
from forecast.evidence.journal import View
from forecast.model.problem import build_problem
from tests.model.harbour import write_harbour

NAMES = (*FILES, "assumptions/first-look.yaml")


def check_yaml(data: bytes) -> None:
    """The bytes as a file of an otherwise valid case (the first byte says which): a sound case, or its faults.

    Of a sound case every number that a model computes with is finite, and nothing warns on the way.
    """
    folder, unchanged = _case()
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
            assert refusal.problems
            assert all(problem.message and problem.remedy for problem in refusal.problems)
            assert all(len(str(problem).splitlines()) == 1 for problem in refusal.problems), str(refusal)
            return
        findings = check(case)
        assert all(len(str(problem).splitlines()) == 1 for problem in (*findings.problems, *findings.warnings))
    with np.errstate(all="raise"):
        arrays = build_problem(case, View(case.question.opening, "published", (), (), 0)).arrays
    assert all(np.isfinite(array).all() for array in arrays.values())


@cache
def _case() -> tuple[Path, dict[Path, Document]]:
    """A valid case in a folder of its own, and what its files say."""
    folder = write_harbour(Path(tempfile.mkdtemp(prefix="fuzzed-")) / "harbour")
    return folder, {folder / name: read_yaml(folder / name) for name in NAMES}


def seeds() -> list[bytes]:
    """Each file of the valid case, as `check_yaml` takes it."""
    with tempfile.TemporaryDirectory() as folder:
        written = write_harbour(Path(folder) / "harbour")
        return [bytes([number]) + (written / name).read_bytes() for number, name in enumerate(NAMES)]
