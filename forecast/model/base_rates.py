"""Base rates: the paces of resolution and of the gates, learned from past episodes together with the case.

    log Lambda(age, c) = log_pace + country[c] + baseline(age),      country[c] = s_c z[c]
    baseline(age)      = a random walk over bands of age, 0 in the band in which the question opened
    log rate of a gate = log_pace[gate]

Age is counted in weeks from the age that the question's own episode had at the opening: an episode that ended before
that age says nothing of one that did not, so it enters the table there, as the question did (left truncation). Within
a band and country the rate is constant, so the ends and the weeks at risk are all that its likelihood needs (Poisson,
exact for a piecewise exponential model: Holford 1980). A reference class counts by its relevance, a power of its
likelihood (Ibrahim and Chen 2000). Nothing later than the opening day is looked at.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecast.case.assumptions import Episodes, ReferenceClass
from forecast.case.base_rates import Episode
from forecast.case.schema import Case
from forecast.model.conditioning import condition
from forecast.model.priors import Draws, HalfNormal, Normal

Array = NDArray[np.float64]

BANDS = (4.0, 8.0, 13.0, 26.0, 39.0, 52.0, 78.0, 104.0)
"""Where a new band of age begins, in weeks after the opening age."""
COUNTRY_SPREAD = 0.5
BASELINE_STEP = 0.2
"""Prior sizes of how countries differ, and of how the rate changes from band to band, in log rate."""
SHUT = 0.02
"""Pace while a gate is shut, as a share of the open pace: all but impossible, never quite."""
POOL = {"chains": 512, "settle": 60, "keep": 8, "apart": 12}
POOL_SIZE = POOL["chains"] * POOL["keep"]


@dataclass(frozen=True)
class PastRates:
    """What past episodes hold, as counts: hashable, for it is the key under which draws are remembered.

    Attributes
    ----------
    countries
        Names along the axis `country`; empty where a case has no episodes.
    own
        Index of the case's country.
    cells
        One a country and band with any weeks at risk: (country, band, whether selection slowed it).
    events, weeks
        Resolutions, and weeks at risk, in each cell, times its relevance.
    gate_events, gate_weeks
        Passages, and weeks of waiting for them, of each gate.
    ends
        How often each end came after the opening age, times relevance, in the order of the assumption.
    """

    countries: tuple[str, ...] = ()
    own: int = 0
    cells: tuple[tuple[int, int, bool], ...] = ()
    events: tuple[float, ...] = ()
    weeks: tuple[float, ...] = ()
    gate_events: tuple[float, ...] = ()
    gate_weeks: tuple[float, ...] = ()
    ends: tuple[float, ...] = ()

    @property
    def bands(self) -> int:
        """How many steps the baseline has: none where there is nothing to learn it from."""
        return len(BANDS) if self.countries else 0

    def arrays(self, gates: int) -> dict[str, NDArray[Any]]:
        """The same as the likelihood sees it."""
        cells = np.array(self.cells, dtype=int).reshape(-1, 3)
        return {
            "resolution": np.eye(1 + gates)[0],
            "own_country": np.eye(len(self.countries))[self.own] if self.countries else np.zeros(0),
            "cell_country": cells[:, 0],
            "cell_band": cells[:, 1],
            "cell_selected": cells[:, 2].astype(float),
            "cell_events": np.array(self.events),
            "cell_weeks": np.array(self.weeks),
            "gate_events": np.array([0.0, *(self.gate_events or [0.0] * gates)]),
            "gate_weeks": np.array([0.0, *(self.gate_weeks or [0.0] * gates)]),
        }

    def band_of(self, ages: Array) -> NDArray[np.int64]:
        """The band of each age, in weeks after the opening; 0 everywhere where there is no baseline.

        A week of the case takes the band of its middle.
        """
        return np.searchsorted(BANDS, ages, side="right") if self.countries else np.zeros(len(ages), dtype=int)


# ---------------------------------------------------------------------------- the table, counted


def past_rates(case: Case) -> PastRates:
    """Count what the case's table of episodes holds; nothing where it names none."""
    asked = case.assumptions.only(Episodes)
    if asked is None:
        return PastRates()
    classes = {country: item for item in case.assumptions.of(ReferenceClass) for country in item.countries}
    episodes = [e for e in case.base_rates.episodes if e.country in classes and e.office == asked.office]
    episodes = [episode for episode in episodes if episode.id not in asked.own]
    gates, age = [gate.id for gate in case.question.gates], case.question.opening - asked.trigger_date
    countries = sorted({asked.country, *(e.country for e in episodes if e.began + age < _leaves(e, case))})
    kinds = [ending.end for ending in asked.ends]
    events, weeks = defaultdict[tuple[int, int], float](float), defaultdict[tuple[int, int], float](float)
    ends = defaultdict[str, float](float)
    gate_events, gate_weeks = np.zeros(len(gates)), np.zeros(len(gates))
    for episode in episodes:
        enters, leaves = episode.began + age, _leaves(episode, case)
        if leaves <= enters:
            continue
        relevance, country = classes[episode.country].relevance, countries.index(episode.country)
        free = enters
        for gate, name in enumerate(gates):
            passed = case.base_rates.passages.get((episode.id, name))
            if passed is not None and free < passed <= case.question.opening:  # a later one is not known yet
                gate_weeks[gate] += relevance * (min(passed, leaves) - free).days / 7.0
                gate_events[gate] += relevance * (passed <= leaves)
                free = min(passed, leaves)
        for band, shut, open_ in _by_band(enters, free, leaves):
            weeks[country, band] += relevance * (open_ + SHUT * shut)
        if episode.end in kinds and episode.ended <= case.question.opening:
            ends[episode.end] += relevance
            events[country, _band((leaves - enters).days / 7.0)] += relevance
    cells = sorted(cell for cell in weeks if weeks[cell] > 0)
    return PastRates(
        countries=tuple(countries),
        own=countries.index(asked.country),
        cells=tuple((country, band, not classes[countries[country]].complete) for country, band in cells),
        events=tuple(float(events[cell]) for cell in cells),
        weeks=tuple(float(weeks[cell]) for cell in cells),
        gate_events=tuple(gate_events.tolist()),
        gate_weeks=tuple(gate_weeks.tolist()),
        ends=tuple(float(ends[kind]) for kind in kinds),
    )


