"""Decision lines: declared in the case, and what is said first when one is crossed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forecast.case.reading import read_case
from forecast.case.schema import DecisionLine
from forecast.commands import console
from forecast.commands.display import show_decisions
from forecast.decisions import decisions
from forecast.errors import InputError
from tests.small_case import write_case

LINE = DecisionLine(outcome="city", at=0.4, note="Tell the mayor.")


@pytest.mark.parametrize(
    ("before", "now", "crossed"),
    [
        (0.39, 0.41, "up"),
        (0.41, 0.39, "down"),
        (0.39, 0.40, "up"),
        (0.40, 0.41, None),
        (0.1, 0.2, None),
        (None, 0.9, None),
    ],
)
def test_a_line_is_crossed_where_the_sides_differ(before: float | None, now: float, crossed: str | None) -> None:
    earlier = {} if before is None else {"city": before}
    (decision,) = decisions([LINE], earlier, {"city": now})
    assert (decision.crossed, decision.probability, decision.at) == (crossed, now, 0.4)


def test_an_outcome_without_a_number_is_left_out() -> None:
    assert decisions([LINE], {"city": 0.1}, {}) == ()


def line(**changes: Any) -> dict[str, Any]:
    return {"outcome": "city", "at": 0.4, "note": "Tell the mayor.", **changes}


def test_a_case_declares_them(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "harbour", case={"decision_lines": [line(), line(outcome="other")]}))
    assert [(each.outcome, each.at) for each in case.question.decision_lines] == [("city", 0.4), ("other", 0.4)]


@pytest.mark.parametrize("wrong", [{"outcome": "nobody"}, {"at": 1.5}, {"at": 0.0}, {"note": ""}, {"who": "me"}])
def test_a_line_that_means_nothing_is_a_fault(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"case\.yaml:"):
        read_case(write_case(tmp_path / "harbour", case={"decision_lines": [line(**wrong)]}))


def test_only_a_crossing_is_shown_and_its_note_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    written = console._Console(record=True, width=200, markup=False)
    monkeypatch.setattr("forecast.commands.display.out", written)
    base = {"outcome": "city", "at": 0.4, "note": "[red]act[/red]\x1b[2J", "probability": 0.42}
    show_decisions([{**base, "crossed": None}, {**base, "crossed": "up"}], {"city": "The city"})
    text = written.export_text()
    assert text.count("DECISION LINE CROSSED") == 1
    assert "The city has risen over 40% (42.0%): [red]act[/red]\\x1b[2J" in text
