"""`forecast pool --analysts`: a team's analysts beside each other, who differs on what, and what it moves."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, Any

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate
from forecast.commands.opening import open_run, progress_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecast.case.schema import Case

Document = dict[str, Any]

SIDE_BY_SIDE = 5
"""Analysts in one table."""
FEW = 0.001
"""Changes below a tenth of a point are not worth a number."""


def show_analysts_of(
    case: str | None, as_of: str | None, assumptions: str | None, refit: bool | None, *, as_json: bool
) -> None:
    """Open the last run of a set that pools analysts' sets, and say where they differ.

    Raises
    ------
    UsageError
        If there is no such run, or its set pools no others.
    """
    from forecast.commands import console
    from forecast.insight.refitting import refitter
    from forecast.insight.standing import standing as stand
    from forecast.record.analysts import analysts
    from forecast.runs import list_runs

    with progress_shown() as (stage, progress):
        workspace, opened = open_run(
            case, None, as_of, None, assumptions or _only_team(case), trusted=False, stage=stage, progress=progress
        )
        standing = stand(opened)
        seed = int(opened.run.record["seed"])
        again = None if refit is False else refitter(standing, seed, stage=stage, progress=progress)
        runs = list_runs(workspace / "reports", opened.case.id)
        found = analysts(standing, opened.run, runs, refit=again, every=refit is True, stage=stage)
    if as_json:
        console.emit_json(found)
        return
    _show(found, opened.case)
    for each in found["analysts"]:
        if each["run"] is None:
            words = f"forecast refresh {found['case']} --as-of {found['as_of']} --assumptions {each['set']}"
            console.say(f"{each['set']} has no forecast of its own as of {found['as_of']}: {words}")


def _only_team(case: str | None) -> str | None:
    """The one set that pools others, where the case's own does not; None where there is no choice to make."""
    from pathlib import Path

    from forecast.case.members import pooling_sets
    from forecast.case.workspace import find_case

    teams = pooling_sets(find_case(case, Path.cwd()))
    return teams[0] if len(teams) == 1 else None


def _show(found: Document, case: Case) -> None:
    heading = visible(f"{case.question.title}, as of {found['as_of']}: {case.assumptions.label}, and its analysts")
    heading.stylize("bold")
    out.print(heading)
    names = [each["set"] for each in found["analysts"]]
    for few in batched(found["analysts"], SIDE_BY_SIDE):
        rows: list[Sequence[Cell]] = [_outcome(row, found, few) for row in found["outcomes"]]
        pools = tuple({"linear": "mean", "logarithmic": "log pool"}[name] for name in found["pools"])
        own = tuple(each["set"] for each in few)
        out.print(tabulate(("outcome", "team", *map(str, own), *pools), rows))
    labels = {row["id"]: row["label"] for row in found["outcomes"]}
    if not found["numbers"]:
        out.print(visible(f"{', '.join(names)} state the same numbers"))
    for few_names in batched(names, SIDE_BY_SIDE):
        rows = [row for number in found["numbers"] for row in _views(number, few_names, labels)]
        if rows:
            out.print(tabulate(("who says what", "team", *few_names, "apart"), rows))
    rows = [row for number in found["numbers"] if (row := _matters(number, labels)) is not None]
    if rows:
        out.print(tabulate(("where the team took it", "from", "points", "of", "by"), rows, words=(0, 3)))
        out.print("One number at a time, everything else as the team has it, intercepts held")
    quiet = sum(1 for number in found["numbers"] if _matters(number, labels) is None)
    if quiet:
        out.print(f"{quiet} more move no outcome by a tenth of a point")
    if any(number["held"] for number in found["numbers"]):
        out.print("* held by the model as it is: disagreement on it widens nothing")


def _outcome(row: Document, found: Document, analysts: Sequence[Document]) -> tuple[Cell, ...]:
    own = [each["outcomes"] for each in analysts]
    return (
        visible(row["label"]),
        percent(row["probability"]),
        *("" if said is None else percent(said[row["id"]]) for said in own),
        *(percent(pool[row["id"]]) for pool in found["pools"].values()),
    )


def _views(number: Document, names: Sequence[str], labels: dict[str, str]) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    for part in number["parts"]:
        said = {view["set"]: f"{view['value']:.3g}" for view in part["views"]}
        about = f"{number['about']}: {labels[part['key']]}" if number["kind"] == "shares" else number["about"]
        mark = "*" if number["held"] else ""
        apart = f"{part['between']:.2f}" + ("" if number["scale"] == "linear" else " in log")
        rows.append((visible(about + mark), f"{part['team']:.3g}", *(said.get(name, "") for name in names), apart))
    return rows


def _matters(number: Document, labels: dict[str, str]) -> Sequence[Cell] | None:
    """The analyst whose number moves an outcome most; None where nobody's does."""
    found = [(abs(change), each, outcome) for each in number["taken"] for outcome, change in each["change"].items()]
    most, taken, outcome = max(found, key=lambda each: each[0])
    if most < FEW:
        return None
    how = taken["method"]
    if not taken["reliable"]:
        weak = taken["pareto_k"] is not None
        how = f"{how}, k-hat {taken['pareto_k']:.2f}: --refit" if weak else f"{how}: failed its gate"
    return (
        visible(number["about"]),
        taken["set"],
        f"{100 * taken['change'][outcome]:+.1f}",
        visible(labels[outcome]),
        how,
    )
