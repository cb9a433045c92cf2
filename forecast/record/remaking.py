"""A run made again from its own record, and whether it says the same.

On the same kind of machine, with the same versions, the draws are the same to the last bit, and so is every number. On
another the sampler may take another path: then the chances must agree within the Monte Carlo errors that both state.
What is solved has no such excuse.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final, Literal

from forecast.documents import forecast_document
from forecast.found import Found
from forecast.inference.chains import Progress
from forecast.installed import versions
from forecast.markets.priced import priced
from forecast.model.contract import ExactModel, Model
from forecast.model.problem import build_problem
from forecast.recorded import recorded_case, recorded_maker, recorded_prices, recorded_view, spoilt
from forecast.refresh import fit, solve
from forecast.reopened import reopen
from forecast.run_files import Document, numbers
from forecast.runs import SAME, Run, content_digest, difference, load_run
from forecast.updated import updated

ERRORS: Final = 4.0
"""How many standard errors of their difference two samples' chances may be apart: seven chances pass by 0.9996."""

type Verdict = Literal["same", "within_error", "different"]
type Stage = Callable[[str], None]


@dataclass(frozen=True)
class Remade:
    """A run made again.

    Attributes
    ----------
    verdict
        `same`: every number is printed alike. `within_error`: other draws, and every chance within its Monte Carlo
        error. `different`: neither.
    largest
        The largest difference of a chance by the horizon, None where one is no number.
    same_draws
        Whether the draws are those of the record, bit by bit; None where there are none of its own.
    other_versions
        What differs of all that numbers depend on: name → (then, now).
    """

    verdict: Verdict
    largest: float | None
    same_draws: bool | None
    other_versions: dict[str, tuple[str | None, str | None]]


def remade(
    run: Run,
    workspace: Path,
    *,
    trusted: bool = False,
    stage: Stage = lambda _: None,
    progress: Progress | None = None,
) -> Remade:
    """Make a run again and compare.

    Raises
    ------
    UsageError
        If its record does not hold all that this takes, or no file of today has its model's text and the record is not
        trusted.
    InputError
        If the record cannot be read any more.
    """
    found = _found(run, workspace, trusted, stage, progress)
    case, known = recorded_case(run, workspace), recorded_view(run)
    model = recorded_maker(run, workspace, trusted=trusted)
    if isinstance(model, Model) and case.assumptions.markets is not None:
        found = priced(model, found, recorded_prices(run), case.assumptions.markets)
    again = forecast_document(case, known, model, found, None, run.record, (), {"total": 0.0})
    drawn = run.record.get("posterior")
    same_draws = None if drawn is None or found.content is None else content_digest(found.content) == drawn
    largest = difference(run.forecast, again)
    then, now = run.record["versions"], versions()
    return Remade(
        verdict=verdict_of(run.forecast, again, sampled=same_draws is False or run.record["method"] == "update"),
        largest=None if math.isnan(largest) else largest,
        same_draws=same_draws,
        other_versions={
            name: (then.get(name), now.get(name)) for name in [*now, *then] if then.get(name) != now.get(name)
        },
    )


def verdict_of(said: Document, again: Document, *, sampled: bool) -> Verdict:
    """Compare two forecasts; where `sampled`, their chances may differ by their Monte Carlo errors."""
    pairs = list(zip_longest(numbers(said), numbers(again)))
    if [row["id"] for row in said["outcomes"]] != [row["id"] for row in again["outcomes"]]:
        return "different"
    if all(one == other or (one is not None and other is not None and abs(one - other) < SAME) for one, other in pairs):
        return "same"
    if not sampled:
        return "different"
    for one, other in zip(said["outcomes"], again["outcomes"], strict=True):
        parts = (one["probability"], other["probability"], one["mcse"], other["mcse"])
        if None in parts:
            return "different"
        if abs(parts[0] - parts[1]) > ERRORS * math.hypot(parts[2], parts[3]) + SAME:
            return "different"
    return "within_error"


def _found(run: Run, workspace: Path, trusted: bool, stage: Stage, progress: Progress | None) -> Found:
    """What the model makes of the run's inputs, by the way in which the run was made."""
    case, known = recorded_case(run, workspace), recorded_view(run)
    problem = build_problem(case, known)
    model = recorded_maker(run, workspace, trusted=trusted)
    match run.record["method"], model:
        case "exact", ExactModel():
            stage(f"Solving run {run.id}")
            return solve(model, problem)
        case "nuts", Model():
            stage(f"Sampling run {run.id}")
            return fit(model, problem, known, int(run.record["seed"]), stage, progress)
        case "update", Model():
            folder = run.folder.parent / str(run.record.get("update", {}).get("parent", ""))
            if folder == run.folder.parent or not folder.is_dir():
                raise spoilt(run, "the run that it was updated from is not here")
            stage(f"Updating run {folder.name}")
            parent = reopen(load_run(folder), workspace, trusted=trusted, stage=stage, progress=progress)
            return updated(parent, problem)
    raise spoilt(run, f"no model {model.name} makes a run by the method {run.record['method']}")
