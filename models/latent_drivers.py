"""Latent drivers: unobserved drivers move week by week, coded reports tell about them, and they tilt the outcomes.

    e[l,t] ~ Student-t(5), unit variance          log v[l] = tau z[l],  tau ~ HalfNormal(0.2)
    xi[l,t] = phi_l xi[l,t-1] + sqrt(1 - phi_l^2) v_l e[l,t]
    x[:,t]  = level + (I - B)^-1 xi[:,t]          scaled so that x keeps unit variance around its level

    eta[u]  = polarity_j lambda_j (s[latent_j, t] + c[latent_j] + w[latent_j, t])
              log lambda_j = log discrimination_j + tau_lambda z[j]
              s = x of a driver; of an outcome its own log-odds, (momentum_k(t) + alpha_k - its mean) / their spread
    z | eta    graded response: what happened
    r | z      (1 - eps) softmax(-kappa |r - z - lean|) + eps / 5: what the first teller made of it
    y | r      softmax(-rho |y - r - severity|): the coder's grade of it

    Lambda_s(t) = exp(a_s(t) + due_s(t) + sum_d gamma[s,d] (x_d - level_d) - centring)   pace of gates and resolution
    a_s(t)      = log_pace_s, for resolution + country + baseline(t)           learned from past episodes as well
    pi(t)       = softmax(alpha + beta x(t) + momentum(t) + ripeness(t))       destination, before what is ruled out

A latent is a driver or the momentum of an outcome; `forecast.model.telling` is what lies between z and y. Axis names:
draw (S), week (W), latent (L) = driver (D) then momentum, indicator (J), kernel, unit, stage, outcome (K). A model
knows no files and no sampler, and PyMC is imported only where a PyMC model is built.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.model import base_rates, laws, telling
from forecast.model.futures import (
    Act,
    Chance,
    Future,
    Gates,
    already,
    common_chance,
    cumulative_incidence,
    weekly_shocks,
)
from forecast.model.priors import Draws, HalfNormal, Normal, Prior, Priors, Shock, draw_all
from forecast.model.problem import Arrays, Problem
from forecast.model.worlds import World, code_world, live_on

VOLATILITY_SPREAD = 0.2
DISCRIMINATION_SPREAD = 0.3
COMMON_ERROR = 0.3  # the whole case: "the press is wrong the same way"; no number of reports removes it
NEWS_CYCLE = 0.5  # the stories of one week err together
POOL = 512  # prior draws from which a simulated world is picked


def priors(problem: Problem) -> Priors:
    """Every parameter's prior and dimensions; the names are those of the formulas above."""
    s, r, size = problem.structure, problem.readings, problem.sizes
    latents, weeks = len(s.latents), size["week"]
    table: dict[str, tuple[Prior, tuple[str, ...]]] = {
        "shock": (Shock((latents, weeks)), ("latent", "week")),
        "volatility_spread": (HalfNormal(VOLATILITY_SPREAD), ()),
        "volatility_z": (Normal(0.0, 1.0, (latents,)), ("latent",)),
        "level": (Normal(s.level.mean, s.level.sd, (len(s.level),)), ("driver",)),
        "influence": (Normal(s.influence.mean, s.influence.sd, (len(s.influence),)), ("influence_id",)),
        "discrimination_spread": (HalfNormal(DISCRIMINATION_SPREAD), ()),
        "discrimination_z": (Normal(0.0, 1.0, (len(r.indicators),)), ("indicator",)),
        "common_error": (Normal(0.0, COMMON_ERROR, (latents,)), ("latent",)),
        "news_cycle": (Normal(0.0, NEWS_CYCLE, (size["cycle"],)), ("cycle",)),
        **telling.priors(size),
        **base_rates.priors(s.past, s.log_pace.normal, s.selection.normal),
        "hastening": (Normal(s.hastening.mean, s.hastening.sd, (len(s.hastening),)), ("hastening_id",)),
        "loading": (Normal(s.loading.mean, s.loading.sd, (len(s.loading),)), ("loading_id",)),
        "deadline": (Normal(s.deadline.mean, s.deadline.sd, (len(s.deadline),)), ("deadline_id",)),
        "intercept_z": (Normal(0.0, 1.0, (len(s.outcomes),)), ("outcome",)),
    }
    return table


