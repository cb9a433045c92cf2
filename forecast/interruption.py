"""Somebody, or the system, asks the program to stop: Ctrl-C, SIGTERM, or a terminal that goes away.

It takes no more than the standard library's lightest parts, so that it can be in hand before anything else is loaded.
"""

from __future__ import annotations

import signal
from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
SAID = "interrupted: nothing is lost or half-written"


class Interruption(KeyboardInterrupt):
    """Raised wherever the program is when it is asked to stop."""

    asked = False
    """Whether that has happened: a library may make something else of the exception."""


def heed() -> None:
    """Let every such request raise `Interruption`; one that is ignored, as in the background of a shell, stays so."""
    _handle(_interrupt)


def ignore() -> None:
    """Let no such request have an effect any more: what is done is done."""
    _handle(signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    Interruption.asked = True
    raise Interruption


def _handle(handler: object) -> None:
    for name in SIGNALS:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)  # type: ignore[arg-type]
