"""What `forecast elicit` asks at a terminal: a driver's splits up, and down for who wants to say them."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from forecast.case.reading import read_case
from forecast.commands import judging
from tests.small_case import write_case

CHOSEN = {"Name of the new set": "ana", "Your name": "Ana", "In a sentence": "Years here.", "Why": "Money decides."}


@pytest.mark.parametrize("both", ["y", "n"])
def test_a_split_for_a_driver_clearly_lower_is_asked_of_who_wants_to_say_it(
    both: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {**CHOSEN, "Can you judge": "y", "And were it clearly lower": both}

    def ask(question: str, usual: str | None, read: object) -> object:
        assert callable(read)
        return read(next((said for start, said in answers.items() if question.startswith(start)), usual))

    monkeypatch.setattr(judging, "ask", ask)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    horizon = date.today() + timedelta(weeks=20)  # noqa: DTZ011  the analyst's day
    said = judging.judging(read_case(write_case(tmp_path / "harbour", case={"horizon": horizon}))).data
    assert isinstance(said, dict)
    asked = said["conditionals"]
    assert isinstance(asked, list)
    found = [(one["driver"], one["were"]) for one in asked if isinstance(one, dict)]
    wanted = ["clearly higher", "clearly lower"] if both == "y" else ["clearly higher"]
    assert found == [(driver, were) for driver in ("budget", "unions") for were in wanted]
