"""A team's analysts beside each other: their own forecasts, and who differs on what; as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from forecast.case.schema import Case
from forecast.errors import UsageError
from forecast.insight.disagreement import Difference, Taken, differences
from forecast.insight.refitting import Refit
from forecast.insight.standing import Standing
from forecast.record.pools import linear_pool, log_pool
from forecast.reopened import Stage
from forecast.runs import Run

Document = dict[str, Any]


def own_runs(runs: Iterable[Run], case: Case, model: str, day: date) -> dict[str, Run | None]:
    """The last publishable run of each analyst's own set as of a day; None where there is none."""
    of_day = [run for run in runs if run.publishable and run.as_of == day and run.forecast["model"] == model]
    asked = [run for run in of_day if run.forecast["horizon"] == case.question.horizon.isoformat()]
    found = {run.forecast["assumption_set"]["name"]: run for run in asked}
    return {name: found.get(name) for name in case.assumptions.pools}


def analysts(
    standing: Standing,
    run: Run,
    runs: Iterable[Run],
    *,
    refit: Refit | None = None,
    every: bool = False,
    stage: Stage = lambda _: None,
) -> Document:
    """Who differs on what, and how much it matters; beside the forecasts that follow from each analyst's own set.

    Parameters
    ----------
    standing, run
        The team's run, and where it stands.
    runs
        All runs of the case.
    refit, every, stage
        As for `differences`.

    Raises
    ------
    UsageError
        If the run's set pools no others.
    """
    case = standing.problem.case
    if not case.assumptions.pools:
        raise UsageError(f"run {run.id}: its assumption set {case.assumptions.name} pools no analysts' sets")
    found = differences(standing, refit=refit, every=every, stage=stage)
    own = own_runs(runs, case, standing.model.name, run.as_of)
    return _document(found, standing, run, own)


def _document(found: Sequence[Difference], standing: Standing, run: Run, own: Mapping[str, Run | None]) -> Document:
    outcomes, case = standing.outcomes, standing.problem.case
    return {
        "case": case.id,
        "as_of": run.as_of.isoformat(),
        "run": run.id,
        "set": case.assumptions.name,
        "outcomes": [{"id": row["id"], "label": row["label"], "probability": row["probability"]} for row in _said(run)],
        "analysts": [{"set": name, **_own(their)} for name, their in own.items()],
        "pools": _pools([their for their in own.values() if their is not None], outcomes),
        "numbers": [_number(each, outcomes) for each in found],
    }


def _said(run: Run) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run.forecast["outcomes"]
    return rows


def _own(run: Run | None) -> Document:
    if run is None:
        return {"run": None, "label": None, "outcomes": None}
    said = {row["id"]: row["probability"] for row in _said(run)}
    return {"run": run.id, "label": run.forecast["assumption_set"]["label"], "outcomes": said}


def _pools(runs: Sequence[Run], outcomes: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """The analysts' own forecasts as one, each counting alike; none where fewer than two have one."""
    if len(runs) < 2:
        return {}
    import numpy as np

    chances = np.array([[row["probability"] for row in _said(run)] for run in runs])
    even = np.full(len(runs), 1.0 / len(runs))
    pools = {"linear": linear_pool(chances, even), "logarithmic": log_pool(chances, even)}
    return {name: dict(zip(outcomes, pool.tolist(), strict=True)) for name, pool in pools.items()}


def _number(found: Difference, outcomes: tuple[str, ...]) -> Document:
    first = found.numbers[0]
    return {
        "id": first.id,
        "key": first.key if first.kind != "shares" else "",
        "kind": first.kind,
        "about": found.about,
        "scale": first.scale,
        "held": first.held,
        "parts": [
            {
                "key": number.key,
                "team": number.value,
                "between": number.between,
                "sd": number.sd,
                "views": [{"set": view.set, "author": view.author, "value": view.value, "sd": view.sd}
                          for view in number.views],
            }
            for number in found.numbers
        ],
        "most": found.most,
        "taken": [_taken(each, outcomes) for each in found.taken],
    }  # fmt: skip


def _taken(taken: Taken, outcomes: tuple[str, ...]) -> Document:
    return {
        "set": taken.set,
        "method": taken.method,
        "pareto_k": taken.pareto_k,
        "reliable": taken.reliable,
        "change": dict(zip(outcomes, taken.change.tolist(), strict=True)),
        "mcse": dict(zip(outcomes, taken.mcse.tolist(), strict=True)),
    }
