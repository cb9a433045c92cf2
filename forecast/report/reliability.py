"""CORP reliability diagrams as one picture: how often what was given a chance came true, and where right ones lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from forecast.record.corp import Calibration
from forecast.report.panels import Panel, sheet
from forecast.report.svg import Scale, band, dot, figure, line, polyline, text

SIDE = 270.0
COLUMNS = 3
MARKS = (0, 0.25, 0.5, 0.75, 1)


def draw(title: str, lines: Sequence[str], found: Mapping[str, Calibration]) -> str:
    """The diagrams side by side, each under its name, as an SVG file."""
    panels = [
        Panel(f"{name} (p {each.p:.3f})", diagram(each, f"d{at}")) for at, (name, each) in enumerate(found.items())
    ]
    told = [
        *lines,
        "Line: share that came true, by the chance that was said. Band: where it lies if forecasts are right.",
    ]
    return sheet(title, told, panels, (SIDE, SIDE), max(1, min(COLUMNS, len(panels))))


def diagram(found: Calibration, name: str) -> Markup:
    """One diagram."""
    x, y = Scale((0, 1), (36, SIDE - 24)), Scale((0, 1), (SIDE - 30, 8))
    parts: list[Markup] = []
    for mark in MARKS:
        parts += [
            line((x(mark), y(0)), (x(mark), y(1)), "grid"),
            line((x(0), y(mark)), (x(1), y(mark)), "grid"),
            text(f"{mark:.0%}", x(mark), y(0) + 15, anchor="middle"),
            text(f"{mark:.0%}", x(0) - 5, y(mark) + 4, anchor="end"),
        ]
    parts.append(line((x(0), y(0)), (x(1), y(1)), "axis"))
    curves = [
        [(x(chance), y(value)) for chance, value in zip(found.chances.tolist(), values.tolist(), strict=True)]
        for values in (found.high, found.low, found.observed)
    ]
    high, low, observed = curves
    parts += [band(high, low, "fan tone-driver"), polyline(observed, "path tone-t2")]
    parts += [dot(*place, 2.0, "dot tone-t2") for place in observed] if len(observed) < 12 else []
    outside = int(((found.observed < found.low) | (found.observed > found.high)).sum())
    finding = f"{outside} of {len(found.chances)} chances lie outside the band."
    return figure(name, "Reliability", finding, (SIDE, SIDE), parts)
