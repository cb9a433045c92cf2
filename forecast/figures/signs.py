"""What to watch next week: where each grade of an indicator would take the outcome that hangs most on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast.errors import UsageError
from forecast.figures import style
from forecast.figures.style import drawn, palette, tone
from forecast.report.document import Document
from forecast.report.wording import phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawn
def plot_watch(document: Document, ax: Axes) -> None:
    """A row for each indicator, the most telling for its effort first: a dot a grade, the larger the likelier.

    The scale is the move of the outcome that hangs most on the indicator, from where it stands.

    Raises
    ------
    UsageError
        If nobody could work out what to watch.
    """
    if document.lookout is None or not document.lookout.indicators:
        raise UsageError(phrase("no_watch"))
    shown = document.lookout.shown
    style.rows(ax, len(shown))
    style.open_frame(ax)
    style.points(ax)
    ax.xaxis.tick_top()
    ax.axvline(0, color=palette()["ink"], linewidth=1.2, zorder=1)
    for row, indicator in enumerate(shown):
        outcome = document.lookout.outcomes[indicator.most]
        colour, now = tone(outcome.tone), outcome.probability.value
        moves = [grade.after[indicator.most].value - now for grade in indicator.grades]
        ax.plot((min(moves), max(moves)), (row, row), color=palette()["pale"], linewidth=1.2, zorder=2)
        sizes = [25 + 420 * grade.chance.value for grade in indicator.grades]
        ax.scatter(moves, [row] * len(moves), s=sizes, color=colour, alpha=0.85, edgecolor="white", zorder=3)
        for grade, at in ((indicator.grades[0], moves[0]), (indicator.grades[-1], moves[-1])):
            ax.annotate(str(grade.grade), (at, row), (0, -13), textcoords="offset points", ha="center", fontsize=8)
        style.label(ax, row, indicator.label, width=38)
        words = f"{style.folded(outcome.label, 34, 1)}\n{indicator.ends[0].text} → {indicator.ends[1].text}"
        style.aside(ax, row, words, fontsize=8.5)
    ax.margins(x=0.08)
