"""Processes of this machine: each makes the errand ready for itself and is handed one part of the work at a time.

Nothing is kept in a process, so one may end at any moment.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from forecast.crew.errand import Errand

PATIENCE = 3.0
"""Seconds that a process is given to end."""


@dataclass(frozen=True)
class Processes:
    """A crew of this many; one alone works in the process that asks."""

    jobs: int

    def work[Item, Found](
        self, errand: Errand[Item, Found], items: Sequence[Item], ready: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[Item, Found]]:
        """As a `Crew` does. What it compiles is compiled here first, where the others find it."""
        if not items:
            return
        do = errand.prepared()
        ready()
        if self.jobs == 1:
            yield from ((item, do(item)) for item in items)
            return
        del do
        yield from _shared(errand, items, min(self.jobs, len(items)))


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection[Any, Any]
    item: Any = None

    def begin(self, item: Any) -> None:
        self.item = item
        self.connection.send(item)


def _shared[Item, Found](
    errand: Errand[Item, Found], items: Sequence[Item], workers: int
) -> Iterator[tuple[Item, Found]]:
    left = list(reversed(items))
    crew: list[_Worker] = []
    try:
        crew += [_start(errand) for _ in range(workers)]
        for worker in crew:
            worker.begin(left.pop())
        while crew:
            for connection in wait([worker.connection for worker in crew]):
                worker = next(worker for worker in crew if worker.connection is connection)
                done: tuple[Item, Found] = worker.item, _answer(worker)
                if left:
                    worker.begin(left.pop())
                else:
                    crew.remove(worker)
                    _dismiss(worker)
                yield done
    finally:
        for worker in crew:
            worker.process.terminate()
        for worker in crew:
            _dismiss(worker)


def _start(errand: Errand[Any, Any]) -> _Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, errand))
    with _deaf():
        process.start()
    there.close()
    return _Worker(process, here)


def _answer(worker: _Worker) -> Any:
    try:
        return worker.connection.recv()
    except EOFError:
        worker.process.join()
        raise RuntimeError(f"a process that shared the work ended with exit code {worker.process.exitcode}") from None


def _dismiss(worker: _Worker) -> None:
    worker.connection.close()
    worker.process.join(PATIENCE)
    worker.process.kill()  # compiled code hears nothing before it is done
    worker.process.join()


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


def _serve(connection: Connection[Any, Any], errand: Errand[Any, Any]) -> None:
    """Do what is asked for, until nobody asks."""
    do = errand.prepared()
    while True:
        try:
            item = connection.recv()
        except EOFError:
            return
        connection.send(do(item))
