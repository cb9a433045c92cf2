"""What every model would have said, week by week, with what was known then.

Each forecast is made as `forecast refresh` makes it, on the published clock, and kept in `.backtest/<case>/` under the
id that its inputs give it: an id that is there already, or among the case's own runs, is a forecast that need not be
made again, so that a backtest goes on where it was stopped, and forgets nothing that a changed input has not made
another question. The draws are not
kept. Models see a `View`, which holds nothing of a later day; how the question ended is unknown to all of them.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from forecast.case.assumption_sets import set_names
from forecast.case.document import shown
from forecast.case.phrases import instead_of, quoted
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.durable import make_place, replace_file
from forecast.errors import InputError, UsageError
from forecast.evidence.journal import Row, view
from forecast.evidence.ledger import ledger_of
from forecast.model.contract import ExactModel, load_model, shelf
from forecast.provenance import inputs_document, run_id, versions
from forecast.refresh import last_as_of, refresh
from forecast.runs import Run, digest, load_run, save_run

FOLDER: Final = ".backtest"
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, order=True)
class Task:
    """One forecast that is to be made: of which case, as of which day, by which model with which set."""

    case: str
    as_of: date
    model: str
    assumptions: str


@dataclass(frozen=True)
class Backtest:
    """The forecasts of a case's past.

    Attributes
    ----------
    case
        The case, with its own assumption set.
    runs
        The forecasts, by day, model and set; those that failed their gate too.
    refused
        Tasks that no forecast came of, and why: a model may not fit a case.
    """

    case: Case
    runs: tuple[Run, ...]
    refused: dict[Task, str]


def model_names(workspace: Path) -> tuple[str, ...]:
    """Every model that a case could name: the workspace's own and the shelf's."""
    folders = (workspace / "models", shelf())
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("[a-z]*.py")}))


def as_of_dates(case: Case, rows: Iterable[Row]) -> tuple[date, ...]:
    """The opening day and every seventh after it: to the resolution, or to the newest report's day, which is one."""
    opening, last = case.question.opening, last_as_of(case)
    if case.resolution is None:
        last = min(last, max((row.published_date for row in rows), default=opening))
    else:
        last = case.resolution.date - timedelta(days=1)
    weekly = [opening + WEEK * number for number in range((last - opening).days // 7 + 1)]
    newest = [last] if case.resolution is None and last > opening else []
    return tuple(dict.fromkeys([*weekly, *newest]))


def tasks_of(
    folder: Path, models: Sequence[str], sets: Sequence[str] | None, days: Sequence[date] | None = None
) -> tuple[Task, ...]:
    """Everything that is to be made for a case: of these days, or of every week.

    Raises
    ------
    UsageError
        If it has no such assumption set.
    """
    case = read_case(folder)
    days = days or as_of_dates(case, ledger_of(case).read())
    there = set_names(folder)
    chosen = there if sets is None else sets
    if unknown := [name for name in chosen if name not in there]:
        remedy = instead_of(unknown[0], there, "this case has none")
        raise UsageError(f"there is no assumption set {quoted(unknown[0])} in {shown(folder)}: {remedy}")
    return tuple(Task(case.id, day, model, name) for day in days for model in models for name in chosen)


def backtest(
    workspace: Path,
    tasks: Sequence[Task],
    jobs: int = 1,
    done: Callable[[int, int], None] = lambda _done, _all: None,
) -> dict[str, Backtest]:
    """Make the forecasts that are not there yet, several at once, and gather all of them by case.

    Raises
    ------
    InputError
        If a case cannot be read.
    StoreError
        If a forecast cannot be kept.
    """
    make_place(workspace / FOLDER)
    replace_file(workspace / FOLDER / ".gitignore", b"*\n")
    found: dict[Task, Run | str] = {}
    for number, (task, answer) in enumerate(_answers(workspace, tasks, jobs), 1):
        found[task] = load_run(answer) if isinstance(answer, Path) else answer
        done(number, len(tasks))
    gathered = {}
    for case in dict.fromkeys(task.case for task in tasks):
        own = {task: answer for task, answer in sorted(found.items()) if task.case == case}
        gathered[case] = Backtest(
            case=read_case(workspace / "data" / case),
            runs=tuple(answer for answer in own.values() if isinstance(answer, Run)),
            refused={task: answer for task, answer in own.items() if isinstance(answer, str)},
        )
    return gathered


def make(workspace: Path, task: Task) -> Path | str:
    """One forecast: its folder, made now or before, or why there is none."""
    case = read_case(workspace / "data" / task.case, task.assumptions)
    rows = ledger_of(case).read()
    seed = int(task.as_of.strftime("%Y%m%d"))
    try:
        model = load_model(task.model, workspace)
        known = view(rows, task.as_of, "published")
        inputs = f"sha256:{digest(inputs_document(case, known, model))}"
        method = "exact" if isinstance(model, ExactModel) else "nuts"
        identity = {"inputs_digest": inputs, "seed": seed, "method": method, "versions": versions()}
        name = run_id(task.as_of, identity)
        for place in (FOLDER, "reports"):
            if (folder := workspace / place / case.id / name).is_dir():
                return folder
        made = refresh(
            case, rows, model, workspace / FOLDER, as_of=task.as_of, seed=seed, clock="published", dry_run=True
        ).run
    except (UsageError, InputError) as error:
        return str(error).partition("\n")[0]
    save_run(workspace / FOLDER, case.id, made.forecast, made.record, None)
    return workspace / FOLDER / case.id / name


def _answers(workspace: Path, tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, Path | str]]:
    if jobs == 1:
        yield from ((task, make(workspace, task)) for task in tasks)
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        started = {pool.submit(make, workspace, task): task for task in tasks}
        try:
            for ended in as_completed(started):
                yield started[ended], ended.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
