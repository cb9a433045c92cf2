"""`forecast export`: forecasts for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from forecast.commands.opening import TrustRecord
from forecast.commands.options import CaseName, RunAsOf, RunId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecast.runs import Run

FORMATS: Final = ("csv", "json", "parquet", "hubverse", "netcdf")
LEFT_OUT: Final = "superseded, unpublishable, with the ending known, or of another question than the last of their day"
OfModel = Annotated[str | None, typer.Option("--model", metavar="NAME", help="Runs of this model.")]
WithSet = Annotated[str | None, typer.Option("--assumptions", metavar="SET", help="Runs with this assumption set.")]


def export(
    case: CaseName = None,
    kind: Annotated[
        str, typer.Option("--format", metavar="|".join(FORMATS), help="csv, json, parquet: a row a number.")
    ] = "csv",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="PATH", help="The file; for hubverse, a folder.")
    ] = None,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: OfModel = None,
    assumptions: WithSet = None,
    trusted: TrustRecord = False,
) -> None:
    """Write saved forecasts for other programs: as a tidy table, as a hub, or one run with its draws.

    `hubverse`: tasks.json and the model output of every published run. `netcdf`: prior, posterior, predictive and
    log-likelihood of the last run, or of --run, as an ArviZ data tree.
    """
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.errors import UsageError
    from forecast.run_lines import find_run
    from forecast.runs import list_runs

    if kind not in FORMATS:
        raise UsageError(f"--format {kind}: choose {', '.join(FORMATS)}")
    if output is None:
        raise UsageError("missing -o PATH: say where it is to be written")
    folder, day = find_case(case, Path.cwd()), console.parse_date(as_of, "--as-of")
    workspace = find_workspace(folder)
    reports = workspace / "reports"
    if kind == "netcdf":
        _write(output, _netcdf(find_run(reports, folder.name, run, day, model, assumptions), workspace, trusted))
        return
    runs = [
        each
        for each in list_runs(reports, folder.name)
        if run in (None, each.id)
        and (day is None or each.as_of <= day)
        and model in (None, each.forecast["model"])
        and assumptions in (None, each.forecast["assumption_set"]["name"])
    ]
    if not runs:
        raise UsageError(f"{folder.name} has no such run: make one with `forecast refresh {folder.name}`")
    if kind == "hubverse":
        from forecast.record.hub import hub_files, rounds_of, stale_in

        files = hub_files(runs)
        for name, content in files.items():
            _write(output / name, content)
        for name in stale_in(output, files):
            console.say(f"left there by another export, and in no round of this one: {output / name}")
        if left := len(runs) - sum(len(found) for found in rounds_of(runs).values()):
            console.say(f"{left} of {len(runs)} runs are not in the hub: {LEFT_OUT}")
    else:
        _write(output, _table(runs, kind))


def _table(runs: Sequence[Run], kind: str) -> bytes:
    from forecast.record.tidy import COLUMNS, TYPES, csv_text, tidy_rows

    rows = list(tidy_rows(runs))
    if kind == "csv":
        return csv_text(rows, COLUMNS).encode("utf-8")
    if kind == "json":
        return (json.dumps(rows, indent=1, ensure_ascii=True, allow_nan=False) + "\n").encode("ascii")
    from forecast.evidence.parquet import parquet_bytes

    return parquet_bytes(rows, TYPES, "--format parquet")


def _netcdf(run: Run, workspace: Path, trusted: bool) -> bytes:
    from forecast.commands.opening import progress_shown
    from forecast.record.inference_data import sampled_tree, solved_tree
    from forecast.reopened import reopen

    if run.record["method"] == "exact":
        return bytes(solved_tree(run).to_netcdf(engine="h5netcdf"))
    with progress_shown() as (stage, progress):
        opened = reopen(run, workspace, trusted=trusted, stage=stage, progress=progress)
    return bytes(sampled_tree(opened).to_netcdf(engine="h5netcdf"))


def _write(path: Path, content: bytes) -> None:
    from forecast.commands.console import say
    from forecast.durable import make_place, replace_file

    make_place(path.parent)
    replace_file(path, content)
    say(f"written: {path}")
