"""`forecast check`: every fault of a case at once, and what the case says before any evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.commands.options import AsJson, CaseName, ModelName

if TYPE_CHECKING:
    from forecast.case.schema import Case
    from forecast.errors import Problem
    from forecast.evidence.journal import Row


def check(
    case: CaseName = None,
    assumptions: Annotated[str | None, typer.Option(metavar="SET", help="The assumption set (default: all).")] = None,
    model: ModelName = None,
    prior: Annotated[
        bool, typer.Option("--prior", help="Look at the worlds that the assumptions alone make possible.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Validate everything, list every problem, and show what +2 of each driver does to the stated split."""
    from forecast.case.assumption_sets import set_names
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.commands.taking import counted
    from forecast.errors import Exit, InputError, UsageError
    from forecast.model.before_evidence import before_evidence
    from forecast.model.contract import ExactModel, load_model
    from forecast.model.nominees import compare
    from forecast.model.tilts import tilts

    folder = find_case(case, Path.cwd())
    workspace = find_workspace(folder)
    problems: list[Problem] = []
    warnings: list[Problem] = []
    tables, worlds = {}, {}
    for name in (None, *set_names(folder)) if assumptions is None else (assumptions,):
        if name in tables:
            continue
        try:
            read, _, found = examined(folder, name)
            warnings += [warning for warning in found if warning not in warnings]
            chosen = load_model(read.question.model if model is None else model, workspace)
            if isinstance(chosen, ExactModel):
                if prior:
                    raise UsageError(f"--prior: the model {chosen.name} has no worlds to look at: name another --model")
                warnings += [warning for warning in (compare(read),) if warning is not None]
                continue  # no driver tilts anything
            table = tilts(chosen, read)
            warnings += table.warnings
            tables[read.assumptions.name] = (read, table)
            if prior:
                found_before = before_evidence(chosen, read, table.anchor)
                worlds[read.assumptions.name] = found_before
                problems += found_before.faults
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    warnings += _touched(folder)
    if as_json:
        rows = ("file", "line", "message", "remedy")
        console.emit_json(
            {
                "ok": not problems,
                "problems": [{key: getattr(problem, key) for key in rows} for problem in problems],
                "warnings": [{key: getattr(warning, key) for key in rows} for warning in warnings],
                "sets": {name: table.document() for name, (_, table) in tables.items()},
                **({"prior": {name: found.document() for name, found in worlds.items()}} if prior else {}),
            }
        )
    else:
        from forecast.commands.assumed import show_before_evidence, show_tilts

        for name, (read, table) in tables.items():
            show_tilts(read, table)
            if name in worlds:
                show_before_evidence(read, worlds[name])
        console.print_problems(warnings, warning=True)
        console.print_problems(problems)
        if not problems:
            console.out.print(f"{folder.name}: no problems, {counted(len(warnings), 'warning')}")
    if problems:
        raise typer.Exit(Exit.BAD_INPUT)


def _touched(folder: Path) -> tuple[Problem, ...]:
    """A warning for every indicator whose wording is younger than codings by it; none where the case cannot be read."""
    from datetime import UTC, datetime

    from forecast.case.reading import read_case
    from forecast.errors import InputError
    from forecast.evidence.journal import view
    from forecast.evidence.ledger import ledger_of
    from forecast.record.touched import runs_of, touched, warnings

    try:
        case = read_case(folder)
        known = view(ledger_of(case).read(), datetime.now(UTC).date(), "recorded")
    except InputError:
        return ()  # told above
    return warnings(case, touched(case, known, runs_of(case)))


def validated(folder: Path, assumptions: str | None) -> tuple[Case, tuple[Row, ...]]:
    """A case and its journal, both free of faults; warnings go to stderr.

    Raises
    ------
    InputError
        With every fault of the case's files and of its evidence.
    """
    from forecast.commands import console

    case, rows, warnings = examined(folder, assumptions)
    console.print_problems(warnings, warning=True)
    return case, rows


def examined(folder: Path, assumptions: str | None) -> tuple[Case, tuple[Row, ...], tuple[Problem, ...]]:
    """A case, its journal, and what is worth a warning.

    Raises
    ------
    InputError
        With every fault of the case's files and of its evidence.
    """
    from forecast.case.checks import check as check_case
    from forecast.case.reading import read_case
    from forecast.case.scenarios import scenario_problems
    from forecast.errors import InputError
    from forecast.evidence.checks import check_rows
    from forecast.evidence.ledger import ledger_of

    case = read_case(folder, assumptions)
    ledger = ledger_of(case)
    rows = ledger.read()
    findings, told = check_case(case), check_rows(rows, case, ledger.place)
    problems = (*findings.problems, *scenario_problems(case), *told.problems)
    if problems:
        raise InputError(problems)
    return case, rows, (*findings.warnings, *told.warnings)
