"""Opening the run that a command asks something of, and telling a person what takes time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from forecast.inference.chains import Progress
    from forecast.reopened import Reopened, Stage
    from forecast.runs import Run

TrustRecord = Annotated[
    bool, typer.Option("--trust-record", help="Run the model text that the run's record holds, if no file has it.")
]


def run_meant(
    case: str | None, run: str | None, as_of: str | None, model: str | None, assumptions: str | None
) -> tuple[Path, Run]:
    """The workspace, and the run that was meant.

    Raises
    ------
    UsageError
        If no run answers to the words.
    InputError
        If its files are not what was saved.
    """
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.run_lines import find_run

    folder = find_case(case, Path.cwd())
    workspace = find_workspace(folder)
    day = console.parse_date(as_of, "--as-of")
    return workspace, find_run(workspace / "reports", folder.name, run, day, model, assumptions)


def opener(workspace: Path, *, trusted: bool, stage: Stage, progress: Progress) -> Callable[[Run], Reopened]:
    """What opens runs again, and says what a reader should know of how that was done."""
    from forecast.commands import console
    from forecast.reopened import opener as opener_of

    reopened, told = opener_of(workspace, trusted=trusted, stage=stage, progress=progress), set()

    def opened(run: Run) -> Reopened:
        found = reopened(run)
        for note in found.notes if run.id not in told else ():
            console.say(note)
        told.add(run.id)
        return found

    return opened


def open_run(
    case: str | None,
    run: str | None,
    as_of: str | None,
    model: str | None,
    assumptions: str | None,
    *,
    trusted: bool,
    stage: Stage,
    progress: Progress,
) -> tuple[Path, Reopened]:
    """The workspace, and the run that was meant, opened again.

    Raises
    ------
    UsageError
        If no run answers to the words, or it cannot be opened again.
    InputError
        If its files are not what was saved.
    """
    workspace, chosen = run_meant(case, run, as_of, model, assumptions)
    return workspace, opener(workspace, trusted=trusted, stage=stage, progress=progress)(chosen)


@contextmanager
def progress_shown() -> Iterator[tuple[Stage, Progress]]:
    """A line of progress on stderr that goes away when the work is done.

    Where that is no terminal, each stage that a person would wait for is one plain line.
    """
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from forecast.commands.console import err, say, visible

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("Opening the run", total=None)

        def stage(name: str) -> None:
            bar.update(task, description=visible(name).plain, total=None, completed=0)
            if not err.is_terminal and name.startswith(("Refitting", "Sampling", "Anchoring")):
                say(name)

        def progress(done: int, total: int) -> None:
            bar.update(task, total=total, completed=done)

        yield stage, progress
