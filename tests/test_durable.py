"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forecast.durable import make_folder, replace_file
from forecast.errors import StoreError

FILES = {"a.json": b"a", "b.bin": b"\0b"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_holds_what_was_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    page = tmp_path / "page"
    for content in (b"old", b"new \xff"):
        replace_file(page, content)
        assert page.read_bytes() == content
        assert names(tmp_path) == {"page"}


def test_a_link_is_followed_and_permissions_stay(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    replace_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("place", "remedy"), [("missing/page", "make its folder first"), ("folder", "name a file, not a folder")]
)
def test_a_place_where_no_file_can_be_is_named_with_a_remedy(tmp_path: Path, place: str, remedy: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match=rf"{place}: it cannot be written \(.+\), nothing was changed: {remedy}"):
        replace_file(tmp_path / place, b"page")
    assert names(tmp_path) == {"folder"}


@pytest.mark.skipif(os.name == "nt", reason="pipes with names")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    replace_file(tmp_path / "pipe", b"page")
    assert os.read(reader, 100) == b"page"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()
    assert names(tmp_path) == {"pipe"}


def test_an_abandoned_draft_goes_and_a_fresh_one_stays(tmp_path: Path) -> None:
    abandoned, fresh = tmp_path / ".page.00000000.draft", tmp_path / ".page.11111111.draft"
    for draft in (abandoned, fresh):
        draft.write_bytes(b"half a p")
    os.utime(abandoned, (time.time() - 3600,) * 2)
    replace_file(tmp_path / "page", b"page")
    assert names(tmp_path) == {"page", fresh.name}


WRITER = """
import sys
from pathlib import Path
from forecast.durable import replace_file
for _ in range(100):
    replace_file(Path("page"), sys.argv[1].encode() * 200_000)
"""


def test_of_two_who_write_at_once_one_has_the_last_word(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, letter], cwd=tmp_path) for letter in "ab"]
    while any(writer.poll() is None for writer in writers):
        content = (tmp_path / "page").read_bytes() if (tmp_path / "page").exists() else b"a" * 200_000
        assert content in (b"a" * 200_000, b"b" * 200_000)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert names(tmp_path) == {"page"}


def test_a_folder_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "run"
    assert make_folder(folder, FILES)
    assert not make_folder(folder, {"a.json": b"other"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert names(folder.parent) == {"run"}


SYSTEM_CALLS = [(os, "mkdir"), (os, "fsync"), (os, "rename"), (os, "open")]


@pytest.mark.parametrize(("module", "call"), SYSTEM_CALLS, ids=[call for _, call in SYSTEM_CALLS])
def test_a_folder_that_fails_at_any_step_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, call: str
) -> None:
    real: Callable[..., Any] = getattr(module, call)
    for failing in range(1, 10):
        uses = 0

        def sometimes(*args: Any, **options: Any) -> Any:
            nonlocal uses
            uses += 1
            if uses == failing:  # noqa: B023
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(module, call, sometimes)
            try:
                make_folder(tmp_path / "run", FILES)
            except StoreError as error:
                assert "free some space" in str(error)
                assert names(tmp_path) == set()
            else:
                break
    assert failing > 1
    assert names(tmp_path) == {"run"}
