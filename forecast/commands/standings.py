"""How a question ended and what its forecasts were worth, as tables for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from forecast.commands.console import out, visible
from forecast.commands.display import Cell, percent, tabulate
from forecast.commands.taking import counted
from forecast.record.scoreboard import AGE
from forecast.record.track import in_hindsight

if TYPE_CHECKING:
    from forecast.case.resolutions import Resolution
    from forecast.case.schema import Case
    from forecast.record.corp import Calibration
    from forecast.record.pool_track import PoolRecord, PoolTrack
    from forecast.record.rescoring import Rescored
    from forecast.record.scoreboard import CaseBoard, Comparison, Record, Skill, Standing
    from forecast.record.scores import Scores

CLAIMED = "A claim is made where the interval leaves out 0, and nowhere else"
HEADINGS = ("log", "Brier 0-2", "0-1", "spherical", "weeks")


def show_resolution(case: Case, resolution: Resolution) -> None:
    """The resolution that stands, and by whose word."""
    heading = visible(f"{case.question.title}: resolved on {resolution.date} as {_outcome(case, resolution)}")
    heading.stylize("bold")
    out.print(heading)
    out.print(visible(f"{resolution.reason} ({resolution.source})"))


def show_rescored(lines: Sequence[Rescored], *, again: bool) -> None:
    """Every line's mean scores; where the question was resolved before, with what they were."""
    if not lines:
        out.print("No run is scored by it")
        return
    rows: list[Sequence[Cell]] = []
    for line in lines:
        name = visible(f"{line.model}, {line.assumptions}")
        if again:
            rows.append((name, "before", *scores(line.before)))
            rows.append(("", "now", *scores(line.after)))
        else:
            rows.append((name, *scores(line.after)))
    headings = ("model, assumptions", *(("",) if again else ()), *HEADINGS)
    out.print(tabulate(headings, rows, words=(0, 1) if again else (0,)))
    if len(lines) > 1:
        out.print("Each over the days on which it stood: `forecast score` compares lines over the same days")


def show_board(board: CaseBoard, pools: PoolTrack) -> None:
    """Every line of a resolved case, over its life beside its rivals, and week by week; and all of them pooled."""
    from forecast.record.score_documents import NO_CLAIM
    from forecast.record.scoreboard import BOUNDED, LEVEL

    show_resolution(board.case, board.resolution)
    if not board.standings:
        out.print(visible(f"{board.case.id} has no runs to score"))
    for standing in board.standings:
        _show_standing(board, standing)
    _show_silent(board)
    if pools.entries:
        last = pools.entries[-1].combination
        rows = [(name, *scores(mean)) for name, mean in pools.means.items()]
        out.print(tabulate(("all lines as one", *HEADINGS), rows))
        out.print(
            f"Base rates: a share of {last.share:g}. At the last the lines were {last.bits:.2f} bits apart, "
            f"and stacking had learned from {last.learned_from} other questions."
        )
    out.print(
        "Lower is better but for spherical; better by: half the Brier score over the days on which both had something "
        "to say, positive where it beats the other"
    )
    reach = BOUNDED["brier_half"]
    out.print(f"The {LEVEL:.0%} interval of every 'better by' is all that is possible, {-reach:+g} to {reach:+g}")
    out.print(f"{NO_CLAIM[0].upper()}{NO_CLAIM[1:]}.")


def show_records(
    records: Sequence[Record], pools: Sequence[PoolRecord], boards: Sequence[CaseBoard], still_open: Sequence[str]
) -> None:
    """Every model over several cases: means, skill with intervals, calibration; and all of them pooled."""
    out.print(f"{len(boards)} resolved, {len(still_open)} open")
    out.print("Each question counts once, by its case's own assumption set where --assumptions names no other")
    for record in records:
        show_record(record)
    out.print(CLAIMED)
    if pools:
        rows = [(each.pool, str(each.questions), *scores(each.mean)) for each in pools]
        out.print(tabulate(("all lines as one", "questions", *HEADINGS), rows))


def show_record(record: Record) -> None:
    """One model over several questions."""
    heading = visible(f"{record.model}, over {counted(record.questions, 'question')}")
    heading.stylize("bold")
    out.print(heading)
    rows: list[Sequence[Cell]] = [("itself", "", *scores(record.mean))]
    out.print(tabulate(("", "", *HEADINGS), rows))
    out.print(tabulate(("better than", "questions", "by (0-1)", "95% interval", "claim"), _claims(record.skills)))
    out.print(_calibrated(record.calibration))


def _calibrated(found: Calibration | None) -> str:
    """How well chances were calibrated, in a sentence."""
    if found is None:
        return f"Calibration: no question was open for {AGE} weeks and had a forecast by then"
    outside = int(((found.observed < found.low) | (found.observed > found.high)).sum())
    return (
        f"Calibration after {AGE} weeks: {outside} of {len(found.chances)} chances outside their 90% band "
        f"(p {found.p:.3f}); Brier {found.score:.3f} = {found.miscalibration:.3f} miscalibration - "
        f"{found.discrimination:.3f} discrimination + {found.uncertainty:.3f} uncertainty"
    )


