"""kill -9 at random moments: what was acknowledged is there, and everything that is there is whole.

    python -m tests.faults.kill --kills 2000

A round starts a process that writes again and again, or a real command, kills it, and looks at the store with the
package's own readers. Whoever writes next gets no help. Rounds of one kind share a store.

Most processes are forked from one that has everything imported, so that a kill meets what a command does and not what
Python loads; every tenth command is a program of its own, from its first moment. Moments of a kill are drawn over the
time that the command took when it was last let through.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from forecast.__main__ import main as command_line
from forecast.evidence.exchange import csv_bytes
from forecast.evidence.journal import Row
from forecast.evidence.ledger import CsvLedger
from forecast.report.document import document
from forecast.report.page import render
from forecast.runs import content_digest, list_runs, save_run
from tests.model.harbour import row, write_harbour
from tests.report.sample import sample

ROOT = Path(__file__).resolve().parents[2]
BATCH = 3
DRAWS = b"draws" * 50_000


@dataclass
class Store:
    """A workspace with one case, and what has been acknowledged in it."""

    workspace: Path
    random: random.Random
    acknowledged: set[str] = field(default_factory=set)
    begun: int = 0
    lasts: dict[str, float] = field(default_factory=dict)

    @property
    def case(self) -> Path:
        return self.workspace / "data" / "harbour"

    @property
    def ledger(self) -> CsvLedger:
        return CsvLedger(self.case / "evidence.csv")

    @property
    def said(self) -> Path:
        """What the last process said."""
        return self.workspace / "said"


# ------------------------------------------------------------------------------------------------ those who write


def batch(number: int) -> list[Row]:
    """Rows that stand or fall together."""
    return [row(f"K{number}-{place}", 4, "2026-01-20", event_id=f"E{number}") for place in range(BATCH)]


def append_for_ever(workspace: Path, first: int) -> None:
    """Add batches of rows, and say of each that it is there."""
    ledger = CsvLedger(workspace / "data" / "harbour" / "evidence.csv")
    with (workspace / "said").open("w", encoding="ascii") as said:
        for number in range(first, first + 10_000):
            ledger.append(batch(number))
            print(number, file=said, flush=True)


def save_for_ever(workspace: Path, first: int) -> None:
    """Save runs, and say of each that it is there."""
    with (workspace / "said").open("w", encoding="ascii") as said:
        for number in range(first, first + 10_000):
            made = sample()
            made.forecast["run"]["id"] = f"{made.forecast['as_of']}-{number:08x}"
            record = {**made.record, "posterior": content_digest(DRAWS)}
            save_run(workspace / "reports", "harbour", made.forecast, record, DRAWS)
            print(number, file=said, flush=True)


def run_command(workspace: Path, words: tuple[str, ...]) -> None:
    """The command line, in a process that has it imported already."""
    os.chdir(workspace)
    said = os.open("said", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.argv = ["forecast", *words]
    command_line()


def forking() -> multiprocessing.context.ForkServerContext:
    """Where processes come from that need not import anything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.kill", *USED])
    return context


USED = [
    f"forecast.{module}"
    for module in ("commands.main", "case.checks", "case.workspace", "evidence.drafting", "evidence.intake")
]
"""What a command would import when it begins."""


def kill_a_writer(store: Store, write: Callable[[Path, int], None]) -> Iterator[str]:
    """Let a process write for a moment, kill it, and give back what it acknowledged."""
    store.said.unlink(missing_ok=True)
    writer = forking().Process(target=write, args=(store.workspace, store.begun))
    writer.start()
    while writer.is_alive() and not (store.said.exists() and store.said.stat().st_size):
        time.sleep(0.001)
    time.sleep(store.random.random() * 0.05)
    writer.kill()
    writer.join()
    numbers = [line for line in store.said.read_text("ascii").splitlines(keepends=True) if line.endswith("\n")]
    assert numbers, "the writer never wrote"
    store.begun = int(numbers[-1]) + 2  # one more may have been begun
    yield from (line.strip() for line in numbers)


def kill_a_command(store: Store, *words: str) -> bool:
    """Start a command and kill it at a random moment of its life; whether it had ended well before.

    The first of its kind is let through, and so tells how long one takes.
    """
    alone = words[0] == "refresh" or store.random.random() < ALONE
    kind, began = f"{words[0]} {alone}", time.monotonic()
    patience = store.lasts[kind] * store.random.random() * 1.1 if kind in store.lasts else None
    if alone:
        code = _killed_program(store, words, patience)
    else:
        process = forking().Process(target=run_command, args=(store.workspace, words))
        process.start()
        process.join(patience)
        process.kill()
        process.join()
        code = process.exitcode
    assert code in (0, KILLED), store.said.read_text("utf-8")
    if code == 0:
        store.lasts[kind] = time.monotonic() - began
    return code == 0


