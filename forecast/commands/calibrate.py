"""`forecast calibrate`: whether the model's forecasts are what they say, tried on worlds of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.commands.crew import DaskAddress, crew_of
from forecast.commands.options import AsJson, CaseName, ModelName, Seed, SetName, check_seed, seed_of

if TYPE_CHECKING:
    from forecast.record.calibration import Calibration


def calibrate(
    case: CaseName = None,
    sims: Annotated[int, typer.Option("--sims", metavar="N", min=1, help="How many worlds to simulate.")] = 200,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="Worlds with the design of what was known then.")
    ] = None,
    assumptions: SetName = None,
    model: ModelName = None,
    seed: Seed = None,
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", help="Processes (default: cores).")] = None,
    dask: DaskAddress = None,
    picture: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Also draw what was found.")] = None,
    worlds: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Also write every world's ranks, forecast and end.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find out whether the model is calibrated: simulate worlds from it, fit each, compare truth and forecast.

    What is done is kept: the same command goes on where it was interrupted, and a larger --sims adds to it. Ends with
    4 where the model is not calibrated: what it says should not be published.
    """
    import multiprocessing

    from forecast.as_of import default_as_of
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.commands.check import validated
    from forecast.commands.counted import counted_progress
    from forecast.durable import replace_file
    from forecast.errors import UnpublishableError
    from forecast.evidence.journal import view
    from forecast.model.contract import load_sampled
    from forecast.record.calibration import calibrate as make
    from forecast.record.calibration import calibration_document
    from forecast.record.world_table import world_table
    from forecast.report.calibration import draw

    check_seed(seed)
    crew = crew_of(jobs, dask, usual=multiprocessing.cpu_count())
    folder = find_case(case, Path.cwd())
    workspace = find_workspace(folder)
    day = console.parse_date(as_of, "--as-of")
    read, rows = validated(folder, assumptions)
    chosen = load_sampled(read.question.model if model is None else model, workspace)
    if day is None:
        day, said = default_as_of(read, rows, read.question.clock, datetime.now(UTC).date())
        if said:
            console.say(said)
    with counted_progress("simulations") as (stage, progress):
        found = make(
            read,
            view(rows, day, read.question.clock),
            chosen,
            workspace,
            simulations=sims,
            seed=seed_of(seed, day),
            crew=crew,
            stage=stage,
            progress=progress,
        )
    if picture and found.fitted:
        replace_file(picture, draw(found).encode("utf-8"))
    if worlds:
        replace_file(worlds, world_table(found).encode("utf-8"))
    if as_json:
        console.emit_json(calibration_document(found))
    else:
        _show(found)
    if not found.calibrated:
        raise UnpublishableError(
            f"{found.model} is not calibrated on {found.case}:", *(f"  {r}" for r in found.reasons)
        )


def _show(found: Calibration) -> None:
    """Every quantity with its distance from the band, then forecasts against what happened, then faulty fits."""
    from rich.text import Text

    from forecast.commands.console import out, visible
    from forecast.commands.display import percent, tabulate
    from forecast.record.calibration import LEVEL

    heading = f"{found.model} on {found.case}, as of {found.as_of}, assumptions {found.assumptions}, seed {found.seed}"
    out.print(visible(heading))
    rows = [
        (
            visible(each.name),
            f"{each.deviation:.2f}",
            f"{each.p:.3f}",
            Text("outside", style="bold") if each.deviation >= 1.0 else "inside",
        )
        for each in found.quantities
    ]
    out.print(tabulate(("quantity", "way out", "p", f"{percent(LEVEL)} band"), rows, words=(0, 3)))
    if found.reliability and found.log_score:
        groups = [
            (percent(g.forecast), percent(g.observed), " to ".join(map(percent, g.interval)), f"{g.count}")
            for g in found.reliability.groups
        ]
        out.print(tabulate(("forecast", "happened", f"{percent(LEVEL)} if right", "forecasts"), groups, words=()))
        score = found.log_score
        out.print(visible(f"Reliability of the forecasts, all groups together: p = {found.reliability.p:.3f}"))
        out.print(
            visible(
                f"Mean log score: {score.forecast:.3f}, as the forecasts themselves expect {score.expected:.3f}; "
                f"behind an oracle by {score.behind:.3f} ± {score.error:.3f}"
            )
        )
    for each in found.faulty:
        out.print(visible(f"Faulty fit of simulation {each.number}: {'; '.join(each.faults)}"))
    together = f"all quantities and the reliability together p = {found.family_p:.3f}"
    verdict = "nothing speaks against the model" if found.calibrated else "not calibrated"
    faulty = f"{len(found.faulty)} of {len(found.simulations)} fits faulty"
    out.print(visible(f"{len(found.simulations)} simulations: {verdict} ({together}; {faulty})"))
