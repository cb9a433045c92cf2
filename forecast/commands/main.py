"""The command line: every command's words, and the one place where errors become exit codes."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final, TextIO

import typer

from forecast import __version__
from forecast.errors import Exit, ForecastError
from forecast.interruption import SAID, Interruption

_COMMANDS: Final = {
    "init": "init.init",
    "check": "check.check",
    "elicit": "elicit.elicit",
    "evidence": "evidence.app",
    "refresh": "refresh.refresh",
    "runs": "runs.app",
    "show": "runs.show",
    "explain": "explain.explain",
    "sensitivity": "sensitivity.sensitivity",
    "whatif": "whatif.whatif",
    "watch": "watch.watch",
    "report": "report.report",
    "plot": "plot.plot",
    "pool": "pool.pool",
    "resolve": "resolve.resolve",
    "score": "score.score",
    "backtest": "backtest.backtest",
    "export": "export.export",
    "verify": "verify.verify",
    "calibrate": "calibrate.calibrate",
}
"""Every command, and where it stands in this package: only what is asked for is loaded."""

_WordsError: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""What typer raises where the words of a command do not fit; it has no public name for it."""


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"possibilities {__version__}")
        raise typer.Exit


def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """How likely is each outcome, how sure are we, and what moved it."""


def command_line(words: Sequence[str] | None = None) -> typer.Typer:
    """The commands as far as these words of a user need them, or all of them.

    Typer takes longer to read the options of every command than `show` takes to answer: so of many commands only the
    one is read that the words begin with, and of all only the first lines where the words ask for the list.
    """
    app = typer.Typer(
        name="forecast",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_main)
    named = [word for word in (words or ())[:1] if word in _COMMANDS]
    for name in named or _COMMANDS:
        _add(app, name, listed_only=words in ([], ["-h"], ["--help"]))
    return app


def _add(app: typer.Typer, name: str, *, listed_only: bool) -> None:
    module, attribute = _COMMANDS[name].split(".")
    command: Any = getattr(importlib.import_module(f"forecast.commands.{module}"), attribute)
    if listed_only:
        app.command(name, help=command.info.help if isinstance(command, typer.Typer) else command.__doc__)(_listed)
    elif isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)


def _listed() -> None:
    """Stand in the list of commands, with nothing to be read but a name and a line."""
    raise AssertionError("the words that ask for the list run no command")


def run() -> None:
    """Run a command and end with the exit code of the contract."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        ended = command_line(_words())(prog_name="forecast", standalone_mode=False)
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


def _words() -> Sequence[str] | None:
    """What the user typed; a shell that completes a command hands its words over elsewhere, and may ask for any."""
    return None if "_FORECAST_COMPLETE" in os.environ else sys.argv[1:]


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
    import tempfile
    import traceback

    details = traceback.format_exc()
    try:
        with tempfile.NamedTemporaryFile("w", prefix="forecast-", suffix=".log", delete=False, encoding="utf-8") as log:
            log.write(details)
    except OSError:
        return f"'{details.splitlines()[-1]}' (no file could be written with the details)"
    return f"the file {log.name}"
