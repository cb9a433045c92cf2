"""Questions that have resolved, as far as a later forecast may learn from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast.case.reading import read_case
from forecast.case.resolutions import FILE, Resolution
from forecast.case.workspace import case_names
from forecast.record.scores import Statement, days_standing, seen_from
from forecast.record.track import counting
from forecast.runs import Run, list_runs

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PastQuestion:
    """A question that has resolved, and the runs that were made of it."""

    case: str
    resolution: Resolution
    runs: tuple[Run, ...]


def past_questions(workspace: Path, apart_from: str) -> tuple[PastQuestion, ...]:
    """Every other resolved question of a workspace.

    Raises
    ------
    InputError
        If a case that has resolutions, or a run of it, cannot be read.
    """
    names = (name for name in case_names(workspace) if name != apart_from)
    cases = [read_case(folder) for name in names if ((folder := workspace / "data" / name) / FILE).exists()]
    return tuple(
        PastQuestion(case.id, case.resolution, tuple(list_runs(workspace / "reports", case.id)))
        for case in cases
        if case.resolution is not None
    )


def chances_of_what_came(
    models: Sequence[str], questions: Iterable[PastQuestion], by: date
) -> tuple[Array, Array, int]:
    """What each model had said of what then came true, in questions that had resolved by a day.

    A model's chance is the mean over its assumption sets. Only days count on which all the models had a forecast.

    Returns
    -------
    Chances, shape (row, model); how much each row counts, 1 a question, shape (row,); the number of questions.
    """
    rows: list[list[float]] = []
    mass: list[float] = []
    learned = 0
    for question in questions:
        if question.resolution.date > by:
            continue
        said = _by_day(models, question)
        days = days_standing(list(said), question.resolution.date)
        for (_, statements), stood in zip(said.items(), days, strict=True):
            weights = seen_from(statements[0][0], question.resolution) or {}
            for end, weight in weights.items():
                if weight > 0.0:
                    rows.append([float(np.mean([each.chances.get(end, 0.0) for each in own])) for own in statements])
                    mass.append(weight * stood / sum(days))
        learned += bool(days)
    return np.array(rows).reshape(-1, len(models)), np.array(mass), learned


def _by_day(models: Sequence[str], question: PastQuestion) -> dict[date, list[list[Statement]]]:
    """For each day on which every model spoke: what each said with its assumption sets."""
    lines: dict[tuple[str, str], list[Run]] = {}
    for run in question.runs:
        if run.publishable and run.as_of < question.resolution.date:
            lines.setdefault((run.forecast["model"], run.forecast["assumption_set"]["name"]), []).append(run)
    spoken: dict[date, dict[str, list[Statement]]] = {}
    for (model, _), runs in lines.items():
        for run in counting(runs, question.resolution):
            spoken.setdefault(run.as_of, {}).setdefault(model, []).append(Statement.of(run))
    return {day: [spoken[day][model] for model in models] for day in sorted(spoken) if spoken[day].keys() >= {*models}}
