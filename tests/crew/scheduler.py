"""A real Dask cluster on this machine, started as a team starts its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from distributed import Client

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", "PYTHONPATH": str(ROOT)}
PATIENCE = 60.0


@dataclass
class Started:
    """A scheduler, and the workers that it has been given."""

    place: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Of the scheduler, as soon as it has one."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                return str(json.loads((self.place / "scheduler.json").read_text())["address"])
            time.sleep(0.05)
        raise AssertionError((self.place / "scheduler.log").read_text())

    def add(self, workers: int) -> None:
        """Start worker processes of one thread each, and wait until they are there."""
        self.workers.append(start("worker", self.place, "--nworkers", str(workers), "--nthreads", "1"))
        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=PATIENCE)

    def lose_workers(self) -> None:
        """End them all."""
        for worker in self.workers:
            end(worker)
        self.workers.clear()

    def lose_scheduler(self) -> None:
        """End it, from one moment to the next."""
        self.scheduler.kill()
        self.scheduler.wait(PATIENCE)


def start(part: str, place: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{part}", "--scheduler-file", str(place / "scheduler.json")]
    with (place / f"{part}.log").open("wb") as log:
        return subprocess.Popen(
            [*command, "--no-dashboard", *words],
            cwd=place,
            env={**os.environ, **SETTINGS},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def end(part: subprocess.Popen[bytes]) -> None:
    part.terminate()
    try:
        part.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        part.kill()
        part.wait(PATIENCE)


@contextlib.contextmanager
def cluster(place: Path, workers: int) -> Iterator[Started]:
    """A scheduler with so many worker processes."""
    started = Started(place, start("scheduler", place, "--host", "127.0.0.1", "--port", "0"))
    try:
        if workers:
            started.add(workers)
        yield started
    finally:
        started.lose_workers()
        end(started.scheduler)
