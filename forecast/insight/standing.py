"""Where a run stands: its draws, the chances that each of them gives, and what a change makes of both.

The futures are lived with fewer paths than the run's own forecast had; so that the answers start from what was said,
the draws' chances are raked to the run's probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from inspect import signature

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError
from forecast.inference.autocorrelation import errors_of_means
from forecast.inference.likelihood import log_likelihood
from forecast.inference.weights import PARETO_K, Weights
from forecast.insight.lived import Lived, intercepts, live
from forecast.insight.raking import raked
from forecast.insight.smoothing import weigh
from forecast.markets.reading import Reading
from forecast.model import base_rates
from forecast.model.contract import Draws, Model, Problem
from forecast.model.futures import Act
from forecast.reopened import Reopened
from forecast.runs import Run

Array = NDArray[np.float64]

PATHS, FEW = 4, 2
"""Futures of a draw; and along how many a change is followed that must be worked out anew."""
MANY = 8
"""Futures of a draw where it matters how far the farthest of them goes."""
ENOUGH_DRAWS = 1600
"""Draws of a run that are looked at first, half of them: neighbouring draws of a chain say much the same."""


@dataclass(frozen=True)
class Change:
    """What a change does to the draws at hand; what is None stays as it is.

    Attributes
    ----------
    log_weights
        log p(changed) - log p(as it stands) of every draw, up to a constant; (draw,).
    lived
        The futures after it, as many of a draw as the standing has, or `FEW`.
    alpha
        The intercepts after it, (draw, outcome).
    """

    log_weights: Array | None = None
    lived: Lived | None = None
    alpha: Array | None = None


@dataclass(frozen=True)
class Answer:
    """The outcomes' probabilities after a change.

    Attributes
    ----------
    chances
        P(outcome): the outcomes of the case, `other`, `unresolved`; (outcome,).
    felt
        What each draw contributes to the change, whose sum over draws it is, (draw, outcome), chain by chain; after a
        refit None.
    chains
        Number of chains.
    pareto_k
        Of the weights; None after a refit.
    known_error
        Monte Carlo standard error of the change after a refit, (outcome,).
    failures
        Why a refit's diagnostics do not allow to use it; empty where they do.
    """

    chances: Array
    felt: Array | None
    chains: int
    pareto_k: float | None
    known_error: Array | None = None
    failures: tuple[str, ...] = ()

    @property
    def reliable(self) -> bool:
        """Whether it may be relied on: the weights' k-hat, or the refit's gate, allows it."""
        return not self.failures and (self.pareto_k is None or self.pareto_k <= PARETO_K)

    @cached_property
    def mcse(self) -> Array:
        """Monte Carlo standard error of the change, (outcome,)."""
        if self.felt is None:
            return np.zeros(len(self.chances)) if self.known_error is None else self.known_error
        return error(self.felt, self.chains)

    @property
    def method(self) -> str:
        """How it was found."""
        return "refit" if self.felt is None else "weights"


@dataclass(frozen=True)
class Standing:
    """A run's draws and what each of them says of the outcomes.

    Attributes
    ----------
    model, problem
        The model, and the run's problem with its intercepts held.
    draws
        Parameter → (draw, *shape), chain by chain.
    log_weights
        What each draw counts, up to a constant; zeros where the run was sampled; (draw,).
    chains
        Number of chains.
    lived
        The futures of the draws.
    by_path
        P(outcome by the horizon | draw, path), `unresolved` last; (draw, path, outcome).
    reading
        The markets' prices that weight the draws; None where none were read.
    """

    model: Model
    problem: Problem
    draws: Draws
    log_weights: Array
    chains: int
    lived: Lived
    by_path: Array
    reading: Reading | None = None

    def __len__(self) -> int:
        """Number of draws."""
        return len(self.log_weights)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Ids along the outcome axis."""
        return (*self.problem.structure.outcomes, "unresolved")

    @cached_property
    def chances(self) -> Array:
        """P(outcome by the horizon | draw), `unresolved` last; (draw, outcome)."""
        return np.asarray(self.by_path.mean(axis=1))

    @cached_property
    def weights(self) -> Weights:
        """What each draw counts as things stand."""
        return weigh(self.log_weights)

    @cached_property
    def now(self) -> Array:
        """P(outcome) as the run has it; (outcome,)."""
        return self.weights.mean(self.chances)

    @cached_property
    def error(self) -> Array:
        """Monte Carlo standard error of what the run has, (outcome,)."""
        return error(self.weights.values[:, None] * (self.chances - self.now), self.chains)

    @cached_property
    def log_likelihood(self) -> Draws:
        """Log-likelihood of each event and of the question being still open."""
        return log_likelihood(self.model.law, self.draws, self.problem)

    @cached_property
    def log_past(self) -> Array:
        """Log-likelihood of the past episodes behind the base rates, (draw,)."""
        return np.asarray(base_rates.log_past(np, self.draws, self.problem.arrays))

    @cached_property
    def few(self) -> Lived:
        """A few futures of every draw: random numbers are common only to as many draws with as many futures."""
        return self.lived if self.lived.paths == FEW else live(self.model, self.draws, self.problem, FEW)

    @cached_property
    def alpha(self) -> Array:
        """Intercepts, (draw, outcome)."""
        return intercepts(self.problem, self.draws)

    @cached_property
    def state(self) -> Array:
        """x in the as-of week, (draw, latent)."""
        return np.asarray(self.model.law.latents(self.draws, self.problem)[:, -1])

    @cached_property
    def unraked(self) -> Array:
        """The chances along every future as it was lived, before raking; (draw, path, outcome)."""
        return self.lived.chances(self.alpha)

    @cached_property
    def _unraked_of_few(self) -> Array:
        return np.asarray(self.few.chances(self.alpha).mean(axis=1))

    def answer(self, change: Change) -> Answer:
        """The outcomes' probabilities after a change.

        Where the draws' chances change too, the change along a few futures is added to the chances along all of them.
        """
        chances = self._changed_chances(change)
        old, new = self.weights, self.weights
        if change.log_weights is not None:
            new = weigh(self.log_weights + change.log_weights)
        after = np.clip(new.mean(chances), 0.0, 1.0)
        felt = new.values[:, None] * (chances - after) - old.values[:, None] * (self.chances - self.now)
        return Answer(after / after.sum(), felt, self.chains, new.pareto_k)

    def glance(self, change: Change) -> Array:
        """The outcomes' probabilities after a change, without their errors: for searches; (outcome,)."""
        weights = self.weights if change.log_weights is None else weigh(self.log_weights + change.log_weights)
        return weights.mean(self._changed_chances(change))

    def _changed_chances(self, change: Change) -> Array:
        if change.lived is None and change.alpha is None:
            return self.chances
        lived = self.few if change.lived is None else change.lived
        alpha = self.alpha if change.alpha is None else change.alpha
        before = self._unraked_of_few if lived.paths == FEW else self.unraked.mean(axis=1)
        return np.asarray(self.chances + lived.chances(alpha).mean(axis=1) - before)

    def thinned(self, step: int) -> Standing:
        """Every `step`-th draw (or more of them, so that chains keep equal lengths) with a few futures.

        For where a change must be worked out draw by draw. Its chances are not raked: it is for changes, which are
        added to what the run says.
        """
        kept = slice(None, None, step_of(len(self), self.chains, len(self) // step))
        draws = {name: values[kept] for name, values in self.draws.items()}
        return stand(self.model, self.problem, draws, self.log_weights[kept], self.chains, FEW)


def standing(opened: Reopened, paths: int = PATHS) -> Standing:
    """Where a saved run stands: its futures lived again, and their chances raked to what it said.

    Raises
    ------
    UsageError
        If the model does not let its futures be looked at.
    """
    if "do" not in signature(opened.model.law.futures).parameters:
        raise UsageError(
            f"the model {opened.model.name} takes no `do` in its futures, as a model must that is asked this"
        )
    said = np.array([row["probability"] for row in opened.run.forecast["outcomes"]])
    fresh = stand(opened.model, opened.problem, opened.draws, opened.log_weights, opened.chains, paths)
    by_path = raked(fresh.by_path, said, fresh.weights)
    return replace(fresh, by_path=by_path, reading=opened.reading)


def step_of(draws: int, chains: int, most: int) -> int:
    """Every so manieth draw is taken, so that chains keep equal lengths and about `most` draws are left, or more."""
    return next(step for step in range(max(draws // max(most, 1), 1), 0, -1) if (draws // chains) % step == 0)


def thinned(run: Reopened, most: int = ENOUGH_DRAWS) -> Reopened:
    """A run with every so manieth draw of each chain, so that about so many are left, or more."""
    step = step_of(len(run.log_weights), run.chains, most)
    if step == 1:
        return run
    parent = None if run.parent is None else thinned(run.parent, most)
    draws = {name: values[::step] for name, values in run.draws.items()}
    return replace(run, draws=draws, log_weights=run.log_weights[::step], parent=parent)


def error(felt: Array, chains: int) -> Array:
    """Monte Carlo standard error of sums over draws, the chains' autocorrelation included; (draw, k) → (k,)."""
    return errors_of_means(len(felt) * felt.T.reshape(-1, chains, len(felt) // chains))


def of_run(run: Run, beside: Standing) -> Answer:
    """What another saved run says, and the error of the difference."""
    said = run.forecast["outcomes"]
    chances, errors = (np.array([row[key] for row in said]) for key in ("probability", "mcse"))
    return Answer(chances, None, beside.chains, None, np.hypot(errors, beside.error))


def stand(
    model: Model,
    problem: Problem,
    draws: Draws,
    log_weights: Array,
    chains: int,
    paths: int = PATHS,
    do: Act | None = None,
) -> Standing:
    """Where draws of an anchored problem stand by themselves."""
    lived = live(model, draws, problem, paths, do)
    by_path = lived.chances(intercepts(problem, draws))
    return Standing(model, problem, draws, log_weights, chains, lived, by_path)
