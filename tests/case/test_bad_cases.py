"""Case folders that nobody should be able to break the command line with: each gets its exit code and its words."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import Exit
from tests.case.editing import edit
from tests.commands.test_main import call
from tests.small_case import ASSUMPTIONS, assumption, write_case, write_set, write_yaml

Damage = Callable[[Path], Any]
Command = Callable[..., tuple[int, str, str]]

SET = "assumptions/first-look.yaml"
TOP = "data/harbour"
EVIDENCE = (
    "report_id,event_id,origin_id,indicator,grade,event_date,published_date,source,source_type,reliability,"
    "credibility,coder,coded_at,retracted_at,url,note\n"
    "R1,E1,,strikes,4,2026-01-20,2026-01-20,Port Gazette,press,B,2,ann,2026-01-21,,,\n"
)


@pytest.fixture
def forecast_command(harbour: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *words: call(monkeypatch, capsys, *words)


def turned(file: str, old: str, new: str) -> Damage:
    return lambda folder: edit(folder / file, old, new)


def filled(file: str, content: str | bytes) -> Damage:
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / file).write_bytes(data)


def linked(file: str, target: str) -> Damage:
    def damage(folder: Path) -> None:
        gone(file)(folder)
        (folder / file).symlink_to(target)

    return damage


def gone(file: str) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / file
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    return damage


def pipe(file: str) -> Damage:
    def damage(folder: Path) -> None:
        gone(file)(folder)
        os.mkfifo(folder / file)

    return damage


def a_folder(file: str) -> Damage:
    def damage(folder: Path) -> None:
        gone(file)(folder)
        (folder / file).mkdir()

    return damage


def renamed(file: str, old: str, new: str) -> Damage:
    """A permanent id is changed after it has been used in the evidence."""

    def damage(folder: Path) -> None:
        (folder / "evidence.csv").write_text(EVIDENCE, encoding="utf-8")
        edit(folder / file, old, new)

    return damage


def a_chain(folder: Path) -> None:
    write_set(folder, "s0", ASSUMPTIONS, based_on="s1")
    for number in range(1, 20):
        write_set(folder, f"s{number}", [], based_on=f"s{number + 1}")
    edit(folder / "case.yaml", "assumptions: first-look", "assumptions: s0")


def numbered(*values: tuple[str, str, str]) -> list[tuple[Damage, str, str]]:
    """What each number of an assumption may not be, and what is said of it."""
    return [(turned(SET, old, new), f"{TOP}/{SET}:", said) for old, new, said in values]


MANY = [{"id": f"d{n}", "label": "x", "description": "x", "minus_two": "x", "plus_two": "x"} for n in range(51)]

BAD_FILES: list[tuple[Damage, str, str]] = [
    # no number that cannot be computed with
    *numbered(
        ("city: 0.4", "city: 1e-300", "'city': 1e-300 is below 0.0001: write a number of at least 0.0001"),
        ("city: 0.4", "city: 1", "1 is not below 1"),
        ("city: 0.4", "city: -0.1", "-0.1 is below 0.0001"),
        ("city: 0.4", "city: .nan", "'.nan' is not a finite number"),
        ("  shares:\n", "  concentration: 1e300\n  shares:\n", "1e+300 is above 1000"),
        ("sd: 0.4", "sd: 0", "0 is below 0.01"),
        ("sd: 0.4", "sd: -1", "-1 is below 0.01"),
        ("sd: 0.4", "sd: .inf", "'.inf' is not a finite number"),
        ("sd: 0.4", "sd: 1e300", "1e+300 is above 10"),
        ("sd: 0.4", "sd: 1e-300", "1e-300 is below 0.01"),
        ("mean: 0.5", "mean: -1e300", "-1e+300 is below -3"),
        ("weeks: 52", "weeks: 5e-324", "4.94066e-324 is below 0.1"),
        ("weeks: 52", "weeks: 1e300", "1e+300 is above 5200"),
        ("per_week: 0.05", "per_week: 1e-300", "1e-300 is below 0.0001"),
        ("per_week: 0.05", "per_week: 0.05\n  factor: 1.0000000000000002", "'factor': 1 is below 1.01"),
        ("cause: unions\n  effect: budget", "cause: unions\n  effect: unions", "in a circle: unions → unions"),
        ("other: 0.2", "unresolved: 0.2", "there is no outcome 'unresolved'"),
        ("id: steady-pace", "id: 007", "expected text, got the whole number 7: put it in quotes"),
        ("id: steady-pace", "id: true", "got the yes-or-no value true: put it in quotes"),
    ),
    # no day that a weekly model cannot answer for
    (turned("case.yaml", "2026-06-28", "9999-12-31"), f"{TOP}/case.yaml:6", "write a year from 1000 to 2999"),
    (turned("case.yaml", "2025-12-01", "0001-01-01"), f"{TOP}/case.yaml:5", "write a year from 1000 to 2999"),
    (turned("case.yaml", "2026-06-28", "2066-06-28"), f"{TOP}/case.yaml:4", "more than 10 years before 'horizon'"),
    (turned("case.yaml", "2025-12-01", "1985-12-01"), f"{TOP}/case.yaml:5", "more than 5 years before 'opening'"),
    (turned("case.yaml", "2026-06-28", "2026-01-12"), f"{TOP}/case.yaml:4", "is the same day as 'horizon'"),
    (turned(SET, "judged_on: 2026-01-12", "judged_on: 9999-12-31"), f"{TOP}/{SET}:", "is after the horizon"),
    (turned(SET, "judged_on: 2026-01-12", "judged_on: 0999-12-31"), f"{TOP}/{SET}:", "write a year from 1000 to 2999"),
    # no more than fits
    (filled(SET, "[" * 2**20), f"{TOP}/{SET}", "it is larger than 512 KiB"),
    (filled(SET, "- " * 2**17), f"{TOP}/{SET}:1", "nested more than 30 levels deep"),
    (filled(SET, "a:" * 2**15), f"{TOP}/{SET}:1", "this is not YAML"),
    (filled(SET, "- 1\n" * 30_000), f"{TOP}/{SET}:19999", "more than 20000 keys and values"),
    (filled(SET, f"set: {'x' * 400_000}"), f"{TOP}/{SET}:1", "is longer than 80 characters"),
    (filled("sources.yaml", f"{'x' * 1000}: 1"), f"{TOP}/sources.yaml:1", "unknown key"),
    (lambda f: write_yaml(f / "drivers.yaml", {"drivers": MANY}), f"{TOP}/drivers.yaml:1", "more than 50 entries"),
    (a_chain, f"{TOP}/assumptions/s7.yaml:5", "more than 8 sets are based on one another"),
    # no file but a file
    (pipe("drivers.yaml"), f"{TOP}/drivers.yaml", "this is not a file"),
    (pipe(SET), f"{TOP}/{SET}", "this is not a file"),
    (a_folder("codebook.yaml"), f"{TOP}/codebook.yaml", "this is not a file"),
    (linked("sources.yaml", "sources.yaml"), f"{TOP}/sources.yaml", "there is no such file"),
    (linked("sources.yaml", "nowhere.yaml"), f"{TOP}/sources.yaml", "there is no such file"),
    (gone("assumptions"), f"{TOP}/case.yaml:8", "there is no assumption set 'first-look'"),
    (linked("assumptions", "assumptions"), f"{TOP}/case.yaml:8", "there is no assumption set 'first-look'"),
    (turned("case.yaml", ": first-look", ": no-look"), f"{TOP}/case.yaml:8", "there is no assumption set 'no-look'"),
    # no id but the one that everything was written with
    (renamed("codebook.yaml", "id: strikes", "id: walkouts"), f"{TOP}/evidence.csv:2", "no indicator 'strikes': use"),
    (renamed("drivers.yaml", "id: unions", "id: dockers"), f"{TOP}/codebook.yaml:27", "there is no driver 'unions'"),
    (renamed("case.yaml", "id: city", "id: town"), f"{TOP}/{SET}:9", "there is no outcome 'city'"),
    (renamed("sources.yaml", "press: ", "papers: "), f"{TOP}/sources.yaml:8", "there is no source type 'press'"),
    (turned("drivers.yaml", "id: budget", "id: unions"), f"{TOP}/drivers.yaml:7", "'unions' stands here a second time"),
    (turned("drivers.yaml", "id: budget", "id: unresolved"), f"{TOP}/drivers.yaml:2", "has the id of an outcome"),
    (turned("case.yaml", "id: city", 'id: "city\\n"'), f"{TOP}/case.yaml:13", "did you mean 'city'?"),
    (turned("case.yaml", "id: city", "id: \u0441ity"), f"{TOP}/case.yaml:17", "'\u0441ity' is not a valid id"),
    (turned("case.yaml", "clock:", f"model: {'x' * 5000}\nclock:"), f"{TOP}/case.yaml:7", "longer than 64 characters"),
    (turned("case.yaml", "label: The city", 'label: "a\\e[2Jb"'), f"{TOP}/case.yaml:18", "character U+001B"),
]


@pytest.mark.parametrize(("damage", "place", "words"), BAD_FILES)
def test_a_bad_file_ends_with_3_and_a_line_that_says_where_and_how(
    harbour: Path, forecast_command: Command, damage: Damage, place: str, words: str
) -> None:
    damage(harbour)
    code, out, err = forecast_command("check", "--json")
    assert (code, err) == (Exit.BAD_INPUT, "")
    problems = json.loads(out)["problems"]
    found = [p for p in problems if f"{p['file']}:{p['line']}".startswith(place) and p["remedy"]]
    assert any(words in f"{p['message']}: {p['remedy']}" for p in found), problems
    code, out, err = forecast_command("refresh", "--as-of", "2026-02-01", "--dry-run")
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (pipe("case.yaml"), "'harbour' is no case: its case.yaml is not a file"),
        (a_folder("case.yaml"), "'harbour' is no case: its case.yaml is not a file"),
        (linked("case.yaml", "case.yaml"), "'harbour' is no case: its case.yaml is not a file"),
        (linked("drivers.yaml", "/dev/zero"), "drivers.yaml leads out of the workspace"),
        (linked("case.yaml", "/proc/self/environ"), "case.yaml leads out of the workspace"),
        (linked("evidence.csv", "/dev/zero"), "evidence.csv leads out of the workspace"),
        (linked("assumptions", "/etc"), "assumptions leads out of the workspace"),
        (turned("case.yaml", "clock:", "model: nope\nclock:"), "no such model"),
    ],
)
def test_what_is_no_case_of_this_workspace_ends_with_2(
    harbour: Path, forecast_command: Command, damage: Damage, words: str
) -> None:
    damage(harbour)
    for command in (("check", "harbour", "--json"), ("refresh", "harbour", "--dry-run")):
        code, out, err = forecast_command(*command)
        assert (code, out) == (Exit.USAGE, "")
        assert words in err


HOSTILE = ["../../etc/passwd", "/etc/passwd", "a\0b", "x" * 5000, "x/" * 2500, "\udcff", "", ".", "..", "\x1b[2J", "*"]


@pytest.mark.parametrize("name", [*HOSTILE, "first-look/../first-look", "/dev/zero.py"])
def test_a_hostile_name_names_nothing(forecast_command: Command, name: str) -> None:
    for words in (
        ("check", name),
        ("check", "harbour", "--assumptions", name),
        ("check", "harbour", "--model", name),
        ("refresh", "harbour", "--dry-run", "--assumptions", name),
        ("show", "harbour", "--run", name),
    ):
        code, out, err = forecast_command(*words)
        assert (code, out) == (Exit.USAGE, ""), words[:-1]
        assert err
        assert not {"\0", "\x1b"} & set(err)


def test_a_set_that_is_not_in_use_is_checked_too(harbour: Path, forecast_command: Command) -> None:
    filled("assumptions/second.yaml", "[")(harbour)
    code, out, _ = forecast_command("check", "--json")
    assert code == Exit.BAD_INPUT
    assert [problem["file"] for problem in json.loads(out)["problems"]] == [f"{TOP}/assumptions/second.yaml"]
    assert list(json.loads(out)["sets"]) == ["first-look"]


def test_a_link_that_goes_in_a_circle_is_no_case(harbour: Path, forecast_command: Command) -> None:
    (harbour.parent / "loop").symlink_to("loop")
    assert forecast_command("check", "loop")[0] == Exit.USAGE


def test_a_file_full_of_unknown_names_is_given_up_after_a_hundred(harbour: Path, forecast_command: Command) -> None:
    stated = [assumption(f"a{n}", "loading", driver=f"budget{n}", outcome="city", strength="+") for n in range(1000)]
    write_case(harbour, assumptions=stated)
    problems = json.loads(forecast_command("check", "--json")[1])["problems"]
    assert 100 <= len(problems) < 110
