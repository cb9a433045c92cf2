"""What a run's record holds: the case, the evidence, the model and the problem that it was made from.

Everything comes from the record, never from the folder of today: the case may have changed since. The recorded files
are read by the readers that read a case's folder, so there is one meaning of a file.
"""

from __future__ import annotations

import atexit
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from forecast.case.base_rates import FOLDER as BASE_RATES
from forecast.case.document import shown
from forecast.case.members import pooled_in
from forecast.case.others import Numbers
from forecast.case.plain_yaml import parse_yaml
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import InputError, UsageError
from forecast.evidence.cells import RowError
from forecast.evidence.journal import View, view
from forecast.evidence.rows import row_of
from forecast.markets.quotes import quotes_from
from forecast.model.contract import ExactModel, Model, load_model, shelf
from forecast.model.problem import Problem, build_problem
from forecast.provenance import model_document
from forecast.run_files import RECORD, REMEDY
from forecast.runs import Run

CASE_FILE, TABLE, NAME = (
    re.compile(pattern, re.ASCII)
    for pattern in (r"(assumptions/)?\w[\w.-]*\.yaml|resolutions\.csv", r"\w[\w.-]*\.csv", r"\w[\w-]*")
)


def recorded_members(run: Run) -> tuple[str, ...]:
    """The assumption sets that the run's own set pooled."""
    name = f"assumptions/{run.forecast['assumption_set']['name']}.yaml"
    text = run.record["inputs"]["files"].get(name, "")
    try:
        return pooled_in(parse_yaml(text, name))
    except InputError:
        raise spoilt(run, f"its {name} cannot be read") from None


def recorded_case(run: Run, workspace: Path) -> Case:
    """The case as it was; its folder is the one in which a case of that name stands, or would.

    Raises
    ------
    UsageError
        If the record is of a version that did not keep all of it.
    InputError
        If its files cannot be read any more.
    """
    inputs = _inputs(run)
    files, tables = inputs["files"], inputs.get("base_rates", {})
    if not (
        NAME.fullmatch(inputs["case"])
        and all(CASE_FILE.fullmatch(name) for name in files)
        and all(TABLE.fullmatch(name) for name in tables)
    ):
        raise spoilt(run, "its inputs have names that no case's files have")
    texts = {f"{inputs['case']}/{name}": text for name, text in files.items()}
    texts |= {f"{BASE_RATES}/{name}": text for name, text in tables.items()}
    try:
        case = _case_of(inputs["case"], tuple(sorted(texts.items())), inputs["assumptions"])
    except InputError as error:
        first = error.problems[0]
        raise spoilt(run, f"its case cannot be read ({Path(first.file).name}: {first.message})") from None
    return replace(case, folder=workspace / "data" / case.id)


@cache
def _case_of(case_id: str, texts: tuple[tuple[str, str], ...], assumptions: str) -> Case:
    """Read a case from texts: two runs of the same files read them once."""
    with TemporaryDirectory() as ground:
        for name, text in texts:
            path = Path(ground, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        return read_case(Path(ground, case_id), assumptions)


def recorded_view(run: Run) -> View:
    """What was known on the day.

    Raises
    ------
    UsageError
        If the record is of a version that did not keep all of it.
    InputError
        If a row of the evidence breaks the rules of rows.
    """
    inputs, now = _inputs(run), datetime.now(UTC)
    try:
        rows = [row_of(cells, now, place) for place, cells in enumerate(inputs["evidence"])]
    except RowError as error:
        raise spoilt(run, f"its evidence cannot be read ({error.faults[0].message})") from None
    return view(rows, run.as_of, inputs["clock"])


def recorded_model(run: Run, workspace: Path, *, trusted: bool = False) -> Model:
    """The sampled model that made the run, as `recorded_maker` finds it.

    Raises
    ------
    UsageError
        If it cannot be found, or it is one that is solved.
    """
    model = recorded_maker(run, workspace, trusted=trusted)
    if not isinstance(model, Model):
        raise UsageError(f"run {run.id} was made by the model {model.name}, which is solved and has no draws")
    return model


def recorded_maker(run: Run, workspace: Path, *, trusted: bool = False) -> Model | ExactModel:
    """The model that made the run, sampled or solved.

    A record may have come by mail, and a model is a program: the record's text is not run unless the caller says that
    it is trusted. What is run is a file of the workspace or of the shelf with the same text.

    Raises
    ------
    UsageError
        If no file of today has that text, and the record is not trusted.
    """
    wanted = {"builds_on": {}, **run.record["inputs"]["model"]}
    name = str(wanted["name"])
    for folder in (workspace / "models", shelf()):
        if (path := folder / f"{name}.py").is_file() and path.read_text("utf-8") == wanted["text"]:
            model = load_model(str(path), workspace)
            if model_document(model) == wanted:
                return model
    if not trusted:
        raise UsageError(
            f"run {run.id} was made by another version of the model {name} than stands here today: "
            f"`forecast refresh` as of {run.as_of} again, or --trust-record to run the text that its record holds"
        )
    if not NAME.fullmatch(name):
        raise spoilt(run, "its model has a name that no model file has")
    try:
        model = load_model(str(file_of(name, wanted["text"])), workspace)
    except (UsageError, InputError):
        raise UsageError(
            f"run {run.id}: the model {name} of its record does not run with this version: "
            f"`forecast refresh` as of {run.as_of} again"
        ) from None
    if model_document(model) != wanted:
        raise UsageError(f"run {run.id}: the model {name} of its record builds on another one that has changed since")
    return model


@cache
def file_of(name: str, text: str) -> Path:
    """A model file with this text, there as long as the program runs: sampling loads a model by its path."""
    folder = TemporaryDirectory(prefix="forecast-")
    atexit.register(folder.cleanup)
    path = Path(folder.name, f"{name}.py")
    path.write_text(text, encoding="utf-8", newline="")
    return path


def recorded_problem(run: Run, case: Case, known: View) -> Problem:
    """The problem that case and evidence make, anchored with the intercepts that were solved then.

    Raises
    ------
    InputError
        If those are not of its outcomes.
    """
    problem = build_problem(case, known)
    intercepts = run.record.get("intercepts")
    if intercepts is None or set(intercepts["mean"]) != set(problem.structure.outcomes):
        raise spoilt(run, "its solved intercepts are not those of its outcomes")
    mean = np.array([intercepts["mean"][outcome] for outcome in problem.structure.outcomes])
    return problem.anchored(mean, float(intercepts["sd"]))


def recorded_prices(run: Run) -> tuple[Numbers, ...]:
    """The markets' prices that it read; none where it read none."""
    return quotes_from(_inputs(run).get("prices", ()))


def _inputs(run: Run) -> Mapping[str, Any]:
    inputs: dict[str, Any] = run.record["inputs"]
    if not {"case", "clock", "assumptions", "as_of"} <= set(inputs):
        raise UsageError(
            f"run {run.id} was made by a version whose records do not hold all that it was made from: "
            f"`forecast refresh` as of {run.as_of} again"
        )
    return inputs


def spoilt(run: Run, what: str) -> InputError:
    """A record that is not what was saved."""
    return InputError.at(shown(run.folder / RECORD), None, what, REMEDY)
