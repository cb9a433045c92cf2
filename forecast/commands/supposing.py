"""What-ifs, ways and watch lists in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, show_decisions, sparkline, tabulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecast.case.schema import Case
    from forecast.runs import Run

WIDEST: Final = 16
ROWS: Final = 10
THERE: Final = 0.0005
"""How near to a target an outcome counts as being there: half of the last place that anybody reads."""
DID: Final = {
    "see": "seen (conditioning: what leads there becomes likelier too)",
    "do": "done (intervening: only what it leads to follows)",
    "see and do": "seen and done",
}


def show_whatif(document: dict[str, Any], case: Case) -> None:
    """What follows from premises; first, which decision lines that crosses."""
    show_decisions(document.get("decision_lines", []), {row["id"]: row["label"] for row in document["outcomes"]})
    heading = visible(f"{case.question.title}: if {' and '.join(document['premise'])}")
    heading.stylize("bold")
    out.print(heading)
    out.print(
        visible(f"{DID[document['kind']]}; the premise's own probability is {_small(document['premise_probability'])}")
    )
    for premise in document["premises"]:
        cut = f"; arrows cut from {', '.join(premise['arrows_cut'])}" if premise["arrows_cut"] else ""
        alone = "after what is done" if _after(premise, document) else "by itself"
        out.print(visible(f"  {premise['kind']} {premise['premise']}: {_small(premise['probability'])} {alone}{cut}"))
    if document.get("settled"):
        out.print(visible(f"  which settles: {document['settled']}"))
    _changes(document)
    _trust(document)


def _after(premise: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a premise is a look at a later day in a world in which something was done."""
    return document["kind"] == "see and do" and premise["kind"] == "see" and " on " in premise["premise"]


def show_scenarios(document: dict[str, Any], case: Case) -> None:
    """Every saved scenario: what it makes of each outcome, and how that has gone."""
    for scenario in document["scenarios"]:
        show_whatif(scenario, case)
        rows: list[list[Cell]] = []
        for outcome in scenario["outcomes"]:
            line = [then["outcomes"][outcome["id"]] for then in scenario["trend"]] + [outcome["probability"]]
            if len(line) > 1:
                rows.append([visible(outcome["label"]), sparkline(line, 0.0, max(0.5, *line)), percent(line[0])])
        if rows:
            out.print(tabulate((f"{scenario['label']}: so far", "", "first"), rows))


def show_saved_scenarios(run: Run, earlier: Sequence[Run]) -> None:
    """The scenarios that were asked at a refresh: of each what moves most, and how that has gone."""
    from forecast.insight.scenarios import trend

    rows: list[list[Cell]] = []
    for scenario in run.forecast.get("scenarios", []):
        outcome = max(scenario["outcomes"], key=lambda each: abs(each["change"]))
        line = [then["outcomes"][outcome["id"]] for then in trend(scenario, earlier)] + [outcome["probability"]]
        then = f"{percent(outcome['base'])} to {percent(outcome['probability'])}"
        drawn = sparkline(line, 0.0, max(0.5, *line)) if len(line) > 1 else ""
        doubt = "improbable for these draws: `forecast whatif` refits" if scenario["note"] else ""
        rows.append([visible(scenario["label"]), visible(outcome["label"]), then, drawn, doubt])
    if rows:
        out.print(tabulate(("scenario", "what it moves most", "from, to", "so far", ""), rows, words=(0, 1)))


