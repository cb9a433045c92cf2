"""A file that somebody wrote, as text: bounded, in UTF-8, and without characters that no editor shows."""

from __future__ import annotations

import re
from pathlib import Path

from forecast.case.document import shown
from forecast.errors import InputError

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_text(path: Path, largest: int) -> str:
    """Read a file of no more than `largest` bytes.

    Raises
    ------
    InputError
        If it cannot be read, is larger, or is not plain text.
    """
    file = shown(path)
    try:
        if not path.exists():
            raise InputError.at(
                file,
                None,
                "there is no such file",
                "check the path, or create it; what such files hold stands in docs/",
            )
        if not path.is_file():
            raise InputError.at(file, None, "this is not a file", "put a text file in its place")
        with path.open("rb") as stream:
            raw = stream.read(largest + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise InputError.at(file, None, f"it cannot be read ({reason})", "mend its permissions") from None
    if len(raw) > largest:
        message = f"it is larger than {largest // 1024} KiB"
        raise InputError.at(file, None, message, "keep only what an analyst wrote in it")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError.at(file, line, "it is not UTF-8 text", "save it with the encoding UTF-8") from None
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        message = f"it holds the control character U+{ord(control.group()):04X}"
        raise InputError.at(file, line, message, "delete that character")
    return text
