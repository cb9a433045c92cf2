"""Two runs side by side, as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate


def show_compared(found: dict[str, Any]) -> None:
    """What each said, then all that was different in what they were made from."""
    one, other = found["runs"]
    rows: list[Sequence[Cell]] = [
        (
            visible(row["label"]),
            "" if row["from"] is None else percent(row["from"]),
            "" if row["to"] is None else percent(row["to"]),
            _difference(row),
        )
        for row in found["outcomes"]
    ]
    out.print(tabulate(("outcome", visible(one["id"]).plain, visible(other["id"]).plain, "difference"), rows))
    for name in one:
        if name != "id" and one[name] != other[name]:
            out.print(visible(f"{name}: {one[name]} | {other[name]}"))
    inputs = found["inputs"]
    for name, what in (("files", "Other files"), ("base_rates", "Other tables"), ("model", "Other model texts")):
        if inputs[name]:
            out.print(visible(f"{what}: {', '.join(inputs[name])}"))
    for name, reports in inputs["evidence"].items():
        if reports:
            more = f" and {len(reports) - 8} more" if len(reports) > 8 else ""
            out.print(visible(f"Reports {name}: {', '.join(reports[:8])}{more}"))
    for name, (then, now) in found["versions"].items():
        out.print(visible(f"{name}: {then or 'not said'} | {now or 'not said'}"))


def _difference(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return "not in both"
    return "none" if row["noise"] else f"{100 * row['difference']:+.1f} pts"
