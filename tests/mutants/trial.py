"""One trial: a copy of the checkout, with a bug or without, and what the fast exact tests make of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.planted import Mutant

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("forecast", "models", "tests", "pyproject.toml")
TESTS = (  # the quickest first, since the first alarm ends a trial
    "tests/model/test_calendar.py", "tests/model/test_readings.py", "tests/model/test_problem.py",
    "tests/test_outcomes.py", "tests/models/test_priors.py", "tests/models/test_evidence.py",
    "tests/model/test_base_rates.py", "tests/inference/test_gate.py", "tests/inference/test_weights.py",
    "tests/models/test_rivals.py", "tests/inference/test_chains.py", "tests/model/test_anchor.py",
    "tests/models", "tests/model", "tests/test_updated.py",
)  # fmt: skip
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Trial:
    """What became of a copy: pytest's exit code, and the test that raised the alarm."""

    name: str
    code: int
    noticed_by: str
    seconds: float

    @property
    def survived(self) -> bool:
        """Whether every test passed."""
        return self.code == PASSED

    @property
    def killed(self) -> bool:
        """Whether a test failed."""
        return self.code == FAILED

    @property
    def broken(self) -> bool:
        """Whether the tests could not even be run: no bug that anyone would overlook."""
        return not (self.survived or self.killed)

    @property
    def verdict(self) -> str:
        """In one word."""
        return "survived" if self.survived else "killed" if self.killed else "BROKEN"


def copy_checkout(into: Path) -> None:
    """Copy what the tests need."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, into / name)


def try_copy(mutant: Mutant | None, tests: tuple[str, ...] = TESTS, seed: int = 0) -> Trial:
    """Plant a bug (or none) in a fresh copy and run the tests up to the first alarm; `seed` is hypothesis's own."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        copy_checkout(copy)
        if mutant is not None:
            (copy / mutant.file).write_text(mutant.planted(copy), encoding="utf-8")
        started = time.monotonic()
        options = ["-x", "-q", "-m", "not slow and not long", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}"]
        command = [sys.executable, "-m", "pytest", *options, *tests]
        ended = subprocess.run(
            command,
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        seconds = time.monotonic() - started
    alarm = re.search(r"^(FAILED|ERROR) (\S+)", ended.stdout, re.MULTILINE)
    noticed_by = "" if alarm is None else f"{alarm[2]}{'' if alarm[1] == 'FAILED' else ' (as it was prepared)'}"
    name = f"no bug, seed {seed}" if mutant is None else mutant.name
    return Trial(name, ended.returncode, noticed_by, seconds)
