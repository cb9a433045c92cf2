"""Writing a finished page: the whole file or nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from forecast.errors import StoreError


def write_whole(path: Path, content: str) -> Path:
    """Put `content` at `path` in one step, so that nobody ever opens half a file.

    Raises
    ------
    StoreError
        If it cannot be written; what stood there before then still stands.

    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with draft.open("x", encoding="utf-8", newline="\n") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StoreError(
            f"{path} cannot be written ({reason}): name a file in a folder that you may write to"
        ) from error
    return path
