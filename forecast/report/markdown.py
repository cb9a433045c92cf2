"""Tables in Markdown whose cells stay text, whatever is in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from forecast.report import inert

LONGEST: Final = 200
_LIVE: Final = re.compile(r"([\\`*_{}\[\]<>#!|~&@$]|:(?=//|[\w+-]+:)|(?<=www)\.)", re.IGNORECASE)
"""What Markdown reads as markup, and what makes a link of an address, a formula or a smiley of words."""
_LIST: Final = re.compile(r"^(\d*)((?<=\d)[.)](?= |$)|(?<!\d)[-+=])")
"""What opens a list, or makes a heading of the line before, where a line begins with it."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what comes from a case is to be given through `plain`."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def plain(text: str, longest: int = LONGEST) -> str:
    """Text that means nothing in Markdown: no markup, no links, one line; cut where it is longer than that."""
    words = " ".join(inert.visible(text, longest).split())
    return _LIST.sub(r"\1\\\2", _LIVE.sub(r"\\\1", words))


def line(text: str) -> str:
    """What a template made of several lines, on one."""
    return " ".join(text.split())


def block(text: str) -> str:
    """Lines that are shown as they are: a fence that none of them can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def code(name: str) -> str:
    """An id of ours: letters, digits, `-` and `_` alone; anything else becomes plain text."""
    return f"`{name}`" if re.fullmatch(r"[\w.-]+", name, re.ASCII) else plain(name)
