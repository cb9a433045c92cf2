"""How much hangs on each assumption, source, coder, indicator and grade: the whole table, from the draws at hand.

Every number of a named assumption is moved a step down and up, every part of the evidence left out, every indicator's
codings moved a grade. A refit answers where k-hat says that the draws cannot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import InputError
from forecast.evidence.journal import View
from forecast.inference.gate import MCSE
from forecast.inference.likelihood import log_likelihood
from forecast.insight.assumed import levers
from forecast.insight.components import Evidence, Part, weigh_parts
from forecast.insight.flip import REACH, Flip, Line, Verdict, nearest_flip
from forecast.insight.levers import Lever
from forecast.insight.lived import live
from forecast.insight.power import Scaled, diagnosis, felt, scaled
from forecast.insight.refitting import Refit, anchored_again
from forecast.insight.retold import re_anchored
from forecast.insight.sensitivity_table import LeftOut, Moved, Sensitivity
from forecast.insight.standing import FEW, Answer, Change, Standing, error
from forecast.model.contract import Problem
from forecast.reopened import Stage

Array = NDArray[np.float64]

REFITTED = ("source",)
EVERY_KIND = ("source", "coder", "indicator", "cell", "grades")
THINNED = 5
"""Where the draws' chances must be worked out again, it is done for every so manieth draw: the change is theirs, the
level that of all."""
ENOUGH = MCSE
"""A change whose error from these draws is within the gate's own limit is not worked out from all of them."""


def sensitivities(
    standing: Standing,
    known: View,
    *,
    lines: Sequence[Line] = (),
    re_anchor: bool = False,
    refit: Refit | None = None,
    refitted: Collection[str] = REFITTED,
    stage: Stage = lambda _: None,
) -> Sensitivity:
    """Work out how much hangs on everything.

    Parameters
    ----------
    standing
        Where the run stands.
    known
        The evidence known on the day.
    lines
        The decision lines.
    re_anchor
        Solve the intercepts again for every moved assumption, so that the opening day says what was stated; else they
        are held.
    refit
        How to refit where k-hat fails; None to leave such answers as they are, with their k-hat.
    refitted
        The kinds of parts of the evidence that are refitted; assumptions and gates always are.
    stage
        Told of what takes time.
    """
    verdict = Verdict(standing.outcomes, lines)
    stage("Reading the evidence without each part of it")
    evidence = weigh_parts(standing.model, standing.problem, standing.draws, known)
    table = _Table(standing, verdict, evidence, re_anchor, refit, refitted, stage)
    return Sensitivity(standing, verdict, tuple(table.moved()), tuple(table.left_out()), re_anchor)


