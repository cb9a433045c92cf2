"""Small errands to share: what matters is who does them, and what becomes of it where somebody falls over."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Squares:
    """Numbers squared, and who did it; some take a while, and one may be the end of whoever does it."""

    seconds: float = 0.0
    deadly: int | None = None

    def prepared(self) -> Callable[[int], tuple[int, int]]:
        return self.square

    def square(self, number: int) -> tuple[int, int]:
        time.sleep(self.seconds)
        if number == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return number**2, os.getpid()
