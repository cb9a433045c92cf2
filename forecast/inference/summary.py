"""What the posterior says of drivers and of every named assumption."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Assumption
from forecast.case.schema import Case
from forecast.inference.gate import Quantity
from forecast.model import laws
from forecast.model.contract import Draws
from forecast.model.nominees import reference
from forecast.model.problem import Problem

Array = NDArray[np.float64]

LEVEL = 0.9
LEARNT = 0.1
"""Below this contraction an assumption's posterior is its prior, and what rests on it is marked `prior-only`."""


class Drawn(Protocol):
    """Draws of every parameter, however they were come by."""

    @property
    def draws(self) -> Draws:
        """Parameter → (draw, *shape), chain by chain."""

    def by_chain(self, quantity: Array) -> Array:
        """Split the draw axis of a derived quantity into (chain, draw)."""


@dataclass(frozen=True)
class Spread:
    """Mean, standard deviation and central 90 % interval."""

    mean: float
    sd: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class DriverPath:
    """A driver week by week, from `history_from` to the as-of week."""

    id: str
    weeks: tuple[tuple[date, Spread], ...]


@dataclass(frozen=True)
class AssumptionSummary:
    """A named assumption before and after the evidence; `posterior` is None where it is held fixed."""

    id: str
    kind: str
    about: str
    unit: str
    prior_mean: float
    prior_sd: float | None
    posterior: Spread | None
    reason: str
    source: str

    @property
    def contraction(self) -> float | None:
        """How much of the prior variance the evidence took away, 0 to 1."""
        if self.posterior is None or not self.prior_sd:
            return None
        return float(np.clip(1.0 - (self.posterior.sd / self.prior_sd) ** 2, 0.0, 1.0))

    @property
    def prior_only(self) -> bool:
        """Whether what rests on it rests on the assumption alone; a table of the past is no judgement."""
        if self.kind in ("episodes", "nominees"):
            return False
        return self.contraction is None or self.contraction < LEARNT


def spread(draws: Array) -> Spread:
    """Summarize draws of one quantity; where some are infinite there is no number, and the gate has said so."""
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Spread(float(np.mean(draws)), float(np.std(draws)), (float(low), float(high)))


def driver_paths(paths: Array, problem: Problem) -> tuple[DriverPath, ...]:
    """Every driver's posterior by week; `paths` has shape (draw, week, latent)."""
    weeks = problem.calendar.weeks
    return tuple(
        DriverPath(driver, tuple((week, spread(paths[:, t, d])) for t, week in enumerate(weeks)))
        for d, driver in enumerate(problem.structure.drivers)
    )


def reported_quantities(paths: Array, posterior: Drawn, problem: Problem) -> Iterator[Quantity]:
    """Drivers now and every sampled assumption, by chain: what the gate must check beside the probabilities."""
    for d, driver in enumerate(problem.structure.drivers):
        yield Quantity(f"driver {driver}", posterior.by_chain(paths[:, -1, d]))
    silent = silent_parameters(problem)
    for name, normals in problem.structure.named.items():
        for i, assumption in enumerate(normals.ids):
            draws = posterior.by_chain(posterior.draws[name][:, i])
            yield Quantity(f"assumption {assumption}", draws, is_silent=name in silent)
    for name, _, values in told_shares(posterior.draws, problem):
        yield Quantity(f"assumption {name}", posterior.by_chain(values))


def silent_parameters(problem: Problem) -> tuple[str, ...]:
    """The named assumptions' parameters that stand in no likelihood: how drivers tilt the outcomes, until one comes."""
    return ("loading",) if problem.ended is None else ()


def told_shares(draws: Draws, problem: Problem) -> Iterator[tuple[str, int, Array]]:
    """The stated shares of which reports tell: name, place of the outcome, and its intercept by draw, (draw,).

    They are those of outcomes with an indicator of their own and evidence under it.
    """
    told = {problem.case.indicators[indicator].outcome for _, indicator in problem.about_outcomes}
    if problem.intercept_mean is None or problem.intercept_sd == 0.0 or "intercept_z" not in draws:
        return
    alpha = laws.intercepts(problem.intercept_mean, problem.intercept_sd, draws["intercept_z"])
    for place, outcome in enumerate(problem.structure.outcomes):
        if outcome in told:
            yield f"{problem.case.assumptions.shares.id}:{outcome}", place, alpha[:, place]


