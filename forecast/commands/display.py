"""Runs as tables in the terminal, and what all tables share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from forecast.commands.console import out, visible
from forecast.runs import Run
from forecast.sayings import Saying

BARS: Final = "▁▂▃▄▅▆▇█"
PLAIN_BARS: Final = "_.:-=+*#"
"""For a terminal that has no blocks."""
NARROWEST: Final = 11
"""Room that a column of words needs."""
GAP: Final = 3
"""Blanks between two columns."""
SHORT: Final = 15
"""Rows up to which a table may be drawn out."""
ALWAYS: Final = 4
"""Columns of the outcomes that are shown even if nothing stands in them; of the others those that say something."""

type Cell = str | Text


def show_run(run: Run, all_runs: Sequence[Run], *, saved: bool) -> None:
    """One forecast: outcomes, timing, drivers, what evidence counted, and how far to trust it."""
    said = run.forecast
    earlier = _line_of(run, all_runs)
    if run.publishable:
        show_decisions(said.get("decision_lines", []), {row["id"]: row["label"] for row in said["outcomes"]})
    line = "" if run.default else f": {said['model']} with {said['assumption_set']['name']}, not the case's own"
    heading = visible(f"{said['title']}, as of {said['as_of']} (by {said['horizon']}){line}")
    heading.stylize("bold")
    out.print(heading)
    if not run.publishable:
        out.print(Text("UNPUBLISHABLE: the diagnostics failed; do not use these numbers", style="bold red"))
        for failure in said["diagnostics"]["failures"] if run.complete else ():
            out.print(visible(f"  {failure}"))
    if not run.complete:
        for failure in said["diagnostics"]["failures"] or ("not every number of the forecast is finite",):
            out.print(visible(f"No forecast: {failure}"))
    else:
        out.print(_outcomes(said, earlier))
        out.print(_timing(said))
        if said["drivers"]:
            out.print(_drivers(said))
    for row in said["outcomes"]:
        if row.get("ruled_out"):
            out.print(visible(f"Ruled out: {row['label']}: on {row['ruled_out']}"))
    for gate in said["gates"]:
        passed = f"passed on {gate['passed']}" if gate["passed"] else "not passed yet; little can be resolved before"
        out.print(visible(f"Gate: {gate['label']}: {passed}"))
    out.print(_counted(said["evidence"]))
    out.print(_trust(said))
    for reason in dict.fromkeys(row.get("change_reason") for row in said["outcomes"]):
        if reason is not None:
            out.print(visible(f"No change to show: {reason}"))
    for note in said["notes"]:
        out.print(visible(f"Note: {note}"))
    where = f"saved in {'/'.join(run.folder.parts[-3:])}" if saved else "not saved (dry run)"
    out.print(visible(f"Run {run.id}, seed {said['run']['seed']}, {said['run']['seconds']['total']:.0f} s, {where}"))


def show_decisions(lines: Sequence[dict[str, Any]], labels: dict[str, str]) -> None:
    """The decision lines that were crossed, before anything else is said."""
    for line in lines:
        if line["crossed"] is not None:
            risen = "has risen over" if line["crossed"] == "up" else "has fallen under"
            said = f"{labels[line['outcome']]} {risen} {100 * line['at']:g}% ({100 * line['probability']:.1f}%)"
            out.print(Text.assemble(visible(f"DECISION LINE CROSSED: {said}: {line['note']}"), style="bold red"))


def show_runs(runs: Sequence[Run], case_id: str, noted: Mapping[str, Sequence[Saying]]) -> None:
    """A line a run, and what was noted of it below."""
    if not runs:
        out.print(visible(f"{case_id} has no runs yet: make one with `forecast refresh {case_id}`"))
        return
    rows = []
    for run in runs:
        said = run.forecast
        rows.append(
            (
                run.id,
                visible(_leader(said)) if run.complete else "no forecast",
                _still_open(said) if run.complete else "",
                said["diagnostics"]["gate"],
                visible(f"{said['model']}, {said['assumption_set']['name']}"),
            )
        )
    out.print(tabulate(("run", "likeliest answer", "still open", "gate", "model, assumptions"), rows, words=(1, 4)))
    for run in runs:
        show_sayings(noted.get(run.id, []))


def show_sayings(sayings: Sequence[Saying]) -> None:
    """What was noted of runs, a line each."""
    for saying in sayings:
        to = f": {saying.text}" if saying.text else ""
        what = f"sent{to}" if saying.kind == "sent" else f"note{to}"
        out.print(visible(f"{saying.at:%Y-%m-%d} {saying.run} {what}"))


def _leader(said: dict[str, Any]) -> str:
    """The likeliest answer; that there is none by the horizon is no answer, as on the page."""
    *answers, none = said["outcomes"]
    leader = max(answers or [none], key=lambda row: row["probability"])
    return f"{percent(leader['probability'])} {leader['label']}"


def _still_open(said: dict[str, Any]) -> str:
    return percent(said["outcomes"][-1]["probability"])


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


def tabulate(headings: Sequence[str], rows: Sequence[Sequence[Cell]], words: Sequence[int] = (0,)) -> Table:
    """As many columns, from the left, as the terminal has room for: `words` fold and lose nothing, the rest stays.

    A blank line stands between the rows of a short table in which words fold: a reader sees where each row ends.
    """
    columns = list(zip((visible(heading).plain for heading in headings), *rows, strict=True))
    widest = [max(cell_len(str(cell)) for cell in column) for column in columns]
    needed = [NARROWEST if place in words else width for place, width in enumerate(widest)]
    kept = next((n for n in range(len(columns), 2, -1) if sum(needed[:n]) + GAP * n < out.width), 2)
    folds = sum(widest[:kept]) + GAP * kept >= out.width
    table = Table(box=box.SIMPLE_HEAD, leading=int(folds and len(rows) <= SHORT))
    for place, heading in enumerate(headings[:kept]):
        number = place > 0 and place not in words
        table.add_column(
            visible(heading), justify="right" if number else "left", no_wrap=place not in words, overflow="fold"
        )
    for row in rows:
        table.add_row(*row[:kept])
    return table


def _outcomes(said: dict[str, Any], earlier: Sequence[Run]) -> Table:
    past = [{row["id"]: row["probability"] for row in run.forecast["outcomes"]} for run in earlier]
    rows = []
    for row in said["outcomes"]:
        line = [before[row["id"]] for before in past if row["id"] in before] + [row["probability"]]
        low, high = row["interval"]
        rows.append(
            (
                visible(row["label"]),
                Text(percent(row["probability"]), style="bold"),
                f"{percent(low)} to {percent(high)}",
                _change(row),
                "" if row["stated"] is None else percent(row["stated"]),
                "" if row.get("base_rate") is None else percent(row["base_rate"]),
                sparkline(line, 0.0, max(0.5, *line)) if len(line) > 1 else "",
            )
        )
    headings = ("outcome", "chance", "90% interval", "change", "stated", "base rates", "so far")
    told = [place for place, column in enumerate(zip(*rows, strict=True)) if place < ALWAYS or any(map(str, column))]
    return tabulate([headings[place] for place in told], [[row[place] for place in told] for row in rows])


def _change(row: dict[str, Any]) -> str:
    if row["change"] is None:
        return "new"
    noise = 2 * 2**0.5 * row["mcse"]
    return "no change" if abs(row["change"]) < noise else f"{100 * row['change']:+.1f} pts"


def sparkline(values: Sequence[float], low: float, high: float) -> str:
    """A line of small bars between two fixed ends."""
    bars = _bars()
    steps = len(bars) - 1
    return "".join(bars[round(steps * min(max((value - low) / (high - low), 0.0), 1.0))] for value in values)


def _bars() -> str:
    try:
        BARS.encode(out.encoding)
    except UnicodeEncodeError:
        return PLAIN_BARS
    return BARS


def _timing(said: dict[str, Any]) -> Text:
    resolved = [(row["week"], 1.0 - row["unresolved"]) for row in said["timing"]]
    curve = sparkline([value for _, value in resolved][:: -(-len(resolved) // 24)], 0.0, 1.0)
    reached: dict[str, float] = {}
    for share in (0.25, 0.5, 0.75):
        week = next((week for week, value in resolved if value >= share), None)
        if week is not None:
            reached[week] = share  # of several in a week, the last
    parts = [f"{percent(share)} by the week of {week}" for week, share in reached.items()]
    when = ", ".join(parts) or "less than 25% by the horizon"
    return visible(f"Resolved by then: {curve}  {when}")


def _drivers(said: dict[str, Any]) -> Table:
    paths = {path["id"]: path for path in said["driver_paths"]}
    rows = []
    for row in said["drivers"]:
        path, (low, high) = paths[row["id"]], row["interval"]
        weeks = [week["mean"] for week in path["weeks"]][-26:]
        rows.append(
            (
                visible(path["label"]),
                f"{row['mean']:+z.1f}",
                f"{low:+z.1f} to {high:+z.1f}",
                sparkline(weeks, -2.0, 2.0),
            )
        )
    return tabulate(
        ("driver (0 = usual, 1 = one standard deviation)", "now", "90% interval", "by week, -2 to +2"), rows
    )


def _counted(evidence: dict[str, int]) -> Text:
    later = f"; {evidence['after_as_of']} came later and were not used" if evidence["after_as_of"] else ""
    return visible(
        f"Evidence: {evidence['reports']} reports of {evidence['events']} events from {evidence['origins']} origins, "
        f"{evidence['codings']} codings, {evidence['retracted']} retracted{later}"
    )


def _trust(said: dict[str, Any]) -> Text:
    checks = said["diagnostics"]
    if checks["method"] == "exact":
        failed = "; ".join(checks["failures"])
        return visible(f"Checks: {failed or 'there is no sampler to check, for this model is worked out directly'}")
    alone = sum(1 for item in said["assumptions"] if item["prior_only"])
    figures = (
        f"R-hat up to {checks['rhat_max']:.3f}, at least {checks['ess_bulk_min']:.0f} effective draws"
        if checks["rhat_max"]
        else "see the failures"
    )
    if checks["method"] == "update":
        figures = f"{figures}; an update: Pareto k-hat {checks['pareto_k']:.2f}"
    return visible(
        f"Checks: {checks['gate']} ({figures}, {checks['divergences']} divergences); "
        f"{alone} of {len(said['assumptions'])} assumptions rest on judgement alone"
    )
