"""A saved run opened again: what its record holds, and its draws."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.durable import replace_file
from forecast.errors import StoreError, UsageError
from forecast.evidence.journal import View
from forecast.inference.carrying import UncarriedError
from forecast.inference.chains import Progress, Settings
from forecast.inference.sampling import announced, sample
from forecast.inference.update import update
from forecast.inference.weights import weigh
from forecast.markets.priced import read_prices
from forecast.markets.reading import Reading, reading_of
from forecast.model.contract import Draws, Model
from forecast.model.priors import Priors
from forecast.model.problem import Problem
from forecast.recorded import recorded_case, recorded_model, recorded_prices, recorded_problem, recorded_view, spoilt
from forecast.run_files import POSTERIOR
from forecast.runs import Run, content_digest, load_run

Array = NDArray[np.float64]
Stage = Callable[[str], None]


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
    parent
        Of an update, the sampled run whose draws it weights; None where the run itself was sampled.
    unpriced
        Where it read markets' prices, the same run as it would be without them; else None.
    reading
        The prices that it read; else None.
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
    parent: Reopened | None = None
    unpriced: Reopened | None = None
    reading: Reading | None = None

    @property
    def sampled(self) -> Reopened:
        """The run that was sampled: this one, or its parent."""
        return self.parent or self

    @property
    def weights(self) -> Array:
        """What each draw counts, summing to 1; shape (draw,)."""
        weights = np.exp(self.log_weights - np.max(self.log_weights))
        return np.asarray(weights / weights.sum())

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
        remedy = "name a run of another with --run, or its model with --model"
        raise UsageError(f"run {run.id} was made by a model without drivers, and the command is about them: {remedy}")
    if run.record["method"] == "update":
        return priced_again(_updated_again(run, workspace, trusted=trusted, stage=stage, progress=progress))
    case, known = recorded_case(run, workspace), recorded_view(run)
    model = recorded_model(run, workspace, trusted=trusted)
    problem = recorded_problem(run, case, known)
    priors, settings = model.law.priors(problem), _settings(run)
    if run.draws == "missing":
        draws, notes = _sampled_again(run, model, problem, settings, stage, progress)
    else:
        draws, notes = _read(run, priors), ()
    even = np.zeros(len(draws["level"]))
    return priced_again(Reopened(run, case, known, model, problem, draws, even, settings.chains, notes))


def opener(
    workspace: Path,
    known: Iterable[Reopened] = (),
    *,
    trusted: bool = False,
    stage: Stage = lambda _: None,
    progress: Progress | None = None,
) -> Callable[[Run], Reopened]:
    """What opens runs again, each once; those that are `known` are open already, and the rest is as in `reopen`."""
    there = {opened.run.id: opened for opened in known}

    def opened(run: Run) -> Reopened:
        if run.id not in there:
            there[run.id] = reopen(run, workspace, trusted=trusted, stage=stage, progress=progress)
        return there[run.id]

    return opened


def priced_again(opened: Reopened) -> Reopened:
    """A run that read markets' prices: its draws weighted by them, beside what it would be without."""
    quotes, stated, problem = recorded_prices(opened.run), opened.case.assumptions.markets, opened.problem
    if not quotes or stated is None:
        return opened
    reading = reading_of(quotes, stated, problem.structure.outcomes)
    draws, weights, _ = read_prices(opened.model, opened.draws, opened.log_weights, problem, reading)
    told = {row["id"]: row for row in opened.run.forecast["markets"]["outcomes"]}
    outcomes = [
        {**row, "probability": told[row["id"]]["without"], "mcse": told[row["id"]]["without_mcse"]}
        for row in opened.run.forecast["outcomes"]
    ]
    run = replace(opened.run, forecast={**opened.run.forecast, "outcomes": outcomes})
    without = replace(opened, run=run)
    return replace(opened, draws=draws, log_weights=weights.logarithms, unpriced=without, reading=reading)


def _updated_again(run: Run, workspace: Path, **how: Any) -> Reopened:
    """An update opened again: its parent's draws, carried to its day and weighted."""
    folder = run.folder.parent / str(run.record["update"]["parent"])
    if not folder.is_dir():
        raise UsageError(f"run {run.id} was updated from run {folder.name}, which is no longer here")
    parent = reopen(load_run(folder), workspace, **how)
    parent = parent.unpriced or parent
    if parent.run.record["method"] != "nuts":
        raise spoilt(run, "the run that it was updated from was not sampled")
    case, known = recorded_case(run, workspace), recorded_view(run)
    problem = recorded_problem(run, case, known)
    try:
        draws, log_weights = update(parent.model.law, parent.draws, parent.problem, problem)
    except UncarriedError as error:
        raise spoilt(run, f"it cannot have been updated from run {parent.run.id} ({error})") from None
    weights = weigh(log_weights)
    return Reopened(
        run=run,
        case=case,
        known=known,
        model=parent.model,
        problem=problem,
        draws=draws,
        log_weights=weights.logarithms,
        chains=parent.chains,
        notes=parent.notes,
        parent=parent,
    )


def _settings(run: Run) -> Settings:
    recorded = run.record.get("sampler")
    if recorded is None:
        raise spoilt(run, "it does not say how the draws were sampled")
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
                raise spoilt(run, f"the draws of {name} have another shape than its model gives them")
            joined[name] = np.asarray(values, dtype=np.float64).reshape(shape)
    return joined


def _sampled_again(
    run: Run, model: Model, problem: Problem, settings: Settings, stage: Stage, progress: Progress | None
) -> tuple[Draws, tuple[str, ...]]:
    """The draws made again with the record's settings and seed; another kind of machine may make others.

    Those that are the record's own, to the byte, are kept beside the run.
    """
    stage(announced(f"Sampling run {run.id} again, whose draws are not on this machine", model, problem))
    posterior = sample(model, problem, int(run.record["seed"]), settings, progress)
    if content_digest(posterior.content) == run.record.get("posterior"):
        with contextlib.suppress(StoreError):  # a run that only may be read is still read
            replace_file(run.folder / POSTERIOR, posterior.content)
        return posterior.draws, ()
    note = (
        f"the draws of run {run.id} were not at hand; sampled again on this machine they are others, as good as those"
    )
    return posterior.draws, (note,)
