"""The rows of the sensitivity table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.inference.weights import PARETO_K
from forecast.insight.flip import Flip, Verdict
from forecast.insight.levers import Lever
from forecast.insight.standing import Answer, Standing

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moved:
    """A number of an assumption, a step down and a step up.

    Attributes
    ----------
    lever
        What is moved.
    down, up
        The outcomes' probabilities a step down and a step up.
    per_step, mcse
        Half the difference of the two, and its Monte Carlo standard error; (outcome,).
    power
        Power-scaling sensitivity of each outcome's probability to the width of its prior, (outcome,); None without one.
    diagnosis
        In words.
    flip, flip_k
        The nearest move that changes the verdict, and the k-hat of the answer there.
    """

    lever: Lever
    down: Answer
    up: Answer
    per_step: Array
    mcse: Array
    power: Array | None
    diagnosis: str
    flip: Flip | None
    flip_k: float | None

    @property
    def flip_reliable(self) -> bool:
        """Whether the draws at hand can tell what is so far away."""
        return self.flip_k is not None and self.flip_k <= PARETO_K

    @property
    def pareto_k(self) -> float | None:
        """The worse of the two k-hats; None after refits."""
        known = [answer.pareto_k for answer in (self.down, self.up) if answer.pareto_k is not None]
        return max(known, default=None)

    @property
    def span(self) -> float:
        """The longest bar: how far the most moved outcome goes from down to up."""
        return float(np.max(np.abs(self.up.chances - self.down.chances)))


@dataclass(frozen=True)
class LeftOut:
    """A part of the evidence, or a gate, left out, or (`step`) coded otherwise.

    Attributes
    ----------
    kind, name, step
        As in `Part`; `gate` with the gate's id.
    events
        How many events it touches.
    answer
        The outcomes' probabilities without it.
    power
        Power-scaling sensitivity of each outcome's probability to it, (outcome,); None where it is no part of the
        likelihood that could be scaled.
    leader
        The outcome that then leads.
    leader_changes
        Whether that is another one.
    """

    kind: str
    name: str
    step: int
    events: int
    answer: Answer
    power: Array | None
    leader: str
    leader_changes: bool


@dataclass(frozen=True)
class Sensitivity:
    """The whole table."""

    standing: Standing
    verdict: Verdict
    moved: tuple[Moved, ...]
    left_out: tuple[LeftOut, ...]
    re_anchored: bool
