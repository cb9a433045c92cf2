"""The assumptions, before and after the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report import inert
from forecast.report.words import Interval, Number, percent, significant, to_the_digit, to_the_digit_interval

NORMAL_90 = 1.645
"""Half the width of a normal distribution's central 90 %, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Prior:
    """A quantity as it was believed to be before the evidence; no spread where the model holds it fixed."""

    mean: Number
    sd: Number

    @property
    def span(self) -> tuple[float, float]:
        """Where the central 90 % of a normal distribution with this mean and spread lie."""
        half = NORMAL_90 * self.sd.value
        return self.mean.value - half, self.mean.value + half


@dataclass(frozen=True, slots=True)
class Posterior:
    """A quantity as it is believed to be after the evidence."""

    mean: Number
    sd: Number
    interval: Interval


@dataclass(frozen=True, slots=True)
class Assumption:
    """One named assumption. `posterior` is None where the model holds it fixed.

    `learned` is the share of the prior's width that the evidence has taken away; `prior_only` marks an assumption
    about which the evidence says next to nothing.
    """

    id: str
    kind: str
    about: str
    unit: str
    prior: Prior
    posterior: Posterior | None
    learned: Number
    prior_only: bool
    reason: str
    source: str
    link: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Those that the evidence moved, those it did not, and those held fixed; the most moved first.

    `heaviest` are the ids of those on which the forecast hangs most, the heaviest first.
    """

    informed: tuple[Assumption, ...]
    prior_only: tuple[Assumption, ...]
    fixed: tuple[Assumption, ...]
    heaviest: tuple[str, ...] = ()

    @property
    def mattering(self) -> tuple[Assumption, ...]:
        """Those that matter: the heaviest, then all others that the evidence informs; none that are held fixed."""
        heavy = {assumption.id: assumption for assumption in (*self.informed, *self.prior_only)}
        first = [heavy[name] for name in self.heaviest if name in heavy]
        return (*first, *(assumption for assumption in self.informed if assumption not in first))

    @property
    def lesser(self) -> tuple[Assumption, ...]:
        """The prior-only ones that do not matter."""
        return tuple(assumption for assumption in self.prior_only if assumption not in self.mattering)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.informed) + len(self.prior_only) + len(self.fixed)


def assumptions(forecast: Mapping[str, Any], heaviest: tuple[str, ...] = ()) -> Assumptions:
    """Read the assumptions of a run; `heaviest` are the ids of those on which it hangs most."""
    every = [_assumption(entry) for entry in forecast["assumptions"]]
    every.sort(key=lambda assumption: -assumption.learned.value)
    uncertain = [assumption for assumption in every if assumption.posterior]
    return Assumptions(
        informed=tuple(assumption for assumption in uncertain if not assumption.prior_only),
        prior_only=tuple(assumption for assumption in uncertain if assumption.prior_only),
        fixed=tuple(assumption for assumption in every if not assumption.posterior),
        heaviest=heaviest,
    )


def _assumption(entry: Mapping[str, Any]) -> Assumption:
    prior, posterior = entry["prior"], entry["posterior"]
    return Assumption(
        id=entry["id"],
        kind=entry["kind"],
        about=entry["about"],
        unit=entry["unit"] or "",
        prior=_prior(prior),
        posterior=None if posterior is None else _posterior(posterior),
        learned=percent(entry["contraction"] or 0.0),
        prior_only=entry["prior_only"],
        reason=entry["reason"],
        source=entry["source"],
        link=inert.link(entry["source"]),
    )


def _prior(entry: Mapping[str, Any]) -> Prior:
    sd = entry["sd"]
    if not sd:
        return Prior(significant(entry["mean"]), significant(0.0))
    return Prior(to_the_digit(entry["mean"], sd), to_the_digit(sd, sd))


def _posterior(entry: Mapping[str, Any]) -> Posterior:
    sd, (low, high) = entry["sd"], entry["interval"]
    return Posterior(to_the_digit(entry["mean"], sd), to_the_digit(sd, sd), to_the_digit_interval(low, high, sd))
