"""Waiting until a command hears signals: before that they belong to Python, which dies of most of them."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

BIT = 1 << (signal.SIGTERM - 1)
"""Of the signals that a process catches; Python itself leaves this one alone."""


def wait_until_heeding(command: subprocess.Popen[str]) -> None:
    """Return once the program has its signals in hand, or has ended; a moment later where that cannot be seen."""
    status = Path(f"/proc/{command.pid}/status")
    if not status.exists():
        time.sleep(0.5)  # systems without /proc
    while command.poll() is None and status.exists():
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status.read_text("ascii"), re.MULTILINE)
        if caught and int(caught[1], 16) & BIT:
            return
        time.sleep(0.002)
