"""`forecast refresh`: the week's forecast, made, saved and shown."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.commands.options import AsJson, CaseName, KnownBy, ModelName, Seed, SetName, check_seed, seed_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forecast.case.schema import Case
    from forecast.evidence.journal import Clock
    from forecast.inference.chains import Progress
    from forecast.refresh import Stage
    from forecast.runs import Run


def refresh(
    case: CaseName = None,
    as_of: KnownBy = None,
    assumptions: SetName = None,
    model: ModelName = None,
    seed: Seed = None,
    clock: Annotated[
        str | None, typer.Option(metavar="recorded|published", help="When a report counts as known.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Update the last sampled run by weights; sample where they do not hold.")
    ] = False,
    markets: Annotated[
        bool | None,
        typer.Option(
            "--markets/--no-markets",
            help="Read the markets' prices, or do not (default: where the assumption set has 'markets').",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Make the forecast, save nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the forecast as of a day: check everything, sample, pass the gate, save the run, show it."""
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.commands.check import validated
    from forecast.errors import UnpublishableError, UsageError
    from forecast.model.contract import load_model

    check_seed(seed)
    if clock not in (None, "recorded", "published"):
        raise UsageError(f"--clock {clock}: choose recorded or published")
    folder = find_case(case, Path.cwd())
    workspace = find_workspace(folder)
    day = console.parse_date(as_of, "--as-of")
    read, rows = validated(folder, assumptions)
    read = _with_markets(read, markets)
    chosen = load_model(read.question.model if model is None else model, workspace)

    from forecast.as_of import default_as_of
    from forecast.refresh import refresh as make

    known_by: Clock = "published" if (clock or read.question.clock) == "published" else "recorded"
    notes: tuple[str, ...] = ()
    if day is None:
        day, said = default_as_of(read, rows, known_by, datetime.now(UTC).date())
        notes = (said,) if said else ()
        for note in notes:
            console.say(note)
    with _progress() as (stage, progress):
        made = make(
            read,
            rows,
            chosen,
            workspace / "reports",
            as_of=day,
            seed=seed_of(seed, day),
            clock=known_by,
            fast=fast,
            dry_run=dry_run,
            notes=notes,
            stage=stage,
            progress=progress,
        )
    if made.repeats is not None:
        from forecast.runs import SAME

        same = "the same numbers" if made.repeats < SAME else f"probabilities within {100 * made.repeats:.2f} points"
        console.say(f"run {made.run.id} was made before and stays as it was saved; made again: {same}")
    if as_json:
        console.emit_json(made.run.forecast)
    else:
        from forecast.commands.display import show_run
        from forecast.commands.priced import show_markets
        from forecast.commands.supposing import show_saved_scenarios
        from forecast.run_lines import earlier_of
        from forecast.runs import list_runs

        every = list_runs(workspace / "reports", read.id)
        show_run(made.run, every, saved=not dry_run)
        show_markets(made.run.forecast)
        show_saved_scenarios(made.run, earlier_of(made.run, every))
    if not made.run.publishable:
        reasons = made.run.forecast["diagnostics"]["failures"] if as_json else ()  # else they stand above, in red
        raise UnpublishableError(
            f"run {made.run.id} is unpublishable: its diagnostics failed, and it is not the last forecast:",
            *(f"  {reason}" for reason in reasons),
            *_advice(made.run),
        )


def _with_markets(case: Case, wanted: bool | None) -> Case:
    """The case with its markets switched on or off.

    Raises
    ------
    UsageError
        If they are wanted and there is nothing to read.
    """
    from forecast.errors import UsageError

    if wanted and case.assumptions.markets is None:
        raise UsageError(
            f"--markets: the set {case.assumptions.name} does not say how prices are read: add a block 'markets:' to it"
        )
    if wanted and not case.prices:
        raise UsageError(f"--markets: {case.id} has no prices: write them to data/{case.id}/prices.csv")
    if wanted is False:
        return replace(case, assumptions=replace(case.assumptions, markets=None))
    return case


def _advice(run: Run) -> Iterator[str]:
    """What mixed worst, and the next command to type."""
    said, case, day = run.forecast, run.forecast["case"], run.forecast["as_of"]
    chosen = f"--assumptions {said['assumption_set']['name']} --model {said['model']}"
    if any(failure.startswith("with the markets' prices") for failure in said["diagnostics"]["failures"]):
        yield "the prices are too far from what the draws say: state a larger 'sd' under 'markets', or leave them out:"
        yield f"next: forecast refresh {case} --as-of {day} --no-markets {chosen}"
        return
    suspects = said["diagnostics"]["suspects"]
    failures = said["diagnostics"]["failures"]
    of_coders = [failure for failure in failures if failure.startswith("coder agreement")]
    if of_coders:
        yield f"next: forecast evidence agreement {case} --as-of {day}"
    if len(of_coders) == len(failures):
        return
    for suspect in suspects:
        rhat, ess = suspect["rhat"], suspect["ess"]
        told = "no number" if rhat is None or ess is None else f"R-hat {rhat:.3f}, {ess:.0f} effective draws"
        yield f"at fault: {suspect['name']} ({told})"
    if not suspects:
        yield f"next: forecast refresh {case} --as-of {day} --seed {(said['run']['seed'] + 1) % 2**32} {chosen}"
    elif suspects[0]["name"].startswith("report"):
        yield f"next: forecast evidence list {case} --as-of {day}"
    else:
        yield f"next: forecast check {case} --prior {chosen}"


@contextmanager
def _progress() -> Iterator[tuple[Stage, Progress]]:
    """A bar while sampling, on stderr; a plain line a stage where that is no terminal."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from forecast.commands.console import err, say

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("Reading", total=None)

        def stage(name: str) -> None:
            bar.update(task, description=name, total=None, completed=0)
            if not err.is_terminal:
                say(name)

        def progress(done: int, total: int) -> None:
            bar.update(task, description="Sampling", total=total, completed=done)

        yield stage, progress
