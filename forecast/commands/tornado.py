"""The sensitivity table in the terminal: a tornado, what flips the answer, and what changes without each part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.text import Text

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate
from forecast.insight.sensitivity_document import outcome_labels

if TYPE_CHECKING:
    from forecast.case.schema import Case
    from forecast.insight.sensitivity_document import Beside
    from forecast.insight.sensitivity_table import LeftOut, Moved, Sensitivity

HALF: Final = 10
"""Places on each side of a bar's middle."""
ROWS: Final = 12
SHORTEST: Final = 0.005
"""Changes below half a point are not worth a line."""


def show_sensitivity(found: Sensitivity, case: Case, run: str) -> None:
    """The whole table, the most telling first."""
    labels, outcomes = outcome_labels(case), found.standing.outcomes
    leader = found.verdict.leader(found.standing.now)
    lead = percent(float(found.standing.now[outcomes.index(leader)]))
    heading = visible(f"{case.question.title}: {labels[leader]} leads with {lead}; what that hangs on")
    heading.stylize("bold")
    out.print(heading)
    _tornado(sorted(found.moved, key=lambda row: -row.span), outcomes, labels)
    _flips([row for row in found.moved if row.flip is not None], labels)
    _left_out([row for row in found.left_out if row.kind != "grades"], found, labels)
    _grades([row for row in found.left_out if row.kind == "grades"], labels)
    held = "solved again for every change" if found.re_anchored else "held (--re-anchor asks the other question)"
    out.print(visible(f"Intercepts are {held}. Run {run}"))


def show_switchboard(found: Sensitivity, case: Case, run: str, rows: Sequence[Beside]) -> None:
    """Alternatives side by side, in per cent, with their change in points."""
    labels, outcomes = outcome_labels(case), found.standing.outcomes
    now = found.standing.now
    names = [f"{number}" for number, _ in enumerate(rows, 1)]
    table: list[list[Cell]] = []
    for k, outcome in enumerate(outcomes):
        cells: list[Cell] = [visible(labels[outcome]), percent(float(now[k]))]
        for row in rows:
            cells.append(
                f"{percent(float(row.answer.chances[k]))} {_points(row.answer.chances[k] - now[k], row.answer.mcse[k])}"
            )
        table.append(cells)
    out.print(tabulate(("outcome", "as it stands", *names), table))
    for name, row in zip(names, rows, strict=True):
        leader = labels[found.verdict.leader(row.answer.chances)]
        how = f"run {row.run}" if row.run else _how(row.answer.method, row.answer.pareto_k)
        anchored = "intercepts solved again" if row.anchored else "intercepts held"
        out.print(visible(f"{name}: {row.name}: {leader} leads ({how}, {anchored})"))
        for failure in row.failures:
            out.print(visible(f"   not to be relied on: {failure}"))
    out.print(visible(f"Run {run}"))


def _tornado(rows: Sequence[Moved], outcomes: Sequence[str], labels: dict[str, str]) -> None:
    shown = [row for row in rows if row.span >= SHORTEST][:ROWS]
    widest = max((row.span for row in shown), default=1.0)
    table: list[list[Cell]] = []
    for row in shown:
        k = int(np.argmax(np.abs(row.per_step)))
        down, up = float(row.down.chances[k]), float(row.up.chances[k])
        table.append(
            [
                visible(row.lever.about),
                visible(labels[outcomes[k]]),
                _bar(down, up, widest),
                f"{percent(down)} to {percent(up)}",
                f"±{200 * row.mcse[k]:.1f}",
                "" if row.pareto_k is None else f"{row.pareto_k:.2f}",
                visible(row.diagnosis.partition(":")[0]),
            ]
        )
    headings = ("assumption, a step down and up", "moves most", "", "from, to", "a step, 95%", "k-hat", "diagnosis")
    out.print(tabulate(headings, table, words=(0, 1, 6)))
    if len(rows) > len(shown):
        out.print(f"{len(rows) - len(shown)} more move less (--json has all)")


def _bar(down: float, up: float, widest: float) -> Text:
    """From down to up around their middle; the end that a step up leads to is the full one."""
    length = max(1, round(2 * HALF * abs(up - down) / widest))
    half = "━" * length
    return Text(f"{half}▶" if up >= down else f"◀{half}")


def _flips(rows: Sequence[Moved], labels: dict[str, str]) -> None:
    if not rows:
        out.print("Nothing within three steps puts another outcome in the lead or crosses a decision line")
        return
    table: list[list[Cell]] = []
    for row in sorted(rows, key=lambda row: abs(row.flip.steps) if row.flip else 0.0)[:ROWS]:
        flip, lever = row.flip, row.lever
        if flip is None:
            continue
        to = f"{labels[flip.leader]} leads" if flip.leader else ""
        if flip.line is not None:
            to = f"{labels[flip.line.outcome]} crosses {percent(flip.line.probability)}" + (f"; {to}" if to else "")
        sure = "" if row.flip_reliable else " (refit to be sure)"
        distance = lever.at(flip.steps) - lever.at(0.0)
        table.append(
            [visible(lever.about), f"{distance:+.2g} {lever.unit}", visible(f"{to}{sure}"), f"{row.flip_k:.2f}"]
        )
    out.print(tabulate(("the answer flips if this moves by", "", "then", "k-hat"), table, words=(0, 1, 2)))


def _left_out(rows: Sequence[LeftOut], found: Sensitivity, labels: dict[str, str]) -> None:
    now, outcomes = found.standing.now, found.standing.outcomes
    table: list[list[Cell]] = []
    for row in sorted(rows, key=lambda row: -float(np.max(np.abs(row.answer.chances - now))))[:ROWS]:
        change = row.answer.chances - now
        k = int(np.argmax(np.abs(change)))
        leads = f"{labels[row.leader]} leads" if row.leader_changes else ""
        table.append(
            [
                visible(f"{row.kind} {row.name}"),
                visible(labels[outcomes[k]]),
                _points(change[k], row.answer.mcse[k]),
                f"{row.events}",
                _how(row.answer.method, row.answer.pareto_k),
                visible(leads),
            ]
        )
    out.print(tabulate(("without this", "moves most", "points", "events", "by", "then"), table, words=(0, 1, 5)))


def _grades(rows: Sequence[LeftOut], labels: dict[str, str]) -> None:
    flips = [row for row in rows if row.leader_changes]
    for row in flips:
        step = "higher" if row.step > 0 else "lower"
        out.print(visible(f"With every coding of {row.name} a grade {step}, {labels[row.leader]} leads"))
    if rows and not flips:
        out.print("No indicator's codings, a grade higher or lower, put another outcome in the lead")


def _points(change: float, mcse: float) -> str:
    return "no change" if abs(change) < 2.0 * mcse else f"{100 * change:+.1f}"


def _how(method: str, pareto_k: float | None) -> str:
    return method if pareto_k is None else f"{method}, k-hat {pareto_k:.2f}"