class _Table:
    """What all rows of the table share."""

    def __init__(
        self,
        standing: Standing,
        verdict: Verdict,
        evidence: Evidence,
        re_anchor: bool,
        refit: Refit | None,
        refitted: Collection[str],
        stage: Stage,
    ) -> None:
        self._full, self._thin = standing, standing.thinned(THINNED)
        self._verdict, self._evidence, self._re_anchor = verdict, evidence, re_anchor
        self._refit, self._refitted, self._stage = refit, refitted, stage
        self._alike = standing.weights.resampled() if np.ptp(standing.log_weights) else np.arange(len(standing))

    # -------------------------------------------------------------------------------- assumptions

    def moved(self) -> Iterator[Moved]:
        """Every lever, a step down and a step up."""
        whole = self._scaled(self._evidence.log_whole + self._full.log_past)
        for lever in levers(self._full.problem):
            self._stage(f"Moving {lever.id}")
            try:
                down, up = self._down_and_up(lever)
            except InputError:  # there is only one here: no intercepts give the stated shares
                continue
            per_step, prior = 0.5 * (up.chances - down.chances), lever.log_prior(self._full.draws)
            scaled = None if prior is None else self._scaled(prior)
            flip = self._flip(lever, per_step)
            yield Moved(
                lever=lever,
                down=down,
                up=up,
                per_step=per_step,
                mcse=self._half_difference_error(down, up),
                power=None if scaled is None else self._felt(scaled, self._full.chances),
                diagnosis=self._diagnosis(lever, scaled, whole, down, up),
                flip=flip,
                flip_k=None if flip is None else self._answer(lever, flip.steps, self._few(lever)).pareto_k,
            )

    def _few(self, lever: Lever) -> Standing:
        """The draws on which a lever is moved."""
        return self._thin if lever.slow or self._re_anchor else self._full

    def _change(self, lever: Lever, steps: float, standing: Standing) -> Change:
        """What moving a lever does to draws."""
        change = lever.change(standing, steps)
        if not self._re_anchor:
            return change
        return re_anchored(change, standing, lever.moved(standing.problem, steps), self._problem(lever, steps))

    def _problem(self, lever: Lever, steps: float) -> Problem:
        if not self._re_anchor:
            return lever.moved(self._full.problem, steps)
        return anchored_again(self._full, lever.restated(self._full.problem, steps))

    def _answer(self, lever: Lever, steps: float, standing: Standing) -> Answer:
        return self._beside_the_run(standing, standing.answer(self._change(lever, steps, standing)))

    def _down_and_up(self, lever: Lever) -> tuple[Answer, Answer]:
        """A step down and up: from a few draws, else from all of them, else refitted."""
        few = self._few(lever)
        for standing in (few,) if few is self._full else (few, self._full):
            down, up = (self._answer(lever, steps, standing) for steps in (-1.0, 1.0))
            reliable = down.reliable and up.reliable
            if reliable and max(down.mcse.max(), up.mcse.max()) <= ENOUGH:
                break
        if reliable or self._refit is None:
            return down, up
        problems = {lever.at(steps): self._problem(lever, steps) for steps in (-1.0, 1.0)}
        down, up = (self._refit(problem, f"{lever.id} = {at:.3g}").answer for at, problem in problems.items())
        return down, up

    def _beside_the_run(self, standing: Standing, answer: Answer) -> Answer:
        """An answer of thinned draws, as a change of what the run says."""
        if standing is self._full:
            return answer
        chances = np.clip(self._full.now + answer.chances - standing.now, 0.0, 1.0)
        return replace(answer, chances=chances / chances.sum())

    @staticmethod
    def _half_difference_error(down: Answer, up: Answer) -> Array:
        if down.felt is None or up.felt is None:
            return np.asarray(0.5 * np.hypot(down.mcse, up.mcse))
        return error(0.5 * (up.felt - down.felt), up.chains)

    def _flip(self, lever: Lever, per_step: Array) -> Flip | None:
        """The nearest flip; not looked for where twice the straight line through a step down and up turns nothing."""
        far, now = 2.0 * REACH * per_step, self._full.now
        if self._re_anchor:  # every try would solve the intercepts again
            return None
        if all(self._verdict.turned(now, now + end) == (None, None) for end in (far, -far)):
            return None
        standing = self._few(lever)

        def chances_at(steps: float) -> Array:
            changed = standing.glance(self._change(lever, steps, standing))
            return np.asarray(self._full.now + changed - standing.now)

        return nearest_flip(chances_at, self._full.now, self._verdict)

    # -------------------------------------------------------------------------------- diagnosis

    def _scaled(self, log_component: Array) -> Scaled:
        """A component of the posterior a little weaker and stronger; of a resample where draws count unlike.

        By all draws: a distance is never less than nothing, and with few draws chance alone would pass for a conflict.
        """
        return scaled(log_component[self._alike], self._full.chains)

    def _felt(self, scaled: Scaled, quantities: Array) -> Array:
        return felt(scaled, quantities[self._alike])

    def _diagnosis(self, lever: Lever, prior: Scaled | None, whole: Scaled, down: Answer, up: Answer) -> str:
        if failures := (*down.failures, *up.failures):
            return f"not reliable: a refit failed its gate ({failures[0]})"
        if not (down.reliable and up.reliable):
            return "not reliable: the draws at hand cannot tell, it takes a refit"
        if lever.silent(self._full):
            return "prior only: no evidence speaks of it"
        values = lever.values(self._full.draws)
        if prior is None or values is None:
            return "held as it is: it has no prior to be weighed against the evidence"
        return diagnosis(*(float(self._felt(each, values[:, None])[0]) for each in (prior, whole)))

    # -------------------------------------------------------------------------------- evidence and gates

    def left_out(self) -> Iterator[LeftOut]:
        """Every part of the evidence, then every gate."""
        for part, log_change in zip(self._evidence.parts, self._evidence.log_changes, strict=True):
            answer = self._without(part, log_change)
            if self._refit is not None and part.kind in self._refitted and not answer.reliable:
                answer = self._refit(part.applied(self._full.problem), _name(part)).answer
            power = None if part.step else self._felt(self._scaled(-log_change), self._full.chances)
            yield self._row(part.kind, part.name, part.step, len(part.units), answer, power)
        for place, gate in enumerate(self._full.problem.structure.gates):
            yield self._row("gate", gate, 0, 0, self._without_gate(place, gate), None)

    def _without(self, part: Part, log_change: Array) -> Answer:
        """Without a part of the evidence; what nobody else shows, such as a gate's passage, is not so from then on."""
        if part.settled is None:
            return self._full.answer(Change(log_change))
        problem = self._full.problem.settled_as(part.settled)
        return self._settled(problem, log_change[:: len(self._full) // len(self._thin)])

    def _without_gate(self, place: int, gate: str) -> Answer:
        """As if a gate had been passed on the opening day."""
        problem = self._full.problem
        passed = tuple(problem.calendar.opening if g == place else day for g, day in enumerate(problem.passed))
        open_gate = replace(problem, passed=passed)
        answer = self._settled(open_gate, np.zeros(len(self._thin)))
        if self._refit is not None and not answer.reliable:
            answer = self._refit(open_gate, f"without the gate {gate}").answer
        return answer

    def _settled(self, problem: Problem, log_change: Array) -> Answer:
        """With other things settled: another wait so far, and other futures; beside what codings change."""
        thin = self._thin
        after = log_likelihood(thin.model.law, thin.draws, problem)["open"]
        lived = live(thin.model, thin.draws, problem, FEW)
        change = Change(log_change + after - thin.log_likelihood["open"], lived)
        return self._beside_the_run(thin, thin.answer(change))

    def _row(self, kind: str, name: str, step: int, events: int, answer: Answer, power: Array | None) -> LeftOut:
        leader = self._verdict.leader(answer.chances)
        changes = leader != self._verdict.leader(self._full.now)
        return LeftOut(kind, name, step, events, answer, power, leader, changes)


def _name(part: Part) -> str:
    if part.step:
        return f"{part.name} coded a grade {'higher' if part.step > 0 else 'lower'}"
    return f"without the {part.kind} {part.name}"
