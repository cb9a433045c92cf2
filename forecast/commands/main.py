"""The command line: every command's words, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated

import typer

from forecast import __version__
from forecast.commands import check, evidence, refresh, report, runs
from forecast.errors import Exit, ForecastError

app = typer.Typer(
    name="forecast",
    help="How likely is each outcome, how sure are we, and what moved it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check")(check.check)
app.add_typer(evidence.app, name="evidence", help="The ledger of coded reports: add, import, export, list, retract.")
app.command("refresh")(refresh.refresh)
app.command("runs")(runs.runs)
app.command("show")(runs.show)
app.command("report")(report.report)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"possibilities {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """How likely is each outcome, how sure are we, and what moved it."""


def run() -> None:
    """Entry point: run a command and end with the exit code of the contract."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else Exit.OK
    except ForecastError as error:
        _tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _tell("interrupted: nothing was changed")
        return Exit.INTERRUPTED
    except Exception:
        _tell(f"forecast: an error of ours, not yours: please report the file {_save_traceback()}")
        return Exit.BUG
    return Exit.OK


def _tell(message: str) -> None:
    from forecast.commands.console import say

    for line in message.splitlines():
        say(line)


def _save_traceback() -> Path:
    with tempfile.NamedTemporaryFile("w", prefix="forecast-", suffix=".log", delete=False, encoding="utf-8") as log:
        traceback.print_exc(file=log)
    return Path(log.name)
