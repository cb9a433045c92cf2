"""What a page asks of the draws and of the record: the documents that the commands print with --json.

A page shows what these documents hold and works nothing out itself. Each may be missing: a solved model has no draws,
and a run may have been made by a version whose records do not hold enough to ask it anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from forecast.errors import ForecastError, StoreError
from forecast.insight.usual import explained, hanging, watched
from forecast.report.ground import ground
from forecast.run_lines import previous_run
from forecast.runs import Run, list_runs

if TYPE_CHECKING:
    from forecast.case.scenarios import Scenario
    from forecast.inference.chains import Progress
    from forecast.insight.standing import Standing
    from forecast.reopened import Reopened, Stage

Document = dict[str, Any]

ASKED: Final = ("explained", "pushes", "mixing", "watched", "scenarios", "hanging", "analysts")
"""What is asked of the draws, by the names that `Answers` has for it."""


def _untold(_: str) -> None:
    """Nobody is told what takes time."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The documents, None where there is none.

    Attributes
    ----------
    explained
        `forecast explain --json`.
    watched
        `forecast watch --json`.
    hanging
        `forecast sensitivity --no-refit --json`.
    analysts
        `forecast pool --analysts --no-refit --json`, where the run's set pools analysts.
    scenarios
        The scenarios of `forecast whatif --scenarios --json`, without their trends.
    pushes
        What each event did to its driver (`insight.pushes`).
    mixing
        Ranks and energy of the chains (`insight.mixing`).
    scored
        `forecast score --json` of a case that is resolved.
    record
        `forecast score --all --json` without its pools, where any case of the workspace is resolved.
    backtested
        What `forecast backtest` keeps of this model and assumption set up to the run's day, as `forecast.json` has it.
    ground
        The case as the run's record holds it (`report.ground`).
    reasons
        Why documents are missing, for whoever makes the page.
    """

    explained: Document | None = None
    watched: Document | None = None
    hanging: Document | None = None
    analysts: Document | None = None
    scenarios: tuple[Document, ...] = ()
    pushes: tuple[Document, ...] = ()
    mixing: Document | None = None
    scored: Document | None = None
    record: Document | None = None
    backtested: tuple[Document, ...] = ()
    ground: Document | None = None
    reasons: tuple[str, ...] = field(default=(), compare=False)


def answers(
    run: Run,
    workspace: Path,
    *,
    stage: Stage = _untold,
    progress: Progress | None = None,
    asked: Collection[str] = ASKED,
    opened: Reopened | None = None,
    before: Reopened | None = None,
) -> Answers:
    """Ask everything that a page shows of a run. Draws that are not at hand are sampled again, as its record says.

    Parameters
    ----------
    run
        The run.
    workspace
        Where its model, its rivals and the resolved cases are.
    stage, progress
        Told of what takes time.
    asked
        What to ask of the draws; where it is nothing, the run is not opened.
    opened, before
        The run with its draws where that is saved nowhere, and the one to compare it with; else both are looked for.
    """
    reasons: list[str] = []
    found = Answers()
    with _noting(reasons):
        found = replace(found, **_track(run, workspace))
    if opened is None:  # of a run that is saved nowhere nobody made any
        with _noting(reasons):
            found = replace(found, backtested=tuple(_backtested(run, workspace)))
    with _noting(reasons):
        from forecast.recorded import recorded_case

        found = replace(found, ground=ground(recorded_case(run, workspace)))
    if asked:
        with _noting(reasons):
            from forecast.reopened import opener

            earlier = _before(run, workspace) if opened is None else (before.run if before else None)
            known = [each for each in (opened, before) if each]
            open_again = opener(workspace, known, stage=stage, progress=progress)
            found = replace(found, **dict(_of_draws(run, earlier, open_again, workspace, asked, reasons, stage)))
    return replace(found, reasons=tuple(dict.fromkeys(reasons)))


@contextmanager
def _noting(reasons: list[str]) -> Iterator[None]:
    """What cannot be answered is left out, and said: a page is worth having without it."""
    try:
        yield
    except StoreError:
        raise  # a disk that fails is no reason to write half a page
    except ForecastError as error:
        reasons.append(str(error))


def _of_draws(
    run: Run,
    before: Run | None,
    open_again: Callable[[Run], Reopened],
    workspace: Path,
    asked: Collection[str],
    reasons: list[str],
    stage: Stage,
) -> Iterator[tuple[str, Any]]:
    if "explained" in asked:
        with _noting(reasons):
            if before is not None and run.complete:
                yield "explained", explained(before, run, open_again, stage=stage)
    if "watched" in asked:
        with _noting(reasons):
            yield "watched", watched(run, open_again, stage=stage)
    if "hanging" in asked:
        with _noting(reasons):
            yield "hanging", hanging(run, open_again, stage=stage)
    opened = None
    if {"pushes", "mixing", "scenarios", "analysts"} & {*asked}:
        with _noting(reasons):
            opened = open_again(run)
    if opened is None:
        return
    if "pushes" in asked:
        with _noting(reasons):
            from forecast.insight.pushes import pushes, pushes_document

            stage("Leaving out each event")
            yield "pushes", tuple(pushes_document(pushes(opened)))
    if {"mixing", "scenarios"} & {*asked}:
        with _noting(reasons):
            from forecast.insight.mixing import mixing
            from forecast.insight.standing import standing as stand

            stage("Asking the saved scenarios")
            standing = stand(opened)
            yield "mixing", mixing(opened, standing)
            yield "scenarios", tuple(_scenarios(opened, standing, reasons))
    if "analysts" in asked and opened.case.assumptions.pools:
        with _noting(reasons):
            yield "analysts", _analysts(opened, workspace, stage)


def _before(run: Run, workspace: Path) -> Run | None:
    """The run before, if there is one that has all of its numbers."""
    line = (run.forecast["model"], run.forecast["assumption_set"]["name"])
    before = previous_run(workspace / "reports", run.forecast["case"], *line, run.as_of)
    return before if before is not None and before.complete else None


def _scenarios(opened: Reopened, standing: Standing, reasons: list[str]) -> Iterator[Document]:
    """What the case's saved scenarios, as they stand today, make of the run; one may be over for it."""
    from forecast.case.scenarios import read_scenarios
    from forecast.insight.whatif import whatif
    from forecast.insight.whatif_document import whatif_document

    told: tuple[Scenario, ...] = ()
    with _noting(reasons):
        told = read_scenarios(opened.case)
    for scenario in told:
        with _noting(reasons):
            found = whatif_document(whatif(standing, scenario.premises), standing)
            yield {"id": scenario.id, "label": scenario.label, **found}


