"""A run without the reports of some marking, for a version that may be released.

What is released is made of what is left: the evidence without them, a forecast of its own, and every answer asked of
that. So nothing of them can stand in it, whatever the page shows. The forecast without them is the run's own draws,
weighted, where the gate and Pareto's k-hat allow it, else a refit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast.as_of import unsettled
from forecast.documents import forecast_document
from forecast.errors import UnpublishableError
from forecast.evidence.journal import Row, View
from forecast.evidence.rows import cells_of
from forecast.found import Found
from forecast.inference.carrying import UncarriedError
from forecast.inference.chains import Progress
from forecast.markets.priced import priced
from forecast.model.contract import Model
from forecast.model.problem import build_problem
from forecast.provenance import run_id, standing_rows
from forecast.recorded import recorded_case, recorded_maker, recorded_prices, recorded_view
from forecast.refresh import fit, solve
from forecast.reopened import Reopened, Stage, priced_again, reopen
from forecast.report.answers import ASKED, Answers, answers
from forecast.report.marked import bears, marked_reports, without
from forecast.run_files import Document
from forecast.run_lines import previous_run
from forecast.runs import Run, digest, list_runs
from forecast.updated import updated


@dataclass(frozen=True)
class Redacted:
    """A run as it would be without some reports.

    Attributes
    ----------
    run
        The run without them; it is saved nowhere.
    opened
        The same with its draws, to be asked; None where the model is solved.
    full
        The run as saved.
    left_out
        How many of its reports were left out.
    refitted
        Whether it was fitted anew, because weights do not hold.
    """

    run: Run
    opened: Reopened | None
    full: Run
    left_out: int
    refitted: bool

    def document(self) -> dict[str, Any]:
        """How far the forecast moves without them, as a page says it."""
        said = {row["id"]: row for row in self.full.forecast["outcomes"]}
        return {
            "refitted": self.refitted,
            "outcomes": [
                {
                    "id": row["id"],
                    "with": said[row["id"]]["probability"],
                    "mcse": [said[row["id"]]["mcse"], row["mcse"]],
                }
                for row in self.run.forecast["outcomes"]
            ],
        }


@dataclass(frozen=True)
class Released:
    """All that a version for release is made of.

    Attributes
    ----------
    redacted
        The run without the reports.
    runs
        The forecasts of the runs that it may be compared with: those that held none of the reports, and the run before
        without them.
    answers
        What was asked of the run without them.
    """

    redacted: Redacted
    runs: tuple[Document, ...]
    answers: Answers


def release(
    run: Run,
    markings: Iterable[str],
    workspace: Path,
    rows: Iterable[Row],
    *,
    asked: Collection[str] = ASKED,
    stage: Stage = lambda _: None,
    progress: Progress | None = None,
) -> Released:
    """Make everything that a report shows without the reports that bear one of the markings.

    Parameters
    ----------
    run
        The run.
    markings
        As the reports bear them; case and blanks do not matter.
    workspace
        Where runs and models are.
    rows
        The journal of today: a report may have been marked after the run was made.
    asked
        What to ask of the draws.
    stage, progress
        Told of what takes time.

    Raises
    ------
    UsageError
        If a marking is borne by no report.
    UnpublishableError
        If not even a refit without them passes the gate.
    """
    every = list_runs(workspace / "reports", run.forecast["case"])
    marked = marked_reports(markings, every, rows)
    line = (run.forecast["model"], run.forecast["assumption_set"]["name"])
    before, opened = previous_run(workspace / "reports", run.forecast["case"], *line, run.as_of), None
    if before is not None and bears(before, marked):
        stage("The run before, without them")
        cleared = redact(before, marked, workspace, stage=stage, progress=progress)
        before, opened = cleared.run, cleared.opened
    elif before is not None and "explained" in asked and before.record["method"] != "exact":
        opened = reopen(before, workspace, stage=stage, progress=progress)
    found = redact(run, marked, workspace, before, stage=stage, progress=progress)
    wanted = [each for each in asked if each != "analysts"] if found.opened else ()  # their runs know of the reports
    told = answers(
        found.run, workspace, stage=stage, progress=progress, asked=wanted, opened=found.opened, before=opened
    )
    kept = [each.forecast for each in every if not bears(each, marked)]
    return Released(found, (*kept, *([before.forecast] if before else [])), told)


def redact(
    run: Run,
    marked: Collection[str],
    workspace: Path,
    previous: Run | None = None,
    *,
    stage: Stage = lambda _: None,
    progress: Progress | None = None,
) -> Redacted:
    """Make a run as it would be without the marked reports.

    Parameters
    ----------
    run
        The run.
    marked
        The ids of the reports that are left out.
    workspace
        Where its model is.
    previous
        The run before, itself without them, that this one is compared with.
    stage, progress
        Told of what takes time.

    Raises
    ------
    UnpublishableError
        If not even a refit passes the gate.
    """
    case, whole = recorded_case(run, workspace), recorded_view(run)
    known = without(whole, marked)
    problem, model = build_problem(case, known), recorded_maker(run, workspace)
    opened, source = None, None
    if isinstance(model, Model):
        opened = reopen(run, workspace, stage=stage, progress=progress)
        source = (opened.unpriced or opened).sampled
        found = _weighted(source, problem)
        if found is None:
            source = None
            found = fit(model, problem, known, int(run.record["seed"]), stage, progress)
    else:
        found = solve(model, problem)
    bare = found
    if isinstance(model, Model) and case.assumptions.markets is not None:
        found = priced(model, found, recorded_prices(run), case.assumptions.markets)
    if not found.verdict.passed:
        raise UnpublishableError(f"run {run.id} without these reports fails its checks: {found.verdict.failures[0]}")
    inputs = {**run.record["inputs"], "evidence": [cells_of(row) for row in standing_rows(known)]}
    kept = {name: part for name, part in run.record.items() if name not in ("posterior", "update")}
    record = {**kept, "inputs": inputs, "inputs_digest": f"sha256:{digest(inputs)}", "method": found.verdict.method}
    notes = tuple(unsettled(case, known))
    seconds = {"total": sum(found.seconds.values())}
    document = forecast_document(case, known, model, found, previous, record, notes, seconds)
    document["run"]["id"] = run_id(known.as_of, record)
    made = Run(run.folder, document, record)
    return Redacted(
        run=made,
        opened=None if opened is None else priced_again(_reopened(opened, made, known, bare, source)),
        full=run,
        left_out=len(whole.reports) + len(whole.retracted) - len(known.reports) - len(known.retracted),
        refitted=opened is not None and source is None,
    )


def _weighted(source: Reopened, problem: Any) -> Found | None:
    """The sampled draws weighted for the problem; None where the weights do not hold."""
    try:
        found = updated(source, problem)
    except UncarriedError:
        return None
    return found if found.verdict.passed else None


def _reopened(opened: Reopened, run: Run, known: View, found: Found, source: Reopened | None) -> Reopened:
    if found.sample is None:
        raise ValueError(f"run {run.id} was made by a model that is sampled, and has no draws")
    return Reopened(
        run=run,
        case=opened.case,
        known=known,
        model=opened.model,
        problem=found.problem,
        draws=found.sample.draws,
        log_weights=found.sample.log_weights,
        chains=found.sample.chains,
        parent=source,
    )
