"""The ledger in a file: what was acknowledged is there, whatever happens while it is written."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import forecast
from forecast import durable
from forecast.errors import InputError, StoreError
from forecast.evidence.cells import COLUMNS
from forecast.evidence.exchange import csv_bytes
from forecast.evidence.ledger import CsvLedger
from forecast.evidence.lock import locked
from tests.evidence.samples import GOOD, cells, csv_of, row

WORKSPACE = Path(forecast.__file__).parents[1]


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CsvLedger:
    monkeypatch.chdir(tmp_path)
    return CsvLedger(tmp_path / "evidence.csv", patience=0.05)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# ---------------------------------------------------------------------------- reading and adding


def test_a_ledger_without_a_file_is_empty(ledger: CsvLedger) -> None:
    assert ledger.read() == ()
    assert not ledger.path.exists()


def test_rows_come_back_in_the_order_in_which_they_were_added(ledger: CsvLedger) -> None:
    ours = [row(report_id=f"R{n}") for n in (3, 1, 2)]
    ledger.append(ours[:1])
    ledger.append(ours[1:])
    assert list(ledger.read()) == ours
    assert ledger.path.read_bytes() == csv_bytes(ours)


def test_nothing_to_add_makes_no_file(ledger: CsvLedger) -> None:
    ledger.append([])
    assert names(ledger.path.parent) == set()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("columns", [COLUMNS, COLUMNS[::-1]])
def test_what_the_file_held_is_not_altered(ledger: CsvLedger, newline: str, mark: bytes, columns: Any) -> None:
    before = mark + csv_of(cells(note=" padded "), columns=columns, newline=newline)
    ledger.path.write_bytes(before)
    ledger.append([row(report_id="R2", title="", marking="")])
    after = ledger.path.read_bytes()
    assert after.startswith(before)
    assert after.count(newline.encode()) == 3
    assert [item.report_id for item in ledger.read()] == ["R1", "R2"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_missing_last_line_end_is_mended(ledger: CsvLedger, newline: str) -> None:
    before = csv_of(cells(), newline=newline).removesuffix(newline.encode())
    ledger.path.write_bytes(before)
    ledger.append([row(report_id="R2")])
    assert ledger.path.read_bytes().startswith(before + newline.encode())
    assert len(ledger.read()) == 2


def test_a_row_that_is_there_is_not_added_again(ledger: CsvLedger) -> None:
    ledger.append([row()])
    before = ledger.path.read_bytes()
    ledger.append([row()])
    assert ledger.path.read_bytes() == before


def test_a_contradiction_adds_nothing(ledger: CsvLedger) -> None:
    ledger.append([row()])
    before = ledger.path.read_bytes()
    with pytest.raises(InputError, match=r"^evidence\.csv: the coding of 'R1' by 'ann' at this time"):
        ledger.append([row(report_id="R2"), row(grade=1)])
    assert ledger.path.read_bytes() == before


def test_a_column_that_the_file_lacks(ledger: CsvLedger) -> None:
    before = csv_of(cells(), columns=COLUMNS)
    ledger.path.write_bytes(before)
    with pytest.raises(InputError) as caught:
        ledger.append([row(report_id="R2", marking="")])
    assert str(caught.value) == (
        "evidence.csv:1: the file has no column for 'title': "
        "put what 'forecast evidence export' writes, which has all columns, in its place"
    )
    assert ledger.path.read_bytes() == before


def test_a_row_that_would_not_read_back_is_never_written(ledger: CsvLedger) -> None:
    with pytest.raises(ValueError, match="not a row as a ledger can hold it"):
        ledger.append([row(source=" padded ")])
    assert not ledger.path.exists()


def test_a_ledger_with_faults_tells_all_of_them_and_is_not_added_to(ledger: CsvLedger) -> None:
    before = csv_of(cells(grade="9"), cells(), cells(coded_at=""))
    ledger.path.write_bytes(before)
    for act in (ledger.read, lambda: ledger.append([row(report_id="R2")])):
        with pytest.raises(InputError) as caught:
            act()
        assert [(problem.file, problem.line) for problem in caught.value.problems] == [
            ("evidence.csv", 2),
            ("evidence.csv", 4),
        ]
    assert ledger.path.read_bytes() == before


def test_permissions_stay_and_a_link_stays_a_link(ledger: CsvLedger) -> None:
    kept = ledger.path.with_name("kept.csv")
    kept.write_bytes(csv_of(cells()))
    kept.chmod(0o640)
    ledger.path.symlink_to(kept)
    ledger.append([row(report_id="R2")])
    assert ledger.path.is_symlink()
    assert kept.stat().st_mode & 0o777 == 0o640
    assert len(CsvLedger(kept).read()) == 2


# ---------------------------------------------------------------------------- one writer at a time


def test_a_busy_ledger_says_so(ledger: CsvLedger) -> None:
    with locked(ledger.path, patience=0):
        with pytest.raises(StoreError) as caught:
            ledger.append([row()])
        assert ledger.read() == ()
    assert str(caught.value) == (
        "evidence.csv: another command is writing to it: wait for it to end, then repeat yours"
    )
    ledger.append([row()])
    assert len(ledger.read()) == 1


def test_a_lock_that_comes_free_in_time_is_had(ledger: CsvLedger) -> None:
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(ledger.path, patience=0):
            held.set()
            free.wait(0.2)

    keeper = threading.Thread(target=hold)
    keeper.start()
    held.wait()
    with locked(ledger.path, patience=60):
        free.set()
    keeper.join()


def test_a_lock_that_the_system_refuses_names_the_file(ledger: CsvLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("forecast.evidence.lock._try_lock", refuse)
    with pytest.raises(StoreError, match=r"evidence\.csv: .*[Nn]o locks available"), locked(ledger.path, patience=0):
        pass


def test_a_lock_that_was_left_behind_is_no_obstacle(ledger: CsvLedger) -> None:
    ledger.path.with_name(".evidence.csv.lock").write_text("12345")
    ledger.append([row()])
    assert ledger.read() == (row(),)
    assert names(ledger.path.parent) == {"evidence.csv", ".evidence.csv.lock"}


WRITER = f"""
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from forecast.evidence.ledger import CsvLedger
    from forecast.evidence.rows import row_of

    ledger = CsvLedger(Path(sys.argv[1]), patience=60)
    for number in range(int(sys.argv[3])):
        cells = {GOOD!r} | {{"report_id": f"{{sys.argv[2]}}-{{number}}"}}
        ledger.append([row_of(cells, datetime.now(UTC))])
        print(number, flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    """A process that adds rows one by one and says of each that it is in."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(count)],
        cwd=WORKSPACE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_rows_of_several_writers_are_all_there(ledger: CsvLedger) -> None:
    writers = [writer(ledger.path, name, 12) for name in "abcd"]
    for process in writers:
        process.communicate()
        assert process.returncode == 0
    assert {item.report_id for item in ledger.read()} == {f"{name}-{n}" for name in "abcd" for n in range(12)}
    assert len(ledger.read()) == 48


BATCHES = f"""
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from forecast.evidence.ledger import CsvLedger
    from forecast.evidence.rows import row_of

    for batch in range(5):
        names = [f"{{sys.argv[2]}}-{{batch}}-{{number}}" for number in range(100)]
        rows = [row_of({GOOD!r} | {{"report_id": name}}, datetime.now(UTC)) for name in names]
        CsvLedger(Path(sys.argv[1])).append(rows)
"""


@pytest.mark.slow
def test_sixteen_writers_at_once_are_all_heard(ledger: CsvLedger) -> None:
    command = [sys.executable, "-c", textwrap.dedent(BATCHES), str(ledger.path)]
    writers = [subprocess.Popen([*command, str(number)], cwd=WORKSPACE) for number in range(16)]
    assert [process.wait() for process in writers] == [0] * 16
    ids = [item.report_id for item in ledger.read()]
    assert len(ids) == len(set(ids)) == 16 * 500


def test_a_killed_writer_loses_no_row_that_it_acknowledged(ledger: CsvLedger) -> None:
    chance = random.Random(20260208)
    acknowledged: set[str] = set()
    for life in range(30):
        process = writer(ledger.path, f"life{life}", 10_000)
        assert process.stdout is not None
        for _ in range(chance.randint(1, 4)):
            acknowledged.add(f"life{life}-{int(process.stdout.readline())}")
        time.sleep(chance.random() / 200)
        process.kill()
        acknowledged |= {f"life{life}-{int(number)}" for number in process.communicate()[0].split()}
        assert acknowledged <= {item.report_id for item in ledger.read()}
    ledger.append([row(report_id="after")])
    assert ledger.read()[-1].report_id == "after"


# ---------------------------------------------------------------------------- a disk that fails


def failing(monkeypatch: pytest.MonkeyPatch, step: str, number: int, code: int) -> Callable[[], int]:
    """Let the system call fail at its n-th use; the answer is how often it was used."""
    uses = 0
    real: Callable[..., Any] = {
        "open": open,
        "os.open": os.open,
        "os.fsync": os.fsync,
        "os.replace": os.replace,
        "copymode": durable.shutil.copymode,
    }[step]

    def sometimes(*args: Any, **options: Any) -> Any:
        nonlocal uses
        uses += 1
        if uses == number:
            raise OSError(code, os.strerror(code))
        return real(*args, **options)

    target = {"open": "builtins.open", "copymode": "forecast.durable.shutil.copymode"}.get(step, step)
    monkeypatch.setattr(target, sometimes)
    return lambda: uses


STEPS = [
    ("os.open", 1),  # the lock
    ("open", 1),  # what is there
    ("open", 2),  # the copy
    ("copymode", 1),
    ("os.fsync", 1),  # the copy
    ("os.replace", 1),
    ("os.open", 2),  # the folder
    ("os.fsync", 2),  # the folder
]


@pytest.mark.parametrize(("step", "number"), STEPS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
def test_any_step_may_fail_and_the_old_state_stays(
    ledger: CsvLedger, monkeypatch: pytest.MonkeyPatch, step: str, number: int, code: int
) -> None:
    ledger.append([row()])
    before = ledger.path.read_bytes()
    with monkeypatch.context() as patch:
        uses = failing(patch, step, number, code)
        with pytest.raises(StoreError) as caught:
            ledger.append([row(report_id="R2")])
        assert uses() >= number
    assert str(caught.value).startswith(
        f"evidence.csv: it cannot be written ({os.strerror(code)}), nothing was changed: "
    )
    assert ledger.path.read_bytes() == before
    assert names(ledger.path.parent) == {"evidence.csv", ".evidence.csv.lock"}
    ledger.append([row(report_id="R2")])
    assert len(ledger.read()) == 2


@pytest.mark.parametrize(("step", "number"), [("open", 2), ("os.fsync", 1), ("os.replace", 1), ("os.fsync", 2)])
def test_a_first_row_that_fails_leaves_no_file(
    ledger: CsvLedger, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, step, number, errno.ENOSPC)
        with pytest.raises(StoreError, match="free some space, then repeat the command"):
            ledger.append([row()])
    assert names(ledger.path.parent) == {".evidence.csv.lock"}


def test_a_short_write_leaves_the_old_state(ledger: CsvLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.append([row()])
    before = ledger.path.read_bytes()

    class FullDisk:
        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, content: bytes) -> None:
            self.file.write(content[: len(content) // 2])
            self.file.flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @contextmanager
    def opened(path: Path, mode: str) -> Iterator[Any]:
        with open(path, mode) as file:
            yield FullDisk(file) if "x" in mode else file

    with monkeypatch.context() as patch:
        patch.setattr(durable, "open", opened, raising=False)
        with pytest.raises(StoreError, match="No space left on device"):
            ledger.append([row(report_id="R2")])
    assert ledger.path.read_bytes() == before
    assert names(ledger.path.parent) == {"evidence.csv", ".evidence.csv.lock"}


def test_an_interruption_leaves_the_old_state(ledger: CsvLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.append([row()])
    before = ledger.path.read_bytes()

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            ledger.append([row(report_id="R2")])
    assert ledger.path.read_bytes() == before
    assert names(ledger.path.parent) == {"evidence.csv", ".evidence.csv.lock"}
    ledger.append([row(report_id="R2")])


def test_a_file_system_that_cannot_sync_folders_will_do(ledger: CsvLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "os.fsync", 2, errno.EINVAL)
    ledger.append([row()])
    assert ledger.read() == (row(),)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "free some space, then repeat the command"),
        (errno.EACCES, "make the file and its folder writable for you, then repeat the command"),
        (errno.EROFS, "the disk is read-only: work on a copy elsewhere, or have it made writable"),
        (errno.EIO, "check the disk and the folder, then repeat the command"),
    ],
)
def test_each_failure_has_its_remedy(
    ledger: CsvLedger, monkeypatch: pytest.MonkeyPatch, code: int, remedy: str
) -> None:
    failing(monkeypatch, "os.replace", 1, code)
    with pytest.raises(StoreError) as caught:
        ledger.append([row()])
    assert str(caught.value).endswith(f"nothing was changed: {remedy}")


def test_a_ledger_that_cannot_be_read(ledger: CsvLedger) -> None:
    ledger.path.mkdir()
    with pytest.raises(StoreError, match=r"^evidence\.csv: it cannot be read \(Is a directory\): check the file"):
        ledger.read()


@pytest.mark.skipif(os.name == "nt", reason="pipes with names")
def test_a_pipe_in_its_place_is_refused_and_not_waited_for(ledger: CsvLedger) -> None:
    os.mkfifo(ledger.path)
    with pytest.raises(StoreError, match=r"^evidence\.csv: it cannot be read \(it is a pipe or a device, not a file\)"):
        ledger.read()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not hold for everyone")
def test_a_ledger_that_may_not_be_written(ledger: CsvLedger) -> None:
    ledger.append([row()])
    ledger.path.chmod(0o444)
    with pytest.raises(StoreError, match="make the file and its folder writable for you"):
        ledger.append([row(report_id="R2")])
