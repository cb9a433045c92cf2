"""All figures by name: what each shows, what it asks of the draws, and the whole sheet with title and finding."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from forecast.errors import UsageError
from forecast.figures import style
from forecast.figures.beliefs import plot_priors
from forecast.figures.chains import plot_energy, plot_ranks
from forecast.figures.drivers import plot_drivers
from forecast.figures.levers import looked_into, plot_flips, plot_tornado
from forecast.figures.outcomes import plot_forecast, plot_futures, plot_history, plot_timing
from forecast.figures.reasons import plot_bridge
from forecast.figures.signs import plot_watch
from forecast.figures.voices import plot_sources
from forecast.report.document import Document
from forecast.report.wording import phrase, sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from forecast.reopened import Reopened

FORMATS: Final = ("png", "svg", "pdf")
DOTS: Final = 200
"""Dots an inch of a PNG: sharp on a slide and in print."""
SIZES: Final = {"slide": (11.0, 6.2), "tall": (11.0, 8.6), "page": (11.0, 13.0)}


@dataclass(frozen=True)
class Picture:
    """A figure of the gallery.

    Attributes
    ----------
    plot
        Draws it.
    title, finding
        What stands above it, from the document.
    asked
        What it asks of the draws beside what the run holds.
    size, room
        Of the sheet, and the shares of it left free at the left, right and below for labels.
    of_draws
        Whether it is drawn from the draws themselves.
    """

    plot: Callable[..., Any]
    title: str
    finding: Callable[[Document], str]
    asked: tuple[str, ...] = ()
    size: str = "slide"
    room: tuple[float, float, float] = (0.05, 0.05, 0.1)
    of_draws: bool = False


def _bridged(document: Document) -> str:
    return sentence("finding_why", document.why.waterfalls[0]) if document.why else ""


def _driven(document: Document) -> str:
    driver = document.farthest_driver
    return sentence("finding_drivers", driver) if driver else phrase("no_drivers")


def _watched(document: Document) -> str:
    return sentence("finding_watch", document.lookout) if document.lookout and document.lookout.indicators else ""


GALLERY: Final = {
    "forecast": Picture(plot_forecast, "forecast", lambda d: sentence("forecast_key", d), room=(0.3, 0.17, 0.06)),
    "history": Picture(plot_history, "history", lambda d: sentence("finding_history", d), size="tall"),
    "futures": Picture(plot_futures, "futures", lambda d: sentence("finding_futures", d.standing)),
    "timing": Picture(plot_timing, "timing", lambda d: sentence("finding_timing", d), room=(0.06, 0.36, 0.1)),
    "drivers": Picture(plot_drivers, "drivers", _driven, ("pushes",), "page", (0.05, 0.03, 0.04)),
    "bridge": Picture(plot_bridge, "bridge", _bridged, ("explained",), room=(0.36, 0.08, 0.1)),
    "tornado": Picture(plot_tornado, "tornado", lambda d: sentence("tornado_caption", looked_into(d).leader),
                       ("hanging",), "tall", (0.4, 0.14, 0.04)),
    "flips": Picture(plot_flips, "flips", lambda d: sentence("finding_hanging", looked_into(d)), ("hanging",),
                     room=(0.36, 0.3, 0.04)),
    "watch": Picture(plot_watch, "watch", _watched, ("watched",), room=(0.3, 0.27, 0.04)),
    "priors": Picture(plot_priors, "priors", lambda d: sentence("finding_assumptions", d.assumptions), ("hanging",),
                      "tall", (0.4, 0.11, 0.04)),
    "sources": Picture(plot_sources, "sources", lambda d: sentence("finding_evidence", d.evidence),
                       room=(0.22, 0.04, 0.1)),
    "ranks": Picture(plot_ranks, "ranks", lambda _: phrase("ranks_lead_arviz"), size="tall", of_draws=True),
    "energy": Picture(plot_energy, "energy", lambda _: phrase("energy_lead"), of_draws=True),
}  # fmt: skip


def draw(name: str, document: Document, run: Reopened | None = None, **choice: Any) -> Figure:
    """A whole sheet: the figure under its title and finding, with the question's title, the day and the run below.

    Parameters
    ----------
    name
        One of `GALLERY`.
    document
        What a page of the run would hold, with what the figure asks.
    run
        The run opened again, for the figures of its draws.
    choice
        What the plot function takes besides, such as `outcome`.

    Raises
    ------
    UsageError
        If there is no such figure, or the document does not hold what it shows.
    """
    if name not in GALLERY:
        raise UsageError(f"there is no figure {name}: choose one of {', '.join(GALLERY)}")
    picture = GALLERY[name]
    left, right, below = picture.room
    with style.styled():
        from matplotlib.figure import Figure

        figure = Figure(figsize=SIZES[picture.size])
        height = SIZES[picture.size][1]
        above = (1.5 if picture.size == "page" else 1.25) / height
        ax = figure.add_axes((left, below + 0.3 / height, 1 - left - right, 1 - above - below - 0.3 / height))
        picture.plot(run if picture.of_draws else document, ax, **choice)
        colours = style.palette()
        figure.text(0.03, 1 - 0.38 / height, phrase("figure_titles")[picture.title], fontsize=16, fontweight="bold",
                    family="serif")  # fmt: skip
        finding = style.folded(picture.finding(document), 130, 2)
        figure.text(0.03, 1 - 0.48 / height, finding, fontsize=10.5, color=colours["soft"], va="top", linespacing=1.35)
        foot = sentence("figure_foot", document)
        figure.text(0.03, 0.16 / height, style.folded(foot, 150, 1), fontsize=8, color=colours["soft"])
        if not document.publishable:
            figure.text(0.97, 0.16 / height, phrase("unusable"), fontsize=9, color=colours["alarm"], ha="right",
                        fontweight="bold")  # fmt: skip
    return figure


def save(figure: Figure, format: str) -> bytes:  # noqa: A002 (matplotlib's own word)
    """The figure as a file of this format: the same bytes for the same figure.

    Raises
    ------
    UsageError
        If it is none of `FORMATS`.
    """
    if format not in FORMATS:
        raise UsageError(f"a figure is written as {', '.join(FORMATS)}: name the file so")
    dates = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    written = io.BytesIO()
    with style.styled(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # a letter that no font here has is a box, as on a page
        figure.savefig(written, format=format, dpi=DOTS, metadata=dates[format])
    return written.getvalue()


def format_of(path: Path) -> str:
    """The format that a file's name asks for.

    Raises
    ------
    UsageError
        If it is none of `FORMATS`.
    """
    ending = path.suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        raise UsageError(f"-o {path}: give a name that ends in .{', .'.join(FORMATS)}")
    return ending
