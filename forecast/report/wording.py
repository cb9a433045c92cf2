"""The templates, and the wording that numbers and dates are put into; `templates/wording.jinja` holds every word.

One wording speaks in three ways, which differ in how a number, a date, a name and a link are written (`marks.jinja`):
as HTML, as Markdown, and as plain text for figures.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from forecast.report.markdown import block, line, plain

Medium = Literal["html", "markdown", "text"]


@cache
def environment(medium: Medium = "html") -> Environment:
    """The templates: a name that is not there is an error, and in HTML everything is escaped.

    In Markdown and in text the marks make names inert themselves, since each place has other characters that mean
    something.
    """
    own = [] if medium == "html" else [PackageLoader("forecast.report", f"templates/in_{medium}")]
    found = Environment(
        loader=ChoiceLoader([*own, PackageLoader("forecast.report")]),
        autoescape=medium == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"plain": plain, "line": line, "block": block}
    return found


@cache
def phrase(name: str) -> Any:
    """A fixed phrase of the wording: the names of the months, the words of probability."""
    return getattr(environment().get_template("wording.jinja").module, name)


def sentence(name: str, *parts: Any) -> str:
    """A sentence of the wording about these parts of a document, as plain text on one line."""
    told = getattr(environment("text").get_template("wording.jinja").module, name)
    return " ".join(str(told(*parts)).split())
