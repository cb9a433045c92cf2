"""Processes that work through simulated worlds: each loads the compiled model and is handed one number at a time.

Nothing is kept in a process, so one may end at any moment.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.inference.density import density_of
from forecast.model.contract import Model, load_sampled
from forecast.model.problem import Problem

if TYPE_CHECKING:
    from forecast.inference.batch import Batch

PATIENCE = 3.0
"""Seconds that a process is given to end."""


type Trial[Found] = Callable[[Batch, Model, Problem, int, int], Found]
"""What is done with a world: (compiled model, model, problem, seed, number of the world) → what came of it."""


@dataclass(frozen=True)
class Task[Found]:
    """What all worlds share; it travels to the processes."""

    model: Path
    problem: Problem
    seed: int
    trial: Trial[Found]


@dataclass(frozen=True)
class _Worker:
    process: BaseProcess
    connection: Connection[Any, Any]


def work[Found](task: Task[Found], numbers: Iterable[int], jobs: int, ready: Callable[[], None]) -> Iterator[Found]:
    """Try all worlds of these numbers and give each as soon as it is done, in whatever order.

    Parameters
    ----------
    task
        What they share.
    numbers
        Which worlds.
    jobs
        Number of processes.
    ready
        Called when the model is compiled.
    """
    left = list(reversed(list(numbers)))
    if not left:
        return
    crew: list[_Worker] = []
    try:
        density_of(load_sampled(str(task.model), Path.cwd()), task.problem)
        ready()
        crew += [_start(task) for _ in range(min(jobs, len(left)))]
        for worker in crew:
            worker.connection.send(left.pop())
        while crew:
            for connection in wait([worker.connection for worker in crew]):
                worker = next(worker for worker in crew if worker.connection is connection)
                answer: Found = _answer(worker)
                if left:
                    worker.connection.send(left.pop())
                else:
                    crew.remove(worker)
                    _dismiss(worker)
                yield answer
    finally:
        for worker in crew:
            worker.process.terminate()
        for worker in crew:
            _dismiss(worker)


def _start(task: Task[Any]) -> _Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, task), daemon=True)
    with _deaf():
        process.start()
    there.close()
    return _Worker(process, here)


def _answer(worker: _Worker) -> Any:
    try:
        return worker.connection.recv()
    except EOFError:
        worker.process.join()
        raise RuntimeError(f"a process of the simulation ended with exit code {worker.process.exitcode}") from None


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


def _serve(connection: Connection[Any, Any], task: Task[Any]) -> None:
    """Simulate what is asked for, until nobody asks."""
    from forecast.inference.batch import Batch

    model = load_sampled(str(task.model), Path.cwd())
    batch = Batch(model, task.problem)
    while True:
        try:
            number = connection.recv()
        except EOFError:
            return
        connection.send(task.trial(batch, model, task.problem, task.seed, number))
