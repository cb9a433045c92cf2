"""What the forecast hangs on: the tornado of its assumptions, and how far it is to another answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from forecast.errors import UsageError
from forecast.figures import style
from forecast.figures.style import drawn, palette, tone
from forecast.report.document import Document
from forecast.report.hanging import Hanging
from forecast.report.wording import phrase, sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEAREST: Final = 10
"""Flips that are shown."""
FAR: Final = 3.0
"""Steps beyond which a flip is drawn at the edge."""


@drawn
def plot_tornado(document: Document, ax: Axes, *, outcome: str | None = None) -> None:
    """Where a step down (light) and a step up (dark) of each assumption take an outcome from where it stands.

    The thin line at the end of a bar is twice the Monte Carlo error of the change to there.

    Parameters
    ----------
    outcome
        Its id; where none is named, the likeliest one.

    Raises
    ------
    UsageError
        If sensitivity was not looked into, or there is no such outcome.
    """
    hanging = looked_into(document)
    named = {each.id: each for each in hanging.outcomes}
    if outcome is not None and outcome not in named:
        raise UsageError(f"there is no outcome {outcome}: choose one of {', '.join(named)}")
    shown = hanging.leader if outcome is None else named[outcome]
    place, levers = hanging.outcomes.index(shown), hanging.tornado(shown)
    style.rows(ax, len(levers))
    style.open_frame(ax)
    style.percentages(ax)
    ax.xaxis.tick_top()
    now = shown.probability.value
    for row, lever in enumerate(levers):
        down, up = lever.low[place], lever.high[place]
        ax.barh(row, down.value - now, left=now, height=0.6, color=tone(shown.tone), alpha=0.38, linewidth=0, zorder=2)
        ax.barh(row, up.value - now, left=now, height=0.6, color=tone(shown.tone), linewidth=0, zorder=2)
        for end, error in lever.ends(place):
            ax.plot(
                (end - error, end + error),
                (row, row),
                color=palette()["ink"],
                linewidth=1.0,
                zorder=3,
                solid_capstyle="butt",
            )
        style.label(ax, row, lever.about, width=50)
        style.aside(ax, row, f"{down.text}   {up.text}", color=palette()["soft"])
    ax.axvline(now, color=palette()["ink"], linewidth=1.2, zorder=3)
    ax.margins(x=0.06)


@drawn
def plot_flips(document: Document, ax: Axes) -> None:
    """How many steps each of the nearest assumptions would have to be off for another outcome to lead.

    Raises
    ------
    UsageError
        If sensitivity was not looked into.
    """
    flips = looked_into(document).flips[:NEAREST]
    style.rows(ax, max(1, len(flips)))
    style.open_frame(ax)
    ax.set_xlim(0, FAR * 1.03)
    ax.set_xticks(range(int(FAR) + 1))
    ax.xaxis.tick_top()
    if not flips:
        ax.text(FAR / 2, 0, style.folded(sentence("flip_lead", looked_into(document)), 60), ha="center", va="center")
    for row, flip in enumerate(flips):
        steps = min(FAR, abs(flip.steps.value))
        colour = tone(flip.leader.tone) if flip.leader else palette()["driver"]
        ax.plot((0, steps), (row, row), color=palette()["pale"], linewidth=2, zorder=2)
        ax.plot(steps, row, "o", ms=9, mfc=colour, mec="white", zorder=3)
        style.label(ax, row, flip.about, width=46)
        then = style.folded(sentence("flip_then", flip), 40)
        style.aside(ax, row, f"{flip.distance.text} {flip.unit}\n{then}", fontsize=8.5)


def looked_into(document: Document) -> Hanging:
    """What the document says it hangs on.

    Raises
    ------
    UsageError
        If it does not say.
    """
    if document.hanging is None:
        raise UsageError(phrase("no_hanging"))
    return document.hanging
