"""What the commands that ask a run print in a terminal: why it moved, what to watch, what if, and what markets ask."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from forecast.case.reading import read_case
from forecast.commands import display, priced, supposing, waterfall
from forecast.runs import Run
from tests.report.answered import answered
from tests.report.sample import sample
from tests.small_case import write_case

from .corpus import HOSTILE, endless
from .reading import from_terminal, is_inert

STYLE = re.compile("\x1b\\[[0-9;]*m")
BY_TEXT = pytest.mark.parametrize("texts", [HOSTILE[::7], pytest.param(HOSTILE, marks=pytest.mark.long)], ids=len)
"""Where every text takes a table of its own, a share on every run."""


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal that is wide enough for one line a row."""
    stream = io.StringIO()
    wide = Console(
        file=stream,
        width=4000,
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
        markup=False,
        emoji=False,
    )
    for module in (display, priced, supposing, waterfall):
        monkeypatch.setattr(module, "out", wide)
    return stream


def check_all_seen(screen: io.StringIO, times: int, texts: Sequence[str] = HOSTILE) -> None:
    """Every text stands there so often, and no code that a terminal obeys but those by which rich makes words bold."""
    written = screen.getvalue()
    assert not re.search("[\x07\x08\x80-\x9f]|\x1b(?!\\[[0-9;]*m)", written)
    lines = STYLE.sub("", written)
    assert is_inert(lines)
    told = from_terminal(lines)
    assert [text for text in texts if told.count(from_terminal(text)) < times] == []


def explained(texts: tuple[str, ...]) -> tuple[Any, Any]:
    """An explanation that says these things in its outcomes, bars, surprises and notes; and of which forecast."""
    run = sample()
    told = answered(run).explained or {}
    outcome, report = told["outcomes"][0], told["surprises"]["reports"][0]
    bars = [{**outcome["bars"][0], "no_change": False, "kind": "event", "label": text} for text in texts]
    run.forecast["outcomes"] = [{"id": f"o{n}", "label": text} for n, text in enumerate(texts)]
    outcomes = [{**outcome, "id": f"o{n}", "bars": bars if n == 0 else []} for n, _ in enumerate(texts)]
    document = {
        **told,
        "decision_lines": [],
        "outcomes": outcomes,
        "refitted": False,
        "worth": None,
        "notes": list(texts),
        "surprises": {
            "reports": [{**report, "title": text, "grades": [4]} for text in texts],
            "repeated": False,
            "total": 0.1,
            "events": 3,
        },
    }
    return document, run.forecast


def test_why_it_moved(screen: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waterfall, "MOST_SURPRISES", len(HOSTILE))
    waterfall.show_explanation(*explained(HOSTILE))
    check_all_seen(screen, len(("outcome", "bar", "surprise", "note")))


def test_why_it_moved_in_lines_without_end(screen: io.StringIO) -> None:
    waterfall.show_explanation(*explained(tuple(endless())))
    assert len(screen.getvalue()) < 3_000_000
    assert " more characters)" in screen.getvalue()


@BY_TEXT
def test_what_markets_ask(screen: io.StringIO, texts: tuple[str, ...]) -> None:
    said = sample().forecast
    for text in texts:
        said["markets"].update(names=[text], dates=["2026-02-05"])
        for row in said["markets"]["outcomes"]:
            row["prices"] = row["prices"][:1]
        said["outcomes"][0]["label"] = text
        priced.show_markets(said)
    check_all_seen(screen, len(("heading", "label", "dates")), texts)


@BY_TEXT
def test_what_if(screen: io.StringIO, tmp_path: Path, texts: tuple[str, ...]) -> None:
    case = read_case(write_case(tmp_path / "data" / "harbour"))
    told = dict(answered(sample()).scenarios[0])
    rows = [{**told["outcomes"][0], "id": "city", "label": ""}]
    trend = [{"as_of": "2026-02-01", "outcomes": {"city": 0.3}}]
    for text in texts:
        premise = {"kind": "do", "premise": text, "probability": 0.1, "arrows_cut": [text]}
        scenario = {
            **told, "label": text, "premise": [text], "premises": [premise], "outcomes": [{**rows[0], "label": text}],
            "trend": trend, "method": "weights", "note": text,
        }  # fmt: skip
        supposing.show_scenarios({"scenarios": [scenario]}, case)
    check_all_seen(
        screen, len(("heading", "premise", "arrow", "outcome", "note", "trend's heading", "its outcome")), texts
    )


@BY_TEXT
def test_what_to_watch(screen: io.StringIO, tmp_path: Path, texts: tuple[str, ...]) -> None:
    made = sample()
    ends = [each["id"] for each in made.forecast["outcomes"] if each["id"] != "unresolved"]
    grades = [{"grade": grade, "outcomes": {**dict.fromkeys(ends, 0.1), ends[0]: grade / 10}} for grade in range(1, 6)]
    row = {"id": "it", "bits": 0.1, "bits_per_effort": 0.1, "points_if_reported": 0.1, "reported": 0.2, "effort": 1.0}
    for text in texts:
        made.forecast["outcomes"][0]["label"] = text
        run = Run(Path("run"), made.forecast, {"indicators": {"it": {"label": text}}})
        supposing.show_watch({"as_of": "2026-02-08", "indicators": [{**row, "grades": grades}]}, run, 5)
    check_all_seen(screen, len(("indicator", "outcome")), texts)