def _leaves(episode: Episode, case: Case) -> dt.date:
    """The day an episode is out of sight: its end, or the opening day, after which nothing is looked at."""
    return min(episode.ended, case.question.opening)


def _by_band(enters: dt.date, free: dt.date, leaves: dt.date) -> list[tuple[int, float, float]]:
    """Weeks at risk in each band of age, to the day: (band, with a gate shut, with every gate passed)."""
    edges = [0.0, *BANDS, np.inf]
    until_free, until_end = (free - enters).days / 7.0, (leaves - enters).days / 7.0
    found = []
    for band, (low, high) in enumerate(pairwise(edges)):
        shut = max(0.0, min(until_free, high) - low)
        whole = max(0.0, min(until_end, high) - low)
        found.append((band, shut, whole - shut))
    return found


def _band(age: float) -> int:
    """The band in which an episode ended: a day's end belongs to the week before it."""
    return int(np.searchsorted(BANDS, age, side="left"))


# ---------------------------------------------------------------------------- the law


def priors(past: PastRates, log_pace: tuple[Array, Array], selection: tuple[Array, Array]) -> dict[str, Any]:
    """Priors of everything that past episodes teach, and their dimensions."""
    (pace_mean, pace_sd), (slow_mean, slow_sd) = log_pace, selection
    return {
        "log_pace": (Normal(pace_mean, pace_sd, (len(pace_mean),)), ("stage",)),
        "selection": (Normal(slow_mean, slow_sd, (len(slow_mean),)), ("selection_id",)),
        "country_spread": (HalfNormal(COUNTRY_SPREAD), ()),
        "country_z": (Normal(0.0, 1.0, (len(past.countries),)), ("country",)),
        "baseline_spread": (HalfNormal(BASELINE_STEP), ()),
        "baseline_z": (Normal(0.0, 1.0, (past.bands,)), ("band",)),
    }


