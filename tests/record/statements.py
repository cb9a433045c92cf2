"""Runs and statements made up for arithmetic: no model stands behind them."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from forecast.case.resolutions import Resolution
from forecast.record.scores import Statement
from forecast.runs import Run
from tests.report.sample import sample

OPENING, HORIZON = dt.date(2026, 1, 12), dt.date(2026, 2, 8)
ENDS = ("city", "private", "other", "unresolved")
LATER = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def resolved(date: str, **weights: float) -> Resolution:
    return Resolution(day(date), {**dict.fromkeys(ENDS, 0.0), **weights}, "It was signed.", "Port Gazette", LATER)


def said(as_of: str, chances: Sequence[float], curve: Sequence[float] = ()) -> Statement:
    """Chances in the order of ENDS; `curve` is F at the ends of the weeks from the as-of date's Monday on."""
    date = day(as_of)
    monday = date + dt.timedelta(days=1) - dt.timedelta(days=(date + dt.timedelta(days=1)).weekday())
    ends = [min(monday + dt.timedelta(days=7 * n + 6), HORIZON) for n in range(len(curve))]
    return Statement(date, HORIZON, dict(zip(ENDS, chances, strict=True)), tuple(zip(ends, curve, strict=True)))


def run_of(
    as_of: str,
    chances: Sequence[float],
    *,
    model: str = "latent_drivers",
    assumptions: str = "first-look",
    created: str | None = None,
    base_rate: Sequence[float] | None = None,
    ending: str | None = None,
    **changes: Any,
) -> Run:
    """A run of the small case that said this, with a straight line to the horizon for when.

    `ending` is what its inputs held of a resolution.
    """
    made = sample()
    said_of = copy.deepcopy(made.forecast)
    date, name = day(as_of), f"{as_of}-{abs(hash((model, assumptions, created, tuple(chances)))) % 16**8:08x}"
    first = date + dt.timedelta(days=1)
    mondays, monday = [], first - dt.timedelta(days=first.weekday())
    while monday <= HORIZON:
        mondays.append(monday)
        monday += dt.timedelta(days=7)
    weeks = []
    for start in mondays:
        passed = (min(start + dt.timedelta(days=6), HORIZON) - date).days / (HORIZON - date).days
        cumulative = {end: chance * passed for end, chance in zip(ENDS[:-1], chances, strict=False)}
        weeks.append(
            {"week": start.isoformat(), "unresolved": 1.0 - sum(cumulative.values()), "cumulative": cumulative}
        )
    rates = base_rate or [None] * len(ENDS)
    blank = {"label": "x", "description": None, "interval": [0.0, 1.0], "level": 0.9, "mcse": 0.001}
    said_of.update(
        case="harbour",
        as_of=as_of,
        opening=OPENING.isoformat(),
        horizon=HORIZON.isoformat(),
        model=model,
        assumption_set={"name": assumptions, "label": assumptions},
        default=(model, assumptions) == ("latent_drivers", "first-look"),
        publishable=True,
        outcomes=[
            {"id": end, "probability": chance, "previous": None, "change": None, "stated": None, "base_rate": rate}
            | blank
            for end, chance, rate in zip(ENDS, chances, rates, strict=True)
        ],
        timing=weeks,
    )
    said_of["run"] = {**said_of["run"], "id": name, "created": created or f"{as_of}T20:00:00+00:00"}
    said_of.update(changes)
    said_of["diagnostics"]["gate"] = "pass" if said_of["publishable"] else "fail"
    record = copy.deepcopy(made.record)
    if ending is not None:
        record["inputs"]["files"]["resolutions.csv"] = ending
    return Run(Path("reports") / "harbour" / name, said_of, record)


def save(run: Run, reports: Path, case: str = "harbour") -> None:
    """Put a made-up run where commands look for runs."""
    import json

    folder = reports / case / run.id
    folder.mkdir(parents=True)
    documents: Mapping[str, Any] = {"forecast.json": {**run.forecast, "case": case}, "record.json": run.record}
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
