"""What a forecast was worth once its question has resolved: proper scores, each in its closed form.

For chances p over the outcomes and being open at the horizon, of which k came true, and F(t) the chance that the
question is resolved by t, which it was at T

    log          -ln p_k                                0 to infinity   lower is better; infinite where p_k = 0
    Brier        sum_j (p_j - [j = k])^2                0 to 2          lower is better; half of it is 0 to 1
    spherical    p_k / sqrt(sum_j p_j^2)                0 to 1          higher is better
    CRPS         int_0^H (F(t) - [t >= T])^2 dt         weeks           lower is better

A soft resolution, with weights over outcomes, scores as the expectation under its weights. The CRPS is of the time of
resolution censored at the horizon H: what is open there has a T beyond it. Time goes by days, and F runs straight
between the ends of the weeks for which a forecast gives it.

T. Gneiting and A. E. Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", JASA 102.

Each is a line of arithmetic. The field's library, scoringrules, is what the tests hold them against, not what computes
them: it takes seconds to import and accepts chances that sum to anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from forecast.case.document import shown
from forecast.case.resolutions import UNRESOLVED, Resolution
from forecast.errors import InputError
from forecast.run_files import FORECAST, REMEDY
from forecast.runs import Run

Array = NDArray[np.float64]

SUM: Final = 1e-6
"""How far chances may be from summing to 1 by rounding."""
RULES: Final = {"log": -1, "brier": -1, "spherical": 1, "crps": -1}
"""Every score, and whether more of it is better or worse."""


@dataclass(frozen=True)
class Statement:
    """What somebody said on a day, of which the scores speak.

    Attributes
    ----------
    as_of
        The day.
    horizon
        The question's, as it was then.
    chances
        Every outcome and `unresolved` → its chance by the horizon; they sum to 1.
    resolved
        (last day of a week, chance of a resolution by its end) to the horizon; empty where nothing was said of when.
    """

    as_of: date
    horizon: date
    chances: Mapping[str, float]
    resolved: tuple[tuple[date, float], ...] = ()

    def __post_init__(self) -> None:
        if not all(0.0 <= chance <= 1.0 + SUM for chance in self.chances.values()):
            raise ValueError(f"not chances: {dict(self.chances)}")
        if abs(math.fsum(self.chances.values()) - 1.0) > SUM:
            raise ValueError(f"chances that do not sum to 1: {dict(self.chances)}")

    @classmethod
    def of(cls, run: Run) -> Self:
        """What a publishable run said.

        Raises
        ------
        InputError
            If its chances are none.
        """
        said, horizon = run.forecast, date.fromisoformat(run.forecast["horizon"])
        weeks = [(date.fromisoformat(row["week"]), 1.0 - row["unresolved"]) for row in said["timing"]]
        try:
            return cls(
                as_of=run.as_of,
                horizon=horizon,
                chances={row["id"]: row["probability"] for row in said["outcomes"]},
                resolved=tuple((min(week + timedelta(days=6), horizon), chance) for week, chance in weeks),
            )
        except ValueError as error:
            raise InputError.at(shown(run.folder / FORECAST), None, str(error), REMEDY) from None

    def by_day(self, since: date) -> Array:
        """F at the end of each day after `since`, to the horizon; shape (day,)."""
        ends = [self.as_of, *(day for day, _ in self.resolved)]
        chances = [0.0, *(chance for _, chance in self.resolved)]
        days = np.arange(since.toordinal() + 1, self.horizon.toordinal() + 1)
        return np.interp(days, [day.toordinal() for day in ends], chances)


@dataclass(frozen=True)
class Scores:
    """The scores of one forecast, or their mean over several; `crps` is None where nothing was said of when."""

    log: float
    brier: float
    spherical: float
    crps: float | None

    def better_than(self, other: Scores) -> dict[str, float | None]:
        """By how much each score is better than the other's; None where both are infinite, or one is missing."""
        return {
            rule: None if mine is None or theirs is None or math.isnan(gap := sign * (mine - theirs)) else gap
            for rule, sign in RULES.items()
            for mine, theirs in [(getattr(self, rule), getattr(other, rule))]
        }

    def document(self) -> dict[str, Any]:
        """As JSON has it, which has no word for infinity: `log` is then null and `infinite` true."""
        return {
            "log": None if math.isinf(self.log) else self.log,
            "infinite": math.isinf(self.log),
            "brier": self.brier,
            "brier_half": self.brier / 2.0,
            "spherical": self.spherical,
            "crps": self.crps,
        }