def _analysts(opened: Reopened, workspace: Path, stage: Stage) -> Document:
    from forecast.insight.standing import standing as stand
    from forecast.record.analysts import analysts

    runs = list_runs(workspace / "reports", opened.case.id)
    return analysts(stand(opened), opened.run, runs, stage=stage)


def _backtested(run: Run, workspace: Path) -> Iterator[Document]:
    """The forecasts that a backtest keeps, the latest made of each day."""
    from forecast.record.backtest import FOLDER

    line = (run.forecast["model"], run.forecast["assumption_set"]["name"])
    kept = list_runs(workspace / FOLDER, run.forecast["case"])
    found = [each for each in kept if each.publishable and each.same_line(*line) and each.as_of <= run.as_of]
    yield from {each.as_of: each.forecast for each in found}.values()


def _track(run: Run, workspace: Path) -> Document:
    """The scores of this case, if it is resolved, and of every resolved case together."""
    from forecast.record.resolved import boards_in
    from forecast.record.score_documents import case_document, records_document
    from forecast.record.scoreboard import records_of

    boards, still_open = boards_in(workspace)
    if not boards:
        return {}
    own = [board for board in boards if board.case.id == run.forecast["case"]]
    return {
        "scored": case_document(own[0]) if own else None,
        "record": records_document(boards, records_of(boards), (), still_open),
    }
