"""`forecast verify`: whether what a case says of its past is what was saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast.commands.opening import TrustRecord
from forecast.commands.options import AsJson, CaseName

if TYPE_CHECKING:
    from forecast.record.remaking import Remade
    from forecast.record.verification import Verification
    from forecast.runs import Run


def verify(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="The id of a run.", show_default=False)] = None,
    case: CaseName = None,
    every: Annotated[bool, typer.Option("--all", help="Every run of the case.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Check digests and the chain; make no run again.")] = False,
    kept: Annotated[
        str | None, typer.Option("--kept", metavar="DIGEST", help="A record's digest that was kept: it must be there.")
    ] = None,
    trusted: TrustRecord = False,
    as_json: AsJson = False,
) -> None:
    """Check the chain of a case's runs and its journal, and make a run again from its record.

    With --all every run. What does not hold is said, and ends with 3.
    """
    from forecast.case.plain_yaml import read_yaml
    from forecast.case.workspace import case_names, find_case, find_workspace
    from forecast.commands import console
    from forecast.commands.opening import progress_shown
    from forecast.errors import Exit, UsageError
    from forecast.evidence.ledger import ledger_at
    from forecast.record.remaking import remade
    from forecast.record.verification import verify as check
    from forecast.sayings import read_sayings

    if every:
        if case is not None:
            raise UsageError("--all means every run: leave RUN out, or leave --all out")
        run, case = None, run
    elif run is None:
        raise UsageError("name the RUN that is to be verified, or say --all; `forecast runs` lists them")
    if case is None and run in case_names(find_workspace(Path.cwd())):
        raise UsageError(
            f"{run} is a case, and verify takes a RUN first: `forecast runs {run}` lists its runs, "
            f"`forecast verify --all {run}` verifies every one"
        )
    folder = find_case(case, Path.cwd())
    workspace = find_workspace(folder)
    reports = workspace / "reports"
    there = sorted(path.name for path in (reports / folder.name).glob("[0-9]*") if path.is_dir())
    if run is not None and run not in there:
        known = ", ".join(there[-5:]) or "none yet"
        raise UsageError(f"{folder.name} has no run {run}: the last ones are {known}")
    said = read_yaml(folder / "case.yaml").get("evidence")
    store = said.get("store") if isinstance(said, dict) else None
    ledger = ledger_at(folder, folder.name, str(store) if store else None)
    rows = ledger.read()
    with progress_shown() as (stage, progress):

        def again(saved: Run) -> Remade:
            return remade(saved, workspace, trusted=trusted, stage=stage, progress=progress)

        wanted = there if run is None else [run]
        sayings = read_sayings(reports, folder.name)
        found = check(reports, folder.name, rows, ledger.place, sayings, wanted, None if quick else again, kept)
    if as_json:
        console.emit_json(_document(found))
    else:
        _show(found)
    if not found.holds:
        raise typer.Exit(Exit.BAD_INPUT)


def _document(found: Verification) -> dict[str, Any]:
    from forecast.record.verification import BLIND

    return {
        "case": found.case,
        "ok": found.holds,
        "runs": found.runs,
        "linked": found.linked,
        "rows": found.rows,
        "heads": found.heads,
        "problems": [
            {"file": fault.file, "line": fault.line, "message": fault.message, "remedy": fault.remedy}
            for fault in found.faults
        ],
        "notes": list(found.notes),
        "cannot_show": list(BLIND),
        "remade": [_remade(name, each) for name, each in found.remade.items()],
    }


def _remade(name: str, each: Remade | str) -> dict[str, Any]:
    if isinstance(each, str):
        return {"run": name, "verdict": None, "reason": each}
    return {
        "run": name,
        "verdict": each.verdict,
        "largest_difference": each.largest,
        "same_draws": each.same_draws,
        "other_versions": {key: list(pair) for key, pair in each.other_versions.items()},
    }


def _show(found: Verification) -> None:
    from forecast.commands.console import out, print_problems, visible
    from forecast.record.verification import BLIND

    print_problems(found.faults)
    state = "broken" if found.faults else "whole"
    pinned = f"{found.linked} of {found.runs} runs are linked, {found.rows} rows of the journal pinned"
    out.print(visible(f"{found.case}: the record is {state} ({pinned})"))
    for name, each in found.remade.items():
        out.print(visible(f"Run {name}: {_in_words(each)}"))
    for note in found.notes:
        out.print(visible(f"Note: {note}"))
    for name, record in found.heads.items():
        out.print(visible(f"Last: {name}, record {record}: keep this elsewhere, and ask for it with --kept"))
    out.print(visible(f"What the chain cannot show: {'; '.join(BLIND)}"))


def _in_words(each: Remade | str) -> str:
    if isinstance(each, str):
        return f"it could not be made again: {each}"
    largest = "" if each.largest is None else f" (chances within {100 * each.largest:.2g} points)"
    other = ", ".join(
        f"{name} {now or 'none'} for {then or 'none'}" for name, (then, now) in each.other_versions.items()
    )
    said = {
        "same": "made again, it says the same numbers",
        "within_error": f"made again with other draws, it says the same within its Monte Carlo errors{largest}",
        "different": f"MADE AGAIN, IT SAYS SOMETHING ELSE{largest}",
    }[each.verdict]
    return f"{said}; other versions: {other}" if other else said
