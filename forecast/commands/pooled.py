"""Several forecasts as one, as a table for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from forecast.case.phrases import listed
from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate
from forecast.commands.taking import counted

if TYPE_CHECKING:
    from forecast.record.combination import Combination

NAMES = {
    "linear": "mean",
    "logarithmic": "log pool",
    "stacked": "stacked",
    "linear, with base rates": "mean+rates",
    "logarithmic, with base rates": "log+rates",
    "stacked, with base rates": "stacked+rates",
}


def show_combination(found: Combination, pooled: Mapping[str, Sequence[str]]) -> None:
    """Each outcome's chance in every pool, beside the range of the members; then who the members are.

    Parameters
    ----------
    found
        The members as one.
    pooled
        The assumption sets that pool others, and which those are.
    """
    said = found.runs[0].forecast
    heading = visible(
        f"{said['title']}, as of {said['as_of']} (by {said['horizon']}): {counted(len(found.runs), 'line')} as one"
    )
    heading.stylize("bold")
    out.print(heading)
    labels = {row["id"]: row["label"] for row in said["outcomes"]}
    rows: list[Sequence[Cell]] = []
    for end, (low, high) in found.ranges.items():
        first, *others = [percent(pool.chances[end]) for pool in found.pools.values()]
        rows.append((visible(labels[end]), first, f"{percent(low)} to {percent(high)}", *others))
    first, *others = (NAMES[name] for name in found.pools)
    out.print(tabulate(("outcome", first, "lines", *others), rows))
    members: list[Sequence[Cell]] = [
        (visible(f"{run.forecast['model']}, {run.forecast['assumption_set']['name']}"), percent(weight))
        for run, weight in zip(found.runs, found.stacked.tolist(), strict=True)
    ]
    out.print(tabulate(("line", "stacking weight"), members))
    names = [run.forecast["assumption_set"]["name"] for run in found.runs]
    for team in sorted(set(names) & pooled.keys()):
        if twice := [member for member in pooled[team] if member in names]:
            out.print(
                visible(f"{team} pools {listed(twice)}, who count a second time by their own lines"), soft_wrap=True
            )
    most = math.log2(len(found.members))
    out.print(f"The lines are {found.bits:.2f} bits apart, of {most:.2f} at most")
    if any("base rates" in name for name in found.pools):
        out.print(f"Where base rates are mixed in, they are a share of {found.share:g}")
    learned = found.learned_from
    if learned:
        out.print(f"The stacking weights were learned from {learned} other question{'' if learned == 1 else 's'}")
    else:
        out.print("No other question had resolved: stacking has nothing to learn from, and all models weigh the same")
