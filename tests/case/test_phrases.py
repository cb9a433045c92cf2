from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forecast.case.phrases import LONGEST, instead_of, listed, nearest, quoted


@given(st.text())
def test_quoted_text_is_one_short_line(text: str) -> None:
    assert "\n" not in quoted(text)
    assert len(quoted(text)) <= LONGEST + 3


def test_lists_read_as_prose() -> None:
    assert listed(["a"]) == "'a'"
    assert listed(["a", "b", "c"], "or") == "'a', 'b' or 'c'"


def test_the_nearest_word_forgives_case_and_joints() -> None:
    assert nearest("Half-Life", ["level", "half_life"]) == "half_life"
    assert nearest("zzz", ["level", "half_life"]) is None


def test_remedies_name_the_nearest_else_a_short_choice_else_something_else() -> None:
    assert instead_of("levle", ["level", "pace"], "nothing") == "did you mean 'level'?"
    assert instead_of("zzz", ["level", "pace"], "nothing") == "use one of 'level' or 'pace'"
    assert instead_of("zzz", [], "add it") == "add it"
    assert instead_of("zzz", [f"indicator_{n}" for n in range(40)], "add it") == "add it"