def assumption_summaries(posterior: Drawn, problem: Problem) -> tuple[AssumptionSummary, ...]:
    """Every named assumption in the order of the file; of the stated shares those of which reports tell."""
    case = problem.case
    sampled = {
        assumption: (normals.mean[i], normals.sd[i], posterior.draws[name][:, i])
        for name, normals in problem.structure.named.items()
        for i, assumption in enumerate(normals.ids)
    }
    summaries = []
    for item in case.assumptions.items.values():
        if item.kind == "shares":
            summaries += _share_summaries(item, posterior.draws, problem)
            continue
        if item.kind == "nominees" and reference(case) is None:
            continue
        mean, sd, draws = sampled.get(item.id, (_fixed(item, problem), None, None))
        summaries.append(
            AssumptionSummary(
                id=item.id,
                kind=item.kind,
                about=about(item, case),
                unit=UNITS[item.kind],
                prior_mean=float(mean),
                prior_sd=None if sd is None else float(sd),
                posterior=None if draws is None else spread(draws),
                reason=item.reason,
                source=item.source,
            )
        )
    return tuple(summaries)


def _share_summaries(item: Assumption, draws: Draws, problem: Problem) -> list[AssumptionSummary]:
    outcomes = problem.structure.outcomes
    return [
        AssumptionSummary(
            id=name,
            kind=item.kind,
            about=about_share(item, problem.case, outcomes[place]),
            unit="log-odds",
            prior_mean=float(np.asarray(problem.intercept_mean)[place]),
            prior_sd=problem.intercept_sd * math.sqrt(1.0 - 1.0 / len(outcomes)),
            posterior=spread(values),
            reason=item.reason,
            source=item.source,
        )
        for name, place, values in told_shares(draws, problem)
    ]


UNITS = {
    "level": "standard units",
    "half_life": "weeks",
    "influence": "pull per unit",
    "loading": "log-odds per unit",
    "pace": "log rate a week",
    "gate_pace": "log rate a week",
    "hastening": "log rate per unit",
    "deadline": "log rate",
    "ripening": "log-odds",
    "momentum": "log-odds per unit",
    "episodes": "resolutions",
    "reference_class": "share of full weight",
    "selection": "log rate",
    "nominees": "chance of getting through",
}


def about_share(item: Assumption, case: Case, outcome: str) -> str:
    """The stated share of one outcome, in the case's labels."""
    labels = {each.id: each.label for each in case.question.outcomes} | {"other": case.question.other.label}
    return f"{about(item, case)}: {labels[outcome]}"


def about(item: Assumption, case: Case) -> str:
    """What an assumption speaks of, in the case's own labels."""
    outcomes = {outcome.id: outcome.label for outcome in case.question.outcomes} | {"other": case.question.other.label}
    gates = {gate.id: gate.label for gate in case.question.gates}
    match item.kind:
        case "level":
            return f"{case.drivers[item.driver].label}: where it keeps returning to"
        case "half_life":
            return f"{case.drivers[item.driver].label}: half-life"
        case "influence":
            return f"{case.drivers[item.cause].label} → {case.drivers[item.effect].label}"
        case "loading":
            return f"{case.drivers[item.driver].label} → {outcomes[item.outcome]}"
        case "hastening":
            target = gates[item.gate] if item.gate else "resolution"
            return f"{case.drivers[item.driver].label} hastens {target}"
        case "deadline":
            target = gates[item.gate] if item.gate else "resolution"
            return f"Due by {item.by.isoformat()}: {target}"
        case "pace":
            return "Pace of resolution once every gate is passed"
        case "gate_pace":
            return f"Pace of the gate: {gates[item.gate]}"
        case "ripening":
            return f"{outcomes[item.outcome]}: takes time to ripen"
        case "momentum":
            return f"{outcomes[item.outcome]}: its own momentum"
        case "shares":
            return "Stated chances of the outcomes"
        case "episodes":
            return f"Past episodes that teach the paces: {item.table}"
        case "reference_class":
            return f"How much the past of {', '.join(item.countries)} counts"
        case "selection":
            return "How much slower the episodes of the table are than all that there were"
        case "nominees":
            return f"Past nominees opposed from abroad: {item.table}"


def _fixed(item: Assumption, problem: Problem) -> float:
    """The number of an assumption that is held as it is; of a table, what it amounts to."""
    match item.kind:
        case "half_life":
            return item.weeks
        case "ripening":
            return item.rise
        case "momentum":
            return item.log_odds
        case "reference_class":
            return item.relevance
        case "episodes":
            return math.fsum(problem.structure.past.events)
        case "nominees" if (found := reference(problem.case)) is not None:
            return found.share
    return math.nan