def _killed_program(store: Store, words: tuple[str, ...], patience: float | None) -> int:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "forecast", *words]
    with store.said.open("w", encoding="utf-8") as said:
        command = subprocess.Popen(program, cwd=store.workspace, env=environment, stdout=said, stderr=said)
        try:
            return command.wait(patience)
        except subprocess.TimeoutExpired:
            command.kill()
            return command.wait()


ALONE = 0.1
"""The share of commands that are programs of their own; a refresh always is one."""
KILLED = -9


# ------------------------------------------------------------------------------------------------ rounds


def appending(store: Store) -> None:
    store.acknowledged |= set(kill_a_writer(store, append_for_ever))
    check_rows(store)


def importing(store: Store) -> None:
    store.begun += 1
    (store.workspace / "new.csv").write_bytes(csv_bytes(batch(store.begun)))
    if kill_a_command(store, "evidence", "import", "new.csv", "harbour"):
        store.acknowledged.add(str(store.begun))
    check_rows(store)


def adding(store: Store) -> None:
    store.begun += 1
    words = [f"--report-id=K{store.begun}-0", f"--event-id=E{store.begun}", "--indicator=strikes", "--grade=4"]
    words += ["--event-date=2026-01-20", "--published-date=2026-01-20", "--source=Port Gazette"]
    words += ["--source-type=press", "--reliability=B", "--credibility=2", "--coder=ann"]
    if kill_a_command(store, "evidence", "add", "harbour", *words):
        assert f"K{store.begun}-0" in [found.report_id for found in store.ledger.read()]
        store.acknowledged.add(f"single {store.begun}")
    check_rows(store, single=True)


def check_rows(store: Store, *, single: bool = False) -> None:
    """Every acknowledged row is there, none twice, and no batch in part."""
    ids = [found.report_id for found in store.ledger.read()]
    assert len(ids) == len(set(ids)), "a row is there twice"
    by_batch = collections.Counter(name[1:].partition("-")[0] for name in ids if name.startswith("K"))
    if not single:
        assert set(by_batch.values()) <= {BATCH}, "a batch is there in part"
    lost = {name.removeprefix("single ") for name in store.acknowledged} - by_batch.keys()
    assert not lost, f"acknowledged, and lost: {sorted(lost)}"


def saving(store: Store) -> None:
    store.acknowledged |= set(kill_a_writer(store, save_for_ever))
    check_runs(store)


def check_runs(store: Store) -> None:
    runs = list_runs(store.workspace / "reports", "harbour")
    assert all(run.draws == "there" for run in runs)
    assert {f"{int(number):08x}" for number in store.acknowledged} <= {run.id[-8:] for run in runs}


def reporting(store: Store) -> None:
    made = sample()
    saved, _ = save_run(store.workspace / "reports", "harbour", made.forecast, made.record, DRAWS)
    page = saved.folder / "report.html"
    ended = kill_a_command(store, "report", "harbour")
    if ended or page.exists():
        assert page.read_bytes() == whole_page()
    if store.random.random() < 0.5:
        page.unlink(missing_ok=True)


@cache
def whole_page() -> bytes:
    """The page of the sample."""
    made = sample()
    return render(document(made.forecast, made.record, [made.forecast])).encode()


def refreshing(store: Store) -> None:
    if kill_a_command(store, "refresh", "harbour", "--as-of", "2026-02-01"):
        assert list_runs(store.workspace / "reports", "harbour")
    check_runs(store)


ROUNDS: dict[str, tuple[Callable[[Store], None], float]] = {
    "library append": (appending, 0.4),
    "evidence import": (importing, 0.15),
    "evidence add": (adding, 0.15),
    "saving runs": (saving, 0.2),
    "report": (reporting, 0.09),
    "refresh": (refreshing, 0.01),
}
"""Each kind of round and its share."""


def kill(kills: int, seed: int, ground: Path, kind: str) -> int:
    """Kill so many times; how often that was.

    Raises
    ------
    AssertionError
        As soon as anything was lost, doubled or cut in half.
    """
    round_, chance = ROUNDS[kind][0], random.Random(seed)
    store = Store(ground / "0", chance)
    write_harbour(store.case)
    for _ in range(kills):
        if len(store.acknowledged) > 60:  # a fresh store, before the old one takes long to read
            store = Store(ground / str(store.begun), chance, begun=store.begun, lasts=store.lasts)
            write_harbour(store.case)
        round_(store)
    return kills


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=ROUNDS, help="only rounds of this kind, as many as are its share")
    asked = parser.parse_args()
    os.environ["PYTHONWARNINGS"] = "ignore:'tests.faults.kill' found:RuntimeWarning"  # a fork knows the program already
    for kind, (_, share) in ROUNDS.items():
        if asked.kind not in (None, kind):
            continue
        with tempfile.TemporaryDirectory() as ground:
            done = kill(max(1, round(asked.kills * share)), asked.seed, Path(ground), kind)
        print(f"{kind}: {done} kills, nothing lost, doubled or cut in half", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
