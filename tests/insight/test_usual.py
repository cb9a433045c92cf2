"""Every way of asking is a question of its own: whatever changes an answer is in the digest under which it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from forecast.insight import usual
from forecast.runs import Run
from tests.record.statements import run_of

OLD, NEW = run_of("2026-01-14", (0.5, 0.2, 0.1, 0.2)), run_of("2026-01-25", (0.4, 0.3, 0.1, 0.2))
EXPLAINED: list[dict[str, Any]] = [
    {}, {"by": "source"}, {"named": 3}, {"sampled": lambda *_: None}, {"trusted": True},
]  # fmt: skip
WATCHED: list[dict[str, Any]] = [{}, {"cell": ("A", 1)}, {"search": 0.5}, {"trusted": True}]
HANGING: list[dict[str, Any]] = [
    {}, {"lines": [("city", 0.4)]}, {"re_anchor": True}, {"refit": None}, {"refit": True}, {"trusted": True},
]  # fmt: skip


class Asked(list[tuple[str, dict[str, Any], tuple[Run, ...]]]):
    """Stands in for `kept`: notes what is asked, and answers nothing."""

    def __call__(self, question: str, how: dict[str, Any], runs: tuple[Run, ...], *_: Any) -> dict[str, Any]:
        self.append((question, how, tuple(runs)))
        return {}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found = Asked()
    monkeypatch.setattr(usual, "kept", found)
    return found


def opened(run: Run) -> Any:
    raise AssertionError("nothing is opened where the answer is kept")


def test_whatever_changes_an_answer_is_asked(asked: Asked) -> None:
    for how in EXPLAINED:
        usual.explained(OLD, NEW, opened, **how)
    for how in WATCHED:
        usual.watched(NEW, opened, **how)
    for how in HANGING:
        usual.hanging(NEW, opened, **how)
    ways = [(question, how) for question, how, _ in asked]
    assert [way for way in ways if ways.count(way) > 1] == []
    assert {question for question, _ in ways} == {"explain", "watch", "sensitivity"}
    assert all(runs == ((OLD, NEW) if question == "explain" else (NEW,)) for question, _, runs in asked)


def test_an_answer_says_what_it_is_of(asked: Asked) -> None:
    assert usual.watched(NEW, opened) == {
        "case": "harbour", "as_of": "2026-01-25", "run": NEW.id, "cell": "B2", "search": 0.8,
    }  # fmt: skip
    assert usual.hanging(NEW, opened) == {"case": "harbour", "as_of": "2026-01-25", "run": NEW.id}
