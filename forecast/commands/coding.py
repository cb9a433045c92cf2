"""`forecast evidence template` and `move`: what a team needs around the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from forecast.commands.options import AsJson, CaseName
from forecast.commands.taking import counted, show


def template(
    case_name: CaseName = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.xlsx", help="Where it is written (default: CASE-to-code.xlsx)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write an empty workbook to code in, with drop-downs from the codebook and the register.

    Dates and names stay text in it; `evidence import` reads it back, comments beside cells included. What somebody may
    have coded in already is not written over.
    """
    from forecast.case.document import shown
    from forecast.commands.console import open_case
    from forecast.errors import UsageError
    from forecast.evidence.ledger import ledger_of
    from forecast.evidence.template import write_workbook

    case = open_case(case_name)
    target = output or Path(f"{case.id}-to-code.xlsx")
    if target.exists():
        raise UsageError(
            f"{shown(target)} is there already and may hold codings: give another name with -o, or remove it"
        )
    write_workbook(target, case, ledger_of(case).read())
    show(f"a workbook to code in is written to {shown(target)}", {"case": case.id, "file": shown(target)}, as_json)


def move(
    case_name: CaseName = None,
    *,
    to: Annotated[
        Literal["csv", "sqlite", "postgresql"],
        typer.Option("--to", help="csv and sqlite: in the case's folder; postgresql: as FORECAST_DATABASE names it."),
    ],
    as_json: AsJson = False,
) -> None:
    """Move the journal into another store, and have case.yaml name that; what the old one holds stays there.

    A server is named by the environment variable FORECAST_DATABASE alone: postgresql://USER:PASSWORD@HOST/DATABASE.
    """
    from forecast.commands.console import open_case
    from forecast.evidence.moving import move as moved

    case = open_case(case_name)
    found = moved(case, to)
    said = f"{counted(found.rows, 'row')} of {case.id} moved from {found.source} to {found.target}; case.yaml says so"
    show(said, {"case": case.id, "from": found.source, "to": found.target, "rows": found.rows}, as_json)
