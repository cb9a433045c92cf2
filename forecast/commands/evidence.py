"""`forecast evidence`: the ledger of coded reports."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from forecast.commands import agreeing, coding, duplicating, importing, proposing
from forecast.commands.options import AsJson, CaseName, KnownBy
from forecast.commands.taking import counted, now_in_utc, show, take_in_one
from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.record.touched import Touched

app = typer.Typer(
    no_args_is_help=True, help="The ledger of coded reports, and what a team needs around it.", rich_markup_mode=None
)
app.command("template")(coding.template)
app.command("import")(importing.import_)
app.command("agreement")(agreeing.agreement)
app.command("duplicates")(duplicating.duplicates)
app.command("accept")(proposing.accept)
app.command("move")(coding.move)

ByClock = Annotated[
    Literal["recorded", "published"] | None,
    typer.Option("--clock", help="Whether a coding is known when recorded or when published; by default the case's."),
]


@app.command("add")
def add(
    case_name: CaseName = None,
    *,
    report_id: Annotated[str | None, typer.Option(help="Name of the report; a known one is amended.")] = None,
    event_id: Annotated[str | None, typer.Option(help="Name of the event that it is about.")] = None,
    origin_id: Annotated[str | None, typer.Option(help="Where its content comes from, if not its own.")] = None,
    indicator: Annotated[str | None, typer.Option(help="Indicator of the codebook.")] = None,
    grade: Annotated[str | None, typer.Option(help="1 to 5, or 0 for looked for and not found.")] = None,
    event_date: Annotated[str | None, typer.Option(help="Day of the event, YYYY-MM-DD.")] = None,
    published_date: Annotated[str | None, typer.Option(help="Day of the report, YYYY-MM-DD.")] = None,
    source: Annotated[str | None, typer.Option(help="Its first teller, not an outlet that carried it.")] = None,
    source_type: Annotated[str | None, typer.Option(help="Kind of source; known for those of the register.")] = None,
    reliability: Annotated[str | None, typer.Option(help="Of the source, A to F.")] = None,
    credibility: Annotated[str | None, typer.Option(help="Of the information, 1 to 6.")] = None,
    coder: Annotated[str | None, typer.Option(help="Who grades it.")] = None,
    coded_at: Annotated[str | None, typer.Option(help="When it was graded; by default now.")] = None,
    url: Annotated[str | None, typer.Option(help="Web address.")] = None,
    note: Annotated[str | None, typer.Option(help="Why it was graded so.")] = None,
    title: Annotated[str | None, typer.Option(help="Headline.")] = None,
    marking: Annotated[str | None, typer.Option(help="Handling marking.")] = None,
    effort: Annotated[str | None, typer.Option(help="For grade 0: chance that the search would find it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add one coding; at a terminal, asks for what is not given.

    The facts of a report that the ledger knows need not be given again.
    """
    from forecast.commands.asking import complete
    from forecast.commands.console import open_case
    from forecast.evidence.ledger import ledger_of

    given = {
        "report_id": report_id,
        "event_id": event_id,
        "origin_id": origin_id,
        "indicator": indicator,
        "grade": grade,
        "event_date": event_date,
        "published_date": published_date,
        "source": source,
        "source_type": source_type,
        "reliability": reliability,
        "credibility": credibility,
        "coder": coder,
        "coded_at": coded_at,
        "url": url,
        "note": note,
        "title": title,
        "marking": marking,
        "effort": effort,
    }
    case = open_case(case_name)
    cells = complete({column: text for column, text in given.items() if text is not None}, case, ledger_of(case).read())
    take_in_one(cells, case, now_in_utc(), origin="evidence add", done="added", as_json=as_json)


@app.command("export")
def export(
    case_name: CaseName = None,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A .csv, .xlsx or .parquet file; by default CSV on stdout.")
    ] = None,
    as_of: KnownBy = None,
    clock: ByClock = None,
    as_json: AsJson = False,
) -> None:
    """Write the ledger as CSV, a workbook or Parquet, one row a coding, amendments and retractions included.

    In CSV a cell that a spreadsheet would take for a formula has an apostrophe in front; `import` takes it away again.
    """
    from forecast.case.document import shown
    from forecast.commands.console import open_case, parse_date
    from forecast.evidence.exchange import csv_bytes, write_file
    from forecast.evidence.journal import known_rows
    from forecast.evidence.ledger import ledger_of
    from forecast.evidence.rows import cells_of
    from forecast.evidence.template import write_workbook

    day = parse_date(as_of, "--as-of")
    case = open_case(case_name)
    ledger = ledger_of(case)
    rows = ledger.read()
    if day is not None:
        rows = known_rows(rows, day, clock or case.question.clock)
    if output is not None:
        if shown(output.resolve()) == ledger.place or output.resolve() == (case.folder / "evidence.csv").resolve():
            raise UsageError(f"{shown(output)}: this is the ledger itself: choose another file")
        if output.suffix.lower() == ".xlsx":
            write_workbook(output, case, rows, rows)
        else:
            write_file(output, rows)
    if output is None and not as_json:
        typer.echo(csv_bytes(rows), nl=False)
        return
    where = None if output is None else shown(output)
    document = {"case": case.id, "file": where, "rows": [cells_of(row) for row in rows]}
    show(f"{counted(len(rows), 'row')} written to {where}", document, as_json)


