"""Files that are there whole or not at all: after a crash, a full disk or a pulled plug as much as on a good day."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import Final

from forecast.case.document import shown
from forecast.errors import StoreError

_REMEDIES: Final = {
    errno.ENOSPC: "free some space, then repeat the command",
    errno.EDQUOT: "free some space, then repeat the command",
    errno.EACCES: "make the file and its folder writable for you, then repeat the command",
    errno.EPERM: "make the file and its folder writable for you, then repeat the command",
    errno.EROFS: "the disk is read-only: work on a copy elsewhere, or have it made writable",
}
_NO_FOLDER_SYNC: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})
"""What file systems answer that cannot make a folder durable, and need not be asked again."""


def replace_file(path: Path, content: bytes) -> None:
    """Make `content` what the file holds, in one step that others see whole.

    Only one process may do this to a file at a time. A link is followed, and the file keeps its permissions.

    Raises
    ------
    StoreError
        If any part of it fails; the file is then as it was.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.new")
    try:
        before = _content(target)
        try:
            _write_new(temporary, content, like=target if before is not None else None)
            os.replace(temporary, target)
        except BaseException:
            _remove(temporary)
            raise
        _sync_folder_or_undo(target, temporary, before)
    except OSError as error:
        raise unwritable(path, error) from error


def unreadable(path: Path, error: OSError) -> StoreError:
    """The error of a file that the system does not let us read."""
    return StoreError(f"{shown(path)}: it cannot be read ({error.strerror}): check the file and its permissions")


def unwritable(path: Path, error: OSError) -> StoreError:
    """The error of a file that the system did not let us write."""
    remedy = _REMEDIES.get(error.errno or 0, "check the disk and the folder, then repeat the command")
    return StoreError(f"{shown(path)}: it cannot be written ({error.strerror or error}), nothing was changed: {remedy}")


def _content(target: Path) -> bytes | None:
    """What the file holds, None if there is none; a file that may not be written is not to be replaced either."""
    try:
        with open(target, "r+b") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write_new(temporary: Path, content: bytes, like: Path | None) -> None:
    _remove(temporary)  # what a killed process left behind
    with open(temporary, "xb") as file:
        file.write(content)
        file.flush()
        if like is not None:
            shutil.copymode(like, temporary)
        os.fsync(file.fileno())


def _sync_folder_or_undo(target: Path, temporary: Path, before: bytes | None) -> None:
    """Make the replacement outlast a power cut; where the disk refuses, put the old content back."""
    try:
        _sync_folder(target.parent)
    except OSError:
        if before is None:
            target.unlink()
        else:
            temporary.write_bytes(before)
            shutil.copymode(target, temporary)
            os.replace(temporary, target)
        raise


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # a folder cannot be opened there, and the replacement itself is written through
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
