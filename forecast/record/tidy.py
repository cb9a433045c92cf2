"""Forecasts as one long table: a row for every run, day and outcome, ready to plot or to join.

    as_of, run, model, assumptions, publishable, horizon, by, outcome, probability, lower, upper, mcse,
    knows_ending

`probability` is the chance that the question has resolved so by the end of the day `by`: of each week, and last of the
horizon, where alone `lower`, `upper` and `mcse` are said. Of `unresolved` it is the chance that it is open then. A run
that knew how the question ended foresees nothing: `knows_ending`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

from forecast.evidence.exchange import guarded
from forecast.run_files import Document
from forecast.runs import Run

TYPES: Final = {
    "as_of": "string", "run": "string", "model": "string", "assumptions": "string", "publishable": "bool",
    "horizon": "string", "by": "string", "outcome": "string", "probability": "double", "lower": "double",
    "upper": "double", "mcse": "double", "knows_ending": "bool",
}  # fmt: skip
"""What each column holds, in the words of Parquet."""
COLUMNS: Final = tuple(TYPES)


def tidy_rows(runs: Iterable[Run]) -> Iterator[Document]:
    """The rows, run by run and day by day; what a run that failed its gate has no number for is None."""
    for run in runs:
        said = run.forecast
        of_run = {
            "as_of": said["as_of"],
            "run": run.id,
            "model": said["model"],
            "assumptions": said["assumption_set"]["name"],
            "publishable": said["publishable"],
            "horizon": said["horizon"],
        }
        unsaid = {"lower": None, "upper": None, "mcse": None}
        knows = {"knows_ending": run.knows_ending}
        for by, chances in by_day(run)[:-1]:
            for name, chance in chances.items():
                yield {**of_run, "by": by.isoformat(), "outcome": name, "probability": chance, **unsaid, **knows}
        for row in said["outcomes"]:
            low, high = row["interval"]
            told = {"outcome": row["id"], "probability": row["probability"]}
            yield {**of_run, "by": said["horizon"], **told, "lower": low, "upper": high, "mcse": row["mcse"], **knows}


def by_day(run: Run) -> list[tuple[date, dict[str, float | None]]]:
    """(last day of a week, chances by its end), the horizon last; `unresolved` included."""
    horizon = date.fromisoformat(run.forecast["horizon"])
    return [
        (
            min(date.fromisoformat(week["week"]) + timedelta(days=6), horizon),
            {**week["cumulative"], "unresolved": week["unresolved"]},
        )
        for week in run.forecast["timing"]
    ]


def csv_text(rows: Iterable[Document], columns: Iterable[str]) -> str:
    """The rows in CSV; what a spreadsheet would run has an apostrophe in front."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    columns = list(columns)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return guarded(value) if isinstance(value, str) else repr(value)
