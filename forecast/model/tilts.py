"""What a case says before any evidence: the stated split, and what each driver two units up would make of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.errors import Problem as Fault
from forecast.evidence.journal import View
from forecast.model import laws
from forecast.model.anchor import Anchor, anchor
from forecast.model.contract import Model
from forecast.model.nominees import Reference, compare, reference
from forecast.model.outside_view import by_horizon, has_outside_view
from forecast.model.priors import Draws
from forecast.model.problem import Problem, build_problem

Array = NDArray[np.float64]

DRAWS, PATHS = 1024, 2
LEAST, MOST = 0.03, 0.40
"""A driver that moves no outcome, nor the resolution by some week, by 3 points is idle; one that moves an outcome by
more than 40 decides alone."""


@dataclass(frozen=True)
class Tilts:
    """The split given resolution, as stated and with each driver held two units above its level.

    Attributes
    ----------
    outcomes
        Ids along the outcome axis.
    stated
        The stated split, shape (outcome,).
    by_driver
        Driver → the split with it at +2 and all that follows from it, shape (outcome,).
    lowered
        Driver → the split with it at -2, of those for which that was asked.
    resolved
        Driver → P(resolved by the horizon) then.
    anchor
        The solved intercepts.
    base_rates
        P(resolved as each outcome by the horizon) as past episodes alone have it, shape (outcome,), or None.
    reference
        What past nominees say of the outcome that stands for them, or None.
    warnings
        Drivers that move the split too little or too much, and a stated share far below its reference class.
    """

    outcomes: tuple[str, ...]
    stated: Array
    by_driver: dict[str, Array]
    lowered: dict[str, Array]
    resolved: dict[str, float]
    anchor: Anchor
    base_rates: Array | None
    reference: Reference | None
    warnings: tuple[Fault, ...]

    def document(self) -> dict[str, Any]:
        """The same as a JSON document."""
        return {
            "stated": self._by_outcome(self.stated),
            "resolved_by_horizon": self.anchor.resolved,
            "base_rates": None if self.base_rates is None else self._by_outcome(self.base_rates),
            "reference_class": None if self.reference is None else asdict(self.reference),
            "plus_two": {driver: self._by_outcome(split) for driver, split in self.by_driver.items()},
        }

    def _by_outcome(self, shares: Array) -> dict[str, float]:
        return dict(zip(self.outcomes, shares.tolist(), strict=True))


def tilts(model: Model, case: Case, *, lowered: Collection[str] = ()) -> Tilts:
    """Solve the anchor and tilt each driver; those that are named in `lowered` the other way, too.

    Raises
    ------
    InputError
        If the assumptions cannot be anchored.
    """
    nothing = View(case.question.opening, "published", (), (), 0)
    problem = build_problem(case, nothing)
    solved = anchor(model, problem)
    opening = problem.at_opening().anchored(solved.mean, solved.sd)
    draws = model.law.opening_draws(opening, np.random.default_rng(0), DRAWS)
    base, resolved, curve = _split(model, opening, draws)
    structure = opening.structure
    mixing = laws.mixing_matrix(np, structure.influence.mean, structure.arrow_places)
    by_driver, down, hurried, sooner = {}, {}, {}, {}
    for d, driver in enumerate(structure.drivers):
        follows = 2.0 * mixing[:, d] / mixing[d, d]
        split, soon, moved = _split(model, opening, {**draws, "level": draws["level"] + follows})
        by_driver[driver], hurried[driver] = structure.shares + split - base, solved.resolved + soon - resolved
        sooner[driver] = float(np.max(np.abs(moved - curve)))
        if driver in lowered:
            split, *_ = _split(model, opening, {**draws, "level": draws["level"] - follows})
            down[driver] = structure.shares + split - base
    file = case.set_file
    warnings = (
        _judge(file, driver, float(np.max(np.abs(split - structure.shares))), sooner[driver])
        for driver, split in by_driver.items()
    )
    told = tuple(warning for warning in (compare(case), *warnings) if warning is not None)
    alone = by_horizon(opening) if has_outside_view(opening) else None
    return Tilts(
        outcomes=structure.outcomes,
        stated=structure.shares,
        by_driver=by_driver,
        lowered=down,
        resolved=hurried,
        anchor=solved,
        base_rates=alone,
        reference=reference(case),
        warnings=told,
    )


def _split(model: Model, problem: Problem, draws: Draws) -> tuple[Array, float, Array]:
    """Shares given resolution by the horizon, shape (outcome,), the chance of that, and of it by each week, (week,)."""
    incidence = model.law.project(draws, problem, PATHS).mean(axis=0)
    final = incidence[-1]
    return np.asarray(final / final.sum()), float(final.sum()), incidence.sum(axis=1)


def _judge(file: str, driver: str, largest: float, hurry: float) -> Fault | None:
    moved = f"{driver} at +2 moves its largest outcome by {100 * largest:.1f} points"
    if max(largest, hurry) < LEAST:
        return Fault(file, None, moved, "raise its loadings, or drop a driver that decides nothing")
    if largest > MOST:
        return Fault(file, None, moved, "lower its loadings: one driver should not decide alone")
    return None
