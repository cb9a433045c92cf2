"""The planted bugs are still where they were planted, and the runner still tells a killed one from a survivor."""

from __future__ import annotations

import pytest

from tests.mutants.__main__ import run
from tests.mutants.planted import MUTANTS, Mutant, OutdatedError
from tests.mutants.trial import ROOT, try_copy

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
READINGS_ONLY = ("tests/model/test_readings.py",)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_bug_can_still_be_planted(name: str) -> None:
    planted = BY_NAME[name].planted(ROOT)
    assert planted != (ROOT / BY_NAME[name].file).read_text(encoding="utf-8")
    compile(planted, BY_NAME[name].file, "exec")


def test_there_are_enough_bugs_and_no_two_of_one_name() -> None:
    assert len(BY_NAME) == len(MUTANTS) >= 20


@pytest.mark.parametrize("text", ["no such text stands there", "def "])
def test_a_bug_whose_place_is_gone_or_not_its_own_is_an_error(text: str) -> None:
    lost = Mutant("lost", "forecast/model/laws.py", text, "")
    with pytest.raises(OutdatedError, match=r"lost: forecast/model/laws\.py holds \d+ times"):
        lost.planted(ROOT)
    with pytest.raises(OutdatedError):
        run((lost,))


@pytest.mark.slow
def test_a_bug_raises_an_alarm_and_a_clean_copy_raises_none() -> None:
    """The cheapest of all; the rest take too long for every day."""
    assert try_copy(None, READINGS_ONLY).survived
    trial = try_copy(BY_NAME["copies counted twice"], READINGS_ONLY)
    assert trial.killed
    assert trial.noticed_by.startswith("tests/model/test_readings.py::")


@pytest.mark.slow
def test_what_cannot_even_start_is_broken_and_not_killed() -> None:
    garbled = Mutant("garbled", "forecast/model/readings.py", "class Readings:", "class Readings")
    assert try_copy(garbled, READINGS_ONLY).broken
