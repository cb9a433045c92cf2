"""Runs and checks as tables in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from forecast.commands.console import out, visible
from forecast.runs import Run

if TYPE_CHECKING:
    from forecast.case.schema import Case
    from forecast.model.tilts import Tilts

BARS = "▁▂▃▄▅▆▇█"


def show_run(run: Run, all_runs: Sequence[Run], *, saved: bool) -> None:
    """One forecast: outcomes, timing, drivers, what evidence counted, and how far to trust it."""
    said = run.forecast
    earlier = _line_of(run, all_runs)
    heading = visible(f"{said['title']}, as of {said['as_of']} (by {said['horizon']})")
    heading.stylize("bold")
    out.print(heading)
    if not run.publishable:
        out.print(Text("UNPUBLISHABLE: the diagnostics failed; do not use these numbers", style="bold red"))
    out.print(_outcomes(said, earlier))
    out.print(_timing(said))
    if said["drivers"]:
        out.print(_drivers(said))
    for gate in said["gates"]:
        passed = f"passed on {gate['passed']}" if gate["passed"] else "not passed yet; little can be resolved before"
        out.print(visible(f"Gate: {gate['label']}: {passed}"))
    out.print(_counted(said["evidence"]))
    out.print(_trust(said))
    for note in said["notes"]:
        out.print(visible(f"Note: {note}"))
    where = f"saved in {run.folder.parent.name}/{run.folder.name}" if saved else "not saved (dry run)"
    out.print(visible(f"Run {run.id}, seed {said['run']['seed']}, {said['run']['seconds']['total']:.0f} s, {where}"))


def show_runs(runs: Sequence[Run], case_id: str) -> None:
    """A line a run."""
    if not runs:
        out.print(visible(f"{case_id} has no runs yet: make one with `forecast refresh {case_id}`"))
        return
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("run", no_wrap=True, min_width=19)
    for column in ("gate", "model, assumptions", "most likely"):
        table.add_column(column)
    for run in runs:
        said = run.forecast
        leader = max(said["outcomes"], key=lambda row: row["probability"])
        table.add_row(
            run.id,
            said["diagnostics"]["gate"],
            visible(f"{said['model']}, {said['assumption_set']['name']}"),
            visible(f"{leader['label']} {percent(leader['probability'])}"),
        )
    out.print(table)


def show_tilts(case: Case, tilts: Tilts) -> None:
    """The stated split, and what +2 of each driver makes of it, in points."""
    out.print(Text(f"Assumption set {case.assumptions.name}: {case.assumptions.label}", style="bold"))
    split = Table(box=box.SIMPLE_HEAD)
    for column in ("", "outcome"):
        split.add_column(column)
    split.add_column("stated, given resolution", justify="right")
    split.add_column("by the horizon", justify="right")
    labels = {outcome.id: outcome.label for outcome in case.question.outcomes} | {"other": case.question.other.label}
    for number, (outcome, share) in enumerate(zip(tilts.outcomes, tilts.stated, strict=True), 1):
        split.add_row(str(number), visible(labels[outcome]), percent(share), percent(share * tilts.anchor.resolved))
    split.add_row("", "Still open", "", percent(1.0 - tilts.anchor.resolved))
    out.print(split)

    moves = Table(box=box.SIMPLE_HEAD)
    moves.add_column("points that +2 of a driver moves")
    for number in range(1, len(tilts.outcomes) + 1):
        moves.add_column(str(number), justify="right", no_wrap=True)
    moves.add_column("resolved", justify="right", no_wrap=True)
    for driver, shares in tilts.by_driver.items():
        changes = 100 * (shares - tilts.stated)
        sooner = 100 * (tilts.resolved[driver] - tilts.anchor.resolved)
        points = [f"{change:+.0f}" for change in (*changes, sooner)]
        moves.add_row(visible(case.drivers[driver].label), *points)
    out.print(moves)


def percent(probability: float) -> str:
    """A probability in whole percent; never 0 % or 100 %."""
    if probability < 0.005:
        return "<1%"
    return ">99%" if probability > 0.995 else f"{100 * probability:.0f}%"


def _line_of(run: Run, all_runs: Sequence[Run]) -> list[Run]:
    """Publishable runs of the same model and set before this one, the last of each day."""
    name = run.forecast["assumption_set"]["name"]
    days: dict[date, Run] = {}
    for other in all_runs:
        if other.publishable and other.same_line(run.forecast["model"], name) and other.as_of < run.as_of:
            days[other.as_of] = other
    return [days[day] for day in sorted(days)]


def _outcomes(said: dict[str, Any], earlier: Sequence[Run]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("outcome")
    for column in ("chance", "90% interval", "change", "stated"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("so far", no_wrap=True)
    past = [{row["id"]: row["probability"] for row in run.forecast["outcomes"]} for run in earlier]
    for row in said["outcomes"]:
        line = [before[row["id"]] for before in past if row["id"] in before] + [row["probability"]]
        low, high = row["interval"]
        table.add_row(
            visible(row["label"]),
            Text(percent(row["probability"]), style="bold"),
            f"{percent(low)} to {percent(high)}",
            _change(row),
            percent(row["stated"]),
            sparkline(line, 0.0, max(0.5, *line)) if len(line) > 1 else "",
        )
    return table


def _change(row: dict[str, Any]) -> str:
    if row["change"] is None:
        return "new"
    noise = 2 * 2**0.5 * row["mcse"]
    return "no change" if abs(row["change"]) < noise else f"{100 * row['change']:+.1f} pts"


def sparkline(values: Sequence[float], low: float, high: float) -> str:
    """A line of small bars between two fixed ends."""
    steps = len(BARS) - 1
    return "".join(BARS[round(steps * min(max((value - low) / (high - low), 0.0), 1.0))] for value in values)


def _timing(said: dict[str, Any]) -> Text:
    resolved = [(row["week"], 1.0 - row["unresolved"]) for row in said["timing"]]
    curve = sparkline([value for _, value in resolved][:: max(1, len(resolved) // 24)], 0.0, 1.0)
    parts = []
    for share in (0.25, 0.5, 0.75):
        week = next((week for week, value in resolved if value >= share), None)
        if week is not None:
            parts.append(f"{percent(share)} by the week of {week}")
    when = ", ".join(parts) or "less than 25% by the horizon"
    return visible(f"Resolved by then: {curve}  {when}")


def _drivers(said: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("driver (0 = usual, 1 = one standard deviation)")
    for column in ("now", "90% interval"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("by week, -2 to +2", no_wrap=True)
    paths = {path["id"]: path for path in said["driver_paths"]}
    for row in said["drivers"]:
        path, (low, high) = paths[row["id"]], row["interval"]
        weeks = [week["mean"] for week in path["weeks"]][-26:]
        table.add_row(
            visible(path["label"]), f"{row['mean']:+.1f}", f"{low:+.1f} to {high:+.1f}", sparkline(weeks, -2.0, 2.0)
        )
    return table


def _counted(evidence: dict[str, int]) -> Text:
    later = f"; {evidence['after_as_of']} came later and were not used" if evidence["after_as_of"] else ""
    return visible(
        f"Evidence: {evidence['reports']} reports of {evidence['events']} events from {evidence['origins']} origins, "
        f"{evidence['codings']} codings, {evidence['retracted']} retracted{later}"
    )


def _trust(said: dict[str, Any]) -> Text:
    checks = said["diagnostics"]
    alone = sum(1 for item in said["assumptions"] if item["prior_only"])
    figures = (
        f"R-hat up to {checks['rhat_max']:.3f}, at least {checks['ess_bulk_min']:.0f} effective draws"
        if checks["rhat_max"]
        else "see the failures"
    )
    return visible(
        f"Checks: {checks['gate']} ({figures}, {checks['divergences']} divergences); "
        f"{alone} of {len(said['assumptions'])} assumptions rest on judgement alone"
    )
