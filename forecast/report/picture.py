"""The forecast as one self-contained picture, for a README or a slide: an SVG with its own colours, light and dark."""

from __future__ import annotations

from forecast.report import plots
from forecast.report.document import Document
from forecast.report.wording import environment


def draw(document: Document) -> str:
    """All outcomes with their intervals under the question and the date."""
    return environment().get_template("picture.svg.jinja").render(document=document, plots=plots)
