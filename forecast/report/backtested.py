"""A backtest as one picture: what each model said of each outcome, day by day, a drawing for each assumption set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from forecast.record.backtest import Backtest
from forecast.report.panels import Key, Panel, sheet
from forecast.report.svg import dates, dot, figure, line, percent_axis, polyline, text
from forecast.report.wording import phrase
from forecast.report.words import day
from forecast.runs import Run

WIDTH: Final = 300.0
HEIGHT: Final = 180.0
TONES: Final = 7


def draw(found: Backtest) -> str:
    """The picture as an SVG file; runs that failed their gate are left out of it."""
    question = found.case.question
    tones = {each.id: f"t{1 + place % TONES}" for place, each in enumerate(question.outcomes)}
    tones |= {"other": "other", "unresolved": "unresolved"}
    labels = {each.id: each.label for each in question.outcomes}
    labels |= {"other": question.other.label, "unresolved": phrase("still_open")}
    shown = [run for run in found.runs if run.publishable]
    sets = sorted({run.forecast["assumption_set"]["name"] for run in shown})
    models = sorted({run.forecast["model"] for run in shown})
    panels = [
        Panel(f"{model}, {name}", _lines(_of(shown, model, name), tones, f"m{row}s{column}"))
        for row, model in enumerate(models)
        for column, name in enumerate(sets)
    ]
    told = ["The chance of each outcome by the horizon, as said on each day from what was published by then."]
    keys = [Key(tone, labels[name]) for name, tone in tones.items()]
    return sheet(f"{question.title}: backtest", told, panels, (WIDTH, HEIGHT), max(1, len(sets)), keys)


def _of(runs: Sequence[Run], model: str, name: str) -> list[Run]:
    return [run for run in runs if (run.forecast["model"], run.forecast["assumption_set"]["name"]) == (model, name)]


def _lines(runs: Sequence[Run], tones: dict[str, str], name: str) -> Markup:
    """One model with one set: a line an outcome."""
    said = {
        outcome: [
            (run.as_of, row["probability"]) for run in runs for row in run.forecast["outcomes"] if row["id"] == outcome
        ]
        for outcome in tones
    }
    most = max((chance for points in said.values() for _, chance in points), default=1.0)
    y, marks = percent_axis(most, (HEIGHT - 26, 8))
    parts: list[Markup] = []
    for mark in marks:
        parts += [
            line((36, y(mark)), (WIDTH - 16, y(mark)), "grid"),
            text(f"{mark:.0%}", 31, y(mark) + 4, anchor="end"),
        ]
    days = sorted({run.as_of for run in runs})
    if days:
        x = dates(days[0], days[-1], (44, WIDTH - 24))
        for on, anchor in ((days[0], "start"), (days[-1], "end"))[: len(days)]:
            parts.append(text(day(on).short, x(on), HEIGHT - 8, anchor=anchor))
        for outcome, points in said.items():
            placed = [(x(on), y(chance)) for on, chance in points]
            parts += [polyline(placed, f"path tone-{tones[outcome]}")] if len(placed) > 1 else []
            parts += [dot(*place, 2.5, f"dot tone-{tones[outcome]}") for place in placed]
    return figure(name, "Chances by day", f"{len(days)} days.", (WIDTH, HEIGHT), parts)
