"""In a terminal: tables, lines and errors."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from forecast.case.reading import read_case
from forecast.commands import assumed, console, display, main
from forecast.errors import Exit, InputError, Problem, StoreError, UsageError
from forecast.model.contract import load_model
from forecast.model.tilts import tilts
from forecast.runs import Run
from forecast.sayings import Saying
from tests.report.sample import sample
from tests.small_case import write_case

from .corpus import HOSTILE, KINDS, LINE_BREAKS, endless
from .reading import from_terminal, is_inert

STYLE = re.compile("\x1b\\[[0-9;]*m")


@pytest.fixture(params=["a terminal", "a pipe"])
def screen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What `show` and its like print, on a screen wide enough for one line a row."""
    stream = io.StringIO()
    wide = Console(
        file=stream,
        width=4000,
        force_terminal=request.param == "a terminal",
        color_system="truecolor",
        highlight=False,
        markup=False,
        emoji=False,
    )
    for module in (assumed, display):
        monkeypatch.setattr(module, "out", wide)
    return stream


def seen(screen: io.StringIO) -> tuple[list[str], set[str]]:
    """The lines, and the codes by which rich makes some of them bold."""
    written = screen.getvalue()
    screen.seek(0)
    screen.truncate()
    return [line.rstrip() for line in STYLE.sub("", written).splitlines()], set(STYLE.findall(written))


def spoilt(texts: tuple[str, ...]) -> Run:
    """A run that says these things in every field that a terminal shows."""
    forecast = sample().forecast
    outcome, path, driver = forecast["outcomes"][0], forecast["driver_paths"][0], forecast["drivers"][0]
    forecast["outcomes"] = [{**outcome, "id": f"o{place}", "label": text} for place, text in enumerate(texts)]
    forecast["driver_paths"] = [{**path, "id": f"d{place}", "label": text} for place, text in enumerate(texts)]
    forecast["drivers"] = [{**driver, "id": f"d{place}"} for place in range(len(texts))]
    forecast["gates"] = [{"id": f"g{place}", "label": text, "passed": None} for place, text in enumerate(texts)]
    forecast["notes"] = list(texts)
    return Run(Path("reports/harbour/run"), forecast, {})


def test_show_says_every_text_on_its_own_line(screen: io.StringIO) -> None:
    display.show_run(spoilt(("plain words",) * len(HOSTILE)), [], saved=True)
    plain, styles = seen(screen)
    display.show_run(spoilt(HOSTILE), [], saved=True)
    lines, used = seen(screen)
    assert len(lines) == len(plain)
    assert used == styles
    assert all(is_inert(line) for line in lines)
    first = [place for place, line in enumerate(plain) if "plain words" in line]
    for place, text in zip(first, HOSTILE * 4, strict=True):
        assert from_terminal(text) in from_terminal(lines[place])


@pytest.mark.parametrize("screen", ["a terminal"], indirect=True)
def test_the_other_fields_of_a_run_are_as_inert(screen: io.StringIO) -> None:
    run = spoilt(("plain words",))
    run.forecast["driver_paths"], run.forecast["drivers"] = [], []
    for text in HOSTILE:
        run.forecast.update(title=text, model=text, assumption_set={"name": text, "label": text})
        display.show_run(run, [run], saved=True)
        display.show_runs(
            [run], "harbour", {run.id: [Saying(datetime(2026, 2, 9, tzinfo=UTC), text, "note", text, text)]}
        )
        lines, _ = seen(screen)
        assert all(is_inert(line) for line in lines)
        assert from_terminal("".join(lines)).count(from_terminal(text)) >= 5