def _claims(skills: Sequence[Skill]) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    for found in skills:
        gap, interval = found.better_by["brier_half"], found.intervals.get("brier_half")
        if gap is None or interval is None:
            continue
        claim = found.claims["brier_half"] or "none"
        low, high = interval
        rows.append((visible(found.against), str(found.questions), f"{gap:+.3f}", f"{low:+.3f} to {high:+.3f}", claim))
    return rows


def _show_standing(board: CaseBoard, standing: Standing) -> None:
    line = standing.line
    heading = visible(f"{line.model}, {line.assumptions}")
    heading.stylize("bold")
    out.print(heading)
    life = (board.resolution.date - board.case.question.opening).days
    told = [f"{counted(len(line.entries), 'forecast')} that stood on {line.days} of {life} days"]
    for number, what in (
        (line.unpublishable, "unpublishable and not scored"),
        (line.superseded, "superseded on their own day"),
        (line.incomparable, "from the day of the resolution or later, with an ending known, or of other outcomes"),
    ):
        told += [f"{number} {what}"] if number else []
    out.print(visible("; ".join(told)))
    if not line.entries:
        return
    rows: list[Sequence[Cell]] = [("itself", "", *scores(line.mean))]
    said = [found for found in standing.comparisons if found.theirs is not None]
    rows += [(visible(found.rival.name), _gap(found), *scores(found.theirs)) for found in said]
    out.print(tabulate(("over its life", "better by", *HEADINGS), rows))
    weeks: list[Sequence[Cell]] = [
        (str(entry.run.as_of) + ("*" if hindsight else ""), str(entry.days), *scores(entry.scores))
        for entry in line.entries
        for hindsight in [in_hindsight(entry.run, board.resolution)]
    ]
    out.print(tabulate(("as of", "days", *HEADINGS), weeks))
    if any(in_hindsight(entry.run, board.resolution) for entry in line.entries):
        out.print("* made on the day of the resolution or later")
    fewer = [f"{found.rival.name} {found.days}" for found in standing.comparisons if 0 < found.days < line.days]
    if fewer:
        out.print(visible(f"Compared on fewer of the {line.days} days: {', '.join(fewer)}"))
    for name in _surprised(standing):
        out.print(visible(f"infinite: {name} gave no chance at all to what came true"))
    for found in standing.comparisons:
        if found.rival.overround is not None:
            out.print(visible(f"{found.rival.name}: prices summed to {1.0 + found.rival.overround:.3f} on average"))


def _show_silent(board: CaseBoard) -> None:
    """Why a rival has no score beside some line: once, with the lines if it has one beside others."""
    beside: dict[str, list[str]] = {}
    for standing in board.standings:
        for found in standing.comparisons:
            if found.rival.missing:
                line = f"{standing.line.model} with {standing.line.assumptions}"
                beside.setdefault(f"{found.rival.name}: {found.rival.missing}", []).append(line)
    for why, lines in beside.items():
        every = len(lines) == sum(bool(standing.line.entries) for standing in board.standings)
        out.print(visible(why if every else f"{why} (beside {', '.join(lines)})"))


def _surprised(standing: Standing) -> list[str]:
    """Whose log score is infinite: the line, with its days, and rivals of it."""
    days = [str(entry.run.as_of) for entry in standing.line.entries if math.isinf(entry.scores.log)]
    rivals = [found.rival.name for found in standing.comparisons if found.theirs and math.isinf(found.theirs.log)]
    return [*([f"the forecast of {', '.join(days)}"] if days else []), *rivals]


def _gap(found: Comparison) -> str:
    gap = found.better_by["brier_half"]
    return "" if gap is None else f"{gap:+.3f}"


def scores(found: Scores | None) -> tuple[str, ...]:
    """Five cells of figures."""
    if found is None:
        return ("",) * len(HEADINGS)
    figures = (found.log, found.brier, found.brier / 2.0, found.spherical, found.crps)
    return tuple("" if figure is None else number(figure) for figure in figures)


def number(figure: float) -> str:
    """Three decimals, or the word for a figure beyond all bounds."""
    return "infinite" if math.isinf(figure) else f"{figure:.3f}"


def _outcome(case: Case, resolution: Resolution) -> str:
    labels = {outcome.id: outcome.label for outcome in case.question.outcomes}
    labels |= {"other": case.question.other.label, "unresolved": "still open at the horizon"}
    if resolution.outcome is not None:
        return labels[resolution.outcome]
    shares = [(labels[name], weight) for name, weight in resolution.weights.items() if weight > 0.0]
    return ", ".join(f"{percent(weight)} {label}" for label, weight in shares)
