"""The sensitivity table in the terminal: a tornado, what flips the answer, and what changes without each part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate
from forecast.inference.weights import PARETO_K
from forecast.insight.flip import Verdict
from forecast.insight.sensitivity_document import PLURALS

if TYPE_CHECKING:
    from forecast.insight.sensitivity_document import Beside
    from forecast.insight.standing import Standing
    from forecast.runs import Run

Document = dict[str, Any]

HALF: Final = 10
"""Places on each side of a bar's middle."""
ROWS: Final = 12
UNDECIDED: Final = " (that nothing is decided is no lead)"
SHORTEST: Final = 0.005
"""Changes below half a point are not worth a line."""
ALONE: Final = "prior only"
"""How the diagnosis of an assumption begins that rests on judgement alone: it is said at every width."""


def show_sensitivity(found: Document, run: Run) -> None:
    """The whole table, the most telling first."""
    labels, now = _labels(run), {row["id"]: row["probability"] for row in found["outcomes"]}
    lead = percent(now[found["leader"]])
    heading = visible(f"{run.forecast['title']}: {labels[found['leader']]} leads with {lead}; what that hangs on")
    heading.stylize("bold")
    out.print(heading)
    _tornado(sorted(found["assumptions"], key=lambda row: -_span(row)), labels)
    _flips([row for row in found["assumptions"] if row["flip"] is not None], labels)
    _left_out([(kind, row) for kind, plural in PLURALS.items() for row in found[plural]], now, labels)
    _grades(found["grades"], labels)
    again = found["intercepts"] == "re-anchored"
    held = "solved again for every change" if again else "held (--re-anchor asks the other question)"
    out.print(visible(f"Intercepts are {held}. Run {run.id}"))


def show_switchboard(standing: Standing, run: Run, rows: Sequence[Beside]) -> None:
    """Alternatives side by side, in per cent, with their change in points."""
    labels, now, verdict = _labels(run), standing.now, Verdict(standing.outcomes)
    names = [f"{number}" for number, _ in enumerate(rows, 1)]
    table: list[list[Cell]] = []
    for k, outcome in enumerate(standing.outcomes):
        cells: list[Cell] = [visible(labels[outcome]), percent(float(now[k]))]
        for row in rows:
            cells.append(
                f"{percent(float(row.answer.chances[k]))} {_points(row.answer.chances[k] - now[k], row.answer.mcse[k])}"
            )
        table.append(cells)
    out.print(tabulate(("outcome", "as it stands", *names), table))
    for name, row in zip(names, rows, strict=True):
        leader = labels[verdict.leader(row.answer.chances)]
        how = f"run {row.run}" if row.run else _how(row.answer.method, row.answer.pareto_k)
        anchored = "intercepts solved again" if row.anchored else "intercepts held"
        out.print(visible(f"{name}: {row.name}: {leader} leads ({how}, {anchored})"))
        for failure in row.failures:
            out.print(visible(f"   not to be relied on: {failure}"))
    out.print(visible(f"Run {run.id}"))


def _labels(run: Run) -> dict[str, str]:
    return {row["id"]: row["label"] for row in run.forecast["outcomes"]}


def _span(row: Document) -> float:
    """By how much a lever moves the outcome that it moves most, from a step down to a step up."""
    return float(max(abs(row["up"][outcome] - row["down"][outcome]) for outcome in row["up"]))


def _most(moves: Mapping[str, float]) -> str:
    return max(moves, key=lambda outcome: abs(moves[outcome]))


