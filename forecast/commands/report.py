"""`forecast report`: the page for the people who decide."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet

if TYPE_CHECKING:
    from forecast.report.document import Document

FORMATS: Final = ("html", "md", "pdf")


def report(
    case: CaseName = None,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to put it (default: the run's folder).")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw the forecast as one picture.")
    ] = None,
    words: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="Words of probability of your own, instead of ICD 203's.")
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--format", metavar="|".join(FORMATS), help="One HTML page, Markdown with figures beside it, or PDF."
        ),
    ] = "html",
    quick: Annotated[
        bool, typer.Option("--quick", help="Ask the draws nothing: no reasons, no watch list, no sensitivity.")
    ] = False,
    redact: Annotated[
        list[str] | None,
        typer.Option(metavar="MARKING", help="A version for release, without the reports of this marking; repeatable."),
    ] = None,
    index: Annotated[bool, typer.Option("--index", help="Write only reports/index.html, the list of all.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the report, as one offline page: the forecast, why it moved, what to watch, how far to trust it."""
    from forecast.case.document import shown as path_shown
    from forecast.case.reading import read_case
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.commands.opening import progress_shown
    from forecast.durable import replace_file
    from forecast.errors import InputError, UnpublishableError, UsageError
    from forecast.evidence.ledger import ledger_of
    from forecast.report.answers import ASKED, Answers, answers
    from forecast.report.ladder import read_ladder
    from forecast.report.page import page
    from forecast.report.paper import check_printable
    from forecast.report.picture import draw
    from forecast.report.redacted import release
    from forecast.report.words import LADDER
    from forecast.run_lines import find_run
    from forecast.runs import list_runs

    if kind not in FORMATS:
        raise UsageError(f"--format {kind}: choose one of {', '.join(FORMATS)}")
    if kind == "pdf":
        check_printable()
    if index:
        written = write_index(find_workspace(find_case(case, Path.cwd()) if case else Path.cwd()) / "reports")
        _told({"index": str(written)}, [written], as_json)
        return
    folder = find_case(case, Path.cwd())
    reports = find_workspace(folder) / "reports"
    chosen = find_run(reports, folder.name, run, console.parse_date(as_of, "--as-of"), model, assumptions)
    if not chosen.complete:
        raise UnpublishableError(f"run {chosen.id} lacks numbers, as its checks say: there is nothing to report")
    ladder = read_ladder(words) if words else LADDER
    workspace, wanted = find_workspace(folder), () if quick else ASKED
    moved, told = None, chosen
    with progress_shown() as (stage, progress):
        if redact:
            rows = ledger_of(read_case(folder)).read()
            released = release(chosen, redact, workspace, rows, asked=wanted, stage=stage, progress=progress)
            told, saved, asked = released.redacted.run, list(released.runs), released.answers
            moved = released.redacted.document()
            console.say(f"reports that are left out: {released.redacted.left_out}")
        else:
            saved = [each.forecast for each in list_runs(reports, folder.name)]
            asked = Answers() if quick else answers(chosen, workspace, stage=stage, progress=progress)
    for reason in asked.reasons:
        console.say(f"not in the report: {reason}")
    try:
        shown, text = page(told.forecast, told.record, saved, asked, ladder, moved)
    except (KeyError, ValueError) as error:
        remedy = "restore its files, or delete the folder"
        raise InputError.at(path_shown(chosen.folder), None, f"the run contradicts itself ({error})", remedy) from None
    target = output or chosen.folder / f"{'report-redacted' if redact else 'report'}.{kind}"
    for path, content in files_of(kind, target, shown, text).items():
        replace_file(path, content)
    if picture:
        replace_file(picture, draw(shown).encode("utf-8"))
    if not shown.publishable:
        console.say("warning: this run failed its checks: the report says so at its top, and nobody should use it")
    if output is None:
        write_index(reports)
    said = {
        "case": shown.case,
        "run": shown.provenance.run,
        "as_of": shown.as_of.iso,
        "publishable": shown.publishable,
        "report": str(target),
        "picture": str(picture) if picture else None,
    }
    _told(said, (target, picture) if picture else (target,), as_json)


def write_index(reports: Path) -> Path:
    """Write the list of every case and run, and return where it is."""
    from forecast.durable import make_place, replace_file
    from forecast.report.shelf import INDEX, index

    make_place(reports)
    replace_file(reports / INDEX, index(reports).encode("utf-8"))
    return reports / INDEX


def _told(said: dict[str, object], paths: Iterable[Path], as_json: bool) -> None:
    from forecast.commands import console

    if as_json:
        console.emit_json(said)
        return
    for path in paths:
        console.out.print(console.visible(str(path)), soft_wrap=True)


def files_of(kind: str, target: Path, shown: Document, page: str) -> dict[Path, bytes]:
    """What is written for a report of this format: the report last, when all that it needs is there."""
    from forecast.durable import make_place
    from forecast.report.paper import printed
    from forecast.report.written import FOLDER, written

    if kind == "html":
        return {target: page.encode("utf-8")}
    if kind == "pdf":
        return {target: printed(shown)}
    text, figures = written(shown, f"{target.stem}-{FOLDER}")
    place = target.parent / f"{target.stem}-{FOLDER}"
    make_place(place)
    drawings = {place / f"{name}.svg": drawing.encode("utf-8") for name, drawing in figures.items()}
    return {**drawings, target: text.encode("utf-8")}
