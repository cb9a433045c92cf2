"""What is kept of an answer is the answer; it is taken only for the very same question about runs that are whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forecast.insight.kept import kept
from forecast.runs import Run, content_digest
from tests.record.statements import run_of

CHANCES = (0.5, 0.2, 0.1, 0.2)
DRAWS = b"draws"
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FORECAST_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "answers"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A sampled run whose draws are at hand."""
    made = run_of("2026-01-25", CHANCES)
    (tmp_path / "posterior.nc").write_bytes(DRAWS)
    record = {**made.record, "method": "nuts", "posterior": content_digest(DRAWS)}
    return Run(tmp_path, made.forecast, record)


@pytest.fixture
def ask() -> Ask:
    """Asks, and numbers the answers that are worked out."""
    worked_out = iter(range(1, 100))

    def asked(*runs: Run, question: str = "explain", lasts: bool = True, **how: Any) -> dict[str, Any]:
        return kept(question, how, runs, lambda: {"number": next(worked_out), "pair": (1, 2)}, lambda _: lasts)

    return asked


def test_an_answer_is_worked_out_once_and_stays_the_same(ask: Ask, run: Run, cache: Path) -> None:
    assert ask(run, by="event") == ask(run, by="event") == {"number": 1, "pair": [1, 2]}
    assert [json.loads(path.read_text("utf-8")) for path in cache.iterdir()] == [{"number": 1, "pair": [1, 2]}]
    assert cache.stat().st_mode & 0o077 == 0, "what a run knows is nobody else's business"


def test_another_question_is_another_answer(ask: Ask, run: Run, cache: Path) -> None:
    other = Run(run.folder, {**run.forecast, "title": "Another"}, run.record)
    asked = [
        ask(run, by="event"),
        ask(run, by="source"),
        ask(run, question="watch", by="event"),
        ask(other, by="event"),
    ]
    assert [said["number"] for said in [*asked, ask(run, run, by="event"), ask(run, by="event")]] == [1, 2, 3, 4, 5, 1]


def test_a_program_that_changed_answers_anew(ask: Ask, run: Run, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(run)["number"] == 1
    monkeypatch.setattr("forecast.insight.kept._program", lambda: "of tomorrow")
    assert ask(run)["number"] == 2


def test_draws_that_are_not_the_run_s_keep_nothing_and_take_nothing(ask: Ask, run: Run, cache: Path) -> None:
    (run.folder / "posterior.nc").unlink()
    assert [ask(run)["number"], ask(run)["number"]] == [1, 2]
    assert not cache.exists()
    (run.folder / "posterior.nc").write_bytes(DRAWS)
    assert [ask(run)["number"], ask(run)["number"]] == [3, 3]
    (run.folder / "posterior.nc").unlink()
    assert ask(run)["number"] == 3, "it followed from the draws that the record names"
    (run.folder / "posterior.nc").write_bytes(b"others")
    assert ask(run)["number"] == 4


def test_what_is_not_the_last_word_is_not_kept(ask: Ask, run: Run, cache: Path) -> None:
    assert [ask(run, lasts=False)["number"], ask(run)["number"], ask(run, lasts=False)["number"]] == [1, 2, 2]


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[1]", b"\xff", b'"text"'])
def test_what_is_no_answer_is_worked_out_again(ask: Ask, run: Run, cache: Path, spoilt: bytes) -> None:
    ask(run)
    (file,) = cache.iterdir()
    file.write_bytes(spoilt)
    assert [ask(run)["number"], ask(run)["number"]] == [2, 2]


def test_where_nothing_can_be_kept_there_is_an_answer(ask: Ask, run: Run, cache: Path) -> None:
    cache.parent.write_text("no folder", encoding="utf-8")
    assert [ask(run)["number"], ask(run)["number"]] == [1, 2]
