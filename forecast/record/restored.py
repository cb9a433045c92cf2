"""What a run was made from, put together again out of its record: the case, and the evidence as it was known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from forecast.case.base_rates import FOLDER
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import UsageError
from forecast.evidence.cells import RowError
from forecast.evidence.journal import View, view
from forecast.evidence.rows import row_of
from forecast.runs import Run

_CASE_FILE = re.compile(r"(assumptions/)?[a-z0-9][a-z0-9-]*[.]yaml")
_TABLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_CASE = re.compile(r"[a-z0-9][a-z0-9-]*")


def restored(run: Run) -> tuple[Case, View]:
    """The case and the evidence that a run was made from.

    Raises
    ------
    UsageError
        If its record does not hold them.
    InputError
        If the case files it holds are none that this version reads.
    """
    inputs, said = run.record["inputs"], run.forecast
    name = said["case"]
    _refuse_other_places({name: ""}, _CASE, run)
    _refuse_other_places(inputs["files"], _CASE_FILE, run)
    _refuse_other_places(inputs.get("base_rates", {}), _TABLE, run)
    with TemporaryDirectory() as workspace:
        folder = Path(workspace) / name
        _write(folder, inputs["files"])
        _write(Path(workspace) / FOLDER, inputs.get("base_rates", {}))
        case = read_case(folder, said["assumption_set"]["name"])
    try:
        rows = [row_of(cells, datetime.now(UTC)) for cells in inputs["evidence"]]
    except RowError as error:
        raise UsageError(f"run {run.id}: the evidence of its record cannot be read: {error}") from None
    clock = inputs.get("clock", case.question.clock)
    return case, view(rows, run.as_of, "published" if clock == "published" else "recorded")


def _refuse_other_places(files: Mapping[str, str], fit: re.Pattern[str], run: Run) -> None:
    """A record may come from anywhere: no name in it may lead out of the folder that it is unpacked in."""
    for name in files:
        if not fit.fullmatch(name):
            raise UsageError(f"run {run.id}: its record names the file {name!r}, which is none of a case")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