@pytest.mark.parametrize("screen", ["a terminal"], indirect=True)
def test_the_split_of_a_case_is_as_inert(screen: io.StringIO, tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "data" / "harbour"))
    table = tilts(load_model("latent_drivers", tmp_path), case)
    driver, outcome = case.drivers["budget"], case.question.outcomes[0]
    assumed.show_tilts(case, table)
    plain, styles = seen(screen)
    for text in HOSTILE:
        object.__setattr__(case.assumptions, "label", text)
        case.drivers["budget"] = driver.model_copy(update={"label": text})
        case.question.outcomes[0] = outcome.model_copy(update={"label": text})
        assumed.show_tilts(case, table)
        lines, used = seen(screen)
        assert (len(lines), used) == (len(plain), styles)
        assert all(is_inert(line) for line in lines)
        assert from_terminal("".join(lines)).count(from_terminal(text)) >= 3


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_tables_fold_words_and_cut_nothing(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(display, "out", Console(file=stream, width=columns))
    display.show_run(spoilt(("W" * 300, "word " * 60)), [], saved=True)
    shown = stream.getvalue()
    assert "…" not in shown
    assert shown.count("W") == 4 * 300
    assert shown.count("22%") == 2
    assert shown.count("10% to 42%") == 2
    assert max(map(len, shown.splitlines())) <= columns


def test_text_without_end_is_cut_and_says_so(screen: io.StringIO) -> None:
    display.show_run(spoilt(tuple(endless())), [], saved=True)
    written = screen.getvalue()
    assert len(written) < 3_000_000
    assert len(re.findall(r"…\s*\(9,99\d,\d{3}\s+more\s+characters\)", written)) == 4 * len(list(endless()))


# ---------------------------------------------------------------------------- errors


@pytest.mark.parametrize("make", [UsageError, StoreError, lambda text: InputError([Problem(text, 3, text, text)])])
def test_an_error_is_one_line_a_fault(capsys: pytest.CaptureFixture[str], make: Any) -> None:
    for text in HOSTILE:
        said = str(make(text))
        assert len(said.splitlines()) <= 1
        console.say(said)
        shown = capsys.readouterr().err
        assert shown.count("\n") == 1
        assert is_inert(shown)
        assert from_terminal(text) in from_terminal(shown)


def test_several_faults_are_several_lines() -> None:
    faults = [Problem("a.csv", 1, "first\nfault", "mend\u2028it"), Problem("a.csv", 2, "second", "mend it")]
    assert str(InputError(faults)).splitlines() == [
        "a.csv:1: first\\nfault: mend\\u2028it",
        "a.csv:2: second: mend it",
    ]


WORDS = [
    text
    for kind in ("markups", "terminal_codes", "controls", "forged_lines", "reordered", "unseen", "broken_characters")
    for text in KINDS[kind]
    if "\0" not in text
]
CALLS = [
    ("show", "--", "{}"),
    ("show", "--run={}"),
    ("show", "--as-of={}"),
    ("show", "--model={}"),
    ("show", "--assumptions={}"),
    ("check", "--assumptions={}"),
    ("refresh", "--clock={}"),
    ("refresh", "--model={}"),
    ("evidence", "list", "--source={}"),
    ("evidence", "list", "--indicator={}"),
    ("evidence", "import", "--", "{}"),
    ("evidence", "retract", "--coder=me", "--", "{}"),
]


@pytest.mark.parametrize("place", range(len(CALLS)), ids=[" ".join(call) for call in CALLS])
def test_the_commands_own_words_come_back_as_one_inert_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: int
) -> None:
    write_case(tmp_path / "data" / "harbour")
    monkeypatch.chdir(tmp_path)
    for text in WORDS[place :: len(CALLS)]:
        monkeypatch.setattr(sys, "argv", ["forecast", *(word.replace("{}", text) for word in CALLS[place])])
        with pytest.raises(SystemExit) as ended:
            main.run()
        said = capsys.readouterr()
        assert ended.value.code in (Exit.USAGE, Exit.BAD_INPUT), said.err
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert is_inert(said.err)


def test_json_is_visible_ascii_and_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    console.emit_json(HOSTILE)
    written = capsys.readouterr().out
    assert written.isascii()
    assert written.replace("\n", "").isprintable()
    assert json.loads(written) == list(HOSTILE)


@pytest.mark.skipif(os.name == "nt", reason="pipes of a POSIX shell")
@pytest.mark.parametrize(
    ("line", "code"),
    [("check | true", 0), ("check 2>&1 | true", 0), ("show 2>&1 >/dev/null | true", 2), ("show --json | true", 2)],
)
def test_a_reader_who_leaves_early_is_no_fault(tmp_path: Path, line: str, code: int) -> None:
    write_case(tmp_path / "data" / "harbour")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = ["bash", "-c", f"set -o pipefail; {sys.executable} -m forecast {line}"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, check=False, timeout=120)
    assert ended.returncode == code


# ---------------------------------------------------------------------------- consoles that know few characters


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_any_console_can_print_a_run(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace", newline="\n")
    monkeypatch.setattr(display, "out", Console(file=stream, width=4000, highlight=False, markup=False, emoji=False))
    display.show_run(spoilt(KINDS["scripts_of_the_world"]), [], saved=True)
    stream.seek(0)
    shown = stream.read()
    assert from_terminal(KINDS["scripts_of_the_world"][1]) in from_terminal(shown)
    assert ("\u2581" in shown) == (encoding == "utf-8")
    assert "\\u2581" not in shown


@pytest.mark.parametrize("line_break", LINE_BREAKS, ids=ascii)
def test_a_line_break_is_shown_and_not_obeyed(line_break: str) -> None:
    assert console.visible(f"a{line_break}b").plain == f"a{ascii(line_break)[1:-1]}b".replace("\\r\\n", "\\n")
