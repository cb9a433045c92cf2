"""What a model makes of a problem: the forecast, how far it may be trusted, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecast.case.others import Numbers
from forecast.inference.chains import Settings
from forecast.inference.gate import Verdict
from forecast.inference.summary import AssumptionSummary, DriverPath
from forecast.model.anchor import Anchor
from forecast.model.contract import Draws
from forecast.model.problem import Problem
from forecast.outcomes import Forecast


@dataclass(frozen=True)
class Descent:
    """Where an update comes from: the run that sampled its draws, and how far their weights hold."""

    parent: str
    pareto_k: float
    effective_draws: float


@dataclass(frozen=True)
class Sample:
    """The draws that a forecast was made of.

    Attributes
    ----------
    draws
        Parameter → (draw, *shape), chain by chain.
    log_weights
        What each counts, up to a constant, shape (draw,).
    chains
        Number of chains.
    """

    draws: Draws
    log_weights: NDArray[np.float64]
    chains: int

    def by_chain(self, quantity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Split the draw axis of a derived quantity into (chain, draw)."""
        return quantity.reshape(self.chains, len(quantity) // self.chains, *quantity.shape[1:])


@dataclass(frozen=True)
class Priced:
    """What markets' prices did to a forecast.

    Attributes
    ----------
    quotes
        The prices that were read, one for each market.
    without, without_mcse
        The forecast without them and its Monte Carlo errors, by outcome, `unresolved` last.
    mcse
        Monte Carlo standard errors of what they moved.
    pareto_k, effective_draws
        Of the weights.
    """

    quotes: tuple[Numbers, ...]
    without: tuple[float, ...]
    without_mcse: tuple[float, ...]
    mcse: tuple[float, ...]
    pareto_k: float
    effective_draws: float


@dataclass(frozen=True)
class Found:
    """What a model makes of a problem.

    Attributes
    ----------
    problem
        The problem, anchored where the model has intercepts.
    forecast
        The outcomes' probabilities.
    verdict
        What the diagnostics say.
    stated, drivers, assumptions
        The solved intercepts, the drivers by week, and every named assumption before and after; none where the model
        has no such thing.
    settings, content
        How the posterior was sampled, and its draws as a file; None where the model is solved, or the draws are
        those of another run.
    descent
        Of an update, where it comes from.
    priced
        What markets' prices did to it; None where none were read.
    sample
        The draws themselves; None where the model is solved.
    seconds
        How long the parts took.
    """

    problem: Problem
    forecast: Forecast
    verdict: Verdict
    stated: Anchor | None = None
    drivers: tuple[DriverPath, ...] = ()
    assumptions: tuple[AssumptionSummary, ...] = ()
    settings: Settings | None = None
    content: bytes | None = None
    descent: Descent | None = None
    priced: Priced | None = None
    sample: Sample | None = None
    seconds: dict[str, float] = field(default_factory=dict)
