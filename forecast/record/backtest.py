"""What every model would have said, week by week, with what was known then.

Each forecast is made as `forecast refresh` makes it, on the published clock, and kept in `.backtest/<case>/` under the
id that its inputs give it: an id that is there already, or among the case's own runs, is a forecast that need not be
made again, so that a backtest goes on where it was stopped, and forgets nothing that a changed input has not made
another question. The draws are not kept, and none is said to have moved from another one. Models see a `View`, which
holds nothing of a later day; how the question ended is unknown to all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from forecast.as_of import last_as_of
from forecast.case.assumption_sets import set_names
from forecast.case.document import shown
from forecast.case.phrases import instead_of, quoted
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.crew.errand import Crew
from forecast.durable import make_place, replace_file
from forecast.errors import UsageError
from forecast.evidence.journal import Row
from forecast.evidence.ledger import ledger_of
from forecast.model.contract import shelf
from forecast.record.replay import Replay, Task
from forecast.runs import Run, load_run, save_run

FOLDER: Final = ".backtest"
WEEK: Final = timedelta(days=7)


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
    crew: Crew,
    done: Callable[[int, int], None] = lambda _done, _all: None,
) -> dict[str, Backtest]:
    """Make the forecasts that are not there yet, several at once, and gather all of them by case.

    Raises
    ------
    InputError
        If a case cannot be read.
    UsageError
        If one of the crew would get other numbers.
    StoreError
        If a forecast cannot be kept, or the crew is out of reach.
    """
    make_place(workspace / FOLDER)
    replace_file(workspace / FOLDER / ".gitignore", b"*\n")
    wanted = dict.fromkeys((task.case, task.assumptions) for task in tasks)
    cases = {(name, chosen): read_case(workspace / "data" / name, chosen) for name, chosen in wanted}
    replay = Replay.of(workspace, cases.values(), {task.model for task in tasks})
    found: dict[Task, Run | str] = {}
    for task in tasks:
        name = replay.id_of(task, cases[task.case, task.assumptions], workspace)
        if folder := _made_before(workspace, task.case, name):
            found[task] = load_run(folder)
    done(len(found), len(tasks))
    for task, answer in crew.work(replay, [task for task in tasks if task not in found]):
        found[task] = answer if isinstance(answer, str) else save_run(workspace / FOLDER, task.case, *answer, None)[0]
        done(len(found), len(tasks))
    gathered = {}
    for case in dict.fromkeys(task.case for task in tasks):
        own = {task: answer for task, answer in sorted(found.items()) if task.case == case}
        gathered[case] = Backtest(
            case=read_case(workspace / "data" / case),
            runs=tuple(answer for answer in own.values() if isinstance(answer, Run)),
            refused={task: answer for task, answer in own.items() if isinstance(answer, str)},
        )
    return gathered


def _made_before(workspace: Path, case: str, name: str | None) -> Path | None:
    """Where a run lies that was made in an earlier backtest, or for the case itself."""
    places = (workspace / place / case / name for place in (FOLDER, "reports") if name)
    return next((folder for folder in places if folder.is_dir()), None)
