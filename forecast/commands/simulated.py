"""`forecast backtest --simulated`: made-up questions, forecast and scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.crew.errand import Crew
    from forecast.record.simulated_record import Simulated


def backtest_simulated(worlds: int, crew: Crew, output: Path | None, *, as_json: bool) -> None:
    """Live through the worlds, and show, print and write what the forecasts were worth."""
    from forecast.case.workspace import find_workspace
    from forecast.commands import console
    from forecast.commands.counted import counted_progress
    from forecast.commands.pages import picture_of, write_page
    from forecast.record.simulated_record import simulated_record

    with counted_progress("worlds") as (stage, progress):
        found = simulated_record(find_workspace(Path.cwd()), worlds, crew, stage=stage, progress=progress)
    if output is not None:
        from forecast.record.scoreboard import AGE
        from forecast.report.reliability import draw
        from forecast.report.simulated_page import page, reliabilities

        lead = f"One forecast of each question, {AGE} weeks after its opening."
        drawing = draw(
            f"{worlds} simulated questions",
            (f"{lead} p: of the miscalibration, if forecasts are right.",),
            reliabilities(found),
        )
        write_page(output, page(found, picture_of(output).name), drawing)
    if as_json:
        console.emit_json(_document(found))
    else:
        _show(found)


def _document(found: Simulated) -> dict[str, Any]:
    from forecast.record.breaking import KINDS
    from forecast.record.score_documents import RULES, record_document

    return {
        "rules": RULES,
        "worlds": [
            {
                "case": world.name,
                "kind": world.kind,
                "ended": world.ended,
                "outcome": world.outcome,
                "forecasts": len(world.forecasts),
                "faulty": world.faulty,
            }
            for world in found.lived
        ],
        "kinds": {name: kind.label for name, kind in KINDS.items()},
        "fits": found.fits,
        "records": {name: [record_document(record) for record in records] for name, records in found.records.items()},
    }


def _show(found: Simulated) -> None:
    from forecast.commands.console import out, visible
    from forecast.commands.standings import CLAIMED, show_record
    from forecast.record.breaking import KINDS

    faulty = sum(world.faulty for world in found.lived)
    out.print(f"{len(found.lived)} made-up questions, {found.fits} fits, {faulty} of them with faults")
    for name, records in found.records.items():
        told = KINDS[name].label if name in KINDS else f"{name} worlds"
        out.print(visible(f"{told}:"))
        for record in records:
            show_record(record)
    out.print(CLAIMED)
