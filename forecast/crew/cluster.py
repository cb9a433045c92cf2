"""A team's cluster: the workers of a Dask scheduler, each with this project installed.

A worker makes an errand ready once and then does one part at a time, however many threads it has: what is compiled is
not shared by threads. What a worker was doing when it was lost is done by another one. Whoever can speak to a scheduler
can have its workers run anything, so that it belongs into a network of the team's own.

M. Rocklin (2015), "Dask: parallel computation with blocked algorithms and task scheduling", Proc. 14th Python in
Science Conference.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import current_process
from threading import Lock
from typing import Any, Final
from uuid import uuid4

import dask
from distributed import Client, KilledWorker, as_completed

from forecast.crew.errand import Errand
from forecast.errors import StoreError

PATIENCE: Final = 30.0
"""Seconds to wait for the scheduler, and for the first of its workers."""


@dataclass(frozen=True)
class Cluster:
    """The workers of the scheduler at an address, such as `tcp://10.0.0.5:8786`."""

    address: str

    def work[Item, Found](
        self, errand: Errand[Item, Found], items: Sequence[Item], ready: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[Item, Found]]:
        """As a `Crew` does.

        Raises
        ------
        StoreError
            If nobody answers at the address, no worker is there, the connection is lost, or a part of the work ends
            every process that tries it.
        """
        if not items:
            return
        with _connected(self.address) as client:
            ready()
            shared = client.submit(_handed, errand, pure=False)  # a task, so that it outlives the worker that holds it
            name = uuid4().hex
            waiting = {client.submit(_done, name, shared, item, pure=False): item for item in items}
            try:
                for future in as_completed(list(waiting), loop=client.loop):
                    yield waiting.pop(future), _result(future, self.address)
                    future.release()
            finally:
                client.cancel(list(waiting))


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is said once, by us
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"--dask {address}: no scheduler answers there ({error}): start one with `dask scheduler`, "
            "or mend the address"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise StoreError(
                f"--dask {address}: no worker is there: start some with `dask worker {address} --nthreads 1`"
            ) from None
        yield client


def _result(future: Any, address: str) -> Any:
    try:
        return future.result()
    except KilledWorker:
        raise StoreError(
            f"--dask {address}: a part of the work ended every process that tried it, for want of memory perhaps: "
            "give the workers more, or work here without --dask"
        ) from None
    except CancelledError:
        raise StoreError(
            f"--dask {address}: the connection was lost; what is done is kept: the same command goes on from there"
        ) from None


def _handed[Item, Found](errand: Errand[Item, Found]) -> Errand[Item, Found]:
    return errand


_ready: dict[str, Callable[[Any], Any]] = {}
"""The errand that this worker is ready for, by name; one at a time, to hold no more than one in memory."""
_alone = Lock()


def _done[Item, Found](name: str, errand: Errand[Item, Found], item: Item) -> Found:
    """Do one part, on a worker."""
    current_process().daemon = False  # as Dask's workers are: compiling takes a process, and a daemon may have none
    with _alone, dask.config.set(scheduler="synchronous"):  # else xarray would lock its files across the cluster
        if name not in _ready:
            _ready.clear()
            _ready[name] = errand.prepared()
        found: Found = _ready[name](item)
        return found
