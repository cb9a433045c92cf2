"""Processes of this machine: each makes the errand ready for itself and is handed one part of the work at a time.

Nothing is kept in a process, so one may end at any moment.
"""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from forecast.crew.errand import Errand
from forecast.errors import StoreError

PATIENCE = 3.0
"""Seconds that a process is given to end."""
GONE = (EOFError, BrokenPipeError, ConnectionResetError)
"""What is met at this end of a pipe whose other end has ended."""


@dataclass(frozen=True)
class Processes:
    """A crew of this many; one alone works in the process that asks."""

    jobs: int

    def work[Item, Found](
        self, errand: Errand[Item, Found], items: Sequence[Item], ready: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[Item, Found]]:
        """As a `Crew` does. What is compiled is compiled here first, where the others find it."""
        if not items:
            return
        with errand.prepared() as do:
            ready()
            if self.jobs == 1:
                yield from ((item, do(item)) for item in items)
                return
        yield from _shared(errand, items, min(self.jobs, len(items)))


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection[Any, Any]
    item: Any = None

    def begin(self, item: Any) -> None:
        """Hand it a part of the work."""
        self.item = item
        self._send(item)

    def told(self, errand: Errand[Any, Any]) -> _Worker:
        """Hand it the errand: not as an argument, which to a process that died at once would never end."""
        self._send(errand)
        return self

    def answer(self) -> Any:
        """What came of its part; what it raised is raised."""
        try:
            found, error = self.connection.recv()
        except GONE:
            raise self._lost() from None
        if error is not None:
            raise error
        return found

    def dismiss(self) -> None:
        """See to it that it ends."""
        self.process.join(PATIENCE)
        self.process.kill()  # compiled code hears nothing before it is done
        self.process.join()

    def _send(self, thing: Any) -> None:
        try:
            self.connection.send(thing)
        except GONE:
            raise self._lost() from None

    def _lost(self) -> StoreError:
        self.process.join(PATIENCE)
        return StoreError(
            f"--jobs: a process that shared the work ended (exit code {self.process.exitcode}), for want of memory "
            "perhaps: what is done is kept: go on with fewer --jobs"
        )


def _shared[Item, Found](
    errand: Errand[Item, Found], items: Sequence[Item], workers: int
) -> Iterator[tuple[Item, Found]]:
    left = list(reversed(items))
    crew: list[_Worker] = []
    try:
        for _ in range(workers):
            crew.append(_start())
        for worker in crew:
            worker.told(errand).begin(left.pop())
        busy = list(crew)
        while busy:
            for connection in wait([worker.connection for worker in busy]):
                worker = next(worker for worker in busy if worker.connection is connection)
                done: tuple[Item, Found] = worker.item, worker.answer()
                if left:
                    worker.begin(left.pop())
                else:
                    worker.item = None
                    busy.remove(worker)
                yield done
    finally:
        for worker in crew:
            if worker.item is not None:
                worker.process.terminate()
            worker.connection.close()
        for worker in crew:
            worker.dismiss()


def _start() -> _Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,))
    with _deaf():
        process.start()
    there.close()
    return _Worker(process, here)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes started in here do not hear Ctrl-C: who waits for them does, and ends them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection[Any, Any]) -> None:
    """Do what is asked for, until nobody asks."""
    try:
        errand = connection.recv()
        with errand.prepared() as do:
            while (item := _next(connection)) is not None:
                connection.send((do(item[0]), None))
    except GONE:  # who asked has ended
        return
    except Exception as error:  # whatever it is, the process that asked says it
        error.add_note(traceback.format_exc())
        connection.send((None, error))


def _next(connection: Connection[Any, Any]) -> tuple[Any] | None:
    """The next part of the work; None where nobody asks any more."""
    try:
        return (connection.recv(),)
    except GONE:
        return None
