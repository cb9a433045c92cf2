"""Tables in Markdown whose cells stay text, whatever is in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from forecast.report import inert

LONGEST: Final = 200
_LIVE: Final = re.compile(r"([\\`*_{}\[\]<>#!|~&@]|:(?=//)|(?<=www)\.)")
"""What Markdown reads as markup, and what makes a link of an address."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what comes from a case is to be given through `plain`."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def plain(text: str) -> str:
    """Text that means nothing in Markdown: no markup, no links, one line."""
    return _LIVE.sub(r"\\\1", " ".join(inert.visible(text, LONGEST).split()))


def code(name: str) -> str:
    """An id of ours: letters, digits, `-` and `_` alone; anything else becomes plain text."""
    return f"`{name}`" if re.fullmatch(r"[\w.-]+", name, re.ASCII) else plain(name)
