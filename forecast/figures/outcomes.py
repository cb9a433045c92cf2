"""The outcomes: how likely each is, how it came to that, what that feels like, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast.figures import style
from forecast.figures.style import drawn, palette, tone
from forecast.report.document import Document
from forecast.report.history import Course
from forecast.report.plots import shared_out
from forecast.report.wording import phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawn
def plot_forecast(document: Document, ax: Axes) -> None:
    """Every outcome: probability (dot), interval (bar), the run before (tick), as first stated (diamond)."""
    ranked = document.standing.ranked
    style.rows(ax, len(ranked))
    style.open_frame(ax)
    style.percentages(ax)
    ax.xaxis.tick_top()
    ax.set_xlim(0, 1.04 * max(outcome.interval.high for outcome in ranked))
    for row, outcome in enumerate(ranked):
        colour, now = tone(outcome.tone), outcome.probability
        style.label(ax, row, outcome.label)
        ends = (outcome.interval.low, outcome.interval.high)
        ax.plot(ends, (row, row), color=colour, alpha=0.26, linewidth=9, solid_capstyle="round", zorder=2)
        if outcome.stated is not None:
            ax.plot(outcome.stated.value, row, "D", ms=6, mfc="white", mec=palette()["soft"], zorder=3)
        if outcome.change is not None:
            before = outcome.change.before.value
            ax.plot((before, before), (row - 0.26, row + 0.26), color=palette()["ink"], linewidth=1.4, zorder=4)
        ax.plot(now.value, row, "o", ms=9, mfc=colour, mec="white", zorder=5)
        style.aside(ax, row, now.text, points=44, fontsize=13, fontweight="bold", ha="right")
        style.aside(ax, row, outcome.interval.text, points=52, color=palette()["soft"])


@drawn
def plot_futures(document: Document, ax: Axes) -> None:
    """A hundred futures as dots, shared out by probability, the likeliest outcome first."""
    ranked = document.standing.ranked
    shares = shared_out([outcome.probability.value for outcome in ranked])
    ax.set_aspect("equal", anchor="W")
    ax.set_xlim(-0.6, 24)
    ax.set_ylim(9.6, -0.6)
    style.bare(ax)
    place, gap = 0, 10 / len(ranked)
    for row, (outcome, share) in enumerate(zip(ranked, shares, strict=True)):
        face = palette()[outcome.tone]
        edge = palette()["unresolved-edge"] if outcome.tone == "unresolved" else face
        dots = range(place, place + share)
        at = ([dot // 10 for dot in dots], [dot % 10 for dot in dots])
        ax.scatter(*at, s=150, facecolor=face, edgecolor=edge, linewidth=0.8)
        place += share
        height = (row + 0.5) * gap - 0.5
        ax.scatter([11], [height], s=90, facecolor=face, edgecolor=edge, linewidth=0.8)
        ax.text(11.7, height, outcome.probability.text, va="center", fontsize=11, fontweight="bold")
        ax.text(13.7, height, style.folded(outcome.label, 34), va="center", fontsize=9.5)


@drawn
def plot_history(document: Document, ax: Axes) -> None:
    """Every outcome over the runs with its fan, a panel each, in front of the others' lines."""
    courses = document.history.courses
    places = style.panels(ax, len(courses), 3 if len(courses) > 4 else 2)
    for panel, course in zip(places, courses, strict=True):
        _course(panel, course, document)


def _course(ax: Axes, shown: Course, document: Document) -> None:
    every = document.history.courses
    style.open_frame(ax, "y")
    ax.set_ylim(0, 1.05 * max(stage.interval.high for course in every for stage in course.stages))
    style.percentages(ax, across=False)
    for course in every:
        chances = [stage.probability.value for stage in course.stages]
        if course is not shown:
            days = [stage.day.value.toordinal() for stage in course.stages]
            ax.plot(days, chances, color=palette()["other"], alpha=0.35, linewidth=0.9)
    colour, stages = tone(shown.outcome.tone), shown.stages
    days = [stage.day.value.toordinal() for stage in stages]
    fan = ([stage.interval.low for stage in stages], [stage.interval.high for stage in stages])
    ax.fill_between(days, *fan, color=colour, alpha=0.24, linewidth=0)
    chances = [stage.probability.value for stage in stages]
    ax.plot(days, chances, "o-", color=colour, linewidth=2, ms=5, mec="white")
    ends = (document.history.days[0], document.history.days[-1])
    ax.set_xticks(sorted({end.value.toordinal() for end in ends}))
    ax.set_xticklabels([end.short for end in ends[-len(ax.get_xticks()) :]])
    ax.text(0, 1.05, style.folded(shown.outcome.label, 36, 1), transform=ax.transAxes, fontweight="bold")
    ax.text(1, 1.05, shown.outcome.probability.text, transform=ax.transAxes, fontweight="bold", ha="right")


@drawn
def plot_timing(document: Document, ax: Axes) -> None:
    """The cumulative chance of each outcome by week, stacked; what is left above them is still open."""
    ahead = document.timing
    days = [ahead.start.value.toordinal(), *(row.end.value.toordinal() for row in ahead.rows)]
    outcomes = (*ahead.outcomes, ahead.unresolved)
    shares = [[0.0, *(row.cumulative[place].value for row in ahead.rows)] for place in range(len(ahead.outcomes))]
    shares.append([1.0 - sum(at) for at in zip(*shares, strict=True)])
    colours = [palette()[outcome.tone] for outcome in outcomes]
    ax.stackplot(days, shares, colors=colours, edgecolor="white", linewidth=0.8)
    style.open_frame(ax, "y")
    ax.set_axisbelow(False)
    ax.set_xlim(days[0], days[-1])
    ax.set_ylim(0, 1)
    style.percentages(ax, across=False)
    _months(ax, document)
    middles, below = [], 0.0
    for share in shares:
        middles.append(below + share[-1] / 2)
        below += share[-1]
    for outcome, at in zip(outcomes, spread(middles, 0.055), strict=True):
        words = f"{outcome.probability.text}  {style.folded(outcome.label, 40, 1)}"
        style.aside(ax, at, words, points=18, fontsize=9.5)
        ax.plot(1.0 + 0.012, at, "o", ms=8, mfc=palette()[outcome.tone], mec=tone(outcome.tone), clip_on=False,
                transform=ax.get_yaxis_transform())  # fmt: skip


def _months(ax: Axes, document: Document) -> None:
    first, last = document.timing.start.value, document.timing.rows[-1].end.value
    starts = [on for year in range(first.year, last.year + 1) for month in range(1, 13)
              if first <= (on := first.replace(year, month, 1)) <= last]  # fmt: skip
    every = -(-len(starts) // 12) or 1
    ax.set_xticks([on.toordinal() for on in starts[::every]])
    ax.set_xticklabels([phrase("months")[on.month - 1][:3] for on in starts[::every]])


def spread(heights: list[float], gap: float) -> list[float]:
    """Heights from 0 to 1, in order, pushed apart to this gap as far as there is room."""
    placed, floor = [], gap / 2
    for place, height in enumerate(heights):
        left = len(heights) - 1 - place
        floor = min(max(floor, height), 1 - gap / 2 - left * gap)
        placed.append(floor)
        floor += gap
    return placed