def opening_draws(problem: Problem, rng: Generator, draws: int) -> Draws:
    """Draws before any evidence of the case: from the priors, and the paces as past episodes have taught them."""
    s = problem.structure
    prior = draw_all(priors(problem), rng, draws)
    return prior | base_rates.taught(s.past, s.log_pace.normal, s.selection.normal, rng, draws)


def coordinates(problem: Problem) -> dict[str, list[str]]:
    """Labels along every dimension of the priors."""
    s, r, size = problem.structure, problem.readings, problem.sizes
    weeks = [(problem.calendar.weeks[0] + timedelta(weeks=week)).isoformat() for week in range(size["week"])]
    return {
        "latent": list(s.latents),
        "week": weeks,
        "past_week": weeks[: len(problem.calendar.weeks)],
        "driver": list(s.drivers),
        "influence_id": list(s.influence.ids),
        "indicator": list(r.indicators),
        "cycle": _roomy([f"{s.latents[latent]} {weeks[week]}" for latent, week in r.cycles], size["cycle"]),
        "reliability_step": ["A-B", "B-C", "C-D", "D-E"],
        "credibility_step": ["1-2", "2-3", "3-4", "4-5"],
        "axis": ["reliability F", "credibility 6"],
        "source_type": _roomy(r.source_types, size["source_type"]),
        "source": _roomy(r.sources, size["source"]),
        "side": _roomy(r.sides, size["side"]),
        "coder": _roomy(r.coders, size["coder"]),
        "stage": ["resolution", *s.gates],
        "selection_id": list(s.selection.ids),
        "country": list(s.past.countries),
        "band": [f"from week {low:g}" for low in base_rates.BANDS[: s.past.bands]],
        "hastening_id": list(s.hastening.ids),
        "deadline_id": list(s.deadline.ids),
        "loading_id": list(s.loading.ids),
        "outcome": list(s.outcomes),
    }


def _roomy(names: Sequence[str], size: int) -> list[str]:
    """Names, and then places nobody has taken yet."""
    return [*names, *(f"(free {place})" for place in range(len(names), size))]


# ------------------------------------------------------------------------------------------------ state
# p holds the parameters, a the problem's arrays (`Problem.arrays`), both numpy or both PyTensor.


def volatility(xp: Any, p: Any) -> Any:
    """v, how much each latent moves; (latent,)."""
    return xp.exp(p["volatility_spread"][..., None] * p["volatility_z"])


def latent_paths(xp: Any, p: Any, a: Any) -> Any:
    """x, the drivers and momenta by week; (week, latent)."""
    own, drivers = laws.own_paths(xp, a["persistence"], volatility(xp, p), p["shock"]), a["arrows"].shape[-1]
    mixing = laws.mixing_matrix(xp, p["influence"], a["arrows"])
    return xp.concatenate([laws.driver_state(own[..., :drivers], mixing, p["level"]), own[..., drivers:]], axis=-1)


# ------------------------------------------------------------------------------------------------ likelihood


def log_grades(xp: Any, p: Any, x: Any, a: Any) -> Any:
    """log P(z | eta) of every unit; (z, unit)."""
    latent, told_of = a["unit_latent"], laws.told_of(x, p["intercept_z"], a["moving"], a["resting"])
    slope = xp.exp(p["discrimination_spread"][..., None] * p["discrimination_z"])[..., a["unit_indicator"]]
    seen = told_of[..., a["unit_week"], latent] + p["common_error"][..., latent] + p["news_cycle"][..., a["unit_cycle"]]
    return laws.log_grade(xp, a["steepness"] * slope * seen, a["cuts"])


def log_events(xp: Any, p: Any, x: Any, a: Any) -> Any:
    """log P(all codings) of every unit; (unit,)."""
    return laws.log_event(xp, log_grades(xp, p, x, a), telling.log_readings(xp, p, a))


