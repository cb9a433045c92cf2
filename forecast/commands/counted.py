"""Telling a person how much of a long piece of work is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecast.record.calibration import Progress, Stage


@contextmanager
def counted_progress(what: str) -> Iterator[tuple[Stage, Progress]]:
    """A bar of what is done, on stderr; where that is no terminal, a plain line at every tenth of it."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from forecast.commands.console import err, say

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    tenths = 0
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("Reading", total=None)

        def stage(name: str) -> None:
            patience = " (the first time on a machine, this takes some minutes)" if name == "Compiling" else ""
            bar.update(task, description=name + patience)
            if not err.is_terminal:
                say(name + patience)

        def progress(done: int, total: int) -> None:
            nonlocal tenths
            bar.update(task, completed=done, total=total)
            if not err.is_terminal and 10 * done // total > tenths:
                tenths = 10 * done // total
                say(f"{done} of {total} {what} are done")

        yield stage, progress
