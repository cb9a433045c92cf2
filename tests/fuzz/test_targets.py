"""Readers hold under mutation, and what fuzzing once found stays mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

CRASHES = sorted(path for path in (Path(__file__).parent / "crashes").rglob("*") if path.is_file())
SEEDS = [(name, seed) for name, target in TARGETS.items() for seed in target.seeds]


@pytest.mark.parametrize("crash", CRASHES, ids=lambda path: f"{path.parent.name}-{path.name}"[:40])
def test_what_was_found_stays_mended(crash: Path) -> None:
    TARGETS[crash.parent.name].check(crash.read_bytes())


@settings(deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_readers_hold_under_mutation(seed: tuple[str, bytes], data: st.DataObject) -> None:
    name, content = seed
    for _ in range(data.draw(st.integers(0, 4))):
        content = _mutated(content, data)
    TARGETS[name].check(content)


def _mutated(content: bytes, data: st.DataObject) -> bytes:
    """The content with a piece of it replaced, doubled, moved to its end or cut off."""
    start = data.draw(st.integers(0, len(content)))
    end = min(len(content), start + data.draw(st.integers(0, 40)))
    piece = content[start:end]
    noise = data.draw(st.binary(max_size=6) | st.sampled_from(NOISE))
    change = data.draw(st.sampled_from(["replace", "double", "move", "cut"]))
    return {
        "replace": content[:start] + noise + content[end:],
        "double": content[:end] + piece + content[end:],
        "move": content[:start] + content[end:] + piece,
        "cut": content[:start],
    }[change]


NOISE = [text.encode() for text in (",", '"', "\n", "\r", "'=", "\0", "\ufeff", "\u202e", "9999-12-31", "1e999", "-1")]
NOISE += [text.encode() for text in ('r="1"', "<row>", "</c>", "<f>", "<v>-1</v>", "&#0;", "_xD800_", "<!DOCTYPE x>")]
