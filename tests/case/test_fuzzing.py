"""Whatever becomes of one file of a case, there is a sound `Case` or a list of faults, never anything else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case.fuzzing import NAMES, check_yaml, seeds

SEEDS = seeds()
NASTY = [
    "", "~", "0", "1", "-1", "2.5", "1e9", "1e300", "1e-300", "5e-324", ".nan", "-.inf", "1e400", "9" * 400, "true",
    "NO", "'0'", "text", "Text", "te-xt", "other", "unresolved", "city", "budget", "unions", "permit", "first-look",
    "++", "--", "'<script>'", "=1+1", "'[red]'", '"\\e[2J"', '"\\u202e"', '"a\\nb"', '"\\u2028"', "\u200b", "x" * 500,
    "2026-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "[]", "{}", "[1, {a: 2}]", "{a: [b]}", "[city, city]",
    "{kind: shares}", "{city: 0.5, other: 0.5}", "&a x", "*a", "!!python/name:os.system", "!!int 3", "<<", "|", ">-",
    "strikes.csv", "permits.csv", "../strikes.csv",
]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS, ids=NAMES)
def test_the_unchanged_file_is_read(seed: bytes) -> None:
    check_yaml(seed)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(SEEDS))
    for _ in range(data.draw(st.integers(1, 3))):
        content = _damaged(content, data)
    check_yaml(content)


def _damaged(content: bytes, data: st.DataObject) -> bytes:
    """The content with a value replaced, a line dropped, doubled, moved, renamed or indented, or a byte changed."""
    which, body = content[:1], content[1:]
    kind = data.draw(st.sampled_from(["value", "value", "value", "drop", "double", "swap", "rename", "indent", "byte"]))
    if kind == "byte":
        at = data.draw(st.integers(0, max(0, len(body) - 1)))
        return which + body[:at] + data.draw(st.binary(max_size=3)) + body[at + 1 :]
    lines = body.split(b"\n")
    places = st.integers(0, len(lines) - 1)
    at, other = data.draw(places), data.draw(places)
    line = lines[at]
    match kind:
        case "value":
            head = re.match(rb"[ -]*([^ :]+:)?", line)
            lines[at] = (head.group() if head else b"") + b" " + data.draw(st.sampled_from(NASTY)).encode()
        case "drop":
            del lines[at]
        case "double":
            lines.insert(other, line)
        case "swap":
            lines[at], lines[other] = lines[other], line
        case "rename":
            key = data.draw(st.sampled_from([b"id", b"kind", b"then", b"x", b"1"]))
            lines[at] = re.sub(rb"[a-z_]+", key, line, count=1)
        case "indent":
            lines[at] = b" " * data.draw(st.integers(1, 4)) + line
    return which + b"\n".join(lines)
