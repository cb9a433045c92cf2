"""A case as a hub of the hubverse: what is asked (`hub-config/tasks.json`) and what was said (`model-output/`).

One round for each as-of date, since outcomes and weeks may differ from one to the next. Each has two targets:

    outcome    nominal, as pmf    how the question stands at the horizon: an outcome, or `unresolved`
    resolved   ordinal, as cdf    the end of the week in which it resolves, any way; the last level is `unresolved`

A line, a model with an assumption set, is one model of the hub, `possibilities-MODEL__SET`. Of several published runs
as of one day the last that was made stands; a round asks what the last of all of them asked, so that a line whose last
run of that day had other outcomes or another horizon is not in it. Runs that knew the ending foresee nothing and are
left out. The shapes are those of the hubverse schemas, version 6.0.0: https://github.com/hubverse-org/schemas
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from forecast.record.tidy import by_day, csv_text
from forecast.run_files import Document
from forecast.runs import Run

SCHEMA: Final = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v6.0.0/tasks-schema.json"
TEAM: Final = "possibilities"
OPEN: Final = "unresolved"
COLUMNS: Final = ("origin_date", "target", "output_type", "output_type_id", "value")
LONGEST_NAME: Final = 100
WEEK: Final = 6
"""Days after its as-of date until which a round takes forecasts."""


def hub_files(runs: Iterable[Run]) -> dict[str, bytes]:
    """Every file of the hub by its path, of the published ones among these runs."""
    rounds = rounds_of(runs)
    files = {"hub-config/tasks.json": _json(tasks_document(found[-1] for found in rounds.values()))}
    for day, found in rounds.items():
        for run in found:
            name = model_id(run)
            files[f"model-output/{name}/{day}-{name}.csv"] = csv_text(output_rows(run), COLUMNS).encode("utf-8")
    return files


def stale_in(hub: Path, files: Iterable[str]) -> list[str]:
    """What lies among this team's model output in the folder of a hub and is none of these files, by its path."""
    there = (path.relative_to(hub).as_posix() for path in hub.glob(f"model-output/{TEAM}-*/*.csv"))
    return sorted(set(there).difference(files))


def rounds_of(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """As-of date → the run of each line that stands there, all asking the same; the last that was made comes last."""
    lines: dict[str, dict[str, Run]] = {}
    for run in sorted(runs, key=lambda run: (run.as_of, datetime.fromisoformat(run.forecast["run"]["created"]))):
        if run.publishable and not run.knows_ending:
            of_day = lines.setdefault(run.forecast["as_of"], {})
            of_day.pop(model_id(run), None)
            of_day[model_id(run)] = run
    return {
        day: [run for run in of_day.values() if _asked(run) == _asked(last)]
        for day, of_day in lines.items()
        for last in [[*of_day.values()][-1]]
    }


def model_id(run: Run) -> str:
    """A line's name among the hub's models: team and model, with no further hyphen in it."""
    line = f"{run.forecast['model']}__{run.forecast['assumption_set']['name']}"
    return f"{TEAM}-{''.join(letter if letter.isalnum() and letter.isascii() else '_' for letter in line)}"


def tasks_document(runs: Iterable[Run]) -> Document:
    """`tasks.json`: a round for each of these runs, which are of different days, with the question as it had it."""
    return {"schema_version": SCHEMA, "rounds": [_round(run) for run in runs]}


def output_rows(run: Run) -> list[Document]:
    """What a run says, as rows of model output."""
    day = run.forecast["as_of"]
    chances = [(row["id"], row["probability"]) for row in run.forecast["outcomes"]]
    total = sum(chance for _, chance in chances)
    ends = [(by.isoformat(), min(1.0, max(0.0, 1.0 - now[OPEN]))) for by, now in by_day(run) if now[OPEN] is not None]
    rising = [(name, max(value for _, value in ends[: place + 1])) for place, (name, _) in enumerate(ends)]
    return [
        *(_row(day, "outcome", "pmf", name, chance / total) for name, chance in chances),
        *(_row(day, "resolved", "cdf", name, value) for name, value in [*rising, (OPEN, 1.0)]),
    ]


def _row(day: str, target: str, kind: str, name: str, value: float) -> Document:
    return dict(zip(COLUMNS, (day, target, kind, name, value), strict=True))


def _asked(run: Run) -> tuple[str, list[str]]:
    """What a run's question was: its horizon, and the ways in which it could end."""
    return run.forecast["horizon"], [row["id"] for row in run.forecast["outcomes"]]


def _round(run: Run) -> Document:
    said = run.forecast
    day, (by, outcomes) = said["as_of"], _asked(run)
    weeks = [by.isoformat() for by, _ in by_day(run)]
    title = said["title"]
    return {
        "round_id_from_variable": True,
        "round_id": "origin_date",
        "model_tasks": [
            _task(day, "outcome", f"{title}: outcome by {by}", "outcome", "nominal", {"pmf": _levels(outcomes)}),
            _task(day, "resolved", f"{title}: when", "date", "ordinal", {"cdf": _levels([*weeks, OPEN])}),
        ],
        "submissions_due": {"relative_to": "origin_date", "start": 0, "end": WEEK},
        "last_data_date": date.fromisoformat(day).isoformat(),
        "file_format": ["csv"],
    }


def _task(day: str, target: str, name: str, unit: str, kind: str, output: dict[str, Any]) -> Document:
    return {
        "task_ids": {
            "origin_date": {"required": [day], "optional": None},
            "target": {"required": [target], "optional": None},
        },
        "output_type": output,
        "target_metadata": [
            {
                "target_id": target,
                "target_name": name[:LONGEST_NAME],
                "target_units": unit,
                "target_keys": {"target": target},
                "target_type": kind,
                "is_step_ahead": False,
            }
        ],
    }


def _levels(names: list[str]) -> Document:
    return {
        "output_type_id": {"required": names},
        "value": {"type": "double", "minimum": 0, "maximum": 1},
        "is_required": True,
    }


def _json(document: Document) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")
