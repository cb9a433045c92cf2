"""Every way in which the program ends: signals, streams that fail, words that do not fit. Real processes throughout."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import Exit
from tests.heeding import wait_until_heeding
from tests.small_case import write_case

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and streams of POSIX")

FORECAST = [sys.executable, "-m", "forecast"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write_case(tmp_path / "data" / "harbour")
    return tmp_path


def start(workspace: Path, *words: str, **options: Any) -> subprocess.Popen[str]:
    """A command on its way; signals reach it as they do in a terminal, even where this test runs in the background."""

    def as_in_a_terminal() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)

    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [*FORECAST, *words],
        cwd=workspace,
        env=environment,
        text=True,
        preexec_fn=as_in_a_terminal,  # noqa: PLW1509
        **streams,
    )


def shell(workspace: Path, line: str) -> subprocess.CompletedProcess[str]:
    program = " ".join(FORECAST)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = ["bash", "-c", f"set -o pipefail; {line.replace('forecast', program)}"]
    return subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, check=False)


# ------------------------------------------------------------------------------------------------ signals


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("words", [("check",), ("evidence", "export")], ids=" ".join)
def test_at_any_moment_a_signal_ends_with_130_and_one_line(
    workspace: Path, number: signal.Signals, words: tuple[str, ...]
) -> None:
    whole = start(workspace, *words)
    began = time.monotonic()
    said, _ = whole.communicate(timeout=60)
    lasted = time.monotonic() - began
    moments = random.Random(number)
    for _ in range(3):
        command = start(workspace, *words)
        wait_until_heeding(command)
        time.sleep(moments.random() * lasted)
        command.send_signal(number)
        out, err = command.communicate(timeout=60)
        assert command.returncode in (Exit.OK, Exit.INTERRUPTED), err
        assert "Traceback" not in err
        if command.returncode == Exit.INTERRUPTED:
            assert err.splitlines()[-1] == "interrupted: nothing is lost or half-written"
        else:
            assert out == said


def test_whatever_an_interruption_breaks_it_is_an_interruption(workspace: Path) -> None:
    script = (
        "import os, signal, sys; from forecast import __main__ as program; import forecast.commands.main as commands\n"
        "def run():\n"
        "    try: os.kill(os.getpid(), signal.SIGTERM)\n"
        "    except KeyboardInterrupt: raise RuntimeError('a library made this of it') from None\n"
        "commands.run = run; program.main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=workspace, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (Exit.INTERRUPTED, "interrupted: nothing is lost or half-written\n")


@pytest.mark.parametrize("goes_on", [True, False], ids=["work goes on", "work is done"])
def test_an_interruption_that_falls_on_deaf_ears_is_heard_all_the_same(workspace: Path, goes_on: bool) -> None:
    script = (
        "import os, signal, sys, time; from forecast import __main__ as program; import forecast.commands.main as it\n"
        "class Deaf:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGTERM)\n"
        "def run():\n"
        "    Deaf()\n"
        f"    time.sleep({30 if goes_on else 0})\n"
        "    sys.exit(0)\n"
        "it.run = run; program.main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert (ended.returncode, ended.stderr) == (Exit.INTERRUPTED, "interrupted: nothing is lost or half-written\n")


# ------------------------------------------------------------------------------------------------ streams


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("forecast check --json > /dev/full", Exit.STORE, "the output: the system does not let it be read or written"),
        ("forecast evidence export > /dev/full", Exit.STORE, "No space left on device"),
        ("forecast --help > /dev/full", Exit.STORE, "No space left on device"),
        ("forecast check --json >&-", Exit.OK, ""),
        ("forecast show nowhere 2>&-", Exit.USAGE, ""),
        ("forecast show nowhere 2> /dev/full", Exit.USAGE, ""),
        ("forecast evidence export <&-", Exit.OK, ""),
        ("forecast evidence export | head -1 > /dev/null", Exit.OK, ""),
        ("forecast evidence add <&-", Exit.USAGE, "missing --report-id"),
    ],
)
def test_a_stream_that_fails_is_no_traceback(workspace: Path, line: str, code: int, said: str) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    ended = shell(workspace, line)
    assert ended.returncode == code, ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_terminal_that_lacks_a_character_shows_its_number(workspace: Path, encoding: str) -> None:
    ended = shell(workspace, f"PYTHONIOENCODING={encoding} forecast show 'ش\u2028→'")
    assert ended.returncode == Exit.USAGE
    assert "\\u0634" in ended.stderr


# ------------------------------------------------------------------------------------------------ words


Words = tuple[str, ...]
ESCAPE = "\x1b]8;;http://evil\x07\u202e[red]x\u2028FORGED\nFORGED"


@pytest.mark.parametrize(
    "words",
    [
        (ESCAPE,),
        ("show", ESCAPE),
        ("show", f"--{ESCAPE}"),
        ("show", "--run", ESCAPE),
        ("show", "--as-of", ESCAPE),
        ("refresh", "--seed", ESCAPE),
        ("refresh", "--model", ESCAPE),
        ("refresh", "--assumptions", ESCAPE),
        ("refresh", "--clock", ESCAPE),
        ("evidence", ESCAPE),
        ("evidence", "list", "--clock", ESCAPE),
        ("evidence", "list", "--source", ESCAPE),
        ("evidence", "retract", ESCAPE),
        ("evidence", "import", ESCAPE),
        ("evidence", "add", "--grade", ESCAPE, "--report-id", "R", "--coder", "c"),
        ("report", "--picture", ESCAPE, "--run", "x"),
    ],
    ids=lambda words: " ".join(words).replace(ESCAPE, "EVIL"),
)
def test_a_command_s_own_words_come_back_as_inert_text(workspace: Path, words: Words) -> None:
    command = start(workspace, *words, stdin=subprocess.DEVNULL)
    out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (Exit.USAGE, "")
    assert not {"\x1b", "\x07", "\u202e", "\u2028"} & set(err)
    assert not [line for line in err.splitlines() if line.startswith("FORGED")]
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [(), ("evidence",)], ids=["forecast", "evidence"])
def test_without_words_there_is_help(workspace: Path, words: Words) -> None:
    command = start(workspace, *words)
    out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (Exit.USAGE, "")
    assert err.startswith("Usage: forecast")


# ------------------------------------------------------------------------------------------------ the machine


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (OSError(28, "No space left on device", "somewhere/x"), Exit.STORE, "somewhere/x: the system does not let it"),
        (MemoryError(), Exit.STORE, "there is not enough memory"),
        (RecursionError("deep"), Exit.BUG, "an error of ours, not yours: please report the file"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_machine_refuses_is_no_bug_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failure: Exception, code: int, said: str
) -> None:
    from forecast.commands import main

    def fail(**_: object) -> None:
        raise failure

    monkeypatch.setattr(main, "command_line", lambda _: fail)
    monkeypatch.setattr(main, "_discard", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == code
    assert said in capsys.readouterr().err


def test_where_no_traceback_can_be_saved_its_last_line_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from forecast.commands import main

    def fail(**_: object) -> None:
        raise RuntimeError("boom")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(main, "command_line", lambda _: fail)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == Exit.BUG
    assert "RuntimeError: boom" in capsys.readouterr().err
