"""Text from outside, made harmless before anything else reads it.

Evidence is copied from the web, so any field may hold anything. Markup is left to the template's escaping; this
module takes care of what escaping does not: characters that hide or reorder text, text without end, and links.
"""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import urlsplit

LONGEST = 2000
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Persian and several Indian scripts cannot be spelled without these two; they neither hide nor reorder anything.
_JOINERS = {"\u200c", "\u200d"}
_WHITESPACE = {"\n", "\t"}


def clean(tree: Any) -> Any:
    """The same tree of dicts, lists and values, with every string (keys too) made visible."""
    if isinstance(tree, str):
        return visible(tree)
    if isinstance(tree, dict):
        return {clean(key): clean(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [clean(value) for value in tree]
    return tree


def visible(text: str) -> str:
    """Text in which control, bidirectional and other hidden characters are written out as `⟨U+202E⟩`.

    Anything beyond `LONGEST` characters is cut, and the text says how much.
    """
    kept = text[:LONGEST].replace("\r\n", "\n")
    shown = "".join(_spelled(character) if _hides(character) else character for character in kept)
    return shown if len(text) <= LONGEST else f"{shown}… ({len(text) - LONGEST:,} more characters)"


def link(url: str) -> tuple[str, str] | None:
    """The address and its host, if this is a plain web address that a reader may follow; else None."""
    if not all(character.isalnum() or character in "-._~:/?#[]@!$&'()*+,;=%" for character in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    plain = parts.scheme in {"http", "https"} and host.isascii() and "." in host and "@" not in parts.netloc
    return (url, host.removeprefix("www.")) if plain else None


def _hides(character: str) -> bool:
    if character in _WHITESPACE or character in _JOINERS:
        return False
    return unicodedata.category(character) in _HIDDEN


def _spelled(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"
