"""A small errand to share: what matters is who does it, and what becomes of it where somebody falls over."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from forecast.errors import InputError


@dataclass(frozen=True)
class Squares:
    """Numbers squared, and who did it; some take a while, one may be the end of whoever does it, one wrong, one late.

    Who is ready leaves a file in `place`, and takes it away when he is done.
    """

    seconds: float = 0.0
    deadly: int | None = None
    wrong: int | None = None
    late: int | None = None
    place: Path | None = None
    travelled: bool = False

    @contextmanager
    def prepared(self) -> Iterator[Callable[[int], tuple[int, int]]]:
        if self.place is None:
            yield self.square
            return
        file = self.place / f"{os.getpid()}"
        file.touch()
        yield self.square
        file.unlink()

    def packed(self) -> Self:
        return replace(self, travelled=True)

    def square(self, number: int) -> tuple[int, int]:
        time.sleep(self.seconds)
        if number == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == self.wrong:
            raise InputError.at("numbers.csv", number, "this is no number to square", "leave it out")
        if number == self.late:
            raise TimeoutError("too late")
        return number**2, os.getpid()
