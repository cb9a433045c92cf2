"""How figures look: the page's colours, plain type, and text that is only ever text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Concatenate, Final

from forecast.errors import UsageError
from forecast.report.words import MINUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE: Final = (9.0, 5.0)
"""Inches of new axes."""
TYPE: Final = ("Noto Sans", "Liberation Sans", "DejaVu Sans")
LINES: Final = 2
"""Of a label; what does not fit is cut."""
HIGH, LOW = "high", "low"

INSTALL: Final = "figures take the extra 'plot', which is not installed: `pip install 'possibilities[plot]'`"


@cache
def palette() -> dict[str, str]:
    """The colours of the page in a light room, by name; they stay apart for the colour-blind."""
    sheet = (files("forecast.report") / "templates" / "figures.css").read_text("utf-8")
    light = sheet[: sheet.index("@media")]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))


def tone(name: str) -> str:
    """The colour of an outcome by its tone; as a line or dot, what is unresolved has that of its darker edge."""
    return palette()["unresolved-edge" if name == "unresolved" else name]


@contextmanager
def styled() -> Iterator[None]:
    """The settings within which everything is drawn: no text is read as a formula, and none leaves as outlines.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.font_manager import get_font_names
    except ImportError:
        raise UsageError(INSTALL) from None
    there, ink, soft = set(get_font_names()), palette()["ink"], palette()["soft"]
    settings: dict[Any, Any] = {
        "text.parse_math": False,
        "text.usetex": False,
        "font.family": [name for name in TYPE if name in there],
        "font.size": 9.5,
        "text.color": ink,
        "axes.edgecolor": soft,
        "axes.labelcolor": soft,
        "axes.unicode_minus": True,
        "xtick.color": soft,
        "ytick.color": soft,
        "svg.fonttype": "none",
        "svg.hashsalt": "possibilities",
        "pdf.fonttype": 42,
        "savefig.facecolor": "white",
    }
    with mpl.rc_context(settings):
        yield


def drawn[Subject, **Choice](
    plot: Callable[Concatenate[Subject, Axes, Choice], None],
) -> Callable[Concatenate[Subject, Axes | None, Choice], Axes]:
    """A function that draws into axes, as one that makes them where none are given, and returns them."""

    @wraps(plot)
    def onto(subject: Subject, ax: Axes | None = None, /, *how: Choice.args, **choice: Choice.kwargs) -> Axes:
        with styled():
            place = ax if ax is not None else new_axes()
            plot(subject, place, *how, **choice)
        return place

    return onto


def new_axes(size: tuple[float, float] = SIZE) -> Axes:
    """Axes of their own, without a window or any state that is shared."""
    from matplotlib.figure import Figure

    return Figure(figsize=size).add_subplot()


def bare(ax: Axes) -> None:
    """Nothing but what is drawn: no frame, no ticks."""
    ax.set_axis_off()


def open_frame(ax: Axes, grid: str = "x") -> None:
    """A frame of nothing but faint lines across."""
    for side in ax.spines.values():
        side.set_visible(False)
    ax.tick_params(length=0)
    ax.grid(axis="x" if grid == "x" else "y", color=palette()["grid"], linewidth=0.8)
    ax.set_axisbelow(True)


def rows(ax: Axes, count: int) -> None:
    """Room for so many rows, the first at the top, whose labels stand left of the axes."""
    ax.set_ylim(count - 0.5, -0.5)
    ax.set_yticks([])


def label(ax: Axes, row: float, words: str, width: int = 34, **how: Any) -> None:
    """The label of a row, left of the axes."""
    ax.annotate(
        folded(words, width),
        (0, row),
        (-8, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="center",
        **{"fontsize": 9, "annotation_clip": False, **how},
    )


def aside(ax: Axes, row: float, words: str, points: float = 8, **how: Any) -> None:
    """What stands right of a row."""
    ax.annotate(
        words,
        (1, row),
        (points, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        **{"fontsize": 9, "annotation_clip": False, **how},
    )


def folded(words: str, width: int, lines: int = LINES) -> str:
    """Words on a few lines; what does not fit is cut with an ellipsis."""
    return "\n".join(textwrap.wrap(words, width, max_lines=lines, placeholder=" …"))


def percentages(ax: Axes, across: bool = True) -> None:
    """Whole per cent along an axis of chances."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = ax.xaxis if across else ax.yaxis
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f}%"))


def points(ax: Axes) -> None:
    """Signed percentage points along the axis of moves."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda move, _: _signed(100 * move)))


def _signed(value: float) -> str:
    return "0" if abs(value) < 1e-9 else f"{value:+.3g}".replace("-", MINUS)


def panels(ax: Axes, count: int, columns: int, gap: tuple[float, float] = (0.15, 0.36)) -> list[Axes]:
    """Small axes side by side within one, row by row; the gaps are shares of a panel's width and height."""
    bare(ax)
    across, down = min(columns, count), -(-count // columns)
    width, height = 1 / (across + gap[0] * (across - 1)), 1 / (down * (1 + gap[1]))
    places = [divmod(place, across) for place in range(count)]
    corners = [(column * width * (1 + gap[0]), 1 - row * height * (1 + gap[1]) - height) for row, column in places]
    return [ax.inset_axes((x, y, width, height)) for x, y in corners]
