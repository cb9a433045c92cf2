"""The few words of SVG that the figures are written in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from forecast.report.words import day

Point = tuple[float, float]


def element(tag: str, *children: str, **attributes: str | float) -> Markup:
    """One element; text and attributes are escaped, other elements are not.

    Attribute names are written as in Python: `class_`, `text_anchor`.
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), _plain(value))
        for name, value in attributes.items()
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), written, inside)


def text(words: str, x: float, y: float, class_: str = "tick", anchor: str = "start") -> Markup:
    """A line of text."""
    return element("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def line(start: Point, end: Point, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def polyline(points: Iterable[Point], class_: str) -> Markup:
    """A line through all points."""
    return element("polyline", points=_joined(points), class_=class_)


def band(upper: Sequence[Point], lower: Sequence[Point], class_: str) -> Markup:
    """The area between two lines over the same places."""
    return element("polygon", points=_joined([*upper, *reversed(lower)]), class_=class_)


def dot(x: float, y: float, radius: float, class_: str, told: str = "") -> Markup:
    """A dot, which tells more when pointed at."""
    return element("circle", *_told(told), cx=x, cy=y, r=radius, class_=class_)


def diamond(x: float, y: float, half: float, class_: str, told: str = "") -> Markup:
    """A square on its tip, which tells more when pointed at."""
    return element(
        "polygon",
        *_told(told),
        points=_joined([(x, y - half), (x + half, y), (x, y + half), (x - half, y)]),
        class_=class_,
    )


def arrow(x: float, y: float, half: float, up: bool, class_: str, told: str) -> Markup:
    """A triangle that points up or down, and tells more when pointed at."""
    tip, foot = (y - half, y + half) if up else (y + half, y - half)
    return element(
        "polygon", *_told(told), points=_joined([(x, tip), (x + half, foot), (x - half, foot)]), class_=class_
    )


def figure(name: str, title: str, finding: str, size: tuple[float, float], parts: Iterable[Markup]) -> Markup:
    """The whole figure, which screen readers announce by its title and what it shows.

    Parameters
    ----------
    name
        Unique in the page.
    title, finding
        What the figure is, and what a reader should see in it.
    size
        Width and height of the drawing; it scales to the room it gets.

    """
    width, height = size
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", finding, id=f"{name}-finding"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
        role="img",
        aria_labelledby=f"{name}-title {name}-finding",
    )


def drawing(width: float, height: float, parts: Iterable[Markup]) -> Markup:
    """A drawing that only repeats the numbers beside it, so that screen readers pass it over."""
    return element("svg", *parts, viewBox=f"0 0 {width:.0f} {height:.0f}", aria_hidden="true")


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to places."""

    values: tuple[float, float]
    places: tuple[float, float]

    def __call__(self, value: float) -> float:
        """The place of a value; values beyond the ends lie beyond the ends."""
        (low, high), (start, end) = self.values, self.places
        return start + (value - low) / (high - low) * (end - start)


def dates(first: date, last: date, places: tuple[float, float]) -> Callable[[date], float]:
    """A scale of dates; a single day lies in the middle."""
    if first == last:
        middle = sum(places) / 2
        return lambda _: middle
    scale = Scale((first.toordinal(), last.toordinal()), places)
    return lambda on: scale(on.toordinal())


def month_starts(first: date, last: date, at_most: int) -> list[tuple[date, str]]:
    """The first days of months in a span with their names, thinned evenly to `at_most`."""
    starts = [on for on in (first + timedelta(days=n) for n in range((last - first).days + 1)) if on.day == 1]
    every = -(-len(starts) // at_most) or 1
    return [(on, day(on).short.split()[1]) for on in starts[::every]]


def percent_axis(highest: float, places: tuple[float, float], at_most: int = 5) -> tuple[Scale, list[float]]:
    """A scale from 0 to the next ten per cent above `highest`, and round values to mark on it."""
    end = min(1.0, max(2, math.ceil(10 * highest - 1e-9)) / 10)
    step = next(step for step in (5, 10, 20, 25, 50) if 100 * end / step <= at_most)
    return Scale((0, end), places), [mark / 100 for mark in range(0, round(100 * end) + 1, step)]


def _told(words: str) -> list[Markup]:
    return [element("title", words)] if words else []


def _joined(points: Iterable[Point]) -> str:
    return " ".join(f"{_plain(x)},{_plain(y)}" for x, y in points)


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
