"""The lines of a case as one forecast: pooled, stacked, with a share of base rates, and how far they disagree.

What stacking learns comes from questions that had resolved by the day of the forecast, and never from the question that
is being forecast. It learns of models: those with several assumption sets share their weight among them evenly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError
from forecast.record.past import PastQuestion, chances_of_what_came
from forecast.record.pools import disagreement, linear_pool, log_pool, stacking_weights
from forecast.record.scores import Statement
from forecast.runs import Run

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Combination:
    """The forecasts of one day as one.

    Attributes
    ----------
    runs, members
        What is combined, and what each said.
    stacked
        The members' weights as learned from the past, shape (member,).
    learned_from
        From how many questions; with none the weights are equal.
    pools
        `linear` and `logarithmic` with equal weights (no such where the members rule out every outcome between them),
        `stacked` with those learned; and, where base rates are known, each `with base rates`.
    share
        The share of base rates in those.
    bits
        How far the members disagree, as Jensen-Shannon divergence.
    """

    runs: tuple[Run, ...]
    members: tuple[Statement, ...]
    stacked: Array
    learned_from: int
    pools: dict[str, Statement]
    share: float
    bits: float

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Each outcome's smallest and largest chance among the members."""
        said = {end: [member.chances[end] for member in self.members] for end in self.members[0].chances}
        return {end: (min(chances), max(chances)) for end, chances in said.items()}


def combine(
    runs: Sequence[Run], base_rates: Statement | None, past: Iterable[PastQuestion], share: float
) -> Combination:
    """Combine runs of one day and one question.

    Parameters
    ----------
    runs
        One for each line; at least one.
    base_rates
        What past episodes say, None where that is not known.
    past
        Questions that have resolved, the one that is forecast not among them.
    share
        Of base rates.
    """
    members = tuple(Statement.of(run) for run in runs)
    ends, day = list(members[0].chances), members[0].as_of
    chances = np.array([[member.chances[end] for end in ends] for member in members])
    models = [run.forecast["model"] for run in runs]
    names = sorted(set(models))
    came, mass, learned_from = chances_of_what_came(names, past, day)
    by_model = dict(zip(names, stacking_weights(came, mass).tolist(), strict=True))
    stacked = np.array([by_model[model] / models.count(model) for model in models])
    equal = np.full(len(members), 1.0 / len(members))

    pools = {"linear": mixture(members, equal)}
    if chances.min(axis=0).any():  # else the members rule out every outcome between them
        pooled = dict(zip(ends, log_pool(chances, equal).tolist(), strict=True))
        pools["logarithmic"] = Statement(day, members[0].horizon, pooled)
    pools["stacked"] = mixture(members, stacked)
    if base_rates is not None and share > 0.0:
        mixed = np.array([1.0 - share, share])
        pools |= {f"{name}, with base rates": mixture((pool, base_rates), mixed) for name, pool in pools.items()}
    return Combination(tuple(runs), members, stacked, learned_from, pools, share, disagreement(chances, equal))


def check_share(share: float) -> None:
    """Refuse a share of base rates that is none.

    Raises
    ------
    UsageError
        If it does not lie between 0 and 1.
    """
    if not 0.0 <= share <= 1.0:
        raise UsageError(f"--humility {share}: choose a share of base rates from 0 to 1")


def of_one_day(runs: Iterable[Run], day: date) -> list[Run]:
    """The last publishable run of each line as of a day, by model and set, all of the outcomes of the first of them."""
    lines = {
        (run.forecast["model"], run.forecast["assumption_set"]["name"]): run
        for run in runs
        if run.publishable and run.as_of == day
    }
    found = [lines[line] for line in sorted(lines)]
    return [run for run in found if _question(run) == _question(found[0])]


def _question(run: Run) -> tuple[str, list[str]]:
    return run.forecast["horizon"], [row["id"] for row in run.forecast["outcomes"]]


def mixture(parts: Sequence[Statement], weights: Array) -> Statement:
    """The linear pool of statements; of *when* it speaks where all of them do, for the same weeks."""
    first, ends = parts[0], list(parts[0].chances)
    pooled = linear_pool(np.array([[part.chances[end] for end in ends] for part in parts]), weights)
    weeks = [[day for day, _ in part.resolved] for part in parts]
    said = dict(zip(ends, pooled.tolist(), strict=True))
    if any(each != weeks[0] for each in weeks):
        return Statement(first.as_of, first.horizon, said)
    curve = linear_pool(np.array([[chance for _, chance in part.resolved] for part in parts]), weights)
    return Statement(first.as_of, first.horizon, said, tuple(zip(weeks[0], curve.tolist(), strict=True)))
