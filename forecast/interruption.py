"""Somebody, or the system, asks the program to stop: Ctrl-C, SIGTERM, or a terminal that goes away.

It takes no more than the standard library's lightest parts, so that it can be in hand before anything else is loaded.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
SAID = "interrupted: nothing is lost or half-written"
AGAIN = 0.05
"""Seconds after which a request that fell on deaf ears is made once more."""


class Interruption(KeyboardInterrupt):
    """Raised, with the signal's number, wherever the program is when it is asked to stop."""

    asked = False
    """Whether that has happened: a library may make something else of the exception."""


def heed() -> None:
    """Let every such request raise `Interruption`; one that is ignored, as in the background of a shell, stays so."""
    sys.unraisablehook = _ask_again
    _handle(_interrupt)


def ignore() -> None:
    """Let no such request have an effect any more: what is done is done."""
    _handle(signal.SIG_IGN)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    Interruption.asked = True
    raise Interruption(number)


def _ask_again(ignored: UnraisableHookArgs) -> None:
    """Python drops what is raised in a destructor or a callback from C; a request to stop must outlive that."""
    if not isinstance(ignored.exc_value, Interruption):
        sys.__unraisablehook__(ignored)
        return
    import threading

    (number,), main = ignored.exc_value.args, threading.main_thread().ident
    if hasattr(signal, "pthread_kill"):  # it wakes the main thread where that sleeps
        timer = threading.Timer(AGAIN, signal.pthread_kill, (main, number))
    else:  # Windows
        timer = threading.Timer(AGAIN, signal.raise_signal, (number,))
    timer.daemon = True
    timer.start()


def _handle(handler: object) -> None:
    for name in SIGNALS:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)  # type: ignore[arg-type]