def show_way(document: dict[str, Any], case: Case) -> None:
    """The most probable way to a target."""
    target = document["target"]
    labels = {row["id"]: row["label"] for row in document["outcomes"]}
    show_decisions(document["decision_lines"], labels)
    heading = visible(
        f"The most probable way for {labels[target['outcome']]} to reach {percent(target['probability'])}"
    )
    heading.stylize("bold")
    out.print(heading)
    base = next(row["base"] for row in document["outcomes"] if row["id"] == target["outcome"])
    if abs(base - target["probability"]) < THERE:
        out.print("It is there already")
        return
    judged = f"{target['judgement']:+.2f} log-odds of it are the stated chances having been wrong, the rest is to come"
    likely = f"at most {_small(document['premise_probability'])} of all futures lie that way"
    out.print(visible(f"It is {target['bits']:.1f} bits away from what is believed now: {likely}; {judged}"))
    _changes(document)
    longest = max((abs(row["farthest"]) for row in target["drivers"]), default=1.0)
    rows: list[list[Cell]] = [
        [
            visible(case.drivers[row["id"]].label),
            f"{row['farthest']:+.2f}",
            _bar(row["farthest"], longest),
            f"{row['now']:+.2f}",
            row["by"],
        ]
        for row in target["drivers"][:ROWS]
    ]
    out.print(tabulate(("driver, in standard units", "moves", "", "now", "half of it by the week of"), rows))
    told: list[list[Cell]] = [
        [
            visible(f"{case.indicators[row['indicator']].label}, grade {row['grade']}"),
            percent(row["probability"]),
            f"{percent(row['chance'])} to {percent(row['chance_there'])}",
        ]
        for row in target["reports"][:ROWS]
    ]
    out.print(tabulate(("next week's report", "would make it", "its chance, now and on the way"), told))
    _trust(document)


def show_watch(document: dict[str, Any], run: Run, rows: int) -> None:
    """What to look for next week."""
    heading = visible(f"{run.forecast['title']}: what to look for in the week after {document['as_of']}")
    heading.stylize("bold")
    out.print(heading)
    shown = document["indicators"][:rows]
    longest = max((row["bits_per_effort"] for row in shown), default=1.0)
    labels = {row["id"]: row["label"] for row in run.forecast["outcomes"] if row["id"] != "unresolved"}
    indicators = run.record["indicators"]
    table: list[list[Cell]] = []
    for row in shown:
        outcome, low, high = _most_moved(row, list(labels))
        table.append(
            [
                visible(indicators[row["id"]]["label"]),
                visible(f"{labels[outcome]}: {percent(low)} by a 1, {percent(high)} by a 5"),
                _bar(row["bits_per_effort"], longest),
                f"{1000 * row['bits']:.2f}",
                f"{100 * row['points_if_reported']:.1f}",
                percent(row["reported"]),
                f"{row['effort']:g}",
            ]
        )
    headings = ("indicator", "what the ends of the scale would do", "", "millibits", "points", "reported", "effort")
    out.print(tabulate(headings, table, words=(0, 1)))
    out.print(
        "Millibits: what next week may tell of the outcome, with the chance that a report comes at all; points: how "
        "far one that has come moves the forecast on average; --json has every grade of every indicator"
    )


def _most_moved(row: dict[str, Any], outcomes: list[str]) -> tuple[str, float, float]:
    low, high = row["grades"][0]["outcomes"], row["grades"][-1]["outcomes"]
    outcome = max(outcomes, key=lambda name: abs(high[name] - low[name]))
    return outcome, low[outcome], high[outcome]


def _changes(document: dict[str, Any]) -> None:
    longest = max(abs(row["change"]) for row in document["outcomes"]) or 1.0
    rows: list[list[Cell]] = [
        [
            visible(row["label"]),
            percent(row["base"]),
            Text(percent(row["probability"]), style="bold"),
            "no change" if abs(row["change"]) < 2 * row["mcse"] else f"{100 * row['change']:+.1f}",
            _bar(row["change"], longest),
        ]
        for row in document["outcomes"]
    ]
    out.print(tabulate(("outcome", "as it stands", "then", "points", ""), rows))


def _trust(document: dict[str, Any]) -> None:
    how = document["method"] if document["pareto_k"] is None else f"weights, k-hat {document['pareto_k']:.2f}"
    note = f"; {document['note']}" if document.get("note") else ""
    out.print(visible(f"By {how}{note}" + (f". Run {document['run']}" if "run" in document else "")))


def _bar(value: float, longest: float) -> Text:
    length = round(WIDEST * abs(value) / longest) if longest else 0
    return Text(("▶" if value > 0 else "◀").join(("━" * length, "")) if value > 0 else f"◀{'━' * length}")


def _small(probability: float) -> str:
    """A probability that may be very small, in words that do not say never."""
    return (
        percent(probability)
        if probability >= 0.005
        else f"{100 * probability:.2g}%"
        if probability > 0
        else "next to nothing"
    )
