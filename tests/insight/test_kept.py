"""What is kept of an answer is the answer; it is taken only for the very same question about runs that are whole."""

from __future__ import annotations

import json
import os
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
    return saved(tmp_path, made, {**made.record, "method": "nuts", "posterior": content_digest(DRAWS)}, DRAWS)


def saved(folder: Path, made: Run, record: dict[str, Any], draws: bytes | None = None) -> Run:
    """The run in a folder of its own, which has what is read of it here."""
    place = folder / made.id
    place.mkdir()
    if draws is not None:
        (place / "posterior.nc").write_bytes(draws)
    return Run(place, made.forecast, record)


@pytest.fixture
def ask() -> Ask:
    """Asks, and numbers the answers that are worked out."""
    worked_out = iter(range(1, 100))

    def asked(
        *runs: Run,
        question: str = "explain",
        holds_for: Callable[[dict[str, Any]], list[dict[str, Any]]] | None = None,
        **how: Any,
    ) -> dict[str, Any]:
        return kept(question, how, runs, lambda: {"number": next(worked_out), "pair": (1, 2)}, holds_for)

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
    monkeypatch.setattr("forecast.insight.kept.package", lambda: {"numba": "of tomorrow"})
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


def test_an_answer_may_hold_for_other_ways_of_asking(ask: Ask, run: Run, cache: Path) -> None:
    assert ask(run, refits=True, holds_for=lambda _: [{"refits": True}, {"refits": False}])["number"] == 1
    assert [ask(run, refits=refits)["number"] for refits in (False, True)] == [1, 1]
    assert ask(run, by="event", holds_for=lambda _: [])["number"] == 2
    assert ask(run, by="event")["number"] == 3


def test_an_update_is_worth_what_its_parent_is(
    ask: Ask, run: Run, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecast.insight.kept.load_run", lambda folder: run)
    made = run_of("2026-01-28", CHANCES)
    update = saved(tmp_path, made, {**made.record, "method": "update", "update": {"parent": run.id}})
    posterior = run.folder / "posterior.nc"
    posterior.unlink()
    assert [ask(update)["number"], ask(update)["number"]] == [1, 2], "the parent's draws were sampled again"
    posterior.write_bytes(DRAWS)
    assert [ask(update)["number"], ask(update)["number"]] == [3, 3]
    posterior.write_bytes(b"others")
    assert ask(update)["number"] == 4
    posterior.write_bytes(DRAWS)
    run.record["seed"] = 2
    assert ask(update)["number"] == 5


def test_nothing_is_kept_of_a_run_that_is_saved_nowhere(ask: Ask, run: Run, cache: Path) -> None:
    """One without the reports that a release leaves out has the folder of the whole run."""
    redacted = {**run.forecast, "run": {**run.forecast["run"], "id": "2026-01-25-0123abcd"}}
    assert [ask(Run(run.folder, redacted, run.record))["number"] for _ in range(2)] == [1, 2]
    assert not cache.exists()


def test_the_oldest_answers_go(ask: Ask, run: Run, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecast.insight.kept.MOST", 3)
    for top in range(5):
        ask(run, top=top)
        for age, file in enumerate(sorted(cache.iterdir(), key=lambda path: -path.stat().st_mtime)):
            os.utime(file, (1e9 - age, 1e9 - age))
    assert len(list(cache.iterdir())) == 3
    assert [ask(run, top=top)["number"] for top in (4, 3, 2)] == [5, 4, 3]


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[1]", b"\xff", b'"text"'])
def test_what_is_no_answer_is_worked_out_again(ask: Ask, run: Run, cache: Path, spoilt: bytes) -> None:
    ask(run)
    (file,) = cache.iterdir()
    file.write_bytes(spoilt)
    assert [ask(run)["number"], ask(run)["number"]] == [2, 2]


def test_where_nothing_can_be_kept_there_is_an_answer(ask: Ask, run: Run, cache: Path) -> None:
    cache.parent.write_text("no folder", encoding="utf-8")
    assert [ask(run)["number"], ask(run)["number"]] == [1, 2]
