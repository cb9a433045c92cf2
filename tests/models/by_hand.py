"""The model once more, in plain loops over numbers: what the arrays of the real one must agree with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import brentq

from forecast.model.problem import Problem
from forecast.model.readings import Origin, Unit

Numbers = Mapping[str, Any]
"""Parameter → its value in one draw."""


def one_draw(draws: Mapping[str, Any], which: int) -> dict[str, Any]:
    """The parameters of one draw."""
    return {name: values[which] for name, values in draws.items()}


def sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value)) if value > 0 else math.exp(value) / (1.0 + math.exp(value))


def softmax(values: Sequence[float]) -> list[float]:
    top = max(values)
    weights = [math.exp(value - top) for value in values]
    return [weight / sum(weights) for weight in weights]


def half_lives(problem: Problem) -> list[float]:
    """By latent, in weeks."""
    stated = {item.driver: item.weeks for item in problem.case.assumptions.items.values() if item.kind == "half_life"}
    return [stated[driver] for driver in problem.structure.drivers] + [26.0] * len(problem.structure.momenta)


def volatilities(p: Numbers) -> list[float]:
    return [math.exp(float(p["volatility_spread"]) * float(z)) for z in p["volatility_z"]]


def own_movement(p: Numbers, problem: Problem) -> list[list[float]]:
    """xi by week and latent, by its recursion."""
    scale, weeks = volatilities(p), len(problem.calendar.weeks)
    path: list[list[float]] = []
    for t in range(weeks):
        now = []
        for latent, half_life in enumerate(half_lives(problem)):
            shock = scale[latent] * float(p["shock"][latent][t])
            phi = 0.5 ** (1.0 / half_life)
            now.append(shock if t == 0 else phi * path[-1][latent] + math.sqrt(1.0 - phi**2) * shock)
        path.append(now)
    return path


def mixing(p: Numbers, problem: Problem) -> np.ndarray:
    """How the drivers follow from everybody's own movement, rows scaled to unit variance."""
    names = problem.structure.drivers
    b = np.zeros((len(names), len(names)))
    arrows = [item for item in problem.case.assumptions.items.values() if item.kind == "influence"]
    for arrow, strength in zip(arrows, p["influence"], strict=True):
        b[names.index(arrow.effect), names.index(arrow.cause)] = strength
    columns = [np.linalg.solve(np.eye(len(names)) - b, unit) for unit in np.eye(len(names))]
    total = np.column_stack(columns)
    return np.array([row / math.sqrt(float(np.sum(row**2))) for row in total])


def latents(p: Numbers, problem: Problem) -> list[list[float]]:
    """x by week and latent: the drivers around their levels, and then the momenta."""
    mix, drivers = mixing(p, problem), len(problem.structure.drivers)
    weeks = []
    for own in own_movement(p, problem):
        mixed = [sum(mix[d, c] * own[c] for c in range(drivers)) + float(p["level"][d]) for d in range(drivers)]
        weeks.append([*mixed, *own[drivers:]])
    return weeks


def own_log_odds(p: Numbers, problem: Problem, week: int, latent: int) -> float:
    """What reports of a latent tell of: a driver's state, or what an outcome has of its own in units of its spread."""
    s, x = problem.structure, latents(p, problem)[week][latent]
    if latent < len(s.drivers):
        return x
    outcome = s.momenta[latent - len(s.drivers)]
    stated = {
        item.outcome: item.log_odds for item in problem.case.assumptions.items.values() if item.kind == "momentum"
    }
    z, sd, count = p["intercept_z"], problem.intercept_sd, len(s.outcomes)
    intercept = sd * (float(z[s.outcomes.index(outcome)]) - sum(map(float, z)) / count)
    variance = stated[outcome] ** 2 + sd**2 * (count - 1) / count
    return (stated[outcome] * x + intercept) / math.sqrt(variance)


# ------------------------------------------------------------------------------------------------ one event


def grade_chances(eta: float, usual: int, shift: float | None = None) -> list[float]:
    """P(z = 0..4 | eta), the codebook's usual grade being `usual` (1 to 5)."""
    moved = usual_shift(usual) if shift is None else shift
    above = [1.0, *(sigmoid(eta - 1.8 * (k - (usual - 1) - 0.5) - moved) for k in (1, 2, 3, 4)), 0.0]
    return [above[z] - above[z + 1] for z in range(5)]


