"""Files that are there whole or not at all: after a crash, a full disk or a pulled plug as much as on a good day.

Every file that the package leaves behind is written here. A draft that a killed process left is hidden, is never taken
for the real thing, and goes with the next write to the same place.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from forecast.case.document import shown
from forecast.errors import StoreError

_SPACE: Final = "free some space, then repeat the command"
_PERMISSION: Final = "make the file and its folder writable for you, then repeat the command"
_REMEDIES: Final = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: "raise the limit on the size of files, then repeat the command",
    errno.EMFILE: "raise the limit on open files, then repeat the command",
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
    errno.ENOENT: "make its folder first, or choose another place",
    errno.EISDIR: "name a file, not a folder",
    errno.EROFS: "the disk is read-only: work on a copy elsewhere, or have it made writable",
}
_NO_FOLDER_SYNC: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})
"""What file systems answer that cannot make a folder durable, and need not be asked again."""
_ABANDONED: Final = 600.0
"""Seconds after which a draft is nobody's any more."""


def replace_file(path: Path, content: bytes) -> None:
    """Make `content` what the file holds, in one step that others see whole.

    A link is followed, and the file keeps its permissions. Of two processes that do it at once, one has the last word.
    What is no file, a pipe or a device, is written to and not replaced.

    Raises
    ------
    StoreError
        If any part of it fails; the file is then as it was.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(content)
            return
        draft = _draft_of(target)
        before = _content(target)
        try:
            _write_new(draft, content, like=target if before is not None else None)
            os.replace(draft, target)
        except BaseException:
            _remove(draft)
            raise
        _sync_folder_or_undo(target, draft, before)
    except OSError as error:
        raise unwritable(path, error) from error


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a file in a folder that git ignores; both are made where they are not there.

    A line that a killed process left unfinished is ended first, and stays a line by itself.

    Raises
    ------
    StoreError
        If any part of it fails.
    """
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            (path.parent / ".gitignore").write_text("*\n", encoding="ascii")
        with open(path, "a+b") as file:
            if file.tell() > 0:
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(path, error) from error


def make_folder(path: Path, files: Mapping[str, bytes]) -> bool:
    """Make a folder with these files in it, in one step that others see whole; `a/b` is the file b in its folder a.

    Returns
    -------
    False where the folder was there already; it then stays as it is.

    Raises
    ------
    StoreError
        If any part of it fails; there is then no such folder.
    """
    draft = _draft_of(path)
    folders = sorted({draft, *((draft / name).parent for name in files)})
    try:
        try:
            for folder in folders:
                folder.mkdir(parents=True)
            for name, content in files.items():
                _write_new(draft / name, content, like=None)
            for folder in reversed(folders):
                _sync_folder(folder)
            try:
                draft.rename(path)
            except OSError:
                if path.is_dir():  # another process was first
                    return False
                raise
            try:
                _sync_folder(path.parent)
            except OSError:
                path.rename(draft)
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return True


def make_place(folder: Path) -> None:
    """Make a folder where there is none.

    Raises
    ------
    StoreError
        If the system does not let it be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def read_if_there(path: Path) -> bytes | None:
    """What a file holds; None where there is no file.

    Raises
    ------
    StoreError
        If it is there and cannot be read, or is a pipe or a device, which may have no end.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> StoreError:
    """The error of a file that the system does not let us read."""
    return StoreError(f"{shown(path)}: it cannot be read ({_reason(error)}): check the file and its permissions")


def unwritable(path: Path, error: OSError) -> StoreError:
    """The error of a file that the system did not let us write."""
    remedy = _REMEDIES.get(error.errno or 0, "check the disk and the folder, then repeat the command")
    return StoreError(f"{shown(path)}: it cannot be written ({_reason(error)}), nothing was changed: {remedy}")


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__


def _draft_of(target: Path) -> Path:
    """A hidden name beside the target that no other process uses; drafts that were abandoned are cleared away."""
    with contextlib.suppress(OSError):
        for left in target.parent.glob(f".{target.name}.*.draft"):
            if time.time() - left.lstat().st_mtime > _ABANDONED:
                _remove(left)
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.draft")


def _content(target: Path) -> bytes | None:
    """What the file holds, None if there is none; a file that may not be written is not to be replaced either."""
    try:
        with open(target, "r+b") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write_new(path: Path, content: bytes, like: Path | None) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        if like is not None:
            shutil.copymode(like, path)
        os.fsync(file.fileno())


def _sync_folder_or_undo(target: Path, draft: Path, before: bytes | None) -> None:
    """Make the replacement outlast a power cut; where the disk refuses, put the old content back."""
    try:
        _sync_folder(target.parent)
    except OSError:
        if before is None:
            target.unlink()
        else:
            draft.write_bytes(before)
            shutil.copymode(target, draft)
            os.replace(draft, target)
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
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
