"""The forecasts of a case's past as an errand: made in the workspace, or elsewhere from all that they take of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from forecast.case.base_rates import FOLDER as BASE_RATES
from forecast.case.others import JUDGEMENTS, PRICES
from forecast.case.reading import read_case
from forecast.case.resolutions import FILE as RESOLUTIONS
from forecast.case.schema import Case
from forecast.durable import make_folder, read_if_there
from forecast.errors import InputError, UsageError
from forecast.evidence.journal import Row, view
from forecast.evidence.ledger import ledger_of
from forecast.installed import installed, refuse_other_installation, versions
from forecast.model.contract import ExactModel, load_model
from forecast.provenance import inputs_document, run_id
from forecast.refresh import refresh
from forecast.run_files import Document
from forecast.runs import digest

CLOCK: Final = "published"
UNKNOWN: Final = ".backtest/none"
"""Where no forecast lies from which another one could have changed."""

type Made = tuple[Document, Document] | str
"""A forecast and its record, or why there is none."""


@dataclass(frozen=True, order=True)
class Task:
    """One forecast that is to be made: of which case, as of which day, by which model with which set."""

    case: str
    as_of: date
    model: str
    assumptions: str

    @property
    def seed(self) -> int:
        """As a refresh takes it that is not told one."""
        return int(self.as_of.strftime("%Y%m%d"))


@dataclass(frozen=True)
class Replay:
    """What the forecasts of some cases share.

    Attributes
    ----------
    workspace
        Where the cases are; None where they are to be written from `files`.
    rows
        Case → its journal.
    models
        Names of the models.
    made_for
        What the numbers depend on.
    files
        Content of every file that the forecasts take, by its path in the workspace; empty where there is one.
    """

    workspace: Path | None
    rows: Mapping[str, tuple[Row, ...]]
    models: frozenset[str]
    made_for: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Path, cases: Iterable[Case], models: Iterable[str]) -> Self:
        """What forecasts of these cases by these models take."""
        rows = {case.id: ledger_of(case).read() for case in {case.id: case for case in cases}.values()}
        return cls(workspace, rows, frozenset(models), installed())

    def packed(self) -> Self:
        """The same with the cases' files, base rates and models of the workspace."""
        if self.workspace is None:
            return self
        paths = _taken(self.workspace, self.rows, self.models)
        contents = {path.relative_to(self.workspace).as_posix(): read_if_there(path) for path in paths}
        files = {name: content for name, content in contents.items() if content is not None}
        return replace(self, workspace=None, files=files)

    @contextmanager
    def prepared(self) -> Iterator[Callable[[Task], Made]]:
        """Write the files where there is no workspace; what is entered makes a forecast.

        Raises
        ------
        UsageError
            If the numbers could be others here.
        """
        refuse_other_installation(self.made_for)
        if self.workspace is not None:
            yield partial(made, self.workspace, self.rows)
            return
        with TemporaryDirectory(prefix="forecast-") as ground:
            workspace = Path(ground) / "workspace"
            make_folder(workspace, self.files)
            yield partial(made, workspace, self.rows)

    def id_of(self, task: Task, case: Case, workspace: Path) -> str | None:
        """Which run a task makes; None where its model cannot be loaded.

        Parameters
        ----------
        task
            The task.
        case
            Its case, with its set.
        workspace
            Whose models are known.
        """
        try:
            model = load_model(task.model, workspace)
        except (UsageError, InputError):
            return None
        inputs = digest(inputs_document(case, view(self.rows[task.case], task.as_of, CLOCK), model))
        method = "exact" if isinstance(model, ExactModel) else "nuts"
        identity = {"inputs_digest": f"sha256:{inputs}", "seed": task.seed, "method": method, "versions": versions()}
        return run_id(task.as_of, identity)


def made(workspace: Path, rows: Mapping[str, tuple[Row, ...]], task: Task) -> Made:
    """Make one forecast, which is said to have changed from no other."""
    case = read_case(workspace / "data" / task.case, task.assumptions)
    try:
        model = load_model(task.model, workspace)
        run = refresh(
            case, rows[task.case], model, workspace / UNKNOWN,
            as_of=task.as_of, seed=task.seed, clock=CLOCK, dry_run=True,
        ).run  # fmt: skip
    except (UsageError, InputError) as error:
        return str(error).partition("\n")[0]
    return run.forecast, run.record


def _taken(workspace: Path, cases: Iterable[str], models: Iterable[str]) -> Iterator[Path]:
    yield from (workspace / "models" / f"{name}.py" for name in models)
    for case in cases:
        folder = workspace / "data" / case
        yield from (
            path for path in [*folder.glob("*.yaml"), *folder.glob("assumptions/*.yaml")] if path.name[0] != "."
        )
        yield from (folder / name for name in (RESOLUTIONS, JUDGEMENTS, PRICES))
        yield from (workspace / "data" / BASE_RATES / table for table in read_case(folder).base_rates.texts)
