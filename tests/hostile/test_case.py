"""In a case: its reader refuses what hides, in words that are themselves inert, and keeps the rest as it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from forecast.case.document import Document
from forecast.case.plain_yaml import read_yaml
from forecast.case.reading import read_case
from forecast.case.schema import CaseFile, CodebookFile, DriversFile
from forecast.case.shape import shaped
from forecast.case.sources import SourcesFile
from forecast.commands import console, main
from forecast.errors import Exit, InputError, Problem
from tests.small_case import CASE, CODEBOOK, DRIVERS, SOURCES, write_case

from .corpus import HOSTILE, KINDS
from .reading import from_terminal, is_inert


def write_json(file: Path, content: object) -> Path:
    """JSON is YAML: this way nothing is folded, and half characters are written as escapes."""
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
    return file


def check_is_said_inertly(problems: list[Problem], file: str) -> None:
    for problem in problems:
        line = console.visible(str(problem)).plain
        assert is_inert(line)
        assert "\n" not in line
        assert line.startswith(f"{file}:")
        assert len(line) < 1000


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_keeps_text_or_names_the_line_that_it_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for text in KINDS[kind]:
        try:
            read = read_yaml(write_json(Path("case.yaml"), {"title": text, text: "x"}))
        except InputError as error:
            check_is_said_inertly(list(error.problems), "case.yaml")
        else:
            kept = " ".join(text.split())  # YAML folds what Unicode calls the next line, as any break of a line
            assert {" ".join(str(word).split()) for word in (*read.data, *read.data.values())} == {"title", kept, "x"}


def test_faults_of_shape_say_hostile_values_and_keys_inertly() -> None:
    files = [(CaseFile, CASE), (DriversFile, DRIVERS), (CodebookFile, CODEBOOK), (SourcesFile, SOURCES)]
    for model, content in files:
        for text in HOSTILE:
            problems: list[Problem] = []
            spoilt = dict.fromkeys(content, text) | {text: text}
            shaped(Document("case.yaml", spoilt, {}), model, problems)
            assert problems
            check_is_said_inertly(problems, "case.yaml")


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_that_says_it_everywhere_is_checked_without_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """All texts of a kind stand in the codebook; one of them in the words that `check` prints."""
    folder = write_case(tmp_path / "data" / "harbour")
    monkeypatch.chdir(tmp_path)
    texts = [text for text in KINDS[kind] if is_kept(text)]
    if not texts:
        return
    indicators = [{**entry, "examples": texts, "look_for": "; ".join(texts)} for entry in CODEBOOK["indicators"]]
    write_json(folder / "codebook.yaml", {"indicators": indicators})
    case = read_case(folder)
    assert [*case.indicators["strikes"].examples] == [text.strip() for text in texts]

    said = texts[0].strip()
    drivers = [{**entry, "label": said, "minus_two": said, "plus_two": said} for entry in DRIVERS["drivers"]]
    write_json(folder / "drivers.yaml", {"drivers": drivers})
    monkeypatch.setattr(sys, "argv", ["forecast", "check"])
    with pytest.raises(SystemExit) as ended:
        main.run()
    shown = capsys.readouterr()
    assert ended.value.code in (0, Exit.OK), shown.err
    assert is_inert(shown.out + shown.err)


def is_kept(text: str) -> bool:
    """Whether a case may say this: it has words, and no control or broken character."""
    controls = {*map(chr, range(32)), *map(chr, range(127, 160))} - {"\t", "\n"}
    broken = {chr(code) for code in (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF)}
    return bool(text.strip()) and not (controls | broken) & set(text) and "\ufeff" not in text


def test_what_check_prints_can_be_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "[red]\u202e{{7*7}}</b>\u2028warning: gone"
    folder = write_case(tmp_path / "data" / "harbour")
    write_json(folder / "drivers.yaml", {"drivers": [{**entry, "label": text} for entry in DRIVERS["drivers"]]})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr(sys, "argv", ["forecast", "check"])
    with pytest.raises(SystemExit):
        main.run()
    out = capsys.readouterr().out
    assert from_terminal(out).count(from_terminal(text)) == len(DRIVERS["drivers"])
    assert not [line for line in out.splitlines() if line.startswith("warning")]
