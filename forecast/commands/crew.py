"""Who works, where a command has long work in many parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from forecast.crew.errand import Crew

MOST_JOBS: Final = 64

DaskAddress = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Work on the cluster of this Dask scheduler: tcp://HOST:8786."),
]


def crew_of(jobs: int | None, address: str | None, usual: int) -> Crew:
    """Those who work: processes here, as many as are usual where none are asked for, or a cluster.

    Raises
    ------
    UsageError
        If both are asked for, or the one that is cannot be.
    """
    from forecast.crew.processes import Processes
    from forecast.errors import UsageError

    if address is None:
        if jobs is not None and not 1 <= jobs <= MOST_JOBS:
            raise UsageError(f"--jobs {jobs}: choose a whole number from 1 to {MOST_JOBS}")
        return Processes(min(usual, MOST_JOBS) if jobs is None else jobs)
    if jobs is not None:
        raise UsageError("--dask: the cluster has its own workers: leave --jobs out")
    if not re.fullmatch(r"(tcp|tls)://\S+:\d+", address):
        raise UsageError(f"--dask {address}: give protocol, host and port of the scheduler, as in tcp://HOST:8786")
    try:
        from forecast.crew.cluster import Cluster
    except ModuleNotFoundError:
        raise UsageError(
            "--dask: a cluster takes the extra 'dask', which is not installed: `pip install 'possibilities[dask]'`, "
            "here and on every worker"
        ) from None
    return Cluster(address)
