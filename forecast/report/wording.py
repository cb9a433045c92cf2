"""The templates, and the wording that numbers and dates are put into; `templates/wording.jinja` holds every word."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """The templates: everything is escaped, and a name that is not there is an error."""
    return Environment(
        loader=PackageLoader("forecast.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def phrase(name: str) -> Any:
    """A fixed phrase of the wording: the names of the months, the words of probability."""
    return getattr(environment().get_template("wording.jinja").module, name)