def log_pace(xp: Any, p: Any, x: Any, bands: Any, due: Any, at_risk: Any, mixing: Any, a: Any) -> Any:
    """Log pace of every stage in weeks of these bands of age, with such days due and at risk; (week, stage)."""
    gamma, drivers = xp.tensordot(p["hastening"], a["hastenings"], axes=1), x[..., : a["arrows"].shape[-1]]
    tilt = laws.log_hastening(xp, gamma, drivers, mixing, a["stated_level"], a["stated_level_sd"])
    return base_rates.log_rates(xp, p, bands, a) + laws.log_hurry(xp, p["deadline"], due, at_risk) + tilt


def log_still_open(xp: Any, p: Any, x: Any, a: Any) -> Any:
    """log P(no resolution up to the as-of date, and each gate shut as long as it was); ()."""
    mixing = laws.mixing_matrix(xp, p["influence"], a["arrows"])
    pace = log_pace(xp, p, x, a["past_band"], a["past_due"], a["past_at_risk"], mixing, a)
    return laws.log_waiting(xp, pace, a["exposure"]) + xp.sum(a["passages"] * pace, axis=(-2, -1))


def log_ending(xp: Any, p: Any, x: Any, a: Any) -> Any:
    """log P(the question resolves just then, as it did), given that it was open; ().

    Where more than one outcome got a part of it, the mean of their logs, by their parts.
    """
    drivers, mixing = a["arrows"].shape[-1], laws.mixing_matrix(xp, p["influence"], a["arrows"])
    pace = log_pace(xp, p, x, a["past_band"], a["past_due"], a["past_at_risk"], mixing, a)[..., 0]
    beta = xp.tensordot(p["loading"], a["loadings"], axes=1)
    logits = laws.destination_logits(beta, x[..., :drivers], x[..., drivers:] @ a["momenta"], a["past_ripeness"])
    alpha = laws.intercepts(a["intercept_mean"], a["intercept_sd"], p["intercept_z"])
    ways = pace[..., None] + laws.log_destination(xp, logits + alpha[..., None, :], a["out"])
    return xp.sum(a["went_to"] * ways, axis=(-2, -1))


def log_likelihood(draws: Draws, problem: Problem) -> Draws:
    """Log-likelihood of each event and of how the question stands; {"event": (draw, event), "open": (draw,)}.

    The events are in the order of `sorted(problem.units)`. "open" is of the wait up to the as-of date, and of the
    resolution where it came on that day.
    """
    a = data(problem)
    x = latent_paths(np, draws, a)
    row = {key: u for u, keys in enumerate(problem.readings.events) for key in keys}
    rows = np.array([row[key] for key in sorted(problem.units)], dtype=int)
    stands = log_still_open(np, draws, x, a)
    if problem.ended is not None:
        stands = stands + log_ending(np, draws, x, a)
    return {"event": log_events(np, draws, x, a)[:, rows], "open": stands}


def data(problem: Problem) -> Arrays:
    """The problem's arrays, as the PyMC model knows them."""
    return problem.arrays if problem.ended is None else problem.arrays | problem.ending


def latents(draws: Draws, problem: Problem) -> NDArray[np.float64]:
    """x of every draw, the drivers and momenta by week; (draw, week, latent)."""
    return np.asarray(latent_paths(np, draws, problem.arrays))


def build(problem: Problem) -> Any:
    """The PyMC model of a problem. Its graph holds no number of the problem: what is compiled serves every week."""
    import pymc as pm
    import pytensor.tensor as pt

    with pm.Model(coords=coordinates(problem)) as model:
        a = {name: pm.Data(name, array) for name, array in data(problem).items()}
        p = {name: prior.variable(name, dims) for name, (prior, dims) in priors(problem).items()}
        x = pm.Deterministic("x", latent_paths(pt, p, a), dims=("past_week", "latent"))
        pm.Potential("events", pt.sum(a["multiplicity"] * log_events(pt, p, x, a)))
        pm.Potential("still_open", log_still_open(pt, p, x, a))
        if problem.ended is not None:
            pm.Potential("ended", log_ending(pt, p, x, a))
        pm.Potential("past", base_rates.log_past(pt, p, a))
    return model


# ------------------------------------------------------------------------------------------------ futures


