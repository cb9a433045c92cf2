"""Small turns of phrase that every fault shares: quoting, listing, and guessing what was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 60
LONGEST_NAME = 200
MOST = 12


def quoted(text: str) -> str:
    """Text in single quotes, on one line, cut where it is long."""
    line = " ".join(text.split())
    return f"'{line}'" if len(line) <= LONGEST else f"'{line[:LONGEST].rstrip()}…'"


def listed(words: Iterable[str], last: str = "and") -> str:
    """`'a', 'b' and 'c'`."""
    *most, final = [quoted(word) for word in words]
    return f"{', '.join(most)} {last} {final}" if most else final


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option that `word` was most likely meant to be, or None where none is near (or the word is no name)."""
    if len(word) > LONGEST_NAME:
        return None  # guessing costs the square of its length
    plain = {_plain(option): option for option in options}
    found = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def instead_of(word: str, options: Iterable[str], otherwise: str) -> str:
    """How to mend an unknown word: the nearest option, else a choice of all, else (none, or too many) `otherwise`."""
    known = sorted(options)
    near = nearest(word, known)
    if near is not None:
        return f"did you mean {quoted(near)}?"
    if not known or len(known) > MOST:
        return otherwise
    return f"use {'one of ' if len(known) > 1 else ''}{listed(known, 'or')}"


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")
