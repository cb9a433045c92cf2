"""`forecast plot`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from forecast.commands.main import command_line
from forecast.errors import UsageError
from forecast.figures.gallery import GALLERY

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_list_names_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    command_line()(["plot", "--list", "--json"], standalone_mode=False)
    assert [each["name"] for each in json.loads(capsys.readouterr().out)["figures"]] == list(GALLERY)
    command_line()(["plot", "--list"], standalone_mode=False)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(GALLERY)


@pytest.mark.parametrize("name", ["forecast", "sources"])
def test_a_figure_of_the_shipped_run_is_written_where_it_was_asked(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plot` is not installed")
    target = tmp_path / f"{name}.svg"
    command_line()(["plot", name, "iraq-2026", "-o", str(target), "--json"], standalone_mode=False)
    told = json.loads(capsys.readouterr().out)
    assert (told["figure"], told["file"]) == (name, str(target))
    assert "Still open at the horizon" in target.read_text("utf-8") or name == "sources"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plot"], "name a figure: one of forecast, "),
        (["plot", "pie", "iraq-2026", "-o", "p.png"], "name a figure: one of forecast, "),
        (["plot", "forecast"], "name a file: -o forecast.png, .svg or .pdf"),
        (["plot", "forecast", "-o", "p.gif"], "give a name that ends in .png, .svg, .pdf"),
        (["plot", "forecast", "-o", "p.png", "--outcome", "sadrist"], "--outcome is a choice for bridge and tornado"),
    ],
)
def test_words_that_do_not_fit_are_refused_before_anything_is_read(words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        command_line()(words, standalone_mode=False)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"pip install 'possibilities\[plot\]'"):
        command_line()(["plot", "forecast", "iraq-2026", "-o", "p.png"], standalone_mode=False)
