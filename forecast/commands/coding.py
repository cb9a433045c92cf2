"""`forecast evidence template`: what a team that codes together needs around the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecast.commands.options import AsJson, CaseName
from forecast.commands.taking import show


def template(
    case_name: CaseName = None,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.xlsx", help="Where the workbook is written.")],
    as_json: AsJson = False,
) -> None:
    """Write an empty workbook to code in, with drop-downs from the codebook and the register.

    Dates and names stay text in it; `evidence import` reads it back, comments beside cells included.
    """
    from forecast.case.document import shown
    from forecast.commands.console import open_case
    from forecast.evidence.ledger import ledger_of
    from forecast.evidence.template import write_workbook

    case = open_case(case_name)
    write_workbook(output, case, ledger_of(case).read())
    show(f"a workbook to code in is written to {shown(output)}", {"case": case.id, "file": shown(output)}, as_json)
