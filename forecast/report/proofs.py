"""The figures for those who check: ranks and energy of the sampler, and forecasts against what happened."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from forecast.report.sampled import Energy, Ranks
from forecast.report.svg import Point, Scale, band, dot, figure, line, polyline, text
from forecast.report.trackrecord import Curve

PANEL = (320.0, 130.0)
SQUARE = 330.0


def ranks(shown: Ranks, *, name: str, title: str, finding: str) -> Markup:
    """A stepped line for each chain around the level that even ranks would have."""
    most = max(count for chain in shown.counts for count in chain)
    x, y = Scale((0, len(shown.counts[0])), (30, PANEL[0] - 4)), Scale((0, 1.15 * most), (PANEL[1] - 8, 4))
    level = y(shown.expected)
    chains = [
        polyline(_steps(chain, x, y), f"path chain tone-t{place % 7 + 1}") for place, chain in enumerate(shown.counts)
    ]
    labels = [text("0", 24, y(0) + 4, anchor="end"), text(f"{shown.expected:.0f}", 24, level + 4, anchor="end")]
    return figure(name, title, finding, PANEL, [*chains, line((30, level), (PANEL[0], level), "axis"), *labels])


def energy(shown: Energy, *, name: str, title: str, finding: str) -> Markup:
    """How widely the energy varies (area), and how far it changes from draw to draw (line)."""
    x = Scale((shown.edges[0], shown.edges[-1]), (8, PANEL[0] - 4))
    y = Scale((0, 1.1 * max(*shown.marginal, *shown.steps)), (PANEL[1] - 8, 4))
    middles = [(low + high) / 2 for low, high in zip(shown.edges[:-1], shown.edges[1:], strict=True)]
    hill = [(x(at), y(value)) for at, value in zip(middles, shown.marginal, strict=True)]
    steps = [(x(at), y(value)) for at, value in zip(middles, shown.steps, strict=True)]
    floor = [(at, y(0)) for at, _ in hill]
    return figure(
        name, title, finding, PANEL, [band(hill, floor, "fan tone-other"), polyline(steps, "path tone-driver")]
    )


def curve(shown: Curve, *, name: str, title: str, finding: str) -> Markup:
    """How often outcomes happened, by what was forecast, with the band where that lies if the forecasts are right."""
    x, y = Scale((0, 1), (40, SQUARE - 10)), Scale((0, 1), (SQUARE - 40, 10))
    marks = (0.0, 0.25, 0.5, 0.75, 1.0)
    grid = [line((x(mark), y(0)), (x(mark), y(1)), "grid") for mark in marks]
    grid += [line((x(0), y(mark)), (x(1), y(mark)), "grid") for mark in marks]
    labels = [text(f"{mark:.0%}", x(mark), y(0) + 16, anchor="middle") for mark in marks]
    labels += [text(f"{mark:.0%}", x(0) - 6, y(mark) + 4, anchor="end") for mark in marks]
    low = [(x(chance), y(low)) for chance, _, low, _ in shown.points]
    high = [(x(chance), y(high)) for chance, _, _, high in shown.points]
    seen = [(x(chance), y(observed)) for chance, observed, _, _ in shown.points]
    parts = [band(high, low, "fan tone-driver"), polyline(seen, "path tone-driver")]
    parts += [dot(*at, 3, "dot tone-driver") for at in seen]
    return figure(
        name, title, finding, (SQUARE, SQUARE), [*grid, line((x(0), y(0)), (x(1), y(1)), "axis"), *parts, *labels]
    )


def _steps(counts: Sequence[int], x: Scale, y: Scale) -> list[Point]:
    return [(x(place + side), y(count)) for place, count in enumerate(counts) for side in (0, 1)]
