"""The gate: a forecast is published only if its diagnostics are there and good.

Limits follow Vehtari et al. (2021), "Rank-normalization, folding, and localization: an improved R-hat". A missing
statistic, a NaN or a constant fails: `NaN > 1.01` is false, so every comparison here asks for what is good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RHAT = 1.01
ESS = 400.0
DIVERGENT_SHARE = 0.001
DEEPEST_SHARE = 0.01
EBFMI = 0.3
MCSE = 0.005
CHAINS = 4
TAILS = (0.05, 0.95)
DEPTH = ("reached_max_treedepth", "maxdepth_reached")
"""Whether a draw's tree was cut off at the largest depth, as PyMC's own sampler and as nutpie calls it."""
STATISTICS = ("diverging", "energy", *DEPTH)
"""What the gate asks a sampler for."""


@dataclass(frozen=True)
class Suspect:
    """Something that mixes badly: its name in words, its R-hat and its effective draws (bulk or tail, the fewer)."""

    name: str
    rhat: float | None
    ess: float | None


@dataclass(frozen=True)
class Verdict:
    """What the diagnostics say.

    Attributes
    ----------
    method
        `nuts`, `update` or `exact`.
    rhat_max, ess_bulk_min, ess_tail_min
        The worst over all reported quantities; None where nothing was sampled or it could not be computed.
    divergences, deepest, ebfmi_min, mcse_max
        Of the sampler: how many draws diverged, the share of draws at the largest tree depth, the smallest E-BFMI of
        a chain; the largest Monte Carlo error of a probability.
    failures
        One sentence a reason not to publish; empty if the gate is passed.
    suspects
        What mixes worst where the gate is not passed, the worst first.
    blurred
        Whether nothing speaks against it but Monte Carlo error: more draws would do.
    """

    method: str
    rhat_max: float | None
    ess_bulk_min: float | None
    ess_tail_min: float | None
    divergences: int | None
    deepest: float | None
    ebfmi_min: float | None
    mcse_max: float | None
    failures: tuple[str, ...]
    suspects: tuple[Suspect, ...] = ()
    blurred: bool = False

    @property
    def passed(self) -> bool:
        """Whether the forecast may be published."""
        return not self.failures


@dataclass(frozen=True)
class Quantity:
    """A reported quantity: its name in words and its draws by chain, shape (chain, draw).

    `is_silent` marks an assumption that stands in no likelihood: while the question is open, no evidence speaks of it.
    """

    name: str
    draws: Array
    is_probability: bool = False
    is_silent: bool = False


def judge_exact(incidence: Array) -> Verdict:
    """Judge what a model that is solved says: there is no sampler to doubt, but its numbers must be numbers."""
    with np.errstate(invalid="ignore"):
        grows = np.all(np.diff(incidence, axis=1, prepend=0.0) >= -1e-12)
    sound = np.all(np.isfinite(incidence)) and grows and np.all(incidence.sum(axis=-1) <= 1 + 1e-9)
    failures = () if sound else ("the model's chances are not all numbers from 0 to 1 that only grow with time",)
    return Verdict("exact", None, None, None, None, None, None, None, failures)


def judge(quantities: Iterable[Quantity], statistics: Mapping[str, Array | None]) -> Verdict:
    """Judge a sampled posterior.

    Parameters
    ----------
    quantities
        Everything that will be reported: outcome probabilities, drivers now, assumptions.
    statistics
        The sampler's `STATISTICS`, shape (chain, draw); None where it did not report them.
    """
    with np.errstate(all="ignore"):  # what overflows or divides by zero ends as no number, and that is judged
        return _judge(quantities, statistics)


def _judge(quantities: Iterable[Quantity], statistics: Mapping[str, Array | None]) -> Verdict:
    from arviz_stats.base import array_stats

    failures, imprecise = list[str](), list[str]()
    rhats, bulks, tails, errors = [], [], [], []
    for quantity in quantities:
        name, draws = quantity.name, quantity.draws
        if draws.ndim != 2 or draws.shape[0] < CHAINS:
            failures.append(f"{name}: fewer than {CHAINS} chains")
            continue
        if not np.all(np.isfinite(draws)):
            failures.append(f"{name}: not every draw is a finite number")
            continue
        if np.ptp(draws) == 0.0:
            failures.append(f"{name}: all draws are the same, so nothing can be said of convergence")
            continue
        rhats.append(_checked(failures, name, "R-hat", float(array_stats.rhat(draws)), below=RHAT))
        bulks.append(_checked(failures, name, "bulk ESS", float(array_stats.ess(draws)), above=ESS))
        tail = float(array_stats.ess(draws, method="tail", prob=TAILS))
        tails.append(_checked(failures, name, "tail ESS", tail, above=ESS))
        if quantity.is_probability:
            errors.append(_checked(imprecise, name, "Monte Carlo error", mcse(draws), below=MCSE))
    diverging, energy, *depths = (_usable(statistics.get(name)) for name in STATISTICS)
    divergences = None if diverging is None else int(np.sum(diverging))
    if diverging is None or divergences is None:
        failures.append("divergences: the sampler did not report them")
    elif divergences > DIVERGENT_SHARE * diverging.size:
        failures.append(f"divergences: {divergences} of {diverging.size} draws")
    deepest = next((float(np.mean(depth)) for depth in depths if depth is not None), None)
    if deepest is None:
        failures.append("tree depth: the sampler did not report it")
    elif deepest > DEEPEST_SHARE:
        failures.append(f"tree depth: {100 * deepest:.1f} % of draws are at the largest, must be at most 1 %")
    ebfmi = None if energy is None else float(np.min(array_stats.bfmi(energy)))
    if ebfmi is None:
        failures.append("E-BFMI: the sampler did not report energies")
    else:
        _checked(failures, "energy", "E-BFMI", ebfmi, above=EBFMI)
    if not rhats:
        failures.append("nothing that is reported could be checked")
    return Verdict(
        method="nuts",
        rhat_max=_worst(max, rhats),
        ess_bulk_min=_worst(min, bulks),
        ess_tail_min=_worst(min, tails),
        divergences=divergences,
        deepest=deepest,
        ebfmi_min=ebfmi,
        mcse_max=_worst(max, errors),
        failures=(*failures, *imprecise),
        blurred=bool(imprecise) and not failures,
    )


def mcse(draws: Array) -> float:
    """Monte Carlo standard error of a mean, draws by chain, shape (chain, draw)."""
    from arviz_stats.base import array_stats

    return float(array_stats.mcse(draws))


def _usable(statistic: Array | None) -> Array | None:
    """A sampler's statistic by chain, or None where it is missing, of too few chains, or holds what is no number."""
    if statistic is None or statistic.ndim != 2 or statistic.size == 0 or len(statistic) < CHAINS:
        return None
    return statistic if np.all(np.isfinite(statistic)) else None


def _worst(pick: Callable[[Iterable[float]], float], values: list[float]) -> float | None:
    """The worst of the statistics that are numbers; those that are not stand among the failures."""
    known = [value for value in values if np.isfinite(value)]
    return pick(known) if known else None


def _checked(
    failures: list[str], name: str, statistic: str, value: float, *, below: float = np.inf, above: float = -np.inf
) -> float:
    if not above <= value < below:
        limit = f"below {below:g}" if np.isfinite(below) else f"at least {above:g}"
        failures.append(f"{name}: {statistic} is {value:.4g}, must be {limit}")
    return value
