"""A real Dask cluster on this machine, started as a team starts its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", "PYTHONPATH": str(ROOT)}
PATIENCE = 60.0


def start(part: str, place: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{part}", "--scheduler-file", str(place / "scheduler.json")]
    with (place / f"{part}.log").open("wb") as log:
        return subprocess.Popen(
            [*command, *words], cwd=place, env={**os.environ, **SETTINGS}, stdout=log, stderr=subprocess.STDOUT
        )


@contextlib.contextmanager
def cluster(place: Path, workers: int) -> Iterator[str]:
    """A scheduler with so many worker processes of one thread each; its address."""
    parts = [start("scheduler", place, "--host", "127.0.0.1", "--port", "0", "--no-dashboard")]
    try:
        if workers:
            parts.append(start("worker", place, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard"))
        yield address(place / "scheduler.json")
    finally:
        for part in reversed(parts):
            part.terminate()
        for part in parts:
            part.wait(PATIENCE)


def address(file: Path) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.05)
    raise AssertionError((file.parent / "scheduler.log").read_text())
