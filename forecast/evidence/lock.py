"""One writer at a time: a lock that the operating system takes back from a process that dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from forecast.case.document import shown
from forecast.durable import unwritable
from forecast.errors import StoreError

_PAUSE: Final = 0.02


@contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Hold the lock of a file, waiting up to `patience` seconds for it.

    The lock is on a file beside it, which stays: taking it away would let two writers lock two files of one name.

    Raises
    ------
    StoreError
        If another process keeps the lock, or if the file system has none to give.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name}.lock")
    try:
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        _wait_for(handle, path, patience)
        yield
    finally:
        os.close(handle)  # which gives the lock back


def _wait_for(handle: int, path: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            if _try_lock(handle):
                return
        except OSError as error:
            raise unwritable(path, error) from error
        if time.monotonic() >= deadline:
            raise StoreError(f"{shown(path)}: another command is writing to it: wait for it to end, then repeat yours")
        time.sleep(_PAUSE)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
