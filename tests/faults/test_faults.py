"""A share of the kills, and faults of the real system, on every run of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.errors import Exit
from forecast.evidence.exchange import csv_bytes
from forecast.evidence.ledger import CsvLedger
from forecast.runs import content_digest, save_run
from tests.faults.kill import batch, kill
from tests.model.harbour import write_harbour
from tests.report.sample import sample

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "kills"),
    [("library append", 12), ("evidence import", 6), ("evidence add", 6), ("saving runs", 8), ("report", 5)],
)
def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path, kind: str, kills: int) -> None:
    assert kill(kills, len(kind), tmp_path, kind) == kills


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    case = write_harbour(tmp_path / "data" / "harbour")
    CsvLedger(case / "evidence.csv").append(batch(0))
    (tmp_path / "new.csv").write_bytes(csv_bytes([row for number in range(1, 200) for row in batch(number)]))
    made = sample()
    save_run(tmp_path / "reports", "harbour", made.forecast, {**made.record, "posterior": content_digest(b"x")}, b"x")
    return tmp_path


def state(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("evidence import new.csv harbour", "data/harbour/evidence.csv"),
        ("evidence export harbour -o all.csv", "all.csv"),
        ("report harbour", "report.html"),
        ("report harbour --picture p.svg -o /dev/null", "p.svg"),
    ],
)
def test_a_limit_on_files_leaves_the_old_state(workspace: Path, command: str, named: str) -> None:
    """A real failure of the system's write, in the middle of a file."""
    if "export" in command:
        CsvLedger(workspace / "data" / "harbour" / "evidence.csv").append([r for n in range(1, 60) for r in batch(n)])
    before = state(workspace)
    line = f"ulimit -f 4; exec {sys.executable} -m forecast {command}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(
        ["/bin/bash", "-c", line], cwd=workspace, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (Exit.STORE, ""), ended.stderr
    assert f"{named}: it cannot be written (File too large), nothing was changed: raise the limit" in ended.stderr
    assert state(workspace) == before


def test_a_home_that_cannot_hold_compiled_code_is_said_with_a_remedy(workspace: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/dev/null"}
    for elsewhere in ("FORECAST_CACHE", "XDG_CACHE_HOME"):
        environment.pop(elsewhere, None)
    words = ["refresh", "harbour", "--as-of", "2026-02-01", "--json"]
    ended = subprocess.run(
        [sys.executable, "-m", "forecast", *words],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (Exit.STORE, ""), ended.stderr
    assert "let FORECAST_CACHE=FOLDER name a folder" in ended.stderr
    assert "Traceback" not in ended.stderr
