"""The program `forecast`: from its first moment to its last, every way of ending has its exit code.

Little is imported before the signals are in hand, so that an interruption while the rest loads ends like any other.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from types import FrameType

INTERRUPTIONS = ("SIGINT", "SIGTERM", "SIGHUP")


class Interruption(KeyboardInterrupt):
    """Somebody, or the system, asked the program to stop."""

    asked = False


def main() -> None:
    """Run one command and end with the exit code of the contract."""
    _open_standard_streams()
    _handle(_interrupt)
    try:
        from forecast.commands.main import run

        run()
    except BaseException:
        if Interruption.asked:  # whatever it broke on its way here
            sys.exit(130)
        raise
    finally:
        _handle(signal.SIG_IGN)  # what is done is done


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    Interruption.asked = True
    raise Interruption


def _handle(handler: object) -> None:
    for name in INTERRUPTIONS:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)  # type: ignore[arg-type]


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
