"""Why the forecast moved: the bridge from the run before, as a waterfall."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from forecast.errors import UsageError
from forecast.figures import style
from forecast.figures.style import drawn, palette, tone
from forecast.report.document import Document
from forecast.report.wording import phrase, sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawn
def plot_bridge(document: Document, ax: Axes, *, outcome: str | None = None) -> None:
    """One outcome from the run before to this one: a bar for each change, which together are the whole of it.

    Parameters
    ----------
    outcome
        Its id; where none is named, the outcome that moved most.

    Raises
    ------
    UsageError
        If the document holds no bridge, or none of this outcome.
    """
    told = {each.outcome.id: each for each in document.why.waterfalls} if document.why else {}
    if document.why is None or (outcome is not None and outcome not in told):
        raise UsageError(f"there is no bridge of {outcome}" if told else phrase("no_bridge"))
    shown = document.why.waterfalls[0] if outcome is None else told[outcome]
    levels = [*accumulate((bar.points.value for bar in shown.bars), initial=shown.before.value)]
    colours = palette()
    style.rows(ax, len(shown.bars) + 2)
    style.open_frame(ax)
    style.percentages(ax)
    ends = [(0, shown.before, document.why.day), (len(shown.bars) + 1, shown.now, document.as_of)]
    for row, chance, on in ends:
        ax.plot(chance.value, row, "o", ms=10, mfc=tone(shown.outcome.tone), mec="white", zorder=3, clip_on=False)
        style.label(ax, row, on.text, fontweight="bold", width=46)
        style.aside(ax, row, chance.text, fontweight="bold")
    for row, (bar, low, high) in enumerate(zip(shown.bars, levels[:-1], levels[1:], strict=True), 1):
        idle = bar.kind == "noise" or not bar.real
        colour = colours["pale" if idle else "gain" if high > low else "loss"]
        ax.barh(row, high - low, left=low, height=0.56, color=colour, zorder=3)
        ax.plot((low, low), (row - 1, row), color=colours["pale"], linewidth=0.8, zorder=2)
        said = colours["soft"] if idle else colours["ink"]
        style.label(ax, row, sentence("bar_label", bar), color=said, width=46)
        style.aside(ax, row, bar.points.text, color=said)
    ax.plot((levels[-1], levels[-1]), (len(shown.bars), len(shown.bars) + 1), color=colours["pale"], linewidth=0.8)
    low, high = min(*levels, shown.now.value), max(*levels, shown.now.value)
    ax.set_xlim(low - 0.04 * (high - low), high + 0.04 * (high - low))
