"""An earlier run as if its set had held the deadlines that a later one adds, and nobody had known of them yet.

Who writes down a vote that was called states one assumption more, and two sets of other length have no density ratio.
But a deadline of which nobody knows hurries nobody: the earlier posterior of its factor is its prior, and the run says
what it said. So the two have the same parameters, and that the deadline became known is news.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Assumption, Deadline
from forecast.model.contract import Draws
from forecast.model.problem import Problem
from forecast.model.structure import Structure, structure
from forecast.reopened import Reopened

Array = NDArray[np.float64]


def acquainted(old: Reopened, new: Reopened) -> Reopened:
    """The old run with the deadlines that only the new one's set states and that were announced since the opening."""
    stated, now = old.case.assumptions.items, new.case.assumptions.items
    added = {name: item for name, item in now.items() if name not in stated and _announced_later(item, old)}
    if not added:
        return old
    known = {**stated, **added}
    in_order = {name: known[name] for name in (*now, *stated) if name in known}  # deadlines stand as in the new set
    return _extended(old, in_order, set(added))


def _announced_later(item: Assumption, old: Reopened) -> bool:
    opening = old.problem.calendar.opening
    return isinstance(item, Deadline) and item.announced is not None and item.announced > opening


def _extended(run: Reopened, items: dict[str, Assumption], unknown: set[str]) -> Reopened:
    case = replace(run.case, assumptions=replace(run.case.assumptions, items=items))
    problem = replace(run.problem, case=case, structure=unaware(structure(case), unknown))
    return replace(
        run,
        case=case,
        problem=problem,
        draws=run.draws | {"deadline": _factors(run.draws, run.problem, problem)},
        parent=None if run.parent is None else _extended(run.parent, items, unknown),
    )


def unaware(s: Structure, unknown: Collection[str]) -> Structure:
    """The same assumptions where nobody knows of these deadlines."""
    said = zip(s.deadline.ids, s.deadline_announced, strict=True)
    return replace(s, deadline_announced=tuple(date.max if name in unknown else day for name, day in said))


def _factors(draws: Draws, before: Problem, after: Problem) -> Array:
    """Log factors of the deadlines, in their new order: those of the draws, and the others from their priors."""
    prior, rng = after.structure.deadline, np.random.default_rng(0)
    held = dict(zip(before.structure.deadline.ids, draws["deadline"].T, strict=True))
    drawn = rng.normal(prior.mean, prior.sd, (len(draws["level"]), len(prior)))
    return np.stack([held.get(name, drawn[:, place]) for place, name in enumerate(prior.ids)], axis=1)
