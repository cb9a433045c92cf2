"""Every write of every kind of file, failing at every step with every error that a disk has: the old state stays."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from forecast import durable
from forecast.errors import Exit
from forecast.evidence.exchange import csv_bytes
from forecast.evidence.ledger import CsvLedger
from tests.commands.test_main import call
from tests.faults.test_faults import state
from tests.model.harbour import EVIDENCE, row
from tests.model.past import write_with_past

REMEDIES = {
    errno.ENOSPC: "free some space",
    errno.EIO: "check the disk and the folder",
    errno.EACCES: "make the file and its folder writable for you",
    errno.EROFS: "the disk is read-only: work on a copy elsewhere",
}
REFRESH = ("refresh", "harbour", "--model", "ach", "--as-of", "2026-02-11")
RUN = ("reports: ", "reports/harbour: ", "reports/harbour/2026-02-11-")
"""Where a run is written: the place of all, the lock of the case's, and its own."""
REPORT = ("report", "harbour", "--model", "ach")
RESOLVE = ("resolve", "harbour", "--outcome=city", "--date=2026-02-20", "--reason=Signed.", "--source=Port Gazette")
ADD = ("evidence", "add", "harbour", "--report-id=R30", "--event-id=E30", "--indicator=strikes", "--grade=4",
       "--event-date=2026-02-10", "--published-date=2026-02-10", "--source=Port Gazette", "--source-type=press",
       "--reliability=B", "--credibility=2", "--coder=ann", "--coded-at=2026-02-13")  # fmt: skip


class Disk:
    """A disk that fails once: at the n-th thing that is asked of it in a folder."""

    def __init__(self, folder: Path, code: int, failing: int) -> None:
        self.folder, self.code, self.failing, self.asked = str(folder), code, failing, 0

    @property
    def failed(self) -> bool:
        return self.asked >= self.failing

    def ask(self) -> None:
        self.asked += 1
        if self.asked == self.failing:
            raise OSError(self.code, os.strerror(self.code))

    def of(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """The system call, on this disk."""

        def asked(place: Any, *rest: Any, **options: Any) -> Any:
            if isinstance(place, int) or os.path.abspath(place).startswith(self.folder):
                self.ask()
            return real(place, *rest, **options)

        return asked

    @contextmanager
    def open(self, path: Path, mode: str) -> Iterator[Any]:
        self.ask()
        with open(path, mode) as file:
            yield file if "x" not in mode else Written(self, file)

    def put_in(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(durable, "open", self.open, raising=False)
        patch.setattr(shutil, "copymode", self.of(shutil.copymode))
        for name in ("open", "mkdir", "fsync", "replace", "rename"):
            patch.setattr(os, name, self.of(getattr(os, name)))


class Written:
    """A file on that disk, of which half may have been written when it fails."""

    def __init__(self, disk: Disk, file: Any) -> None:
        self.disk, self.file = disk, file

    def write(self, content: bytes) -> None:
        self.file.write(content[: len(content) // 2])
        self.disk.ask()
        self.file.write(content[len(content) // 2 :])

    def flush(self) -> None:
        self.file.flush()
        self.disk.ask()

    def fileno(self) -> int:
        return int(self.file.fileno())


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with evidence, and with more of it that waits to be imported."""
    monkeypatch.chdir(tmp_path)
    case = write_with_past(tmp_path / "data" / "harbour")
    CsvLedger(case / "evidence.csv").append(EVIDENCE)
    Path("new.csv").write_bytes(csv_bytes([row("R20", 4, "2026-02-10")]))
    Path("old.csv").write_text("what was exported last week", "utf-8")
    return tmp_path


@pytest.mark.parametrize("code", REMEDIES, ids=errno.errorcode.get)
@pytest.mark.parametrize(
    ("words", "named"),
    [
        pytest.param(ADD, "data/harbour/evidence.csv", id="add"),
        pytest.param(("evidence", "import", "new.csv", "harbour"), "data/harbour/evidence.csv", id="import"),
        pytest.param(
            ("evidence", "retract", "R1", "harbour", "--coder=ann"), "data/harbour/evidence.csv", id="retract"
        ),
        pytest.param(RESOLVE, "data/harbour/resolutions.csv", id="resolve"),
        pytest.param(("evidence", "export", "harbour", "-o", "all.csv"), "all.csv", id="a new export"),
        pytest.param(("evidence", "export", "harbour", "-o", "old.csv"), "old.csv", id="an export again"),
        pytest.param(REFRESH, RUN, id="run", marks=pytest.mark.slow),
        pytest.param((*REPORT, "--quick", "-o", "page.html"), "page.html", id="report", marks=pytest.mark.slow),
        pytest.param(
            (*REPORT, "--quick", "-o", "/dev/null", "--picture", "p.svg"), "p.svg", id="picture", marks=pytest.mark.slow
        ),
    ],
)
def test_whatever_fails_the_old_state_stays_and_the_file_is_named(
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    named: str | tuple[str, ...],
    code: int,
) -> None:
    if words[0] == "report":
        assert call(monkeypatch, capsys, *REFRESH)[0] == Exit.OK
    before = state(workspace)
    for failing in range(1, 100):
        disk = Disk(workspace, code, failing)
        with monkeypatch.context() as patch:
            disk.put_in(patch)
            ended, out, err = call(patch, capsys, *words)
        if not disk.failed:
            break
        *_, line = err.splitlines()
        assert (ended, out) == (Exit.STORE, ""), err
        assert line.startswith(named), line
        assert f": it cannot be written ({os.strerror(code)}), nothing was changed: {REMEDIES[code]}" in line
        assert state(workspace) == before
    assert ended == Exit.OK
    assert failing > 6
    assert state(workspace) != before


@pytest.mark.slow
def test_a_disk_that_fails_while_a_page_asks_the_draws_is_said_and_no_page_is_written(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, capsys, *REFRESH)[0] == Exit.OK
    before = state(workspace)
    for failing in range(1, 100):
        disk = Disk(workspace, errno.EIO, failing)
        with monkeypatch.context() as patch:
            disk.put_in(patch)
            ended, out, err = call(patch, capsys, *REPORT, "-o", "page.html")
        if not disk.failed:
            break
        assert (ended, out) == (Exit.STORE, ""), err
        assert os.strerror(errno.EIO) in err.splitlines()[-1]
        assert state(workspace) == before
    assert ended == Exit.OK
    assert failing > 6
