"""The most probable way to a stated probability: the futures at hand, tilted no more than it takes.

Of all reweightings of the futures under which an outcome has the target probability, the one nearest to what is
believed now (the least relative entropy) is an exponential tilt, `w ~ exp(theta P(outcome | future))` (Csiszar 1975).
How improbable the way is, is its relative entropy in bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError
from forecast.insight.forthcoming import forthcoming
from forecast.insight.smoothing import weigh
from forecast.insight.standing import Answer, Standing
from forecast.insight.watch import joint_distribution

Array = NDArray[np.float64]

STEEPEST = 2000.0
MISSED = 0.01
"""By how much of the target, or of what it leaves, the way may miss it."""
SAID = 0.1
"""Reports less probable than one in ten of their kind are no way that anybody would wait for."""


@dataclass(frozen=True)
class Mover:
    """A driver on the way there: how far it moves by the end of each future week, in standard units; (week,)."""

    driver: str
    now: float
    by_week: Array

    @property
    def farthest(self) -> float:
        """The largest move."""
        return float(self.by_week[np.argmax(np.abs(self.by_week))])

    @property
    def by(self) -> int:
        """The first week in which it has moved half of its largest move."""
        return int(np.argmax(np.abs(self.by_week) >= 0.5 * abs(self.farthest)))


@dataclass(frozen=True)
class Telling:
    """A report that would be a step there.

    Attributes
    ----------
    indicator, grade
        What it would be.
    chance, chance_there
        Of that grade, if such a report is made next week: as things stand, and on the way there.
    probability
        The outcome's probability after it.
    """

    indicator: str
    grade: int
    chance: float
    chance_there: float
    probability: float


@dataclass(frozen=True)
class Way:
    """The most probable way to a target.

    Attributes
    ----------
    outcome, target
        What is asked for.
    answer
        All outcomes on the way.
    theta, bits
        The tilt, and the relative entropy that it costs.
    probability
        Of the most probable event under which the outcome is as probable as that: the largest part of the futures
        whose mean chance is the target.
    judgement
        How far the outcome's intercept moves, beside what drivers and momenta do: the part of the way that is no news
        but the stated chances having been wrong, of which the outcome's own reports tell too.
    movers
        Every driver, the farthest first.
    reports
        Next week's reports that tell of it, the most telling first.
    """

    outcome: str
    target: float
    answer: Answer
    theta: float
    bits: float
    probability: float
    judgement: float
    movers: tuple[Mover, ...]
    reports: tuple[Telling, ...]


def way_to(standing: Standing, outcome: str, target: float, cell: tuple[str, int] = ("B", 2)) -> Way:
    """Find the most probable way for an outcome to become as probable as that.

    Raises
    ------
    UsageError
        If no future at hand goes so far, or so few do that no way can be told from them.
    """
    k = standing.outcomes.index(outcome)
    chances = standing.by_path.reshape(-1, len(standing.outcomes))
    prior = np.repeat(standing.weights.values, standing.lived.paths) / standing.lived.paths
    low, high = float(chances[:, k].min()), float(chances[:, k].max())
    if not low < target < high:
        raise UsageError(f"--target {outcome}={target:g}: the futures at hand reach from {low:.3f} to {high:.3f}")
    theta = tilt(chances[:, k], prior, target)
    weights = weigh(np.log(prior) + theta * chances[:, k])
    tilted = tilted_weights(chances[:, k], prior, theta)
    by_path = tilted.reshape(len(standing), -1)
    after = tilted @ chances
    if abs(after[k] - target) > MISSED * min(target, 1.0 - target):
        few = f"too few of the futures at hand go so far: no way can be told beyond {after[k]:.3g}"
        raise UsageError(f"--target {outcome}={target:g}: {few}")
    felt = np.einsum("sp,spk->sk", by_path, standing.by_path - after)
    before = standing.weights.values[:, None] * (standing.chances - standing.now)
    answer = Answer(after, felt - before, standing.chains, weights.pareto_k)
    bits = float(theta * after[k] - log_mean_exp(theta * chances[:, k], prior)) / np.log(2.0)
    part = largest_part(chances[:, k], prior, target)
    judgement = 0.0
    if outcome != "unresolved":
        judgement = float((by_path.sum(axis=1) - standing.weights.values) @ standing.alpha[:, k])
    movers, reports = _movers(standing, by_path), _reports(standing, by_path, k, cell)
    return Way(outcome, target, answer, theta, bits, part, judgement, movers, reports)


def tilt(values: Array, prior: Array, target: float) -> float:
    """theta for which the tilted mean of the values is the target, by bisection: the mean grows with theta.

    Parameters
    ----------
    values, prior
        Values of the samples and their weights, which sum to 1; (sample,).
    target
        Strictly between the least and the largest value.
    """
    low, high = -STEEPEST, STEEPEST
    for _ in range(100):
        middle = 0.5 * (low + high)
        if float(tilted_weights(values, prior, middle) @ values) < target:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def tilted_weights(values: Array, prior: Array, theta: float) -> Array:
    """Weights in proportion to `prior exp(theta value)`, summing to 1; (sample,)."""
    exponents = theta * values
    weights = prior * np.exp(exponents - exponents.max())
    return np.asarray(weights / weights.sum())


def log_mean_exp(values: Array, prior: Array) -> float:
    """log of the mean of exp(value), whatever its size; the weights sum to 1; (sample,)."""
    largest = float(values.max())
    return largest + float(np.log(prior @ np.exp(values - largest)))


def largest_part(values: Array, prior: Array, target: float) -> float:
    """How much of the prior can be kept so that the values' mean over it is the target.

    What is nearest to the other side goes first; of the sample that tips the scale a part stays. Its parameters are
    those of `tilt`.
    """
    above = values - target if target >= prior @ values else target - values
    order = np.argsort(-above)
    surplus = np.cumsum((prior * above)[order])
    kept = int(np.flatnonzero(surplus >= 0.0)[-1]) + 1
    mass = float(prior[order[:kept]].sum())
    if kept == len(order):
        return mass
    return mass + float(surplus[kept - 1] / -above[order[kept]])


def _movers(standing: Standing, weights: Array) -> tuple[Mover, ...]:
    """Where the drivers go, compared with where they go as things stand."""
    even = np.repeat(standing.weights.values[:, None], standing.lived.paths, axis=1) / standing.lived.paths
    extra = weights - even
    movers = []
    for d, driver in enumerate(standing.problem.structure.drivers):
        by_week = np.einsum("wsp,sp->w", standing.lived.latents[..., d], extra)
        movers.append(Mover(driver, float(extra.sum(axis=1) @ standing.state[:, d]), by_week))
    return tuple(sorted(movers, key=lambda mover: -abs(mover.farthest)))


def _reports(standing: Standing, weights: Array, k: int, cell: tuple[str, int]) -> tuple[Telling, ...]:
    """Reports of next week that are likelier on the way than as things stand, by what they do to the outcome."""
    try:
        coming = forthcoming(standing, cell)
    except UsageError:  # nothing is left to report
        return ()
    paths = coming.grades.shape[1]
    even = np.repeat(standing.weights.values, paths) / paths
    there = weights[:, :paths].ravel() / weights[:, :paths].sum()
    outcome = standing.by_path[:, :paths, k : k + 1].reshape(-1, 1)
    found = []
    for j, indicator in enumerate(coming.indicators):
        grades = coming.grades[:, :, j].reshape(-1, coming.grades.shape[-1])
        now, then = even @ grades, there @ grades
        after = joint_distribution(even, grades, outcome)[:, 0] / now
        after = after + standing.now[k] - even @ outcome[:, 0]
        found += [
            Telling(indicator, y + 1, float(now[y]), float(then[y]), float(after[y]))
            for y in range(len(now))
            if now[y] >= SAID and then[y] > now[y]
        ]
    return tuple(sorted(found, key=lambda one: -abs(one.probability - standing.now[k])))
