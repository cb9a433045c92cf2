"""The method on one page: what was known, its problem, the posterior, the forecast, its scenarios, the saved run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast.as_of import refuse_hindsight, unheard_since, unsettled
from forecast.case.scenarios import read_scenarios
from forecast.case.schema import Case
from forecast.chain import save_linked
from forecast.documents import forecast_document
from forecast.errors import UsageError
from forecast.evidence.agreement import objections
from forecast.evidence.journal import Clock, Row, View, view
from forecast.found import Found, Sample
from forecast.inference.anchoring import anchored
from forecast.inference.carrying import UncarriedError
from forecast.inference.chains import Progress, Settings
from forecast.inference.gate import MCSE, STATISTICS, Verdict, judge, judge_exact
from forecast.inference.sampling import announced, sample
from forecast.inference.summary import assumption_summaries, driver_paths, reported_quantities
from forecast.inference.suspects import suspects, told_events
from forecast.insight.scenarios import answered
from forecast.markets.priced import priced
from forecast.markets.quotes import quotes_of, remarks
from forecast.model.contract import ExactModel, Model
from forecast.model.futures import already
from forecast.model.problem import Problem, UnfitError, build_problem
from forecast.outcomes import Forecast, forecast_of, probabilities
from forecast.provenance import record_document
from forecast.reopened import reopen
from forecast.run_files import Document
from forecast.run_lines import last_sampled, previous_run
from forecast.runs import Run, difference
from forecast.updated import updated

Array = NDArray[np.float64]

LADDER = {
    "Sampling": Settings(),
    "Sampling again, with longer adaptation": Settings(tune=1500, draws=1000),
    "Sampling again, in smaller steps": Settings(tune=1500, draws=1000, target_accept=0.98),
}
"""How to sample, each rung only where the one before failed the gate; what fails the last is not published."""
SHARPER, ROOM, MOST = "Sampling more draws", 1.2, 4000
"""The rung for a gate that only Monte Carlo error fails: a fifth more draws than it takes, up to so many a chain."""

Stage = Callable[[str], None]


@dataclass(frozen=True)
class Refreshed:
    """A refresh that has been made.

    Attributes
    ----------
    run
        The run, saved or (with `dry_run`) only made.
    previous
        The last publishable run before it, of the same model and set.
    is_new
        False where the same run had been saved before; it then stays as it was.
    repeats
        Largest difference of a probability to the run saved before, None for a new one.
    """

    run: Run
    previous: Run | None
    is_new: bool
    repeats: float | None


def refresh(
    case: Case,
    rows: Iterable[Row],
    model: Model | ExactModel,
    reports: Path,
    *,
    as_of: date,
    seed: int,
    clock: Clock,
    fast: bool = False,
    dry_run: bool = False,
    notes: tuple[str, ...] = (),
    stage: Stage = lambda _: None,
    progress: Progress | None = None,
) -> Refreshed:
    """Make a forecast as of a day and save the run.

    The case's scenarios are asked of it, and their answers kept with the run. With `fast` it is made from the draws of
    the last sampled run where they hold, and sampled where they do not.

    Raises
    ------
    UsageError
        If the as-of date lies outside the question's life or not before its resolution, or the model does not fit the
        case.
    InputError
        If the assumptions cannot be anchored.
    StoreError
        If the run cannot be written.
    """
    started = time.perf_counter()
    refuse_hindsight(case, as_of)
    rows = tuple(rows)
    known = view(rows, as_of, clock)
    problem = build_problem(case, known)
    notes = (*notes, *unheard_since(case, known), *unsettled(case, known))
    scenarios: list[Document] = []
    match model:
        case ExactModel():
            found = solve(model, problem)
        case Model():
            asked = read_scenarios(case)
            quickly, said = quick(case, model, problem, reports, stage) if fast else (None, ())
            found = fit(model, problem, known, seed, stage, progress) if quickly is None else quickly
            notes = (*notes, *said)
            if case.assumptions.markets is not None:
                notes = (*notes, *remarks(case, as_of))
                stage("Reading the markets' prices")
                found = priced(model, found, quotes_of(case, as_of), case.assumptions.markets)
            scenarios, unasked = answered(model, found, asked)
            notes = (*notes, *unasked)

    doubts = objections(known, case)
    found = replace(found, verdict=replace(found.verdict, failures=(*found.verdict.failures, *doubts.failures)))
    notes = (*notes, *doubts.notes)
    record = record_document(case, known, model, seed, found)
    earlier = previous_run(reports, case.id, model.name, case.assumptions.name, as_of)
    seconds = {"total": time.perf_counter() - started, **found.seconds}
    document = forecast_document(case, known, model, found, earlier, record, notes, seconds)
    document["scenarios"] = scenarios
    if dry_run:
        return Refreshed(Run(reports / case.id / document["run"]["id"], document, record), earlier, True, None)
    run, is_new = save_linked(reports, case.id, document, record, found.content, rows)
    return Refreshed(run, earlier, is_new, None if is_new else difference(run.forecast, document))


def fit(model: Model, problem: Problem, known: View, seed: int, stage: Stage, progress: Progress | None) -> Found:
    """Anchor the stated shares, sample the posterior, project it, and judge what is reported.

    Where the last rung of the ladder fails too, the verdict names what mixes worst.
    """
    stage("Anchoring the stated chances")
    stated = anchored(model, problem)
    problem = problem.anchored(stated.mean, stated.sd)
    ladder = iter(LADDER.items())
    step = next(ladder, None)
    while step is not None:
        rung, settings = step
        stage(announced(rung, model, problem))
        posterior = sample(model, problem, seed, settings, progress)
        stage("Projecting futures")
        incidence = model.law.project(posterior.draws, problem)
        paths = posterior.quantity("x")
        chances = probabilities(incidence, posterior.chains, problem.structure.outcomes)
        named = [*reported_quantities(paths, posterior, problem)]
        foreseen = chances if problem.ended is None else []  # of what has happened there is nothing to judge
        verdict = judge([*foreseen, *named], {name: posterior.statistic(name) for name in STATISTICS})
        step = None if verdict.passed else sharper(settings, verdict) or next(ladder, None)
    if not verdict.passed:
        worst = suspects([*named, *told_events(model, posterior, problem, known)])
        verdict = replace(verdict, suspects=worst)
    return Found(
        problem=problem,
        forecast=_forecast(problem, incidence, posterior.chains if problem.ended is None else None),
        verdict=verdict,
        stated=stated,
        drivers=driver_paths(paths, problem),
        assumptions=assumption_summaries(posterior, problem),
        sample=Sample(posterior.draws, np.zeros(len(incidence)), posterior.chains),
        settings=settings,
        content=posterior.content,
        seconds=posterior.seconds,
    )


def sharper(settings: Settings, verdict: Verdict) -> tuple[str, Settings] | None:
    """As many draws as bring every probability within its Monte Carlo error, where nothing else is amiss."""
    if not verdict.blurred or verdict.mcse_max is None or settings.draws >= MOST:
        return None
    needed = ROOM * settings.draws * (verdict.mcse_max / MCSE) ** 2
    return SHARPER, replace(settings, draws=min(100 * math.ceil(needed / 100), MOST))


def quick(
    case: Case, model: Model, problem: Problem, reports: Path, stage: Stage
) -> tuple[Found | None, tuple[str, ...]]:
    """Update the last sampled run of the same line; None where that cannot be, or does not pass its gate.

    An update is never made of another one, so that errors of weights do not pile up.

    Returns
    -------
    What was found, and sentences that say why nothing was.
    """
    parent = last_sampled(reports, case.id, model.name, case.assumptions.name, problem.calendar.as_of)
    if parent is None:
        return None, ("sampled: there is no sampled run to update",)
    if parent.draws != "there":
        return None, (f"sampled: the draws of run {parent.id} are not at hand",)
    stage(f"Updating run {parent.id}")
    try:
        opened = reopen(parent, reports.parent)
        if opened.model.texts != model.texts:
            raise UncarriedError("the model changed")
        found = updated(opened, problem)
    except UncarriedError as error:
        return None, (f"sampled: {error} since run {parent.id}",)
    except UsageError as error:
        return None, (f"sampled: {error}",)
    if not found.verdict.passed:
        return None, (f"sampled: the weights of run {parent.id} do not hold ({found.verdict.failures[0]})",)
    return found, ()


def solve(model: ExactModel, problem: Problem) -> Found:
    """Ask a model that has nothing to sample.

    Raises
    ------
    UsageError
        If the case lacks what the model needs.
    """
    try:
        incidence = (
            model.law.incidence(problem)
            if problem.ended is None
            else already(problem.ended, 1, len(problem.calendar.future_weeks))
        )
    except UnfitError as error:
        raise UsageError(f"--model {model.name}: it does not fit this case: {error}") from None
    if problem.ended is not None:
        incidence = already(problem.ended, 1, len(problem.calendar.future_weeks))
    wanted = (len(problem.calendar.future_weeks), len(problem.structure.outcomes))
    if np.ndim(incidence) != 3 or np.shape(incidence)[1:] != wanted or not len(incidence):
        raise UsageError(f"--model {model.name}: its 'incidence' must have the shape (draw, {wanted[0]}, {wanted[1]})")
    return Found(problem, _forecast(problem, incidence, None), judge_exact(incidence))


def _forecast(problem: Problem, incidence: Array, chains: int | None) -> Forecast:
    return forecast_of(incidence, chains, problem.structure.outcomes, problem.calendar.future_weeks)
