"""ACH: the analysis of competing hypotheses as analysts do it by hand, with Bayes' rule for the arithmetic.

    P(k | items)  ~  share_k  prod_i P(g_i | k)^{w_i}                then what is ruled out keeps a fiftieth of it
    P(g | k)      ~  P(g | usual state) exp(STEP c_{jk} (g - usual_j))       consistency of indicator j with outcome k
    c_{jk}        =  polarity_j * discrimination_j * strength of the loading of j's driver on k, -2 .. 2; 0 without one
    w_i           =  weight of the best Admiralty cell that the item was given, fixed (Heuer 1999 leaves it to taste)

Every event that was coded under an indicator is one item, at the middle of its codings. Items are independent, the
likelihoods are fixed, nothing moves from week to week, nobody errs together: what `latent_drivers` is there to
improve on. When the question resolves is a matter of base rates alone. An indicator of an outcome of its own is as
consistent with it as can be.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.model import laws
from forecast.model.futures import destination
from forecast.model.outside_view import waiting
from forecast.model.problem import Problem
from forecast.model.readings import Cell, Unit
from forecast.model.structure import LOADING_STEP

Array = NDArray[np.float64]

STEP = 0.25
"""Log-likelihood ratio of one grade off the usual one for one step of consistency: "++" and two grades make e : 1."""
RELIABILITY = dict(zip("ABCDEF", (1.0, 0.8, 0.6, 0.4, 0.2, 0.5), strict=True))
CREDIBILITY = dict(zip(range(1, 7), (1.0, 0.8, 0.6, 0.4, 0.2, 0.5), strict=True))
OWN = 2.0


def consistency(problem: Problem) -> Array:
    """How much more a higher grade of each indicator fits each outcome; (indicator, outcome)."""
    s = problem.structure
    strength = np.tensordot(s.loading.mean, s.loading_places, axes=1) / LOADING_STEP
    by_latent = np.concatenate([strength, OWN * np.eye(len(s.outcomes))[s.momentum_outcome]])
    return np.asarray(problem.readings.steepness[:, None] * by_latent[problem.readings.latent])


def log_grades(problem: Problem) -> Array:
    """log P(g | k) of each indicator; (indicator, g, outcome)."""
    usual = np.array([entry.usual_grade - 1 for entry in problem.case.indicators.values()], dtype=int)
    by_chance = laws.log_grade(np, np.zeros(len(usual)), problem.readings.cuts).T
    distance = np.arange(laws.GRADES) - usual[:, None]
    tilted = by_chance[..., None] + STEP * consistency(problem)[:, None, :] * distance[..., None]
    return np.asarray(laws.log_softmax(np, tilted, axis=1))


def weight(cells: tuple[Cell, ...]) -> float:
    """What an item's best cell makes it count."""
    return max(RELIABILITY[letter] * CREDIBILITY[number] for letter, number in cells)


def item(unit: Unit, usual: int) -> tuple[int, float] | None:
    """Grade (0..4) and weight of an item; None where nothing was told, only looked for.

    Between two grades the one nearer to the usual grade is taken, as a coder would.
    """
    if not unit.origins:
        return None
    middle = float(np.median([grade for origin in unit.origins for _, grade in origin.codings]))
    grade = int(np.floor(middle)) if middle > usual else int(np.ceil(middle))
    return grade, weight(tuple(cell for origin in unit.origins for cell in origin.cells))


def shares(problem: Problem) -> Array:
    """P(k | items), given resolution; (outcome,)."""
    log_share, table = np.log(problem.structure.shares), log_grades(problem)
    indicators = problem.readings.indicators
    for unit in problem.units.values():
        usual = problem.case.indicators[unit.indicator].usual_grade - 1
        if (told := item(unit, usual)) is not None:
            grade, counts = told
            log_share = log_share + counts * table[indicators.index(unit.indicator), grade]
    return destination(log_share, problem.out)


def incidence(problem: Problem) -> Array:
    """Cumulative incidence of the outcomes by the end of each future week; (draw, week, outcome)."""
    return waiting(problem)[..., None] * shares(problem)