@cache
def usual_shift(usual: int) -> float:
    """Where the cuts must stand for a B2 report of one coder at the usual grade to be as likely either side of 0."""

    def tilt(shift: float) -> float:
        up, down = (
            sum(
                chance * told_chances(z, 1.4, 0.04)[r] * coded_chances(r, 2.5, 0.0)[usual - 1]
                for z, chance in enumerate(grade_chances(eta, usual, shift))
                for r in range(5)
            )
            for eta in (1e-4, -1e-4)
        )
        return up - down

    return float(brentq(tilt, -1.5, 1.5, xtol=1e-14))


def told_chances(z: int, kappa: float, eps: float, lean: float = 0.0) -> list[float]:
    """P(r = 0..4 | z)."""
    return [(1.0 - eps) * share + eps / 5.0 for share in softmax([-kappa * abs(r - z - lean) for r in range(5)])]


def coded_chances(r: int, rho: float, severity: float) -> list[float]:
    """P(y = 0..4 | r)."""
    return softmax([-rho * abs(y - r - severity) for y in range(5)])


def doubts(steps: Sequence[float], unjudged: float) -> list[float]:
    """Doubt by mark: the best has none, each step adds, and the sixth mark has one of its own."""
    ladder = [0.0]
    for step in steps:
        ladder.append(ladder[-1] + math.exp(float(step)))
    return [*ladder, float(unjudged)]


def telling(origin: Origin, p: Numbers, problem: Problem) -> tuple[list[list[float]], list[list[float]]]:
    """P(r | z) of a telling, the mean over its cells, and the chance of its codings by r."""
    reading = problem.readings
    source = reading.sources.index(origin.source)
    kind = reading.source_types.index(origin.source_type)
    by_cell, lean = [], 0.0
    if origin.align:
        lean = origin.align * float(p["lean"][reading.sides.index(origin.side)])
    for reliability, credibility in origin.cells:
        doubt = doubts(p["log_doubt_reliability"], p["doubt_unjudged"][0])["ABCDEF".index(reliability)]
        doubt += doubts(p["log_doubt_credibility"], p["doubt_unjudged"][1])[credibility - 1]
        trust = float(p["source_effect"][source]) + float(p["source_type_effect"][kind])
        kappa = math.exp(float(p["best_precision"]) - doubt + trust)
        eps = 0.01 + 0.49 * sigmoid(float(p["best_error"]) + 1.5 * doubt)
        by_cell.append([told_chances(z, kappa, eps, lean) for z in range(5)])
    told = [[sum(cell[z][r] for cell in by_cell) / len(by_cell) for r in range(5)] for z in range(5)]
    severities = [float(value) for value in p["coder_severity"][: len(reading.coders)]]
    mean = sum(severities) / len(severities)
    coded = []
    for r in range(5):
        chances = []
        for coder, grade in origin.codings:
            place = reading.coders.index(coder)
            chances.append(
                coded_chances(r, math.exp(float(p["coder_precision"][place])), severities[place] - mean)[grade]
            )
        coded.append(chances)
    return told, coded


def log_event(unit: Unit, p: Numbers, problem: Problem) -> float:
    """log P(all codings of an event), by every z and every r of every telling."""
    entry = problem.case.indicators[unit.indicator]
    latent = problem.structure.latents.index(entry.tells_about)
    place = list(problem.case.indicators).index(unit.indicator)
    cycle = problem.readings.cycles.index((latent, unit.week))
    slope = math.exp(float(p["discrimination_spread"]) * float(p["discrimination_z"][place]))
    seen = (
        own_log_odds(p, problem, unit.week, latent) + float(p["common_error"][latent]) + float(p["news_cycle"][cycle])
    )
    eta = (1 if entry.polarity == "positive" else -1) * slope * seen
    total = 0.0
    for z, prior in enumerate(grade_chances(eta, entry.usual_grade)):
        found_nothing = math.prod(1.0 if z == 0 else 1.0 - min(effort, 1.0 - 1e-9) for effort in unit.efforts)
        told_so = 1.0
        for origin in unit.origins:
            told, coded = telling(origin, p, problem)
            told_so *= sum(told[z][r] * math.prod(coded[r]) for r in range(5))
        total += prior * found_nothing * told_so
    return math.log(total)
