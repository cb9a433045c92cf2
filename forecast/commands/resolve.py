"""`forecast resolve`: how the question ended, recorded for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from forecast.commands.options import AsJson, CaseName


def resolve(
    case: CaseName = None,
    outcome: Annotated[str | None, typer.Option(metavar="ID", help="The outcome that came true.")] = None,
    weights: Annotated[
        str | None, typer.Option(metavar="ID=P,…", help="Or several, where the world stays ambiguous.")
    ] = None,
    date: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day on which it did.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, by the tests of the case.")] = None,
    source: Annotated[str | None, typer.Option(help="By whose word.")] = None,
    author: Annotated[str, typer.Option(help="Who decides so.")] = "",
    as_json: AsJson = False,
) -> None:
    """Record how the question ended; where it was resolved before, say what changes of every score.

    Nothing that was recorded before is altered: the last resolution stands.
    """
    from forecast.case.phrases import instead_of, quoted
    from forecast.case.workspace import find_workspace
    from forecast.commands import console
    from forecast.errors import UsageError
    from forecast.record.rescoring import rescored, resolution_document
    from forecast.record.resolving import record_resolution, resolution_of
    from forecast.runs import list_runs

    if outcome is None and weights is None:
        raise UsageError("name the outcome that came true with --outcome ID, or several with --weights ID=P,…")
    if outcome is not None and weights is not None:
        raise UsageError("--outcome and --weights are both given: name one outcome, or say by --weights alone how many")
    date, reason, source = _all_three(date, reason, source)
    day = console.parse_date(date, "--date")
    read = console.open_case(case)
    ends = read.question.life.ends
    if outcome is not None and outcome not in ends:
        remedy = instead_of(outcome, ends, "name one of the case")
        raise UsageError(f"--outcome: there is no outcome {quoted(outcome)}: {remedy}")

    resolution = resolution_of(read, outcome or weights or "", day, reason, source, author)
    before = read.resolution
    stands_already = before is not None and resolution == replace(before, recorded_at=resolution.recorded_at)
    runs = list_runs(find_workspace(read.folder) / "reports", read.id)
    scores = rescored(runs, before, resolution)
    if not stands_already:
        read = replace(read, resolutions=record_resolution(read, resolution))
    standing = read.resolution or resolution
    if as_json:
        replaced = resolution_document(before) if before and not stands_already else None
        console.emit_json(
            {
                "case": read.id,
                "resolution": resolution_document(standing),
                "recorded": not stands_already,
                "replaced": replaced,
                "scores": [line.document() for line in scores],
            }
        )
    else:
        from forecast.commands.standings import show_rescored, show_resolution

        show_resolution(read, standing)
        if stands_already:
            console.say("this resolution stands already: nothing was recorded")
        elif before:
            console.say(f"the one before, of {before.date}, stays in resolutions.csv")
        show_rescored(scores, again=before is not None and not stands_already)


def _all_three(date: str | None, reason: str | None, source: str | None) -> tuple[str, str, str]:
    from forecast.errors import UsageError

    if date is None or reason is None or source is None:
        given = {"--date": date, "--reason": reason, "--source": source}
        missing = ", ".join(option for option, text in given.items() if text is None)
        raise UsageError(f"missing {missing}: a resolution says when, why and by whose word")
    return date, reason, source