def futures(
    draws: Draws, problem: Problem, paths: int, chance: Chance = common_chance, do: Act | None = None
) -> Iterator[Future]:
    """Live on from the as-of date, week by week, along `paths` futures a draw; `do` acts on the drivers in each."""
    s, calendar, a = problem.structure, problem.calendar, problem.arrays
    count, drivers = len(draws["level"]), len(s.drivers)
    v, mixing = volatility(np, draws), laws.mixing_matrix(np, draws["influence"], a["arrows"])
    own = np.repeat(laws.own_paths(np, a["persistence"][-1:], v, draws["shock"]), paths, axis=1)
    beta = np.tensordot(draws["loading"], s.loading_places, axes=1)
    ages = calendar.weeks_since_opening()
    ripeness, bands = s.ripeness(ages), s.past.band_of(ages)
    due, at_risk = s.due(calendar.future_weeks, calendar.as_of), calendar.future_days_at_risk[..., None]
    gates = Gates(chance, problem.passed, count, paths)
    innovation = np.sqrt(1.0 - s.persistence**2)
    still_open = np.ones((count, paths))
    for f, (week, days) in enumerate(zip(calendar.future_weeks, calendar.future_exposure, strict=True)):
        if f > 0 or not calendar.as_of_week_goes_on:
            shocks = weekly_shocks(chance, week, count, paths, len(s.latents))
            own = s.persistence * own + innovation * v[:, None, :] * shocks
        if do is not None:
            own = do(week, own, mixing, draws["level"])
        x = laws.driver_state(own[..., :drivers], mixing, draws["level"])
        pace = log_pace(np, draws, x, bands[f : f + 1], due[:, :, f : f + 1], at_risk[:, f : f + 1], mixing, a)
        free = gates.pass_week(np.exp(pace[..., 1:]), float(days))
        resolved = still_open * laws.happens_within(np, pace[..., 0], free + base_rates.SHUT * (days - free))
        momentum = own[..., drivers:] @ s.momentum_places
        yield Future(resolved, laws.destination_logits(beta, x, momentum, ripeness[f]))
        still_open = still_open - resolved


def project(draws: Draws, problem: Problem, paths: int = 32, do: Act | None = None) -> NDArray[np.float64]:
    """Cumulative incidence of the outcomes by the end of each future week; (draw, week, outcome).

    Once the question has been resolved there is nothing left to foresee.

    Raises
    ------
    ValueError
        If the problem's intercepts have not been solved.
    """
    if problem.intercept_mean is None:
        raise ValueError("the problem is not anchored")
    if problem.ended is not None:
        return already(problem.ended, len(draws["level"]), len(problem.calendar.future_weeks))
    alpha = laws.intercepts(problem.intercept_mean, problem.intercept_sd, draws["intercept_z"])
    return cumulative_incidence(futures(draws, problem, paths, do=do), alpha, problem.out)


def simulate(problem: Problem, rng: Generator) -> World:
    """A world from the prior: its parameters, its evidence and how it ends.

    In every world the question is open on the as-of date and the searches that found nothing find nothing, as in the
    likelihood: the parameters are picked from many prior draws by their chance of both (sampling, importance
    resampling).
    """
    a = problem.arrays
    prior = opening_draws(problem, rng, POOL)
    x = latent_paths(np, prior, a)
    grades = log_grades(np, prior, x, a) + a["unit_found_nothing"]
    log_found_nothing = np.sum(a["multiplicity"] * laws.log_sum_exp(np, grades, axis=-2)[:, 0], axis=-1)
    log_chance = log_still_open(np, prior, x, a) + log_found_nothing
    picked = rng.choice(POOL, p=np.exp(laws.log_softmax(np, log_chance)))
    truth = {name: draws[picked : picked + 1] for name, draws in prior.items()}
    coded = problem
    if problem.units:
        tables = telling.coder_tables(np, truth, a)
        coded = code_world(problem, grades[picked], telling.origin_kernels(np, truth, a)[0], tables[0], rng)
    alpha = laws.intercepts(np.asarray(problem.intercept_mean), problem.intercept_sd, truth["intercept_z"])
    outcome, week = live_on(problem, futures(truth, problem, 1, lambda _: rng), alpha, rng)
    return World(truth, coded, outcome, week)