def score(said: Statement, resolution: Resolution, since: date | None = None) -> Scores | None:
    """Score a statement.

    Parameters
    ----------
    said
        The statement.
    resolution
        How the question ended.
    since
        The day after which *when* counts; by default the statement's own.

    Returns
    -------
    None where the statement cannot be held against the resolution: it knows no such outcome, or its horizon was a later
    one, to which nobody has waited.
    """
    weights = seen_from(said, resolution)
    if weights is None:
        return None
    timed = crps(said, weights, resolution.date, since or said.as_of) if said.resolved else None
    return Scores(
        log=log_score(said.chances, weights),
        brier=brier_score(said.chances, weights),
        spherical=spherical_score(said.chances, weights),
        crps=timed,
    )


def seen_from(said: Statement, resolution: Resolution) -> dict[str, float] | None:
    """The resolution's weights over the statement's own outcomes and by its own horizon, None where it has none.

    A part of an outcome that was split after the statement counts as that outcome.
    """
    if resolution.date > said.horizon:
        return {name: float(name == UNRESOLVED) for name in said.chances}
    if resolution.weights.get(UNRESOLVED, 0.0) > 0.0 and resolution.date < said.horizon:
        return None
    weights = dict.fromkeys(said.chances, 0.0)
    for name, weight in _came(resolution.weights):
        known = name
        while known not in weights and known in resolution.parents:
            known = resolution.parents[known]
        if known not in weights:
            return None
        weights[known] += weight
    return weights


def log_score(chances: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Sum over k of w_k (-ln p_k); infinite where something came true that was said to be impossible."""
    return sum(
        (weight * (-math.log(chances[name]) if chances[name] > 0.0 else math.inf) for name, weight in _came(weights)),
        0.0,
    )


def brier_score(chances: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Sum over k of w_k sum_j (p_j - [j = k])^2, on the scale from 0 to 2."""
    length = math.fsum(chance**2 for chance in chances.values())
    return math.fsum(weight * (length - 2.0 * chances[name] + 1.0) for name, weight in _came(weights))


def spherical_score(chances: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Sum over k of w_k p_k / |p|."""
    length = math.sqrt(math.fsum(chance**2 for chance in chances.values()))
    return math.fsum(weight * chances[name] / length for name, weight in _came(weights))


def crps(said: Statement, weights: Mapping[str, float], resolved_on: date, since: date) -> float:
    """The CRPS of the time of resolution from the day after `since` to the horizon, in weeks."""
    resolved = said.by_day(since)
    days = np.arange(since.toordinal() + 1, said.horizon.toordinal() + 1)
    happened = (days >= resolved_on.toordinal()).astype(float)
    still_open = weights.get(UNRESOLVED, 0.0)
    if_resolved, if_open = np.sum((resolved - happened) ** 2), np.sum(resolved**2)
    return float((1.0 - still_open) * if_resolved + still_open * if_open) / 7.0


def average(scores: Sequence[Scores], days: Iterable[int]) -> Scores:
    """The mean over time: each forecast's scores count for the days on which it stood."""
    weights = np.array(list(days), dtype=float)

    def mean(values: Iterable[float]) -> float:
        return float(np.sum(weights * np.array(list(values))) / weights.sum())

    timed = [each.crps for each in scores if each.crps is not None]
    return Scores(
        log=mean(each.log for each in scores),
        brier=mean(each.brier for each in scores),
        spherical=mean(each.spherical for each in scores),
        crps=mean(timed) if len(timed) == len(scores) else None,
    )


def days_standing(as_of: Sequence[date], until: date) -> list[int]:
    """For how many days each forecast stood: to the next one, the last to the resolution."""
    return [(later - day).days for day, later in pairwise([*as_of, until])]


def _came(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    return [(name, weight) for name, weight in weights.items() if weight > 0.0]
