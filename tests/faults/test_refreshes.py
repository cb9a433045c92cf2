"""Refreshes that meet each other, a writer, what a killed process left, or a request to stop. Real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forecast.errors import Exit
from forecast.evidence.ledger import CsvLedger
from forecast.runs import Run, list_runs
from tests.commands.test_ending import start
from tests.faults.kill import ROOT
from tests.faults.test_faults import state
from tests.heeding import wait_until_heeding
from tests.model.harbour import EVIDENCE, row, write_harbour
from tests.model.past import write_with_past

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and locks of POSIX")

REFRESH = ("refresh", "harbour", "--as-of", "2026-02-11", "--json")
INTERRUPTED = "interrupted: nothing is lost or half-written"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    case = write_with_past(tmp_path / "data" / "harbour")
    CsvLedger(case / "evidence.csv").append(EVIDENCE)
    return tmp_path


def runs_of(workspace: Path) -> list[Run]:
    """The saved runs; no draft of one may be left."""
    assert {path.name for path in (workspace / "reports").rglob(".*")} <= {".harbour.lock"}
    return list_runs(workspace / "reports", "harbour")


def at_once(workspace: Path, *commands: tuple[str, ...]) -> list[dict[str, object]]:
    """What commands say that are started together; each must end well."""
    together = [start(workspace, *words) for words in commands]
    said = [command.communicate(timeout=600) for command in together]
    for command, (_, err) in zip(together, said, strict=True):
        assert command.returncode == Exit.OK, err
        assert "Traceback" not in err
    return [json.loads(out) for out, _ in said]


def test_of_refreshes_at_once_one_run_is_left_and_all_say_the_same(workspace: Path) -> None:
    first, *others = at_once(workspace, *[(*REFRESH, "--model", "ach")] * 3)
    (run,) = runs_of(workspace)
    for said in (first, *others):
        assert said == run.forecast


@pytest.mark.slow
def test_so_it_is_with_runs_that_are_sampled(workspace: Path) -> None:
    write_harbour(workspace / "data" / "harbour")  # without its past, which takes a while to sample
    first, second = at_once(workspace, REFRESH, REFRESH)
    (run,) = runs_of(workspace)
    assert first == second == run.forecast
    assert run.draws == "there"


def test_refreshes_of_two_days_at_once_are_both_saved(workspace: Path) -> None:
    early = ("refresh", "harbour", "--as-of", "2026-02-04", "--json")
    at_once(workspace, (*REFRESH, "--model", "ach"), (*early, "--model", "ach"))
    assert [run.as_of.isoformat() for run in runs_of(workspace)] == ["2026-02-04", "2026-02-11"]


def test_a_refresh_sees_all_or_nothing_of_what_is_written_meanwhile(workspace: Path) -> None:
    ledger = CsvLedger(workspace / "data" / "harbour" / "evidence.csv")
    known = len({report.report_id for report in EVIDENCE})
    going = start(workspace, *REFRESH, "--model", "ach")
    batches = 0
    while going.poll() is None:
        ledger.append([row(f"M{batches}-{number}", 4, "2026-01-20") for number in range(7)])
        batches += 1
    out, err = going.communicate()
    assert going.returncode == Exit.OK, err
    assert (json.loads(out)["evidence"]["reports"] - known) % 7 == 0
    assert batches > 1


def test_a_lock_outlives_nobody(workspace: Path) -> None:
    """Neither a lock file of last year nor a process that was killed with the lock in its hand holds anybody up."""
    script = (
        "import sys, time; from pathlib import Path; from forecast.evidence.lock import locked\n"
        "with locked(Path('data/harbour/evidence.csv'), 0):\n"
        "    print('mine', flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    holder = subprocess.Popen(
        [sys.executable, "-c", script], cwd=workspace, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "mine\n"
    at_once(workspace, (*REFRESH, "--model", "ach"))  # who only reads does not wait for it
    holder.kill()
    holder.communicate()
    lock = workspace / "data" / "harbour" / ".evidence.csv.lock"
    assert lock.exists()
    os.utime(lock, (0, 0))
    CsvLedger(workspace / "data" / "harbour" / "evidence.csv", patience=0).append([row("R30", 4, "2026-02-10")])


# ------------------------------------------------------------------------------------------------ a request to stop


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "number"),
    [
        ("Anchoring the stated chances", signal.SIGINT),
        ("Anchoring the stated chances", signal.SIGTERM),
        ("Sampling", signal.SIGINT),
        ("Sampling", signal.SIGTERM),
        ("Projecting futures", signal.SIGTERM),  # until then it has sampled
    ],
)
def test_at_every_stage_of_a_refresh_a_signal_ends_it_and_nothing_is_written(
    workspace: Path, stage: str, number: signal.Signals
) -> None:
    before = state(workspace)
    going = start(workspace, *REFRESH)
    assert going.stderr is not None
    said = next((line for line in going.stderr if line.startswith(stage)), None)
    assert said, f"the stage {stage!r} never came"
    time.sleep(0.2)
    going.send_signal(number)
    out, err = going.communicate(timeout=120)
    assert (going.returncode, out) == (Exit.INTERRUPTED, ""), err
    assert err.splitlines()[-1] == INTERRUPTED
    assert state(workspace) == before


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_moment_leaves_a_whole_run_or_none(workspace: Path, number: signal.Signals) -> None:
    before = state(workspace)
    began = time.monotonic()
    at_once(workspace, (*REFRESH, "--model", "ach", "--dry-run"))
    lasted = time.monotonic() - began
    for part in range(1, 8):
        going = start(workspace, *REFRESH, "--model", "ach", "--seed", str(part))
        wait_until_heeding(going)
        time.sleep(lasted * (part - 1) / 7)
        going.send_signal(number)
        out, err = going.communicate(timeout=120)
        assert going.returncode in (Exit.OK, Exit.INTERRUPTED), err
        assert "Traceback" not in err
        saved = [run.forecast for run in runs_of(workspace) if run.forecast["run"]["seed"] == part]
        if going.returncode == Exit.INTERRUPTED:
            assert err.splitlines()[-1] == INTERRUPTED
        else:
            assert saved == [json.loads(out)]
    assert {name: content for name, content in state(workspace).items() if not name.startswith("reports/")} == before
