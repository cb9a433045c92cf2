"""What several analysts' numbers say of the one that holds in the world: a hierarchy in closed form.

    m_i     ~ Normal(mu, tau^2 / w_i)         analyst i's number is a draw around the team's
    mu      flat                              nobody outside the team is asked
    tau^2   ~ scaled inverse chi-square       how far analysts are apart: the stated spread, worth nu of them
    number  = mu + tau z + doubt              what holds is as far from the team's as one more analyst would be

The weights w_i sum to n. The number that holds in the world is a new draw, and not the team's own: no analyst is known
to be the one who is right, and asking more of them who read the same reports brings the team's mean nearer to what they
all believe, not nearer to the truth. For the same reason the doubt that analysts state themselves is not averaged away:
it is common to them, and counts in full. So, with SS the weighted squares around the mean and d the dimensions (one,
but for shares),

    E tau^2  =  (nu spread^2 + SS) / (nu + d (n - 1) - 2)
    mean     =  sum w_i m_i / n,    variance  =  sum w_i s_i^2 / n  +  (1 + 1/n) E tau^2

A half-normal prior of tau would be the usual choice, but its posterior falls on zero where analysts agree to the digit,
which on a scale of five strengths they often do. This one keeps what was stated beforehand.

A. Gelman et al. (2013), "Bayesian Data Analysis", chapters 3 and 5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Team:
    """What a team says of one number (or of several that share a spread).

    Attributes
    ----------
    means
        The team's value of each.
    doubt
        What the analysts state of their own doubt: the root of its mean square.
    between
        How far analysts lie from the team's value: the root of `E tau^2`.
    sd
        How unsure of what holds in the world.
    """

    means: tuple[float, ...]
    doubt: float
    between: float
    sd: float


def team(
    numbers: Sequence[Sequence[float]],
    doubts: Sequence[float],
    weights: Sequence[float],
    spread: float,
    worth: float,
    dimensions: int = 1,
) -> Team:
    """Pool analysts' numbers.

    Parameters
    ----------
    numbers
        What each analyst states, (analyst, number).
    doubts
        The standard deviation that each states.
    weights
        How much each counts, up to a constant.
    spread
        How far apart analysts are expected to be: a standard deviation on the numbers' scale.
    worth
        As how many analysts that expectation counts; more than `2 - dimensions (n - 1)`.
    dimensions
        How many of the numbers are free: fewer than there are where they sum to a constant.
    """
    total, count = math.fsum(weights), len(weights)
    shares = [weight / total for weight in weights]
    means = tuple(math.fsum(map(math.prod, zip(shares, column, strict=True))) for column in zip(*numbers, strict=True))
    apart = [math.fsum((number - mean) ** 2 for number, mean in zip(row, means, strict=True)) for row in numbers]
    squares = count * math.fsum(map(math.prod, zip(shares, apart, strict=True)))
    own = math.fsum(share * doubt**2 for share, doubt in zip(shares, doubts, strict=True))
    between = (worth * spread**2 + squares) / (worth + dimensions * (count - 1) - 2.0)
    return Team(means, math.sqrt(own), math.sqrt(between), math.sqrt(own + (1.0 + 1.0 / count) * between))
