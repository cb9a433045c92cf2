"""The bridge from one run to another: what each change of the inputs moved, in signed probability that adds up.

    old forecast  + time + evidence, piece by piece + assumptions + model + noise  =  new forecast

Old draws are carried to the new date first: the weeks that passed move the forecast even where nothing was heard in
them. Then the players of a game join by their likelihood ratios (`game`), on the pooled draws of both runs (`pool`).
What no ratio can say (another model, another codebook) is one bar, last. Noise is what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from forecast.inference.update import changed_ground
from forecast.insight.acquainted import acquainted
from forecast.insight.changes import Grouping
from forecast.insight.crossing import Crossing, cross
from forecast.insight.restated import restated
from forecast.insight.smoothing import weigh
from forecast.insight.standing import thinned
from forecast.insight.states import State
from forecast.insight.way import Way, halfway, same_model, way_between
from forecast.model.problem import Problem
from forecast.reopened import Reopened, Stage

Array = NDArray[np.float64]
Refit = Callable[[Problem], State]

NO_CHANGE = 2.0
"""A move under so many Monte Carlo errors is none."""
SURE = 0.9545
"""How sure one must be that noise is more than noise: what two errors are for one outcome, held for all at once."""
BRIDGED = 2000
"""Draws of a run that are looked at first, or more: what they leave stands as noise beside bars as small as itself."""
FEWEST = 400.0
"""Effective draws that either end must have in the pool."""


@dataclass(frozen=True)
class Bar:
    """What one change moved: by outcome (`unresolved` last), with its Monte Carlo error; shape (outcome,) each."""

    kind: str
    id: str
    label: str
    contribution: Array
    mcse: Array

    @property
    def no_change(self) -> NDArray[np.bool_]:
        """Where the move is less than twice its error."""
        return np.asarray(np.abs(self.contribution) < NO_CHANGE * self.mcse)


@dataclass(frozen=True)
class Bridge:
    """A change of a forecast, taken apart.

    Attributes
    ----------
    outcomes
        Ids along the outcome axis, `unresolved` last.
    start, end
        The two forecasts, shape (outcome,).
    bars
        Their contributions sum to the change: time, evidence by size, assumptions, model, noise.
    mcse
        Monte Carlo error of the change, shape (outcome,).
    by
        How evidence is grouped.
    refitted
        Whether the weights failed and a posterior between the two was sampled.
    reached
        Whether they held, with that posterior or without.
    draws
        How many draws were looked at.
    """

    outcomes: tuple[str, ...]
    start: Array
    end: Array
    bars: tuple[Bar, ...]
    mcse: Array
    by: Grouping = "event"
    refitted: bool = False
    reached: bool = True
    draws: int = 0

    @property
    def no_change(self) -> NDArray[np.bool_]:
        """Which outcomes moved by less than twice the error of their change."""
        return np.asarray(np.abs(self.end - self.start) < NO_CHANGE * self.mcse)


def build_bridge(
    old: Reopened,
    new: Reopened,
    *,
    by: Grouping = "event",
    named: int = 8,
    refit: Refit | None = None,
    stage: Stage = lambda _: None,
) -> Bridge:
    """Take the change from one run to another apart.

    A part of the draws is looked at first, and all of them where their weights fail.

    Parameters
    ----------
    old, new
        The two runs.
    by
        How to group evidence.
    named
        How many groups of evidence have a bar of their own; the others share one.
    refit
        Samples a posterior between the two where the weights fail; None leaves it at that.
    stage
        Told of what takes time.

    Raises
    ------
    UsageError
        If the two runs do not answer the same question.
    """
    old = acquainted(old, new)
    thin = thinned(old, BRIDGED), thinned(new, BRIDGED)
    way, crossing, failed = _crossed(*thin, by, named, stage)
    if failed and not (thin[0] is old and thin[1] is new):
        thin = old, new
        way, crossing, failed = _crossed(old, new, by, named, stage)
    ends = Ends(*thin, _sampled(*thin, way))
    refitted = failed and refit is not None
    if failed and refit is not None:
        alone = crossing.alone
        crossing = cross(old.model.law, way, new.problem, [*crossing.states, refit(halfway(way))], named, alone)
        failed = ends.failed(crossing)
    return replace(ends.bridge(crossing, by, refitted=refitted), reached=not failed)


def _sampled(old: Reopened, new: Reopened, way: Way) -> list[str]:
    """The runs whose draws are pooled: of the new one only where weights lead there."""
    return list(dict.fromkeys(run.sampled.run.id for run in ([old, new] if way.whole else [old])))


def _crossed(old: Reopened, new: Reopened, by: Grouping, named: int, stage: Stage) -> tuple[Way, Crossing, bool]:
    """The way, the game on it with the draws at hand, and whether their weights have failed."""
    way = way_between(old, new, by)
    sampled = _sampled(old, new, way)
    runs = {run.run.id: run for run in (old.sampled, new.sampled) if run.run.id in sampled}
    states = [State(run.problem, run.draws, run.chains) for run in runs.values()]
    alone = () if way.goal is way.told else restated(old.model, way.told, way.goal, stage)
    crossing = cross(old.model.law, way, new.problem, states, named, alone)
    return way, crossing, Ends(old, new, sampled).failed(crossing)


# ------------------------------------------------------------------------------------------------ the two ends


@dataclass(frozen=True)
class Ends:
    """The two runs, and whose draws the first states of a crossing are."""

    old: Reopened
    new: Reopened
    sampled: list[str]

    def failed(self, crossing: Crossing) -> bool:
        """Whether the weights do not lead from one run to the other."""
        pool, noise, error = crossing.pool, *self._mismatch(crossing)
        far = NormalDist().inv_cdf(0.5 + 0.5 * SURE ** (1.0 / len(noise)))
        logs = (np.zeros_like(crossing.log_goal), crossing.log_goal)
        thin = any(1.0 / np.sum(pool.weights(log) ** 2) < FEWEST for log in logs)
        stretched = len(crossing.states) == 1 and not weigh(crossing.log_goal - pool.log_proposal).reliable
        return thin or stretched or bool(np.any(np.abs(noise) > far * error))

    def bridge(self, crossing: Crossing, by: Grouping, *, refitted: bool) -> Bridge:
        """The bars, and the noise that is left."""
        outcomes, start, end = (*crossing.way.start.structure.outcomes, "unresolved"), _said(self.old), _said(self.new)
        bars = [*self._moves(crossing)]
        if not crossing.way.whole:
            bars.append(self._rest(crossing, end))
        left = end - start - np.sum([bar.contribution for bar in bars], axis=0)
        _, error = self._mismatch(crossing)
        bars.append(Bar("noise", "noise", "Monte Carlo noise", left, np.hypot(error, self._path_noise(crossing))))
        errors = np.hypot(_said(self.old, "mcse"), _said(self.new, "mcse"))
        return Bridge(outcomes, start, end, tuple(bars), errors, by, refitted, draws=len(crossing.log_goal))

    def _moves(self, crossing: Crossing) -> Iterator[Bar]:
        """A bar a player; time also has the weeks that passed, evidence is in the order of its size."""
        shares, felt = crossing.played.shares.copy(), crossing.played.felt.copy()
        count = len(crossing.passing)
        weights = self.old.weights
        passed = crossing.arrived[:count] - crossing.passing
        shares[0] += weights @ passed
        felt[:count, 0] += weights[:, None] * (passed - weights @ passed)
        errors = crossing.pool.error(felt[:, :-2])
        bars = [
            Bar(player.kind, player.id, player.label, share, error)
            for player, share, error in zip(crossing.players, shares, errors, strict=True)
        ]
        time, *others = bars
        assumed = [bar for bar in others if bar.kind == "assumption"]
        told = [bar for bar in others if bar.kind != "assumption"]
        last = {"others": 1}
        yield time
        yield from sorted(told, key=lambda bar: (last.get(bar.id, 0), -np.abs(bar.contribution).max(), bar.id))
        yield from assumed

    def _rest(self, crossing: Crossing, end: Array) -> Bar:
        """What no weights can say: another model, or another case."""
        changed = changed_ground(self.old.problem, self.new.problem)
        modelled = not same_model(self.old, self.new)
        names = (*(("the model",) if modelled else ()), *(f"the {part}" for part in changed))
        label = f"Changed: {', '.join(names)}"
        error = np.hypot(crossing.pool.error(crossing.played.felt[:, -1]), _said(self.new, "mcse"))
        return Bar("model" if modelled else "assumption", "changed", label, end - crossing.played.end, error)

    def _mismatch(self, crossing: Crossing) -> tuple[Array, Array]:
        """How far the pool's two ends are from what each run's own draws say, and the error of that; (outcome,)."""
        played, sizes = crossing.played, [len(state) for state in crossing.states]
        noise, felt = played.start - played.start, np.zeros_like(crossing.goal)
        ends = [(self.old, crossing.arrived, played.start, played.felt[:, -2], -1.0)]
        if crossing.way.whole:
            ends.append((self.new, crossing.goal, played.end, played.felt[:, -1], 1.0))
        for run, quantity, found, influence, sign in ends:
            place = self.sampled.index(run.sampled.run.id)
            own = slice(sum(sizes[:place]), sum(sizes[: place + 1]))
            weights = run.weights
            mean = weights @ quantity[own]
            noise = noise + sign * (mean - found)
            felt -= sign * influence
            felt[own] += sign * weights[:, None] * (quantity[own] - mean)
        return noise, crossing.pool.error(felt)

    def _path_noise(self, crossing: Crossing) -> Array:
        """What fewer futures and draws leave: how far each run's own mean is from what it said; (outcome,)."""
        count = len(crossing.passing)
        left = _said(self.old) - self.old.weights @ crossing.passing
        if not crossing.way.whole:
            return np.abs(left)
        place = self.sampled.index(self.new.sampled.run.id)
        own = slice(place * count, place * count + len(self.new.log_weights))
        return np.hypot(left, _said(self.new) - self.new.weights @ crossing.goal[own])


def _said(run: Reopened, what: str = "probability") -> Array:
    return np.array([outcome[what] for outcome in run.run.forecast["outcomes"]], dtype=np.float64)
