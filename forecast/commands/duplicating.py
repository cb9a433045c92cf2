"""`forecast evidence duplicates`: what may be one event or one origin, shown, asked, or taken from a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast.commands.options import AsJson, CaseName
from forecast.commands.taking import counted, counts, now_in_utc, show, take_in_sheet
from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.case.schema import Case
    from forecast.evidence.duplicates import Joining, Proposal
    from forecast.evidence.intake import Intake


def duplicates(
    case_name: CaseName = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.csv", help="Write the proposals, to say yes or no to."),
    ] = None,
    accept: Annotated[
        Path | None, typer.Option("--accept", metavar="FILE.csv", help="Join what that file says yes to.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who confirms it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Propose reports that may be of one event or carry one origin: the same link, headline, day and actors.

    Nothing is joined unless a person says so: here at the terminal, or in a file. What is joined is an amendment in
    the journal; no row is changed. What somebody says no to is not proposed again.
    """
    from forecast.commands.asking import is_somebody_there, says_yes
    from forecast.commands.console import open_case
    from forecast.evidence.apart import read_apart, tell_apart
    from forecast.evidence.duplicates import proposals
    from forecast.evidence.joining import KEPT, joinings, write_proposals
    from forecast.evidence.journal import view
    from forecast.evidence.ledger import ledger_of

    case = open_case(case_name)
    if accept is not None:
        _accept(accept, case, by, as_json=as_json)
        return
    found = proposals(view(ledger_of(case).read(), now_in_utc().date(), "recorded"), read_apart(case.folder))
    if output is not None:
        write_proposals(output, found)
    document = {"case": case.id, "proposals": [_document(number, each) for number, each in enumerate(found, start=1)]}
    if not as_json:
        _show_proposals(found)
    how = f"say yes or no under 'accept' to each report that would join the one marked '{KEPT}'"
    written = "" if output is None else f" written to {output}: {how}"
    show(f"{counted(len(found), 'proposal')}{written}", document, as_json)
    if as_json or output is not None or not found or not is_somebody_there() or not says_yes("Go through them now?"):
        return
    name = confirming(by)
    for number, each in enumerate(found, start=1):
        if says_yes(f"{number}. {_in_words(each)}: join them?"):
            _join(joinings(each), case, name, "evidence duplicates")
        else:
            tell_apart(case.folder, joinings(each), name, now_in_utc().date())


def _accept(path: Path, case: Case, by: str | None, *, as_json: bool) -> None:
    from forecast.case.document import shown
    from forecast.durable import read_if_there
    from forecast.evidence.apart import tell_apart
    from forecast.evidence.joining import read_joinings
    from forecast.evidence.journal import view
    from forecast.evidence.ledger import ledger_of

    content = read_if_there(path)
    if content is None:
        raise UsageError(f"{shown(path)}: there is no such file: check the path")
    known = view(ledger_of(case).read(), now_in_utc().date(), "recorded")
    answers, name = read_joinings(content, shown(path), known), confirming(by)
    intake = _join(answers.yes, case, name, shown(path))
    apart = tell_apart(case.folder, answers.no, name, now_in_utc().date())
    said = f"{counted(len(intake.new), 'report')} joined, {apart} told apart"
    show(said, {"case": case.id, "file": shown(path), **counts(intake), "told_apart": apart}, as_json)


def _join(wanted: Iterable[Joining], case: Case, by: str, file: str) -> Intake:
    from forecast.evidence.joining import amendments
    from forecast.evidence.ledger import ledger_of

    return take_in_sheet(amendments(wanted, ledger_of(case).read(), by, now_in_utc(), file), case)


def confirming(by: str | None) -> str:
    """Who answers for it."""
    from forecast.commands.asking import is_somebody_there, named

    if by:
        return by
    if not is_somebody_there():
        raise UsageError("missing --by: say who confirms it, or run the command at a terminal, which asks")
    return named("who confirms it (your name as a coder)")


def _show_proposals(found: Iterable[Proposal]) -> None:
    from rich.table import Table
    from rich.text import Text

    from forecast.commands.console import out, visible

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "sure", "one", "reports", "why"):
        table.add_column(heading, overflow="fold")
    for number, each in enumerate(found, start=1):
        told = [f"{report.report_id} ({report.source}): {report.title or report.event_id}" for report in each.reports]
        table.add_row(
            str(number),
            f"{each.sure:.2f}",
            each.kind,
            Text("\n").join(visible(" ".join(line.split())) for line in told),
            visible("; ".join(each.why)),
        )
    if table.row_count:
        out.print(table)


def _in_words(each: Proposal) -> str:
    reports = ", ".join(report.report_id for report in each.reports)
    return f"{reports} as one {each.kind}, {each.into} ({'; '.join(each.why)}; sure {each.sure:.2f})"


def _document(number: int, each: Proposal) -> dict[str, Any]:
    return {
        "number": number,
        "kind": each.kind,
        "into": each.into,
        "reports": [report.report_id for report in each.reports],
        "why": list(each.why),
        "sure": each.sure,
    }
