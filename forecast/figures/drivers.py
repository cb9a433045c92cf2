"""The drivers week by week, with the events that moved them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from forecast.figures import style
from forecast.figures.style import drawn, palette
from forecast.report.document import Document
from forecast.report.drivers import FELT, Driver, Mark
from forecast.report.svg import month_starts
from forecast.report.words import MINUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REACH: Final = 3.0
"""Standard units to either side that are shown."""


@drawn
def plot_drivers(document: Document, ax: Axes) -> None:
    """A panel for each driver: mean and interval, 0 as its usual state, and its events on the line.

    Arrows point to the side to which an event moved the driver, the larger the farther; those that moved it most are
    numbered and named beneath.
    """
    places = style.panels(ax, len(document.drivers), 2, gap=(0.1, 0.95))
    for panel, driver in zip(places, document.drivers, strict=True):
        _driver(panel, driver)


def _driver(ax: Axes, shown: Driver) -> None:
    style.open_frame(ax, "y")
    # A week's state stands in its middle; the first and the last reach to the ends, where events may lie.
    first, last = shown.weeks[0].start.value, shown.weeks[-1].start.value + timedelta(days=6)
    weeks = (shown.weeks[0], *shown.weeks, shown.weeks[-1])
    days = [first.toordinal(), *(week.start.value.toordinal() + 3 for week in shown.weeks), last.toordinal()]
    colour = palette()["driver"]
    fan = ([week.interval.low for week in weeks], [week.interval.high for week in weeks])
    ax.fill_between(days, *fan, color=colour, alpha=0.22, linewidth=0)
    ax.axhline(0, color=palette()["soft"], linewidth=0.8)
    ax.plot(days, [week.mean.value for week in weeks], color=colour, linewidth=1.9)
    ax.plot(days[-1], shown.now.mean.value, "o", ms=6, mfc=colour, mec="white")
    ax.set_ylim(-REACH, REACH)
    ax.set_yticks([-2, 0, 2], [f"{MINUS}2", "0", "+2"])
    months = month_starts(first, last, 6)
    ax.set_xticks([on.toordinal() for on, _ in months], [month for _, month in months])
    for mark in shown.marks:
        _mark(ax, shown, mark)
    ax.text(0, 1.07, style.folded(shown.label, 54, 1), transform=ax.transAxes, fontweight="bold")
    ax.text(1, 1.07, shown.now.mean.text, transform=ax.transAxes, fontweight="bold", ha="right")
    for number, mark in enumerate(shown.movers, 1):
        up = pull(mark) > 0
        ax.annotate(str(number), (mark.day.value.toordinal(), _height(shown, mark)), (0, 7 if up else -7),
                    textcoords="offset points", ha="center", va="bottom" if up else "top", fontsize=8,
                    fontweight="bold")  # fmt: skip
        moved = f" ({mark.moved.text})" if mark.moved else ""
        words = f"{number}  {mark.day.short}: {style.folded(mark.title, 64, 1)}{moved}"
        ax.annotate(words, (0, 0), (0, -15 - 11 * number), xycoords="axes fraction", textcoords="offset points",
                    fontsize=7.5, color=palette()["soft"], va="center")  # fmt: skip


def pull(mark: Mark) -> float:
    """How far an event moved its driver; where nobody could ask, the side that it speaks for."""
    return mark.push if mark.moved is None else mark.moved.value


def _mark(ax: Axes, driver: Driver, mark: Mark) -> None:
    at, moved = (mark.day.value.toordinal(), _height(driver, mark)), pull(mark)
    if abs(moved) < FELT:
        ax.plot(*at, "o", ms=3.5, mfc="white", mec=palette()["soft"], mew=0.8)
        return
    size = 6.0 if mark.moved is None else min(9.0, 4.5 + 11 * abs(moved))
    ax.plot(*at, "^" if moved > 0 else "v", ms=size, mfc=palette()["ink"], mec="white", mew=0.7)


def _height(driver: Driver, mark: Mark) -> float:
    """The height of the line in the week of an event."""
    week = max((week for week in driver.weeks if week.start.value <= mark.day.value), key=lambda week: week.start.value)
    return max(-REACH, min(REACH, week.mean.value))
