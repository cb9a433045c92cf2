"""`forecast runs` and `forecast show`: what was said before, and what people noted of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet

if TYPE_CHECKING:
    from forecast.runs import Run
    from forecast.sayings import Kind, Saying

OfModel = Annotated[str | None, typer.Option("--model", metavar="NAME", help="Runs of this model.")]
WithSet = Annotated[str | None, typer.Option("--assumptions", metavar="SET", help="Runs with this assumption set.")]
OneRun = Annotated[str, typer.Argument(metavar="RUN", help="The id of a run.", show_default=False)]


class _ListUnlessTold(TyperGroup):
    """`runs [CASE]` lists; a word that is the name of a further command is that command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the word `list` in front where no command is named."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ListUnlessTold,
    help="The saved runs: list, compare, note, and mark the one that was sent.",
    rich_markup_mode=None,
)


@app.command("list")
def listed(
    case: CaseName = None,
    as_of: RunAsOf = None,
    model: OfModel = None,
    assumptions: WithSet = None,
    as_json: AsJson = False,
) -> None:
    """List the saved runs of a case, oldest first; what `forecast runs` does where nothing else is named."""
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.runs import list_runs
    from forecast.sayings import by_run, read_sayings

    folder, day = find_case(case, Path.cwd()), console.parse_date(as_of, "--as-of")
    reports = find_workspace(folder) / "reports"
    saved = [
        run
        for run in list_runs(reports, folder.name)
        if (day is None or run.as_of <= day)
        and model in (None, run.forecast["model"])
        and assumptions in (None, run.forecast["assumption_set"]["name"])
    ]
    noted = by_run(read_sayings(reports, folder.name))
    if as_json:
        keys = ("as_of", "publishable", "model", "assumption_set", "outcomes")
        console.emit_json(
            [
                {"id": run.id, **{key: run.forecast[key] for key in keys}, "notes": _noted(noted.get(run.id, []))}
                for run in saved
            ]
        )
    else:
        from forecast.commands.display import show_runs

        show_runs(saved, folder.name, noted)


@app.command("note")
def note(
    run: OneRun,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be remembered of it.", show_default=False)],
    case: CaseName = None,
    as_json: AsJson = False,
) -> None:
    """Add a note to a run; the run itself stays as it was saved."""
    _say(run, case, "note", text, as_json)


@app.command("sent")
def sent(
    run: OneRun,
    case: CaseName = None,
    to: Annotated[str, typer.Option("--to", metavar="TEXT", help="To whom, or where it is filed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Mark a run as the one that was sent, with the digest of its record as it was then."""
    from forecast.commands import console

    chosen = _say(run, case, "sent", to, as_json)
    if not chosen.publishable:
        console.say(f"run {chosen.id} did not pass its gate: that it was sent is noted all the same")


@app.command("compare")
def compare(
    run: OneRun,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The id of another one.", show_default=False)],
    case: CaseName = None,
    as_json: AsJson = False,
) -> None:
    """Put two runs side by side: what they said, and what they were made from."""
    from forecast.commands import console
    from forecast.record.comparison import compared

    found = compared(_find(run, case), _find(other, case))
    if as_json:
        console.emit_json(found)
    else:
        from forecast.commands.compared import show_compared

        show_compared(found)


def show(
    case: CaseName = None,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    as_json: AsJson = False,
) -> None:
    """Show a saved forecast: by default the last one that passed its gate."""
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.run_lines import find_run, later_elsewhere
    from forecast.runs import list_runs
    from forecast.sayings import by_run, read_sayings

    folder = find_case(case, Path.cwd())
    reports = find_workspace(folder) / "reports"
    day = console.parse_date(as_of, "--as-of")
    chosen = find_run(reports, folder.name, run, day, model, assumptions)
    if as_json:
        console.emit_json(chosen.forecast)
    else:
        from forecast.commands.display import show_run, show_sayings
        from forecast.commands.priced import show_markets

        every = list_runs(reports, folder.name)
        show_run(chosen, every, saved=True)
        asked = run is not None or day is not None or model is not None or assumptions is not None
        if not asked and (later := later_elsewhere(chosen, every)) is not None:
            name = later.forecast["assumption_set"]["name"]
            how = f"forecast show {folder.name} --assumptions {name}"
            console.say(f"with the set {name} there is a later forecast, as of {later.as_of}: {how}")
        show_markets(chosen.forecast)
        show_sayings(by_run(read_sayings(reports, folder.name)).get(chosen.id, []))


def _find(run: str, case: str | None) -> Run:
    from forecast.case.workspace import find_case, find_workspace
    from forecast.run_lines import find_run

    folder = find_case(case, Path.cwd())
    return find_run(find_workspace(folder) / "reports", folder.name, run)


def _say(run: str, case: str | None, kind: Kind, text: str, as_json: bool) -> Run:
    from forecast.commands import console
    from forecast.sayings import say_of

    chosen = _find(run, case)
    said = say_of(chosen, kind, text)
    if as_json:
        console.emit_json({"run": chosen.id, **_noted([said])[0]})
    else:
        from forecast.commands.display import show_sayings

        show_sayings([said])
    return chosen


def _noted(sayings: list[Saying]) -> list[dict[str, str]]:
    return [
        {"at": saying.at.isoformat(), "kind": saying.kind, "text": saying.text, "record": saying.record}
        for saying in sayings
    ]
