"""The forecasts of a case's past as an errand: all that they take of a workspace travels to where they are made."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from forecast.case.base_rates import FOLDER as BASE_RATES
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.durable import make_folder
from forecast.errors import InputError, UsageError
from forecast.evidence.journal import Row, view
from forecast.evidence.ledger import ledger_of
from forecast.model.contract import ExactModel, load_model
from forecast.provenance import inputs_document, refuse_other_versions, run_id, versions
from forecast.refresh import refresh
from forecast.run_files import Document
from forecast.runs import digest

CLOCK: Final = "published"
EVIDENCE: Final = "evidence.csv"
"""Whose rows travel as rows, wherever a case keeps them."""


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
    files
        Content of every file by its path in the workspace: of the cases, of base rates and of the workspace's models.
    rows
        Case → its journal.
    made_for
        What the numbers depend on.
    """

    files: Mapping[str, bytes]
    rows: Mapping[str, tuple[Row, ...]]
    made_for: Mapping[str, str]

    @classmethod
    def of(cls, workspace: Path, cases: Iterable[Case]) -> Self:
        """What forecasts of these cases take."""
        rows = {case.id: ledger_of(case).read() for case in {case.id: case for case in cases}.values()}
        files = {path.relative_to(workspace).as_posix(): path.read_bytes() for path in _taken(workspace, rows)}
        return cls(files, rows, versions())

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
        identity = {"inputs_digest": f"sha256:{inputs}", "seed": task.seed, "method": method, "versions": self.made_for}
        return run_id(task.as_of, identity)

    def prepared(self) -> Callable[[Task], tuple[Document, Document] | str]:
        """Write the files; what comes back makes a forecast of them.

        Raises
        ------
        UsageError
            If the numbers would be others here.
        """
        refuse_other_versions(self.made_for)
        ground = TemporaryDirectory(prefix="forecast-")
        atexit.register(ground.cleanup)
        workspace = Path(ground.name) / "workspace"
        make_folder(workspace, self.files)
        return partial(made, workspace, self.rows)


def made(workspace: Path, rows: Mapping[str, tuple[Row, ...]], task: Task) -> tuple[Document, Document] | str:
    """One forecast and its record, or why there is none."""
    case = read_case(workspace / "data" / task.case, task.assumptions)
    try:
        model = load_model(task.model, workspace)
        run = refresh(
            case, rows[task.case], model, workspace / "reports",
            as_of=task.as_of, seed=task.seed, clock=CLOCK, dry_run=True,
        ).run  # fmt: skip
    except (UsageError, InputError) as error:
        return str(error).partition("\n")[0]
    return run.forecast, run.record


def _taken(workspace: Path, cases: Iterable[str]) -> Iterator[Path]:
    data = workspace / "data"
    yield from (workspace / "models").glob("*.py")
    yield from (data / BASE_RATES).glob("*.csv")
    for case in cases:
        for pattern in ("*.yaml", "assumptions/*.yaml", "*.csv"):
            yield from (path for path in (data / case).glob(pattern) if path.name != EVIDENCE)
