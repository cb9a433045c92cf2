"""A command at a terminal of its own, with lines typed into it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals of POSIX")

ROOT = Path(__file__).resolve().parents[1]
LEAVE = "\x04"
"""The key that ends the input."""


def typed(folder: Path, command: tuple[str, ...], *lines: str) -> tuple[int, str]:
    """Run `forecast` with these words in a folder, with these lines typed; its exit code and what was seen."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", "COLUMNS": "200"}
    words = [sys.executable, "-m", "forecast", *command]
    running = subprocess.Popen(words, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, "".join(f"{line}\n" if line != LEAVE else line for line in lines).encode())
    seen = b""
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:  # how Linux says that nobody holds the other end
            break
        if not read:
            break
        seen += read
    os.close(ours)
    return running.wait(timeout=60), seen.decode().replace("\r\n", "\n")
