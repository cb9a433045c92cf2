"""The program `forecast`: from its first moment to its last, every way of ending has its exit code.

Little is imported before the signals are in hand, so that an interruption while the rest loads ends like any other.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys

from forecast import interruption


def main() -> None:
    """Run one command and end with the exit code of the contract."""
    _open_standard_streams()
    interruption.heed()
    try:
        from forecast.commands.main import run

        run()
    except BaseException as ended:
        if not interruption.Interruption.asked:
            raise
        if getattr(ended, "code", None) != 130:  # else it has been said
            with contextlib.suppress(OSError):
                sys.stderr.write(f"{interruption.SAID}\n")
        sys.exit(130)
    finally:
        interruption.ignore()


def _open_standard_streams() -> None:
    """Where a standard stream is closed, open it on nothing: else the next file opened would stand in its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    with contextlib.suppress(OSError):
        sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character shows its number


if __name__ == "__main__":
    main()
