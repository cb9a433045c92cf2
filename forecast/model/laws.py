"""The laws of the model, each written once for numpy and for PyTensor.

The first argument `xp` is an array namespace (`numpy` or `pytensor.tensor`). Only the last axes are named in a
shape; in numpy any number of leading axes (draws, futures) may stand before them. Grades are 0..4 here: the
codebook's grade minus one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

GRADES = 5
SPACING = 1.8
"""Distance of neighbouring cut points, in units of the logistic. A driver of unit variance seen through a logistic
has a standard deviation of about 2.1, so that over the years the grades around a usual 3 come up in about 10, 24, 32,
24 and 10 of a hundred reports: the ends of a scale are for what is rare."""
REFERENCE_READING = (1.4, 0.04, 2.5)
"""Precision and error of a B2 report, and precision of a coder, at their prior means."""

RULED_OUT = 0.02
"""What is left of the chance of an outcome that reports have ruled out: a ruling is seldom undone, or never was one."""

FARTHEST = 600.0
"""Log odds against a reading beyond which it makes no difference, and before which nothing underflows."""

_STEP = np.arange(GRADES)
_AWAY = np.arange(1 - GRADES, GRADES)
"""All the steps by which a reading may miss."""
_AWAY_OF = _STEP[None, :] - _STEP[:, None] + GRADES - 1
"""Where r - z stands among them; (z, r)."""


def log_sigmoid(xp: Any, value: Any) -> Any:
    """log 1 / (1 + exp(-value)), without overflow."""
    return xp.minimum(value, 0.0) - xp.log1p(xp.exp(-xp.abs(value)))


def log_sum_exp(xp: Any, value: Any, axis: int = -1) -> Any:
    """log of the sum of exponentials over an axis, which stays with length 1."""
    top = xp.max(value, axis=axis, keepdims=True)
    return xp.log(xp.sum(xp.exp(value - top), axis=axis, keepdims=True)) + top


def log_softmax(xp: Any, value: Any, axis: int = -1) -> Any:
    """Normalized log-probabilities over an axis."""
    return value - log_sum_exp(xp, value, axis)


# ------------------------------------------------------------------------------------------------ drivers


def persistence_array(phi: NDArray[np.float64], weeks: int) -> NDArray[np.float64]:
    """The fixed weights that turn shocks into stationary paths of unit variance.

    `xi[0] = e[0]`, `xi[t] = phi xi[t-1] + sqrt(1 - phi^2) e[t]`, written out: no scan.

    Parameters
    ----------
    phi
        Persistence by latent, shape (latent,).
    weeks
        Number of weeks.

    Returns
    -------
    Shape (week, latent, week): entry (t, l, s) is the weight of week s's shock in week t.
    """
    t = np.arange(weeks)
    lag = (t[:, None] - t[None, :])[:, None, :]
    powers = np.where(lag >= 0, phi[:, None] ** np.maximum(lag, 0), 0.0)
    innovation = np.where(t == 0, 1.0, np.sqrt(1.0 - phi[:, None] ** 2))
    return np.asarray(powers * innovation)


def own_paths(xp: Any, persistence: Any, volatility: Any, shocks: Any) -> Any:
    """Each latent's own movement: (week, latent, week), (latent,), (latent, week) → (week, latent)."""
    return volatility[..., None, :] * xp.sum(persistence * shocks[..., None, :, :], axis=-1)


def mixing_matrix(xp: Any, strengths: Any, arrows: Any) -> Any:
    """How a driver's value adds up from everybody's own movement: `(I - B)^-1`, rows scaled to unit variance.

    Scaling the rows, not the strengths, holds for every strength: no draw can ask for more than all of a driver's
    variance.

    Parameters
    ----------
    strengths
        How hard each cause pulls, relative to the effect's own movement, shape (arrow,).
    arrows
        Where each strength stands in B, zeros and ones, shape (arrow, effect, cause).

    Returns
    -------
    Shape (driver, driver).
    """
    pulls = xp.tensordot(strengths, arrows, axes=1)
    total = xp.linalg.inv(xp.eye(arrows.shape[-1]) - pulls)
    return total / xp.sqrt(xp.sum(total**2, axis=-1, keepdims=True))


