"""The files of a new case as text, with the comments that explain them."""

from __future__ import annotations

import math
import re
import textwrap
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forecast.case.schema_files import schema_files
from forecast.evidence.exchange import csv_header
from forecast.starting.plan import Plan
from forecast.starting.template import FOLDER

FILES = {
    "case.yaml": "case.yaml.jinja",
    "drivers.yaml": "drivers.yaml.jinja",
    "codebook.yaml": "codebook.yaml.jinja",
    "sources.yaml": "sources.yaml.jinja",
    "assumptions/first-look.yaml": "assumptions.yaml.jinja",
}
DUE = "A decision is due by then, and most are taken in the last days before; it may be put off all the same."
WIDTH = 118
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;()'/%+-]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_UNSEEN = re.compile(r"[^\x20-\x7e\xa0-\u024f\u0370-\u1fff\u2010-\u2027\u3040-\ud7ff]")


def written_case(plan: Plan, concentration: float) -> dict[str, bytes]:
    """Every file of the case by its name in the folder; the evidence is a header only.

    The shapes with which an editor completes and checks them are laid beside them, where every workspace finds them.

    Parameters
    ----------
    concentration
        How firmly the shares are stated.
    """
    values = {
        "plan": plan,
        "concentration": concentration,
        "due_reason": DUE,
    }
    texts = {name: _environment().get_template(template).render(values) for name, template in FILES.items()}
    tidy = {name: re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n" for name, text in texts.items()}
    shapes = {f".schema/{name}": text for name, text in schema_files().items()}
    return {**{name: text.encode() for name, text in (tidy | shapes).items()}, "evidence.csv": csv_header()}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=False,  # noqa: S701  what is written is YAML: the filters below quote every text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"one": one_line, "prose": prose, "flat": flat, "exp": math.exp}
    made.filters |= {"dashed": lambda name: name.replace("_", "-")}
    return made


def flat(text: str) -> str:
    """Text on one line, without what no editor shows: for comments."""
    return _UNSEEN.sub(" ", " ".join(text.split()))


def one_line(text: str) -> str:
    """Text as a YAML scalar on one line: bare where that can mean nothing else, else in double quotes."""
    text = " ".join(text.split())
    bare = _PLAIN.fullmatch(text) and not text.endswith(" ") and text.casefold() not in _WORDS
    return text if bare else _quoted(text)


def prose(text: str, indent: int) -> str:
    """Text as a folded block, or on one line where it is short or holds what a block cannot."""
    text = " ".join(text.split())
    if _UNSEEN.search(text):
        return _quoted(text)
    if len(text) + indent < WIDTH - 20:
        return one_line(text)
    margin = " " * indent
    lines = textwrap.wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return ">-\n" + "\n".join(margin + line for line in lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_UNSEEN.sub(lambda found: f"\\U{ord(found[0]):08X}", escaped)}"'
