"""The assumptions before and after the evidence, in widths of what was believed before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from forecast.errors import UsageError
from forecast.figures import style
from forecast.figures.style import drawn, palette
from forecast.report.assumptions import NORMAL_90
from forecast.report.document import Document
from forecast.report.wording import phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST: Final = 16
"""Assumptions that are shown."""


@drawn
def plot_priors(document: Document, ax: Axes) -> None:
    """The assumptions that matter: 90 % before the evidence (pale) and after it (dark), in standard deviations before.

    0 is what was stated. What no evidence informs is hollow, and says so.

    Raises
    ------
    UsageError
        If the model has no uncertain assumptions.
    """
    held = document.assumptions
    every = ((each, each.posterior) for each in (*held.mattering, *held.lesser) if each.prior.sd.value)
    shown = [(each, after) for each, after in every if after is not None][:MOST]
    if not shown:
        raise UsageError("this model holds no assumption open: there is no prior to set against a posterior")
    style.rows(ax, len(shown))
    style.open_frame(ax)
    ax.xaxis.tick_top()
    ax.axvline(0, color=palette()["soft"], linewidth=0.8)
    for row, (each, after) in enumerate(shown):
        mean, width = each.prior.mean.value, each.prior.sd.value
        ends = [(end - mean) / width for end in (after.interval.low, after.interval.high)]
        middle = (after.mean.value - mean) / width
        colour = palette()["soft" if each.prior_only else "driver"]
        ax.plot((-NORMAL_90, NORMAL_90), (row - 0.16,) * 2, color=palette()["pale"], linewidth=5, alpha=0.6)
        ax.plot(ends, (row + 0.16,) * 2, color=colour, linewidth=2.4)
        ax.plot(middle, row + 0.16, "o", ms=7, mfc="white" if each.prior_only else colour, mec=colour, mew=1.4)
        style.label(ax, row, each.about, width=50)
        words = phrase("prior_only_tag") if each.prior_only else each.learned.text
        style.aside(ax, row, words, color=palette()["soft"], style="italic" if each.prior_only else "normal")
