"""No command needs a network: each is run where there is none, not even to the machine itself."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from forecast.errors import Exit
from forecast.evidence.exchange import csv_bytes
from forecast.evidence.ledger import CsvLedger
from tests.model.harbour import EVIDENCE, row
from tests.model.past import write_with_past

ROOT = Path(__file__).resolve().parents[2]


@cache
def without_network() -> tuple[str, ...]:
    """The words that run a command without a network, with a user of its own where root alone may do that."""
    unshare = shutil.which("unshare")
    for options in ("-n", "-rn") if unshare else ():
        words = (str(unshare), options)
        if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
            return words
    return ()


@pytest.fixture
def offline() -> tuple[str, ...]:
    if not without_network():
        pytest.skip("`unshare -n` and `unshare -rn` are not permitted here")
    return without_network()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    case = write_with_past(tmp_path / "data" / "harbour")
    CsvLedger(case / "evidence.csv").append(EVIDENCE)
    (tmp_path / "new.csv").write_bytes(csv_bytes([row("R20", 4, "2026-02-10")]))
    return tmp_path


def run(offline: tuple[str, ...], workspace: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*offline, sys.executable, *words],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_there_is_no_network_in_there(offline: tuple[str, ...], workspace: Path) -> None:
    script = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=5)"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert run((), workspace, "-c", script, port).returncode == 0
        assert run(offline, workspace, "-c", script, port).returncode != 0


def test_a_week_s_work_needs_no_network(offline: tuple[str, ...], workspace: Path) -> None:
    for words in (
        ("evidence", "import", "new.csv", "harbour"),
        ("check", "harbour"),
        ("refresh", "harbour", "--model", "ach", "--as-of", "2026-02-11"),
        ("report", "harbour", "--model", "ach", "-o", "page.html", "--picture", "picture.svg"),
    ):
        ended = run(offline, workspace, "-m", "forecast", *words)
        assert (ended.returncode, "Traceback" in ended.stderr) == (Exit.OK, False), (words, ended.stderr)
    assert (workspace / "page.html").stat().st_size > 10_000
    assert (workspace / "picture.svg").stat().st_size > 1000


def test_nor_does_the_record_of_what_was_said(offline: tuple[str, ...], workspace: Path) -> None:
    """Every command that reads runs, and all that becomes of a question once it is resolved."""
    for model in ("ach", "base_rates"):
        for day in ("2026-02-04", "2026-02-11"):
            words = ("refresh", "harbour", "--model", model, "--as-of", day)
            assert run(offline, workspace, "-m", "forecast", *words).returncode == Exit.OK
    runs = sorted(path.name for path in (workspace / "reports" / "harbour").glob("2*"))
    for words in (
        ("show", "harbour", "--model", "ach"),
        ("runs", "note", runs[0], "Read by the board.", "harbour"),
        ("runs", "sent", runs[0], "harbour", "--to", "the board"),
        ("runs", "compare", runs[0], runs[-1], "harbour"),
        ("pool", "harbour"),
        ("verify", runs[0], "harbour"),
        ("export", "harbour", "-o", "runs.csv"),
        ("export", "harbour", "--format", "hubverse", "-o", "hub"),
        ("backtest", "harbour", "--models", "uniform", "--sets", "first-look"),
        ("evidence", "export", "harbour"),
        ("resolve", "harbour", "--outcome=city", "--date=2026-02-20", "--reason=Signed.", "--source=Port Gazette"),
        ("score", "harbour", "--json"),
    ):
        ended = run(offline, workspace, "-m", "forecast", *words)
        assert (ended.returncode, "Traceback" in ended.stderr) == (Exit.OK, False), (words, ended.stderr)


@pytest.mark.slow
def test_nor_does_sampling(offline: tuple[str, ...], workspace: Path) -> None:
    words = ("refresh", "harbour", "--as-of", "2026-02-11", "--json")
    ended = run(offline, workspace, "-m", "forecast", *words)
    assert ended.returncode in (Exit.OK, Exit.UNPUBLISHABLE), ended.stderr
    assert "Traceback" not in ended.stderr
    assert json.loads(ended.stdout)["diagnostics"]["method"] == "nuts"
    for more in (
        ("explain", "harbour", "--since", "2026-02-11"),
        ("sensitivity", "harbour", "--no-refit"),
        ("whatif", "harbour", "--see", "budget=1", "--no-refit"),
        ("watch", "harbour"),
    ):
        ended = run(offline, workspace, "-m", "forecast", *more)
        assert "Traceback" not in ended.stderr, more
        assert ended.returncode in (Exit.OK, Exit.USAGE), ended.stderr  # a run that failed its gate is no forecast
