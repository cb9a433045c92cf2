"""A team's cluster: the workers of a Dask scheduler, each with this project installed.

A worker makes an errand ready once and then does one part at a time, however many threads it has: what is compiled is
not shared by threads. What a worker was doing when it was lost is done by another one. Whoever can speak to a scheduler
can have its workers run anything, so that it belongs into a network of the team's own.

M. Rocklin (2015), "Dask: parallel computation with blocked algorithms and task scheduling", Proc. 14th Python in
Science Conference.
"""

from __future__ import annotations

import atexit
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import current_process
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, Final
from uuid import uuid4

import dask
from distributed import Client, KilledWorker, Security

from forecast.crew.errand import Errand
from forecast.errors import StoreError

PATIENCE: Final = 30.0
"""Seconds to wait for the scheduler, and for a worker where there is none."""
LOST: Final = "scheduler-connection-lost"
"""What Dask calls it."""


@dataclass(frozen=True)
class Cluster:
    """The workers of the scheduler at an address, such as `tcp://10.0.0.5:8786`."""

    address: str

    def work[Item, Found](
        self, errand: Errand[Item, Found], items: Sequence[Item], ready: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[Item, Found]]:
        """As a `Crew` does. Nothing is compiled here, so that it is ready at once."""
        if not items:
            return
        with _connected(self.address) as client:
            ready()
            name = uuid4().hex
            with warnings.catch_warnings(action="ignore", category=UserWarning):  # that an errand may be large
                shared = client.submit(_handed, errand.packed(), pure=False)  # a task: it outlives who holds it
            waiting = dict(zip(client.map(_done, items, name=name, errand=shared, pure=False), items, strict=True))
            arrived = SimpleQueue[Any]()
            try:
                for future in waiting:
                    future.add_done_callback(arrived.put)
                while waiting:
                    try:
                        future = arrived.get(timeout=PATIENCE)
                        found = self._result(future)
                    except Empty:
                        if not client.scheduler_info()["workers"]:
                            raise _nobody(self.address) from None
                    except TimeoutError:
                        if future.status == "error":  # the part's own
                            raise
                        future.add_done_callback(arrived.put)  # who had it was lost, so that it is done again
                    else:
                        yield waiting.pop(future), found
                        future.release()
            finally:
                client.cancel(list(waiting))

    def _result(self, future: Any) -> Any:
        """What came of a part.

        Raises
        ------
        TimeoutError
            If it is done, and does not come.
        """
        try:
            return future.result(timeout=PATIENCE)
        except KilledWorker:
            raise StoreError(
                f"--dask {self.address}: a part of the work ended every process that tried it, for want of memory "
                "perhaps: give the workers more, or work here without --dask"
            ) from None
        except CancelledError as error:
            if (reason := getattr(error, "reason", LOST)) == LOST:
                told = "the connection was lost; what is done is kept: the same command goes on from there"
            else:
                told = f"the work was not taken ({reason}): install this version of the project there as here"
            raise StoreError(f"--dask {self.address}: {told}") from None


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    for name in ("distributed", *(name for name in logging.root.manager.loggerDict if name.startswith("distributed."))):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what goes wrong is said once, by us
    if address.startswith("tls:") and Security().tls_ca_file is None:
        raise StoreError(
            f"--dask {address}: tls takes certificates: name them in Dask's configuration, at distributed.comm.tls"
        )
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
            raise _nobody(address) from None
        yield client


def _nobody(address: str) -> StoreError:
    return StoreError(f"--dask {address}: no worker is there: start some with `dask worker {address} --nthreads 1`")


def _handed[Item, Found](errand: Errand[Item, Found]) -> Errand[Item, Found]:
    return errand


# ------------------------------------------------------------------------------------------------ on a worker

_ready: dict[str, Callable[[Any], Any]] = {}
"""The errand that this worker is ready for, by name; one at a time, to hold no more than one in memory."""
_leaving = ExitStack()
"""What is to be done when it is ready for another one, or ends."""
_alone = Lock()
atexit.register(_leaving.close)


def _done[Item, Found](item: Item, name: str, errand: Errand[Item, Found]) -> Found:
    """Do one part."""
    current_process().daemon = False  # as Dask's workers are: compiling takes a process, and a daemon may have none
    with _alone, dask.config.set(scheduler="synchronous"):  # else xarray would lock its files across the cluster
        if name not in _ready:
            _ready.clear()
            _leaving.close()
            _ready[name] = _leaving.enter_context(errand.prepared())
        found: Found = _ready[name](item)
        return found
