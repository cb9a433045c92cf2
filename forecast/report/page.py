"""The file itself: one HTML page that needs nothing but itself and may load nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from markupsafe import Markup

from forecast.report import bars, inert, paths, plots, proofs, strips
from forecast.report.answers import Answers
from forecast.report.document import NOTHING, Document, document
from forecast.report.trust import FEW_ORIGINS, STALE_DAYS
from forecast.report.wording import environment
from forecast.report.words import LADDER, Rung

LARGEST: Final = 3_000_000
"""Bytes of a page that can still be sent around."""
SCREEN: Final = "report.css"
PAPER: Final = "paper.css"
MOST_ON_PAPER: Final = 2
"""Outcomes with a waterfall and a tornado on paper, where nobody can choose one."""
LENGTHS: Final = (inert.LONGEST, 500, 120)


def page(
    forecast: Mapping[str, Any],
    record: Mapping[str, Any],
    runs: Iterable[Mapping[str, Any]] = (),
    answers: Answers = NOTHING,
    ladder: tuple[Rung, ...] = LADDER,
    redacted: Mapping[str, Any] | None = None,
) -> tuple[Document, str]:
    """What is said about a saved run, and the page that says it; where text abounds, each is cut sooner.

    See `document` for the parameters and what is raised.
    """
    runs = list(runs)
    for longest in LENGTHS:
        shown = document(forecast, record, runs, longest, answers, ladder, redacted)
        text = render(shown)
        if len(text.encode()) <= LARGEST:
            break
    return shown, text


def render(document: Document, sheet: str = SCREEN) -> str:
    """The page as text, in the style sheet of the screen, or of paper, which has pictures of the first outcomes only.

    A figure that cannot be drawn is an error: nothing is left out in silence.
    """
    templates = environment()
    # Rendered apart, because their digests must be those of exactly what will stand between the tags.
    style, script = templates.get_template(sheet).render(), templates.get_template("report.js").render()
    return templates.get_template("report.html.jinja").render(
        document=document,
        paths=paths,
        plots=plots,
        strips=strips,
        bars=bars,
        proofs=proofs,
        limits={"few_origins": FEW_ORIGINS, "stale_days": STALE_DAYS},
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
        most=MOST_ON_PAPER if sheet == PAPER else None,
    )


def policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this style, this script and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
