"""A saved run opened again: the case, the evidence, the problem and the draws that it was made from.

Everything comes from the run's own record, never from the folder of today: the case may have changed since. The files
that the record holds are read by the readers that read a case's folder, so there is one meaning of a file.
"""

from __future__ import annotations

import atexit
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.base_rates import FOLDER as BASE_RATES
from forecast.case.document import shown
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import InputError, UsageError
from forecast.evidence.cells import RowError
from forecast.evidence.journal import View, view
from forecast.evidence.rows import row_of
from forecast.inference.sampling import Progress, Settings, sample
from forecast.model.contract import Draws, Model, load_model, shelf
from forecast.model.priors import Priors
from forecast.model.problem import Problem, build_problem
from forecast.provenance import model_document
from forecast.run_files import RECORD, REMEDY
from forecast.runs import Run, content_digest

Array = NDArray[np.float64]
Stage = Callable[[str], None]

CASE_FILE, TABLE, NAME = (
    re.compile(pattern, re.ASCII) for pattern in (r"(assumptions/)?\w[\w.-]*\.yaml", r"\w[\w.-]*\.csv", r"\w[\w-]*")
)


@dataclass(frozen=True)
class Reopened:
    """A run and what it was made from.

    Attributes
    ----------
    run
        The run as saved.
    case, known, model
        The case, the evidence known on the day, and the model, as the record holds them.
    problem
        The problem that they make, anchored with the intercepts that were solved then.
    draws
        The posterior: parameter → (draw, *shape), chain by chain.
    log_weights
        What each draw counts, shape (draw,), up to a constant: zeros where the run was sampled.
    chains
        Number of chains.
    notes
        What a reader should know of how it was opened.
    """

    run: Run
    case: Case
    known: View
    model: Model
    problem: Problem
    draws: Draws
    log_weights: Array
    chains: int
    notes: tuple[str, ...] = ()

    def by_chain(self, quantity: Array) -> Array:
        """Split the draw axis of a quantity into (chain, draw)."""
        return quantity.reshape(self.chains, len(quantity) // self.chains, *quantity.shape[1:])


def reopen(
    run: Run,
    workspace: Path,
    *,
    trusted: bool = False,
    stage: Stage = lambda _: None,
    progress: Progress | None = None,
) -> Reopened:
    """Open a run again; where its draws are not at hand they are sampled again, as its record says.

    Parameters
    ----------
    run
        A sampled run.
    workspace
        Where its model is looked for.
    trusted
        Whether to run the model's text that the record holds where it stands in no file of today.
    stage, progress
        Told of what takes time.

    Raises
    ------
    UsageError
        If the run has no draws, was made by a version whose records lack what this needs, or by a model that is no
        longer there.
    InputError
        If the record or the draws are not what was saved.
    """
    if run.record["method"] == "exact":
        raise UsageError(f"run {run.id} was made by a model without drivers, and the command is about them")
    case, known = recorded_case(run, workspace), recorded_view(run)
    model = recorded_model(run, workspace, trusted=trusted)
    problem = _anchored(run, build_problem(case, known))
    priors, settings = model.law.priors(problem), _settings(run)
    if run.draws == "missing":
        draws, notes = _sampled_again(run, model, problem, settings, stage, progress)
    else:
        draws, notes = _read(run, priors), ()
    return Reopened(run, case, known, model, problem, draws, np.zeros(len(draws["level"])), settings.chains, notes)


# ------------------------------------------------------------------------------------------------ the inputs


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
        raise _spoilt(run, "its inputs have names that no case's files have")
    texts = {f"{inputs['case']}/{name}": text for name, text in files.items()}
    texts |= {f"{BASE_RATES}/{name}": text for name, text in tables.items()}
    try:
        case = _case_of(inputs["case"], tuple(sorted(texts.items())), inputs["assumptions"])
    except InputError as error:
        first = error.problems[0]
        raise _spoilt(run, f"its case cannot be read ({Path(first.file).name}: {first.message})") from None
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
        raise _spoilt(run, f"its evidence cannot be read ({error.faults[0].message})") from None
    return view(rows, run.as_of, inputs["clock"])


def recorded_model(run: Run, workspace: Path, *, trusted: bool = False) -> Model:
    """The model that made the run.

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
            if isinstance(model, Model) and model_document(model) == wanted:
                return model
    if not trusted:
        raise UsageError(
            f"run {run.id} was made by another version of the model {name} than stands here today: "
            f"`forecast refresh` as of {run.as_of} again, or --trust-record to run the text that its record holds"
        )
    if not NAME.fullmatch(name):
        raise _spoilt(run, "its model has a name that no model file has")
    model = load_model(str(_file_of(name, wanted["text"])), workspace)
    if not isinstance(model, Model) or model_document(model) != wanted:
        raise UsageError(f"run {run.id}: the model {name} of its record builds on another one that has changed since")
    return model


@cache
def _file_of(name: str, text: str) -> Path:
    """A file with this text, there as long as the program runs: sampling loads a model by its path."""
    folder = TemporaryDirectory(prefix="forecast-")
    atexit.register(folder.cleanup)
    path = Path(folder.name, f"{name}.py")
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _anchored(run: Run, problem: Problem) -> Problem:
    intercepts = run.record.get("intercepts")
    if intercepts is None or set(intercepts["mean"]) != set(problem.structure.outcomes):
        raise _spoilt(run, "its solved intercepts are not those of its outcomes")
    mean = np.array([intercepts["mean"][outcome] for outcome in problem.structure.outcomes])
    return problem.anchored(mean, float(intercepts["sd"]))


def _inputs(run: Run) -> Mapping[str, Any]:
    inputs: dict[str, Any] = run.record["inputs"]
    if not {"case", "clock", "assumptions", "as_of"} <= set(inputs):
        raise UsageError(
            f"run {run.id} was made by a version whose records do not hold all that it was made from: "
            f"`forecast refresh` as of {run.as_of} again"
        )
    return inputs


def _spoilt(run: Run, what: str) -> InputError:
    return InputError.at(shown(run.folder / RECORD), None, what, REMEDY)


# ------------------------------------------------------------------------------------------------ the draws


def _settings(run: Run) -> Settings:
    recorded = run.record.get("sampler")
    if recorded is None:
        raise _spoilt(run, "it does not say how the draws were sampled")
    return Settings(**{field.name: recorded[field.name] for field in fields(Settings)})


def _read(run: Run, priors: Priors) -> Draws:
    """The draws of every parameter, read from the file whose digest the record holds."""
    import h5py

    joined: Draws = {}
    with h5py.File(io.BytesIO(run.content()), "r") as file:
        group = file["posterior"]
        chains, count = len(group["chain"]), len(group["draw"])
        for name, (prior, _) in priors.items():
            shape = (chains * count, *prior.shape)
            values = group[name][()] if name in group else np.zeros(shape)
            if values.size != np.prod(shape):
                raise _spoilt(run, f"the draws of {name} have another shape than its model gives them")
            joined[name] = np.asarray(values, dtype=np.float64).reshape(shape)
    return joined


def _sampled_again(
    run: Run, model: Model, problem: Problem, settings: Settings, stage: Stage, progress: Progress | None
) -> tuple[Draws, tuple[str, ...]]:
    """The draws made again with the record's settings and seed; another kind of machine may make others."""
    stage("Sampling")
    posterior = sample(model, problem, int(run.record["seed"]), settings, progress)
    if content_digest(posterior.content) == run.record.get("posterior"):
        return posterior.draws, ()
    note = (
        f"the draws of run {run.id} were not at hand; sampled again on this machine they are others, as good as those"
    )
    return posterior.draws, (note,)