def baseline(xp: Any, p: Any) -> Any:
    """How the log rate changes with age: 0 in the first band, then a random walk; (band,)."""
    walk = xp.cumsum(p["baseline_spread"][..., None] * p["baseline_z"], axis=-1)
    return xp.concatenate([xp.zeros_like(p["baseline_spread"])[..., None], walk], axis=-1)


def country_effects(p: Any) -> Any:
    """How much faster than elsewhere things go in each country, in log rate; (country,)."""
    return p["country_spread"][..., None] * p["country_z"]


def log_rates(xp: Any, p: Any, bands: Any, a: Any) -> Any:
    """Log pace of every stage, in the case's country, before any driver hastens it; (week, stage)."""
    own = xp.sum(country_effects(p) * a["own_country"], axis=-1, keepdims=True)
    added = baseline(xp, p)[..., bands] + own
    return p["log_pace"][..., None, :] + added[..., None] * a["resolution"]


def log_past(xp: Any, p: Any, a: Any) -> Any:
    """log P(the past episodes, as they went), up to a constant; ()."""
    pace = p["log_pace"][..., 0, None]
    slowed = a["cell_selected"] * xp.sum(p["selection"], axis=-1, keepdims=True)
    rates = pace + country_effects(p)[..., a["cell_country"]] + baseline(xp, p)[..., a["cell_band"]] - slowed
    resolved = xp.sum(a["cell_events"] * rates - a["cell_weeks"] * xp.exp(rates), axis=-1)
    gates = a["gate_events"] * p["log_pace"] - a["gate_weeks"] * xp.exp(p["log_pace"])
    return resolved + xp.sum(gates, axis=-1)


# ---------------------------------------------------------------------------- what they teach by themselves


def taught(
    past: PastRates, log_pace: tuple[Array, Array], selection: tuple[Array, Array], rng: Generator, draws: int
) -> Draws:
    """Draws of the parameters given the past alone, before anything of the case; empty where there is no past."""
    if not past.countries:
        return {}
    pool = _pool(past, *(tuple(values.tolist()) for values in (*log_pace, *selection)))
    rounds = [rng.permutation(POOL_SIZE) for _ in range(-(-draws // POOL_SIZE))]
    picked = np.concatenate(rounds)[:draws]
    return {name: values[picked] for name, values in pool.items()}


def taught_by_chain(past: PastRates, log_pace: tuple[Array, Array], selection: tuple[Array, Array]) -> Draws:
    """All `POOL_SIZE` draws that there are, those of one chain next to each other, since they are not independent."""
    if not past.countries:
        return {}
    pool = _pool(past, *(tuple(values.tolist()) for values in (*log_pace, *selection)))
    return {name: chain_by_chain(values, POOL["chains"]) for name, values in pool.items()}


def chain_by_chain(states: Array, chains: int) -> Array:
    """States of many chains, all of one moment and then all of the next: chain after chain; (state, ...)."""
    by_moment = states.reshape(len(states) // chains, chains, *states.shape[1:])
    return by_moment.swapaxes(0, 1).reshape(states.shape)


@lru_cache(maxsize=8)
def _pool(
    past: PastRates,
    pace_mean: tuple[float, ...],
    pace_sd: tuple[float, ...],
    slow_mean: tuple[float, ...],
    slow_sd: tuple[float, ...],
) -> Draws:
    table = priors(past, (np.array(pace_mean), np.array(pace_sd)), (np.array(slow_mean), np.array(slow_sd)))
    arrays = past.arrays(len(pace_mean) - 1)
    return condition(
        {name: prior for name, (prior, _) in table.items()},
        lambda p: np.asarray(log_past(np, p, arrays)),
        np.random.default_rng(0),
        **POOL,
    )
