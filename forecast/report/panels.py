"""Small drawings side by side on one sheet: a single SVG file with its own colours, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from forecast.report import inert
from forecast.report.wording import environment

LONGEST = 44
"""Letters of a heading that fit over a drawing."""


@dataclass(frozen=True)
class Panel:
    """A drawing and what stands over it."""

    heading: str
    drawing: Markup


@dataclass(frozen=True)
class Key:
    """A colour and what it stands for."""

    tone: str
    label: str


def sheet(
    title: str,
    lines: Sequence[str],
    panels: Sequence[Panel],
    size: tuple[float, float],
    columns: int,
    keys: Sequence[Key] = (),
) -> str:
    """The sheet as an SVG file.

    Parameters
    ----------
    title, lines
        What it is, and what a reader should know to read it.
    panels
        The drawings, row by row.
    size
        Width and height of each.
    columns
        How many stand in a row.
    keys
        Colours that all of them share.
    """
    shown = [Panel(inert.visible(each.heading, LONGEST), each.drawing) for each in panels]
    named = [Key(each.tone, inert.visible(each.label, LONGEST)) for each in keys]
    return (
        environment()
        .get_template("panels.svg.jinja")
        .render(title=inert.visible(title), lines=lines, panels=shown, size=size, columns=columns, keys=named)
    )