def driver_state(own: Any, mixing: Any, level: Any) -> Any:
    """The drivers from everybody's own movement: (week, driver), (driver, driver), (driver,) → (week, driver)."""
    return own @ mixing.swapaxes(-1, -2) + level[..., None, :]


# ------------------------------------------------------------------------------------------------ evidence


def cut_points(usual: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cut points centred on the usual grade, shape (indicator,) → (4, indicator).

    A report at the usual grade says "the usual state": its likelihood is flat at 0, so it moves nothing away from
    there. For the middle grade that is so by symmetry, for every reading. For 2 and 4 the scale's near end folds the
    reading errors back, and the cuts are shifted until a B2 report of one coder is flat.
    """
    cuts = SPACING * (np.arange(1, GRADES)[:, None] - usual - 0.5)
    shifts = {grade: _usual_shift(int(grade)) for grade in np.unique(usual)}
    return np.asarray(cuts + np.array([shifts[grade] for grade in usual], dtype=np.float64), dtype=np.float64)


def _usual_shift(usual: int) -> float:
    """By how much the cuts must move for the reference report at the usual grade to be flat at 0; bisection."""
    precision, error, coder = (np.array([value]) for value in REFERENCE_READING)
    told = reading_kernel(np, precision, error, np.zeros(1))[..., 0]
    seen = told @ np.exp(log_coding(np, coder, np.zeros(1))[:, 0, :])[:, usual]
    base = SPACING * (np.arange(1, GRADES)[:, None] - usual - 0.5)
    step = 1e-4

    def slope(shift: float) -> float:
        up, down = (np.exp(log_grade(np, np.array([eta]), base + shift))[:, 0] @ seen for eta in (step, -step))
        return float(up - down)

    low, high = -SPACING, SPACING
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 0.0 if usual == GRADES // 2 else 0.5 * (low + high)


def log_grade(xp: Any, eta: Any, cuts: Any) -> Any:
    """Graded response: log P(z | eta) for z = 0..4; shapes (unit,), (4, unit) → (z, unit).

    Uses `sigma(b) - sigma(a) = sigma(b) sigma(-a) (1 - exp(a - b))`, which loses no digits in the tails.
    """
    height = cuts - eta[..., None, :]
    bend, edge = xp.log1p(xp.exp(-xp.abs(height))), xp.zeros_like(eta)[..., None, :]
    above, below = xp.minimum(height, 0.0) - bend, xp.minimum(-height, 0.0) - bend  # log sigma of height, of -height
    gaps = np.log(-np.expm1(-SPACING)) * np.array([0.0, 1.0, 1.0, 1.0, 0.0])[:, None]
    return xp.concatenate([above, edge], axis=-2) + xp.concatenate([edge, below], axis=-2) + gaps


def reading_kernel(xp: Any, precision: Any, error: Any, lean: Any) -> Any:
    """What a first teller makes of the true grade: P(r | z), three shapes (kernel,) → (z, r, kernel).

    `(1 - eps) softmax_r(-kappa |r - z - lean|) + eps / 5`: the chance `eps` of being wrong altogether bounds what
    any one report can say.
    """
    away = xp.abs(_AWAY[:, None] - lean[..., None, :])
    near = xp.exp(-xp.minimum(precision[..., None, :] * away, FARTHEST))[..., _AWAY_OF, :]
    faithful = near / xp.sum(near, axis=-2, keepdims=True)
    return (1.0 - error[..., None, None, :]) * faithful + error[..., None, None, :] / GRADES


def log_coding(xp: Any, precision: Any, severity: Any) -> Any:
    """A coder's grade of what was told: log P(y | r), shapes (coder,), (coder,) → (r, coder, y)."""
    distance = xp.abs((_STEP[None, :] - _STEP[:, None])[:, None, :] - severity[..., None, :, None])
    return log_softmax(xp, -precision[..., None, :, None] * distance)


def log_origin(xp: Any, kernel: Any, log_codings: Any) -> Any:
    """log P(codings of one telling | z), summed over what was told; (z, r, origin), (r, origin) → (z, origin)."""
    top = xp.max(log_codings, axis=-2, keepdims=True)
    return xp.log(xp.sum(kernel * xp.exp(log_codings - top)[..., None, :, :], axis=-2)) + top


def log_event(xp: Any, log_grades: Any, log_readings: Any) -> Any:
    """log P(all codings of one event), summed over its true grade; (z, unit), (z, unit) → (unit,)."""
    return log_sum_exp(xp, log_grades + log_readings, axis=-2)[..., 0, :]


# ------------------------------------------------------------------------------------------------ outcomes


def intercepts(mean: Any, sd: float, z: Any) -> Any:
    """alpha = mean + sd (z - its mean over outcomes), summing to zero like the means; shapes (outcome,)."""
    return mean + sd * (z - z.mean(axis=-1, keepdims=True))


def told_of(state: Any, z: Any, moving: Any, resting: Any) -> Any:
    """What reports of each latent tell of: its state and, of an outcome's, its intercept, each by its part.

    Shapes (week, latent), (outcome,), (latent,), (outcome, latent) → (week, latent).
    """
    return moving * state + (z @ resting)[..., None, :]


def log_hastening(xp: Any, gamma: Any, state: Any, mixing: Any, level_mean: Any, level_sd: Any) -> Any:
    """What the drivers add to each stage's log pace: (driver, stage), (week, driver), … → (week, stage).

    Centred so that the pace keeps its meaning: what is subtracted is the log mean of the factor under the drivers'
    law before any evidence, their stated levels included (taken as normal, since a Student-t has no such mean).
    """
    moving = xp.sum((mixing.swapaxes(-1, -2) @ gamma) ** 2, axis=-2)
    resting = xp.sum((level_sd[:, None] * gamma) ** 2, axis=-2)
    return (state - level_mean) @ gamma - 0.5 * (moving + resting)[..., None, :]


def log_hurry(xp: Any, log_factor: Any, due: Any, at_risk: Any) -> Any:
    """What deadlines add to each stage's log pace: log of the mean, over the days at risk of a week, of their factors.

    One day that is fifty times as fast weighs as much as fifty others; on a day before two deadlines they multiply.
    Shapes (deadline,), (deadline, day, week, stage), (day, week, stage) → (week, stage).
    """
    return xp.log1p(xp.sum(at_risk * xp.expm1(xp.tensordot(log_factor, due, axes=1)), axis=-3))


def destination_logits(beta: Any, state: Any, momentum: Any, ripeness: Any) -> Any:
    """Log-odds of the outcomes before the intercepts: drivers' tilt, own momentum, ripeness.

    Shapes (driver, outcome), (week, driver), (week, outcome), (outcome,) → (week, outcome).
    """
    return state @ beta + momentum + ripeness


def log_destination(xp: Any, logits: Any, out: Any) -> Any:
    """log P(outcome | it resolves): a softmax, of which what is ruled out keeps a part of `RULED_OUT`.

    Those that are in share the rest as their own chances stand to each other.

    Parameters
    ----------
    logits
        With the intercepts, shape (..., outcome).
    out
        1 where an outcome is ruled out, else 0, shape (outcome,); not all of them are.
    """
    every, among_those_in = log_softmax(xp, logits), log_softmax(xp, logits - FARTHEST * out)
    kept = RULED_OUT * xp.sum(out * xp.exp(every), axis=-1, keepdims=True)
    return out * (every + np.log(RULED_OUT)) + (1.0 - out) * (among_those_in + xp.log1p(-kept))


def log_waiting(xp: Any, log_pace: Any, exposure: Any) -> Any:
    """log probability that nothing happened while waiting, over all stages; (week, stage), (week, stage) → ()."""
    return -xp.sum(exposure * xp.exp(log_pace), axis=(-2, -1))


def happens_within(xp: Any, log_pace: Any, weeks: Any) -> Any:
    """P(the question resolves within so many weeks, if it was open before): `1 - exp(-Lambda w)`."""
    return -xp.expm1(-weeks * xp.exp(log_pace))
