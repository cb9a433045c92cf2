"""What is told of the harbour and how it is coded, from the formulas; and the ways in which a world may break them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model.problem import Problem
from forecast.model.readings import Cell, Origin, Unit
from tests.model.harbour import ALIGN, CODERS, LEANS, SOURCES
from tests.recovery.truth import State

Array = NDArray[np.float64]
Evidence = dict[tuple[str, str], Unit]

GRADES = np.arange(5)
INDICATORS = ("tax_income", "debts", "strikes", "layoffs", "tender")
TURNED, LIAR = "strikes", "A docker"
MISFILED, MOST_COPIES = 0.2, 5


@dataclass(frozen=True)
class Broken:
    """What is otherwise than the model has it: nothing, if nothing is said."""

    lying: bool = False
    turned: bool = False
    misfiled: bool = False
    copied: bool = False


@dataclass(frozen=True)
class Event:
    """Something that is going to be told of: when, and by whom, in which cell, to which coders."""

    indicator: str
    week: int
    tellings: tuple[tuple[str, Cell, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Search:
    """Somebody looks for an event of an indicator in a week, and would find it with a chance of `effort`."""

    indicator: str
    week: int
    effort: float


def design(
    events: int, weeks: int, rng: Generator, reliability: str = "ABCDF", credibility: tuple[int, ...] = (1, 2, 3, 4, 6)
) -> tuple[Event, ...]:
    """Events of all indicators, evenly over the weeks, told once or twice and coded by one or two of three coders."""
    found = []
    for number in range(events):
        tellings = []
        for source in rng.permutation(list(SOURCES))[: 1 + rng.integers(2)]:
            cell = (str(rng.choice(list(reliability))), int(rng.choice(credibility)))
            coders = tuple(sorted(str(coder) for coder in rng.permutation(CODERS)[: 1 + rng.integers(2)]))
            tellings.append((str(source), cell, coders))
        found.append(Event(INDICATORS[number % len(INDICATORS)], number * weeks // events, tuple(tellings)))
    return tuple(found)


class Tellers:
    """Indicators, sources and coders with all their habits."""

    def __init__(self, problem: Problem, rng: Generator) -> None:
        latents, types = len(problem.structure.latents), sorted(set(SOURCES.values()))
        indicators = list(problem.case.indicators)
        spread = abs(rng.normal(0, 0.3))
        self.discrimination = dict(zip(indicators, np.exp(spread * rng.standard_normal(len(indicators))), strict=True))
        self.common_error = rng.normal(0, 0.3, latents)
        self.news_cycle = rng.normal(0, 0.5, (len(problem.calendar.weeks), latents))
        self.best_precision, self.best_error = rng.normal(np.log(2.5), 0.25), rng.normal(-3.5, 0.5)
        steps = np.exp(rng.normal(np.log(0.3), 0.5, (2, 4)))
        unjudged = rng.normal(0.6, 0.6, 2)
        self.doubt = [[0.0, *np.cumsum(steps[axis]), unjudged[axis]] for axis in (0, 1)]
        of_type = dict(zip(types, rng.normal(0, 0.2, len(types)), strict=True))
        self.source = {name: rng.normal(0, 0.2) + of_type[kind] for name, kind in SOURCES.items()}
        self.lean = {side: rng.normal(0.3, 0.3) for side in ("council", "dockers")}
        self.coder_precision = dict(zip(CODERS, rng.normal(np.log(2.5), 0.3, len(CODERS)), strict=True))
        severity = rng.normal(0, 0.3, len(CODERS))
        self.severity = dict(zip(CODERS, severity - severity.mean(), strict=True))

    def told(self, z: int, source: str, cell: Cell, indicator: str, rng: Generator) -> int:
        """What a source makes of a true grade."""
        doubt = self.doubt[0]["ABCDEF".index(cell[0])] + self.doubt[1][cell[1] - 1]
        kappa = np.exp(self.best_precision - doubt + self.source[source])
        eps = 0.01 + 0.49 / (1 + np.exp(-(self.best_error + 1.5 * doubt)))
        align = ALIGN.get((indicator, LEANS.get(source, "")), 0)
        lean = self.lean[LEANS[source]] * align if align else 0.0
        faithful = np.exp(-kappa * abs(GRADES - z - lean))
        return int(rng.choice(5, p=(1 - eps) * faithful / faithful.sum() + eps / 5))

    def coded(self, r: int, coder: str, rng: Generator) -> int:
        """The grade that a coder gives to what was told."""
        near = np.exp(-np.exp(self.coder_precision[coder]) * abs(GRADES - r - self.severity[coder]))
        return int(rng.choice(5, p=near / near.sum()))


def happened(
    state: State, tellers: Tellers, problem: Problem, event: Event | Search, turned: bool, rng: Generator
) -> int:
    """The true grade of an event: graded response."""
    entry = problem.case.indicators[event.indicator]
    latent = problem.structure.latents.index(entry.tells_about)
    seen = state.told_of(latent, event.week) + tellers.common_error[latent] + tellers.news_cycle[event.week, latent]
    sign = -entry.sign if turned and event.indicator == TURNED else entry.sign
    cuts = problem.readings.cuts[:, list(problem.case.indicators).index(event.indicator)]
    at_most = 1 / (1 + np.exp(sign * tellers.discrimination[event.indicator] * seen - cuts))
    return int(np.sum(rng.random() > at_most))


def evidence(
    state: State, tellers: Tellers, problem: Problem, events: tuple[Event, ...], broken: Broken, rng: Generator
) -> Evidence:
    """Everything that is told and coded, filed as the analysts would file it."""
    filed: Evidence = {}
    for number, event in enumerate(events):
        z = happened(state, tellers, problem, event, broken.turned, rng)
        under = event.indicator
        if broken.misfiled and rng.random() < MISFILED:
            under = str(rng.choice([other for other in INDICATORS if other != event.indicator]))
        origins: list[Origin] = []
        for source, cell, coders in event.tellings:
            r = tellers.told(z, source, cell, event.indicator, rng)
            if broken.lying and source == LIAR:
                r = 4
            told = filed_as(source, cell, under)
            for copy in range(int(rng.integers(1, MOST_COPIES + 1)) if broken.copied else 1):
                if copy:
                    told = filed_as(str(rng.choice(list(SOURCES))), cell, under)
                codings = tuple((coder, tellers.coded(r, coder, rng)) for coder in coders)
                origins.append(replace(told, codings=codings))
        filed[f"E{number:02}", under] = Unit(under, event.week, tuple(sorted(origins)))
    return filed


def searched(
    state: State, tellers: Tellers, problem: Problem, searches: tuple[Search, ...], rng: Generator
) -> Evidence | None:
    """The searches, filed as having found nothing; None if one of them found something."""
    filed: Evidence = {}
    for number, search in enumerate(searches):
        z = happened(state, tellers, problem, search, turned=False, rng=rng)
        if z > 0 and rng.random() < search.effort:
            return None
        filed[f"S{number}", search.indicator] = Unit(search.indicator, search.week, (), (search.effort,))
    return filed


def filed_as(source: str, cell: Cell, indicator: str) -> Origin:
    """A telling without its codings, with the interest that its source is known to have."""
    side = LEANS.get(source, "")
    align = ALIGN.get((indicator, side), 0)
    return Origin(source, SOURCES[source], (cell,), (), side if align else "", align)


def truths(tellers: Tellers) -> Mapping[str, float]:
    """The habits that are to be recovered, by the names of `forecast.record.quantities`."""
    return {
        **{f"discrimination of {name}": tellers.discrimination[name] for name in INDICATORS},
        "precision of the best reports": float(tellers.best_precision),
        "error of the best reports": float(tellers.best_error),
        **{f"lean of {side}": value for side, value in tellers.lean.items()},
        **{f"precision of coder {coder}": value for coder, value in tellers.coder_precision.items()},
    }
