"""The command line: every command's words, and the one place where errors become exit codes."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import traceback
from typing import Annotated, TextIO

import typer

from forecast import __version__
from forecast.commands import (
    backtest,
    calibrate,
    check,
    elicit,
    evidence,
    explain,
    export,
    init,
    plot,
    pool,
    refresh,
    report,
    resolve,
    runs,
    score,
    sensitivity,
    verify,
    watch,
    whatif,
)
from forecast.errors import Exit, ForecastError
from forecast.interruption import SAID, Interruption

app = typer.Typer(
    name="forecast",
    help="How likely is each outcome, how sure are we, and what moved it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("elicit")(elicit.elicit)
app.add_typer(evidence.app, name="evidence", help="The ledger of coded reports, and what a team needs around it.")
app.command("refresh")(refresh.refresh)
app.add_typer(runs.app, name="runs", help="The saved runs: list, compare, note, and mark the one that was sent.")
app.command("show")(runs.show)
app.command("explain")(explain.explain)
app.command("sensitivity")(sensitivity.sensitivity)
app.command("whatif")(whatif.whatif)
app.command("watch")(watch.watch)
app.command("report")(report.report)
app.command("plot")(plot.plot)
app.command("pool")(pool.pool)
app.command("resolve")(resolve.resolve)
app.command("score")(score.score)
app.command("backtest")(backtest.backtest)
app.command("export")(export.export)
app.command("verify")(verify.verify)
app.command("calibrate")(calibrate.calibrate)

_WordsError: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""What typer raises where the words of a command do not fit; it has no public name for it."""


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
    """Run a command and end with the exit code of the contract."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        ended = app(prog_name="forecast", standalone_mode=False)
        sys.stdout.flush()
    except ForecastError as error:
        return _ended(error.exit_code, *map(str, error.args))
    except BrokenPipeError:
        _discard(sys.stdout)
        return Exit.OK  # who reads has seen enough
    except OSError as error:
        _discard(sys.stdout)
        return _ended(Exit.STORE, _of_the_system(error))
    except MemoryError:
        return _ended(Exit.STORE, "there is not enough memory: close other programs, then repeat the command")
    except (KeyboardInterrupt, typer.Abort):
        return _ended(Exit.INTERRUPTED, SAID)
    except _WordsError as error:
        return _ended(Exit.USAGE, *_usage(error))
    except Exception:
        if Interruption.asked:  # whatever it broke on its way here
            return _ended(Exit.INTERRUPTED, SAID)
        return _ended(Exit.BUG, f"forecast: an error of ours, not yours: please report {_save_traceback()}")
    if ended == Exit.INTERRUPTED:  # which is what typer makes of it
        return _ended(Exit.INTERRUPTED, SAID)
    return ended if isinstance(ended, int) else Exit.OK


def _ended(code: Exit, *lines: str) -> Exit:
    """Say why a command ended, if anybody can still hear it."""
    from forecast.commands.console import say

    try:
        for line in lines:
            say(line)
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)
    return code


def _usage(error: Exception) -> list[str]:
    """What is wrong with the words of a command, line by line; the help itself where there were none."""
    context, message = getattr(error, "ctx", None), error.format_message()  # type: ignore[attr-defined]
    if type(error).__name__ == "NoArgsIsHelpError":
        return list(message.splitlines())
    usage = [context.get_usage(), f"Try '{context.command_path} --help' for help."] if context else []
    return [*usage, f"Error: {message}"]


def _of_the_system(error: OSError) -> str:
    what = error.filename if isinstance(error.filename, str) else "the output"
    return f"{what}: the system does not let it be read or written ({error.strerror or error}): mend that, then repeat"


def _discard(stream: TextIO) -> None:
    """Let nobody try once more to write what could not be written."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _save_traceback() -> str:
    details = traceback.format_exc()
    try:
        with tempfile.NamedTemporaryFile("w", prefix="forecast-", suffix=".log", delete=False, encoding="utf-8") as log:
            log.write(details)
    except OSError:
        return f"'{details.splitlines()[-1]}' (no file could be written with the details)"
    return f"the file {log.name}"
