"""A run without the reports of some marking, for a version that may be released.

What is released is made of what is left: the evidence without them, a forecast of its own, and every answer asked of
that. So nothing of them can stand in it, whatever the page shows. The forecast without them is the run's own draws,
weighted, where the gate and Pareto's k-hat allow it, else a refit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from forecast.case.phrases import listed
from forecast.documents import forecast_document
from forecast.errors import UnpublishableError, UsageError
from forecast.evidence.journal import Report, Row, View
from forecast.evidence.rows import cells_of
from forecast.found import Found
from forecast.inference.carrying import UncarriedError
from forecast.inference.chains import Progress
from forecast.markets.priced import priced
from forecast.model.contract import Model
from forecast.model.problem import build_problem
from forecast.provenance import run_id, standing_rows
from forecast.recorded import recorded_case, recorded_maker, recorded_prices, recorded_view
from forecast.refresh import fit, solve, unopened
from forecast.reopened import Reopened, Stage, priced_again, reopen
from forecast.report.answers import ASKED, Answers, answers
from forecast.run_files import Document
from forecast.run_lines import previous_run
from forecast.runs import Run, digest, list_runs
from forecast.updated import updated

PART: Final = "/"
"""What stands between a report's id and the number of a further indicator that it tells of."""


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


def marked_reports(markings: Iterable[str], runs: Iterable[Run], rows: Iterable[Row]) -> frozenset[str]:
    """The ids of the reports that bear, or ever bore, one of the markings: in any run, or in the journal of today.

    A report that tells of several indicators has several ids, of which one marked one marks all.

    Raises
    ------
    UsageError
        If a marking is borne by no report: what was meant must not stay in by a slip of spelling.
    """
    borne: dict[str, set[str]] = {}
    spelled: dict[str, str] = {}
    told = [(row["report_id"], row["marking"]) for run in runs for row in run.record["inputs"]["evidence"]]
    for report, marking in [*told, *((row.report_id, row.marking) for row in rows)]:
        if plain := _plain(marking):
            borne.setdefault(plain, set()).add(report.partition(PART)[0])
            spelled.setdefault(plain, marking)
    for marking in markings:
        if _plain(marking) not in borne:
            known = f"the markings are {listed(sorted(spelled.values()), 'and')}" if spelled else "none is marked"
            raise UsageError(f"--redact {marking}: no report bears that marking: {known}")
    return frozenset().union(*(borne[_plain(marking)] for marking in markings))


def _plain(marking: str) -> str:
    return " ".join(marking.split()).casefold()


def is_marked(report_id: str, marked: Collection[str]) -> bool:
    """Whether a report is one of the marked ones, or a part of one."""
    return report_id.partition(PART)[0] in marked


def bears(run: Run, marked: Collection[str]) -> bool:
    """Whether any of the marked reports is in a run's evidence."""
    return any(is_marked(row["report_id"], marked) for row in run.record["inputs"]["evidence"])


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
    notes = tuple(unopened(case, known))
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


def without(known: View, marked: Collection[str]) -> View:
    """What was known without these reports; nothing of what is left names them.

    Reports that carried one of them still share an origin, under the name of the first of them.
    """
    kept = [report for report in known.reports if not is_marked(report.report_id, marked)]
    withdrawn = [(report, on) for report, on in known.retracted if not is_marked(report.report_id, marked)]
    renamed = dict(_renamed([*kept, *(report for report, _ in withdrawn)], marked))

    def cleared(report: Report) -> Report:
        origin, event = report.origin_id, report.event_id
        return replace(report, origin_id=renamed.get(origin, origin), event_id=renamed.get(event, event))

    return replace(
        known,
        reports=tuple(map(cleared, kept)),
        retracted=tuple((cleared(report), on) for report, on in withdrawn),
        after_as_of=0,
    )


def _renamed(reports: Iterable[Report], marked: Collection[str]) -> Iterator[tuple[str, str]]:
    """Origins and events that have the name of a report that is left out, and that of the first that is left."""
    first = sorted(reports, key=lambda report: (report.published_date, report.report_id), reverse=True)
    for report in first:
        for name in (report.origin_id, report.event_id):
            if is_marked(name, marked):
                yield name, report.report_id
