"""A calibration as one picture: every quantity's ranks against the band, and forecasts against what happened."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from forecast.record.calibration import LEVEL, PLACES, Calibration, Uniformity
from forecast.record.reliability import Reliability
from forecast.record.uniformity import Band, band, counts_below
from forecast.report import inert
from forecast.report.svg import Scale, dot, element, figure, line, polyline, text
from forecast.report.svg import band as area
from forecast.report.wording import environment

CELL = (196.0, 116.0)
COLUMNS = 4
SQUARE = 330.0
LONGEST = 34
"""Letters of a name that fit over a cell."""


def draw(found: Calibration) -> str:
    """The picture as an SVG file."""
    template = environment().get_template("calibration.svg.jinja")
    edges = band(len(found.fitted), PLACES, LEVEL)
    most = reach(found.quantities, edges)
    return template.render(found=found, level=LEVEL, edges=edges, reach=most, grid=grid, square=square)


def reach(quantities: Sequence[Uniformity], edges: Band) -> float:
    """The largest difference that the grid has to show, of a quantity or of the band."""
    counts = [edges.low, edges.high, *(counts_below(quantity.ranks, PLACES) for quantity in quantities)]
    return max(float(abs(each - edges.expected).max()) for each in counts) / edges.simulations


def grid(quantities: Sequence[Uniformity], edges: Band, most: float, *, name: str, title: str, finding: str) -> Markup:
    """For each quantity, by how much the share of ranks below each cut differs from what it should be."""
    cells = [
        element("svg", *_cell(quantity, edges, most), x=CELL[0] * (place % COLUMNS), y=CELL[1] * (place // COLUMNS))
        for place, quantity in enumerate(quantities)
    ]
    return figure(name, title, finding, (CELL[0] * COLUMNS, CELL[1] * -(-len(quantities) // COLUMNS)), cells)


def square(reliable: Reliability, *, name: str, title: str, finding: str) -> Markup:
    """How often outcomes happened, by what was forecast; bars where the shares lie if the forecasts are right."""
    x, y = Scale((0, 1), (40, SQUARE - 10)), Scale((0, 1), (SQUARE - 40, 10))
    marks = [0, 0.25, 0.5, 0.75, 1]
    parts: list[Markup] = [line((x(0), y(0)), (x(1), y(1)), "axis")]
    for mark in marks:
        parts += [
            line((x(mark), y(0)), (x(mark), y(1)), "grid"),
            line((x(0), y(mark)), (x(1), y(mark)), "grid"),
            text(f"{mark:.0%}", x(mark), y(0) + 16, anchor="middle"),
            text(f"{mark:.0%}", x(0) - 6, y(mark) + 4, anchor="end"),
        ]
    for group in reliable.groups:
        low, high = group.interval
        across = x(group.forecast)
        told = f"forecast {group.forecast:.1%}, happened {group.observed:.1%}, expected {low:.1%} to {high:.1%}"
        parts += [
            area([(across - 4, y(high)), (across + 4, y(high))], [(across - 4, y(low)), (across + 4, y(low))], BAND),
            dot(across, y(group.observed), 4, "dot tone-driver", told),
        ]
    parts.append(text("forecast", x(0.5), SQUARE - 6, anchor="middle"))
    return figure(name, title, finding, (SQUARE, SQUARE), parts)


BAND = "fan tone-driver"


def _cell(quantity: Uniformity, edges: Band, most: float) -> list[Markup]:
    """One quantity: the band, the difference, and the name, marked where it leaves the band."""
    counts, n = counts_below(quantity.ranks, PLACES), edges.simulations
    off = [(counts - edges.expected) / n, (edges.low - edges.expected) / n, (edges.high - edges.expected) / n]
    x, y = Scale((0, PLACES), (4, CELL[0] - 16)), Scale((-most, most), (CELL[1] - 12, 24))
    middle, low, high = ([(x(cut), y(value)) for cut, value in enumerate(values, 1)] for values in off)
    ends = [(x(0), y(0.0))], [(x(PLACES), y(0.0))]
    shown = inert.visible(quantity.name, LONGEST)
    outside = quantity.deviation >= 1.0
    return [
        area(ends[0] + high + ends[1], ends[0] + low + ends[1], BAND),
        line((x(0), y(0.0)), (x(PLACES), y(0.0)), "grid"),
        polyline(ends[0] + middle + ends[1], f"path tone-{'t2' if outside else 'driver'}"),
        text(f"{shown}: outside" if outside else shown, x(0), 15, "name outside" if outside else "name"),
    ]
