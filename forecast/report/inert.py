"""Text from outside, made harmless before anything else reads it.

Evidence is copied from the web, so any field may hold anything. Markup is left to the template's escaping; this
module takes care of what escaping does not: characters that hide or reorder text, text without end, and links.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

LONGEST: Final = 2000
MOST_MARKS: Final = 8
"""Accents on one letter; no script stacks more, and a tower of them covers the lines around it."""

_HIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKS: Final = {"Mn", "Me"}
# Persian and several Indian scripts cannot be spelled without the joiners, nor emoji without them and the two
# selectors; none of these hides or reorders anything.
_HARMLESS: Final = {"\u200c", "\u200d", "\ufe0e", "\ufe0f"}
# Letters and marks that Unicode lets nobody see (Default_Ignorable_Code_Point), and one blank that is no space.
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
)
_HOST: Final = re.compile(r"[a-z0-9-]+([.][a-z0-9-]+)+")


def clean(tree: Any, longest: int = LONGEST) -> Any:
    """The same tree of dicts, lists and values, with every string (keys too) made visible."""
    if isinstance(tree, str):
        return visible(tree, longest)
    if isinstance(tree, dict):
        return {clean(key, longest): clean(value, longest) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [clean(value, longest) for value in tree]
    return tree


def in_brackets(character: str) -> str:
    """A character by its number, as a page shows it: `⟨U+202E⟩`."""
    return f"⟨U+{ord(character):04X}⟩"


def visible(
    text: str, longest: int = LONGEST, *, spell: Callable[[str], str] = in_brackets, blanks: str = "\n\t"
) -> str:
    """Text in which every character that hides or reorders text is spelled out.

    Anything beyond `longest` characters is cut, and the text says how much.

    Parameters
    ----------
    spell
        How a hidden character is written.
    blanks
        Control characters that may stay: whoever shows the text takes them for spaces.
    """
    kept = text[:longest].replace("\r\n", "\n")
    shown = kept if kept.isascii() and kept.isprintable() else _spelled(kept, spell, blanks)
    return shown if len(text) <= longest else f"{shown}… ({len(text) - longest:,} more characters)"


def link(url: str) -> tuple[str, str] | None:
    """The address and its host, if this is a plain web address that a reader may follow; else None."""
    if not all(character.isalnum() or character in "-._~:/?#[]@!$&'()*+,;=%" for character in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        plain = parts.scheme in {"http", "https"} and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return None
    return (url, host.removeprefix("www.")) if plain and _HOST.fullmatch(host) else None


def _spelled(text: str, spell: Callable[[str], str], blanks: str) -> str:
    shown = []
    marks = MOST_MARKS  # a mark at the very beginning would sit on what stands before the text
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        hidden = character not in blanks and _hides(character)
        shown.append(spell(character) if hidden or marks > MOST_MARKS else character)
    return "".join(shown)


def _hides(character: str) -> bool:
    if character in _HARMLESS:
        return False
    return unicodedata.category(character) in _HIDDEN or _UNSEEN.match(character) is not None
