"""Events that machines coded: proposed by `forecast evidence import --format`, taken by `forecast evidence accept`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.commands.duplicating import confirming
from forecast.commands.options import AsJson, CaseName
from forecast.commands.taking import counted, counts, now_in_utc, show, take_in_sheet
from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.evidence.layouts import Format


def propose(
    file: Path, case_name: str | None, layout: Format, mapping: Path | None, output: Path | None, *, as_json: bool
) -> None:
    """Write what a feed's events would be as codings, for somebody to accept; the ledger is only read."""
    from forecast.case.document import shown
    from forecast.commands.console import open_case
    from forecast.evidence.feeds import read_deletions, read_feed
    from forecast.evidence.ledger import ledger_of
    from forecast.evidence.mapping import read_mapping
    from forecast.evidence.proposals import propose as proposed
    from forecast.evidence.proposals import propose_retractions, write_proposals

    case = open_case(case_name)
    data, name = content_of(file), shown(file)
    target = file.with_name(f"{file.name}.proposals.csv") if output is None else output
    deleted = read_deletions(layout, data, name)
    if deleted is not None:
        events = len(deleted)
        found = propose_retractions(deleted, layout, ledger_of(case).read())
        of_what = f"{counted(events, 'deletion')} written to {shown(target)}: {found.unmapped} of no report here, "
        left = f"{found.there} retracted already. "
    elif mapping is None:
        raise UsageError(f"--format {layout}: say with --mapping FILE.yaml what its events are in this case")
    else:
        rules = read_mapping(mapping, case)
        feed = read_feed(layout, data, name)
        events = len(feed)
        found = proposed(feed, rules, layout, {row.report_id for row in ledger_of(case).read()})
        of_what = f"{counted(events, 'event')} written to {shown(target)}: {found.unmapped} fit no rule, "
        left = f"{found.folded} folded into others, {found.there} in the ledger already. "
    write_proposals(target, found.codings)
    what = counted(len(found.codings), "proposal" if deleted is None else "retraction")
    said = f"{what} of {of_what}{left}Nothing was added: say yes or no under 'accept', then 'forecast evidence accept'"
    document = {
        "case": case.id,
        "file": shown(target),
        "events": events,
        "unmapped": found.unmapped,
        "folded": found.folded,
        "there": found.there,
        "proposals": [dict(coding) for coding in found.codings],
    }
    show(said, document, as_json)


def accept(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Proposals, with yes or no under 'accept'.")],
    case_name: CaseName = None,
    *,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who accepts them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add the proposals that a coder said yes to; at a terminal, asks about those without an answer.

    They join the ledger as codings of the coder 'machine'; whoever changes a grade puts their own name under 'coder'.
    """
    from forecast.case.document import shown
    from forecast.commands.asking import is_somebody_there, says_yes
    from forecast.commands.console import open_case
    from forecast.evidence.proposals import accepted, read_proposals

    case = open_case(case_name)
    answered = read_proposals(content_of(file), shown(file))
    name = confirming(by)
    asking = is_somebody_there()
    wanted = [
        line
        for line, answer in answered.lines
        if answer or (answer is None and asking and says_yes(f"{answered.shown(line)}: accept it?"))
    ]
    intake = take_in_sheet(accepted(shown(file), wanted, name, now_in_utc()), case)
    said = f"{counted(len(intake.new), 'proposal')} accepted, {intake.skipped} there already"
    show(said, {"case": case.id, "file": shown(file), **counts(intake)}, as_json)


def content_of(path: Path) -> bytes:
    """What a file holds that must be there.

    Raises
    ------
    UsageError
        If there is no such file.
    StoreError
        If the system does not let it be read.
    """
    from forecast.case.document import shown
    from forecast.durable import read_if_there

    content = read_if_there(path)
    if content is None:
        raise UsageError(f"{shown(path)}: there is no such file: check the path")
    return content