@app.command("list")
def list_(
    case_name: CaseName = None,
    *,
    as_of: KnownBy = None,
    clock: ByClock = None,
    indicator: Annotated[str | None, typer.Option(help="Only reports coded by this indicator.")] = None,
    source: Annotated[str | None, typer.Option(help="Only reports of this source.")] = None,
    with_retracted: Annotated[bool, typer.Option("--all", help="Show retracted reports as well.")] = False,
    only_touched: Annotated[
        bool, typer.Option("--touched", help="Only reports coded before the wording of their indicator changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the reports that stand, with every coder's grades."""
    from forecast.commands.console import open_case, parse_date
    from forecast.evidence.journal import view
    from forecast.evidence.ledger import ledger_of
    from forecast.evidence.listing import listing

    day = parse_date(as_of, "--as-of")
    case = open_case(case_name)
    known = view(ledger_of(case).read(), day or now_in_utc().date(), clock or case.question.clock)
    found = listing(known, case, indicator=indicator, source=source, with_retracted=with_retracted)
    earlier: tuple[Touched, ...] = ()
    if only_touched:
        from forecast.record.touched import runs_of, touched

        earlier = touched(case, known, runs_of(case))
        names = {each.report_id for each in earlier}
        found = tuple(entry for entry in found if entry.report.report_id in names)
    document = {
        "case": case.id,
        "as_of": known.as_of.isoformat(),
        "clock": known.clock,
        "reports": [entry.document() for entry in found],
        "retracted": len(known.retracted),
        "after_as_of": known.after_as_of,
        **({"touched": [asdict(each) for each in earlier]} if only_touched else {}),
    }
    summary = (
        f"{counted(len(found), 'report')} of {counted(len({entry.report.event_id for entry in found}), 'event')}"
        f" as of {known.as_of} (clock: {known.clock})."
        f" Retracted by then: {len(known.retracted)}. Known only later: {known.after_as_of}."
    )
    if found and not as_json:
        from forecast.commands.listing import show_listing

        show_listing(found)
    show(summary, document, as_json)


@app.command("retract")
def retract(
    report_id: Annotated[str, typer.Argument(metavar="REPORT_ID", help="The report to withdraw, for all coders.")],
    case_name: CaseName = None,
    *,
    coder: Annotated[str | None, typer.Option(help="Who withdraws it.")] = None,
    note: Annotated[str, typer.Option(help="Why it is withdrawn.")] = "",
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATETIME", help="When it was withdrawn; by default now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Withdraw a report for good; a mistaken retraction is mended by a new report."""
    from forecast.case.phrases import nearest, quoted
    from forecast.commands.asking import ask
    from forecast.commands.console import open_case, say
    from forecast.evidence.drafting import retraction
    from forecast.evidence.journal import by_report, day_of
    from forecast.evidence.ledger import ledger_of

    case = open_case(case_name)
    reports = by_report(ledger_of(case).read())
    if report_id not in reports:
        near = nearest(report_id, reports)
        remedy = f"did you mean '{near}'?" if near else "'forecast evidence list' shows those there are"
        raise UsageError(f"there is no report {quoted(report_id)}: {remedy}")
    withdrawn = [row.retracted_at for row in reports[report_id] if row.retracted_at is not None]
    if withdrawn:
        say(f"report {quoted(report_id)} was retracted on {day_of(min(withdrawn))} already: nothing to do")
        show("0 rows added", {"case": case.id, "added": 0, "skipped": 1, "warnings": []}, as_json)
        return
    now = now_in_utc()
    cells = retraction(reports[report_id][-1], coder or ask("coder", {}, case), note, on or now.isoformat())
    take_in_one(cells, case, now, origin="evidence retract", done="retracted", as_json=as_json)
    if on is None and case.question.clock == "published":
        say(f"withdrawn as of {day_of(now)}: forecasts as of earlier days still know it; --on gives another day")
