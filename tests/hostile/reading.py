"""What a person reads, brought back to what was written: how tests hold that nothing is lost and nothing obeyed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from forecast.report import inert

_IN_PAGES = re.compile("⟨U\\+([0-9A-F]{4,6})⟩")
_IN_TERMINALS = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([nrt]))")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}


def from_page(shown: str) -> str:
    """The text behind what a page shows, blanks apart: they fold."""
    return _squeezed(_IN_PAGES.sub(lambda found: chr(int(found[1], 16)), shown))


def from_terminal(shown: str) -> str:
    """The text behind what a terminal shows, blanks apart. Text that holds escapes itself is taken at its word."""

    def meant(found: re.Match[str]) -> str:
        number = found[1] or found[2] or found[3]
        return _LETTERS[found[4]] if number is None else chr(int(number, 16))

    return _squeezed(_IN_TERMINALS.sub(meant, shown))


def is_inert(shown: str) -> bool:
    """Whether a terminal, or any reader of lines, would show this as it stands: no code that it obeys."""
    return not [
        character
        for character in shown
        if character != "\n"
        and (
            unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
            or unicodedata.bidirectional(character) in _CODES
        )
    ]


_CODES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def _squeezed(text: str) -> str:
    return "".join(character for character in text if not character.isspace())


def plain_words(texts: Sequence[str]) -> list[str]:
    """Harmless words in place of each text, alike and in order where those are: a table has a row for each source."""
    shown = [inert.visible(text) for text in texts]
    places = sorted(set(shown))
    return [f"plain words {places.index(seen):03}" for seen in shown]