def _tornado(rows: Sequence[Document], labels: dict[str, str]) -> None:
    shown = [row for row in rows if _span(row) >= SHORTEST][:ROWS]
    widest = max((_span(row) for row in shown), default=1.0)
    table: list[list[Cell]] = []
    for row in shown:
        outcome = _most(row["sensitivity"])
        down, up = row["down"][outcome], row["up"][outcome]
        alone = row["diagnosis"].startswith(ALONE)
        table.append(
            [
                visible(f"{row['about']} *" if alone else row["about"]),
                visible(labels[outcome]),
                _bar(down, up, widest),
                f"{percent(down)} to {percent(up)}",
                f"±{200 * row['mcse'][outcome]:.1f}",
                "" if row["pareto_k"] is None else f"{row['pareto_k']:.2f}",
                visible(row["diagnosis"].partition(":")[0]),
            ]
        )
    headings = ("assumption, a step down and up", "moves most", "", "from, to", "a step, 95%", "k-hat", "diagnosis")
    out.print(tabulate(headings, table, words=(0, 1, 6)))
    if any(row["diagnosis"].startswith(ALONE) for row in shown):
        out.print(f"* {ALONE}: no evidence speaks of it")
    if len(rows) > len(shown):
        out.print(f"{len(rows) - len(shown)} more move less (--json has all)")


def _bar(down: float, up: float, widest: float) -> Text:
    """From down to up around their middle; the end that a step up leads to is the full one."""
    length = max(1, round(2 * HALF * abs(up - down) / widest))
    half = "━" * length
    return Text(f"{half}▶" if up >= down else f"◀{half}")


def _flips(rows: Sequence[Document], labels: dict[str, str]) -> None:
    if not rows:
        out.print(f"Nothing within three steps puts another outcome in the lead{UNDECIDED} or crosses a decision line")
        return
    table: list[list[Cell]] = []
    for row in sorted(rows, key=lambda row: abs(row["flip"]["steps"]))[:ROWS]:
        flip = row["flip"]
        to = f"{labels[flip['leader']]} leads" if flip["leader"] else ""
        if (line := flip["line"]) is not None:
            to = f"{labels[line['outcome']]} crosses {percent(line['probability'])}" + (f"; {to}" if to else "")
        sure = "" if flip["reliable"] else " (refit to be sure)"
        moved = f"{flip['distance']:+.2g} {flip['unit']}"
        table.append([visible(row["about"]), moved, visible(f"{to}{sure}"), f"{flip['pareto_k']:.2f}"])
    out.print(tabulate(("the answer flips if this moves by", "", "then", "k-hat"), table, words=(0, 1, 2)))


def _left_out(rows: Sequence[tuple[str, Document]], now: Mapping[str, float], labels: dict[str, str]) -> None:
    def told() -> Iterator[tuple[float, list[Cell]]]:
        for kind, row in rows:
            change = {outcome: row["without"][outcome] - now[outcome] for outcome in now}
            outcome = _most(change)
            leads = f"{labels[row['leader']]} leads" if row["leader_changes"] and _tells(row) else ""
            yield (
                abs(change[outcome]),
                [
                    visible(f"{kind} {row['id']}"),
                    visible(labels[outcome]),
                    _points(change[outcome], row["change_mcse"][outcome]) if _tells(row) else "cannot tell",
                    f"{row['events']}",
                    _how(row["method"], row["pareto_k"]) + (": failed its gate" if row["failures"] else ""),
                    visible(leads),
                ],
            )

    table = [cells for _, cells in sorted(told(), key=lambda row: -row[0])[:ROWS]]
    out.print(tabulate(("without this", "moves most", "points", "events", "by", "then"), table, words=(0, 1, 5)))


def _tells(row: Document) -> bool:
    """Whether the weights reach, or the refit passed: a change that they cannot tell is no change to be read."""
    return not row["failures"] and (row["pareto_k"] is None or row["pareto_k"] <= PARETO_K)


def _grades(rows: Sequence[Document], labels: dict[str, str]) -> None:
    flips = [row for row in rows if row["leader_changes"] and _tells(row)]
    for row in flips:
        step = "higher" if row["step"] > 0 else "lower"
        out.print(visible(f"With every coding of {row['id']} a grade {step}, {labels[row['leader']]} leads"))
    if rows and not flips:
        out.print(f"No indicator's codings, a grade higher or lower, put another outcome in the lead{UNDECIDED}")


def _points(change: float, mcse: float) -> str:
    return "no change" if abs(change) < 2.0 * mcse else f"{100 * change:+.1f}"


def _how(method: str, pareto_k: float | None) -> str:
    return method if pareto_k is None else f"{method}, k-hat {pareto_k:.2f}"
