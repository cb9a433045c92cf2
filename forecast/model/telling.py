"""From what happened to what an analyst wrote down: tellers of more or less credit, and coders with their habits.

    r | z      (1 - eps) softmax(-kappa |r - z - lean|) + eps / 5: what the first teller made of it
    y | r      softmax(-rho |y - r - severity|): the coder's grade of it

    log kappa  = best - doubt(reliability) - doubt(credibility) + source + its type       of each Admiralty cell
    eps        = 0.01 + 0.49 sigma(error + 1.5 (doubt(reliability) + doubt(credibility)))
    doubt      grows from mark to mark by steps exp(n) > 0, so that the grid is monotone in both axes; F and 6 have a
               wide one of their own

`p` holds the parameters, `a` the problem's arrays (`Problem.arrays`), both numpy or both PyTensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from forecast.model import laws
from forecast.model.priors import Normal, Prior

BEST_PRECISION, BEST_ERROR = np.log(2.5), -3.5  # an A1 report: 85 % told at its true grade, 2.5 % wrong altogether
DOUBT_STEP = 0.3  # each step down an Admiralty axis takes about a quarter off the precision
UNJUDGED_DOUBT, UNJUDGED_SPREAD = 2 * DOUBT_STEP, 0.6  # F and 6: as doubtful as C or 3, but nobody knows
ERROR_FLOOR, ERROR_RANGE, ERROR_SLOPE = 0.01, 0.49, 1.5
SOURCE_SPREAD = 0.2
LEAN, LEAN_SPREAD = 0.3, 0.3  # grades by which a side shades what it tells its own way; it may not, or by a whole one
CODER_PRECISION, CODER_SPREAD = np.log(2.5), 0.3


def priors(size: Mapping[str, int]) -> dict[str, tuple[Prior, tuple[str, ...]]]:
    """Priors of tellers and coders and their dimensions, for axes of these lengths."""
    return {
        "best_precision": (Normal(BEST_PRECISION, 0.25), ()),
        "best_error": (Normal(BEST_ERROR, 0.5), ()),
        "log_doubt_reliability": (Normal(np.log(DOUBT_STEP), 0.5, (4,)), ("reliability_step",)),
        "log_doubt_credibility": (Normal(np.log(DOUBT_STEP), 0.5, (4,)), ("credibility_step",)),
        "doubt_unjudged": (Normal(UNJUDGED_DOUBT, UNJUDGED_SPREAD, (2,)), ("axis",)),
        "source_type_effect": (Normal(0.0, SOURCE_SPREAD, (size["source_type"],)), ("source_type",)),
        "source_effect": (Normal(0.0, SOURCE_SPREAD, (size["source"],)), ("source",)),
        "lean": (Normal(LEAN, LEAN_SPREAD, (size["side"],)), ("side",)),
        "coder_precision": (Normal(CODER_PRECISION, CODER_SPREAD, (size["coder"],)), ("coder",)),
        "coder_severity": (Normal(0.0, CODER_SPREAD, (size["coder"],)), ("coder",)),
    }


def doubt(xp: Any, log_steps: Any, unjudged: Any) -> Any:
    """Doubt along one Admiralty axis, growing from the best mark to the worst, then "cannot be judged"; (6,)."""
    unjudged = unjudged[..., None]
    return xp.concatenate([xp.zeros_like(unjudged), xp.cumsum(xp.exp(log_steps), axis=-1), unjudged], axis=-1)


def reading_kernels(xp: Any, p: Any, a: Any) -> Any:
    """P(r | z) of each distinct source, Admiralty cell and interest; (z, r, kernel)."""
    reliability = doubt(xp, p["log_doubt_reliability"], p["doubt_unjudged"][..., 0])[..., a["kernel_reliability"]]
    credibility = doubt(xp, p["log_doubt_credibility"], p["doubt_unjudged"][..., 1])[..., a["kernel_credibility"]]
    total = reliability + credibility
    source = p["source_effect"] + p["source_type_effect"][..., a["source_type_of"]]
    precision = xp.exp(p["best_precision"][..., None] - total + source[..., a["kernel_source"]])
    error = xp.exp(laws.log_sigmoid(xp, p["best_error"][..., None] + ERROR_SLOPE * total))
    lean = p["lean"][..., a["kernel_side"]] * a["kernel_align"]
    return laws.reading_kernel(xp, precision, ERROR_FLOOR + ERROR_RANGE * error, lean)


def origin_kernels(xp: Any, p: Any, a: Any) -> Any:
    """P(r | z) of each distinct telling: the mean over the cells that its coders gave it; (z, r, origin)."""
    return xp.sum(reading_kernels(xp, p, a)[..., a["telling_kernels"]] * a["telling_shares"], axis=-2)


def coder_tables(xp: Any, p: Any, a: Any) -> Any:
    """log P(y | r) of each coder, severities summing to zero; (r, coder, y)."""
    mean = xp.sum(a["coder_present"] * p["coder_severity"], axis=-1, keepdims=True)
    return laws.log_coding(xp, xp.exp(p["coder_precision"]), p["coder_severity"] - mean)


def log_readings(xp: Any, p: Any, a: Any) -> Any:
    """log P(every coding of a unit | z); (z, unit)."""
    coded = xp.tensordot(coder_tables(xp, p, a), a["origin_codings"], axes=2)
    told = laws.log_origin(xp, origin_kernels(xp, p, a), coded)
    return xp.sum(told[..., a["unit_tellings"]] * a["unit_counts"], axis=-2) + a["unit_found_nothing"]
