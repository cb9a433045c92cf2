"""The evidence by source and by Admiralty grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast.errors import UsageError
from forecast.figures import style
from forecast.figures.style import drawn, palette
from forecast.report.document import Document
from forecast.report.svg import month_starts
from forecast.report.voices import DIGITS, LETTERS, Voices
from forecast.report.wording import phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawn
def plot_sources(document: Document, ax: Axes) -> None:
    """Left, each source's reports by day, full where well graded; right, how many codings each Admiralty cell has.

    Raises
    ------
    UsageError
        If there is no report.
    """
    if document.voices is None:
        raise UsageError(phrase("no_reports"))
    style.bare(ax)
    _days(ax.inset_axes((0, 0, 0.6, 1)), document.voices)
    _cells(ax.inset_axes((0.74, 0.3, 0.26, 0.62)), document.voices)


def _days(ax: Axes, shown: Voices) -> None:
    style.rows(ax, len(shown.named))
    style.open_frame(ax)
    colour = palette()["driver"]
    for row, voice in enumerate(shown.named):
        ax.axhline(row, color=palette()["grid"], linewidth=0.8)
        for said in voice.reports:
            face = colour if said.sound else "white"
            ax.plot(said.day.value.toordinal(), row, "o", ms=6, mfc=face, mec=colour, mew=1.1, alpha=0.85)
        style.label(ax, row, voice.source, width=30)
        style.aside(ax, row, str(len(voice.reports)), color=palette()["soft"])
    months = month_starts(shown.first.value, shown.last.value, 6)
    ax.set_xticks([on.toordinal() for on, _ in months], [month for _, month in months])
    ax.margins(x=0.04)


def _cells(ax: Axes, shown: Voices) -> None:
    style.open_frame(ax)
    ax.grid(visible=False)
    ax.set_aspect("equal")
    ax.set_xlim(-0.6, len(DIGITS) - 0.4)
    ax.set_ylim(len(LETTERS) - 0.4, -0.6)
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(DIGITS)), list(DIGITS))
    ax.set_yticks(range(len(LETTERS)), list(LETTERS))
    for row, numbers in enumerate(shown.cells):
        for column, number in enumerate(numbers):
            if number.value:
                ax.scatter(column, row, s=620 * number.value / shown.most, color=palette()["driver"], alpha=0.28)
                ax.text(column, row, number.text, ha="center", va="center", fontsize=9)
