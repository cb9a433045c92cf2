"""The strings themselves."""

from __future__ import annotations

import pytest

from .corpus import HOSTILE, KINDS, endless
from .reading import from_page, from_terminal, is_inert


def test_there_are_more_than_five_hundred_of_them_and_each_kind_has_some() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) > 500
    assert min(len(kind) for kind in KINDS.values()) >= 10
    assert {len(text) for text in endless()} <= {*range(9_999_990, 10_000_001)}


@pytest.mark.parametrize("kind", ["terminal_codes", "controls", "reordered"])
def test_what_a_terminal_obeys_is_not_inert(kind: str) -> None:
    obeyed = [text for text in KINDS[kind] if not is_inert(text)]
    assert len(obeyed) > len(KINDS[kind]) / 2


def test_what_is_spelled_out_can_be_read_back() -> None:
    assert from_page("a ⟨U+202E⟩ b⟨U+1F600⟩") == "a\u202eb\U0001f600"
    assert from_terminal("a\\u202e b\\x1b\\U0001f600\\n") == "a\u202eb\x1b\U0001f600"
