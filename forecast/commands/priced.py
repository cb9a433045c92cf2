"""What markets ask beside the forecast, and what their prices moved, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate


def show_markets(said: dict[str, Any]) -> None:
    """A line an outcome, where the forecast read any prices."""
    told = said.get("markets")
    if told is None:
        return
    labels = {row["id"]: row["label"] for row in said["outcomes"]}
    rows: list[Sequence[Cell]] = [
        (
            visible(labels[row["id"]]),
            _points(row),
            percent(row["without"]),
            *(percent(price) for price in row["prices"]),
        )
        for row in told["outcomes"]
    ]
    names = [visible(name).plain for name in told["names"]]
    out.print(tabulate(("what the markets' prices moved", "points", "without", *names), rows))
    dates = ", ".join(f"{name} of {day}" for name, day in zip(told["names"], told["dates"], strict=True))
    k_hat = "" if told["pareto_k"] is None else f"; Pareto k-hat {told['pareto_k']:.2f}"
    out.print(visible(f"Prices: {dates}{k_hat}. Leave them out: --no-markets"))


def _points(row: dict[str, Any]) -> str:
    change = row["contribution"]
    return "no change" if abs(change) < 2 * row["mcse"] else f"{100 * change:+.1f}"
