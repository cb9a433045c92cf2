"""Why a forecast moved, in the terminal: a waterfall of signed bars for every outcome, and what lies beneath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich import box
from rich.table import Table
from rich.text import Text

from forecast.commands.console import out, visible
from forecast.commands.display import GAP, Cell, show_decisions

Document = dict[str, Any]

HALF: Final = 12
"""Room for a bar to either side of nothing."""
FIGURES: Final = len("+10.00 ±0.00") + 2 * HALF + 1
FEWEST_LABEL: Final = 16
MOST_SURPRISES: Final = 5


def show_explanation(said: Document, forecast: Document) -> None:
    """The decision lines crossed, the bridge by outcome, what surprised, and what the evidence is worth.

    Parameters
    ----------
    said
        The document of the answer.
    forecast
        That of the forecast that has moved.
    """
    labels = {outcome["id"]: outcome["label"] for outcome in forecast["outcomes"]}
    show_decisions(said["decision_lines"], labels)
    heading = visible(f"{forecast['title']}: from {said['from']['as_of']} to {said['to']['as_of']}")
    heading.stylize("bold")
    out.print(heading)
    longest = max((abs(bar["contribution"]) for outcome in said["outcomes"] for bar in outcome["bars"]), default=0.0)
    for outcome in sorted(said["outcomes"], key=lambda each: -abs(each["change"])):
        for part in _waterfall(labels[outcome["id"]], outcome, longest):
            out.print(part)
    if said["refitted"]:
        out.print("The weights did not reach from one run to the other: a posterior in between was sampled for this")
    _surprised(said["surprises"])
    if (worth := said["worth"]) is not None:
        out.print(
            f"Behind the drivers: {worth['reports']} reports, {worth['events']} events, "
            f"worth {worth['independent']:.0f} perfectly reliable, independent ones"
        )
    for note in said["notes"]:
        out.print(visible(f"Note: {note}"))
    out.print(visible(f"From run {said['from']['run']} to run {said['to']['run']}"))


def _waterfall(label: str, outcome: dict[str, Any], longest: float) -> Iterator[Text | Table]:
    """One outcome: what moved it, in points with the Monte Carlo error; what moved nothing is only counted."""
    moved = "no change" if outcome["no_change"] else _points(outcome["change"], outcome["mcse"])
    heading = visible(f"{label}: {100 * outcome['from']:.1f}% to {100 * outcome['to']:.1f}% ({moved})")
    heading.stylize("bold")
    yield heading
    drawn = out.width >= FEWEST_LABEL + FIGURES + 3 * GAP
    table = Table(box=None, show_header=False, padding=(0, GAP - 1, 0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    if drawn:
        table.add_column(no_wrap=True, width=2 * HALF + 1)
    still = [bar for bar in outcome["bars"] if bar["no_change"] and bar["kind"] != "noise"]
    for bar in outcome["bars"]:
        if bar in still:
            continue
        cells: list[Cell] = [visible(_named(bar)), _points(bar["contribution"], bar["mcse"])]
        if drawn:
            cells.append(_signed(bar["contribution"], longest))
        table.add_row(*cells)
    if still:
        together = sum(bar["contribution"] for bar in still)
        table.add_row(f"{len(still)} more: no change", f"{100 * together:+z.2f}{' ' * len(' ±0.00')}")
    yield table
    yield Text()


def _named(bar: dict[str, Any]) -> str:
    kind = bar["kind"]
    return f"{kind.capitalize()}: {bar['label']}" if kind in ("retraction", "amendment") else str(bar["label"])


def _points(value: float, error: float) -> str:
    return f"{100 * value:+z.2f} ±{100 * error:.2f}"


def _signed(value: float, longest: float) -> Text:
    """A bar to the left of nothing or to the right of it."""
    full, middle = ("█", "│") if _drawable("█│") else ("#", "|")
    length = round(HALF * abs(value) / longest) if longest > 0 else 0
    bar = full * length
    left, right = (bar.rjust(HALF), " " * HALF) if value < 0 else (" " * HALF, bar.ljust(HALF))
    return Text.assemble((left, "red"), middle, (right, "green"))


def _drawable(characters: str) -> bool:
    try:
        characters.encode(out.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _surprised(surprises: dict[str, Any]) -> None:
    reports: Sequence[dict[str, Any]] = [report for report in surprises["reports"] if report["excess"] > 0]
    if not surprises["reports"]:
        out.print("No report in between is news")
        return
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("what surprised the model most", overflow="fold")
    table.add_column("grade", justify="right", no_wrap=True)
    table.add_column("bits beyond expected", justify="right")
    for report in reports[:MOST_SURPRISES]:
        grades = ", ".join(map(str, report["grades"]))
        table.add_row(visible(f"{report['report']} {report['title']}"), grades, f"{report['excess']:+.1f}")
    if reports:
        out.print(table)
    size = f"{surprises['total']:+.1f} standard deviations over {surprises['events']} events"
    if surprises["repeated"]:
        out.print(f"Reports keep surprising the model ({size}): the question may be framed wrongly")
    else:
        out.print(f"Surprise as a whole: {size}, nothing unusual")
