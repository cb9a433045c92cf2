"""The file itself: one HTML page that needs nothing but itself and may load nothing else."""

from __future__ import annotations

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from forecast.report import plots, strips
from forecast.report.document import Document
from forecast.report.words import LADDER


def render(document: Document) -> str:
    """The page as text. A figure that cannot be drawn is an error: nothing is left out in silence."""
    templates = environment()
    # Rendered apart, because their digests must be those of exactly what will stand between the tags.
    style, script = templates.get_template("report.css").render(), templates.get_template("report.js").render()
    return templates.get_template("report.html.jinja").render(
        document=document,
        plots=plots,
        strips=strips,
        ladder=LADDER,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
    )


def environment() -> Environment:
    """The templates: everything is escaped, and a name that is not there is an error."""
    return Environment(
        loader=PackageLoader("forecast.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this style, this script and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
