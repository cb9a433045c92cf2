"""How a question ended and what its forecasts were worth, as tables for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate

if TYPE_CHECKING:
    from forecast.case.resolutions import Resolution
    from forecast.case.schema import Case
    from forecast.record.rescoring import Rescored
    from forecast.record.scores import Scores

HEADINGS = ("log", "Brier 0-2", "0-1", "spherical", "weeks")


def show_resolution(case: Case, resolution: Resolution) -> None:
    """The resolution that stands, and by whose word."""
    heading = visible(f"{case.question.title}: resolved on {resolution.date} as {_outcome(case, resolution)}")
    heading.stylize("bold")
    out.print(heading)
    out.print(visible(f"{resolution.reason} ({resolution.source})"))


def show_rescored(lines: Sequence[Rescored], *, again: bool) -> None:
    """Every line's mean scores; where the question was resolved before, with what they were."""
    if not lines:
        out.print("No run is scored by it")
        return
    rows: list[Sequence[Cell]] = []
    for line in lines:
        name = visible(f"{line.model}, {line.assumptions}")
        if again:
            rows.append((name, "before", *scores(line.before)))
            rows.append(("", "now", *scores(line.after)))
        else:
            rows.append((name, *scores(line.after)))
    headings = ("model, assumptions", *(("",) if again else ()), *HEADINGS)
    out.print(tabulate(headings, rows, words=(0, 1) if again else (0,)))


def scores(found: Scores | None) -> tuple[str, ...]:
    """Five cells of figures."""
    if found is None:
        return ("",) * len(HEADINGS)
    figures = (found.log, found.brier, found.brier / 2.0, found.spherical, found.crps)
    return tuple("" if figure is None else number(figure) for figure in figures)


def number(figure: float) -> str:
    """Three decimals, or the word for a figure beyond all bounds."""
    return "infinite" if math.isinf(figure) else f"{figure:.3f}"


def _outcome(case: Case, resolution: Resolution) -> str:
    labels = {outcome.id: outcome.label for outcome in case.question.outcomes}
    labels |= {"other": case.question.other.label, "unresolved": "still open at the horizon"}
    if resolution.outcome is not None:
        return labels[resolution.outcome]
    shares = [(labels[name], weight) for name, weight in resolution.weights.items() if weight > 0.0]
    return ", ".join(f"{percent(weight)} {label}" for label, weight in shares)
