"""How past nominees ended who were opposed from abroad: the reference class of the outcome "the nominee after all"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from forecast.case.assumptions import Episodes, Nominees, ReferenceClass
from forecast.case.base_rates import Nomination
from forecast.case.schema import Case
from forecast.errors import Problem

JEFFREYS = 0.5
LEAST = 0.5
"""A stated share below this part of the reference class's wants a reason of its own."""


@dataclass(frozen=True)
class Reference:
    """What the reference class says of one outcome.

    Attributes
    ----------
    outcome
        The outcome that a nominee who got through stands for.
    share
        How often that happened: the own country's record drawn towards that of all classes.
    own, all
        The two it is made of, each as (got through, episodes); `all` is weighted by relevance.
    nominees
        How many rows of the table were counted.
    pooling
        With the weight of how many episodes `all` draws.
    """

    outcome: str
    share: float
    own: tuple[float, float]
    all: tuple[float, float]
    nominees: int
    pooling: float

    @property
    def weights(self) -> tuple[float, float]:
        """What the share rests on, in episodes: got through, did not."""
        total = self.own[1] + self.pooling
        return self.share * total, (1.0 - self.share) * total


def reference(case: Case) -> Reference | None:
    """Count the reference class; None where the assumptions name none, or nobody in it is known yet to have ended.

    The nominees of one episode are not independent, so an episode counts once, by the share of its nominees who got
    through. What ended after the opening is not looked at. A class counts by its relevance; then the own country's
    share is drawn towards that of all (its own record among them, half an episode added to either side) with the weight
    of `pooling` episodes, as a beta prior would.
    """
    asked, episodes = case.assumptions.only(Nominees), case.assumptions.only(Episodes)
    if asked is None or episodes is None:
        return None
    weights = {country: c.relevance for c in case.assumptions.of(ReferenceClass) for country in c.countries}
    known = [
        row
        for row in case.base_rates.nominations
        if row.country in weights
        and row.office == asked.office
        and row.opposition in asked.opposition
        and row.episode not in episodes.own
        and row.ended is not None
        and row.ended <= case.question.opening
    ]
    if not known:
        return None
    everywhere = _record(known, weights, asked.through)
    own = _record([row for row in known if row.country == episodes.country], weights, asked.through)
    usual = (everywhere[0] + JEFFREYS) / (everywhere[1] + 2 * JEFFREYS)
    share = (own[0] + asked.pooling * usual) / (own[1] + asked.pooling)
    return Reference(asked.outcome, share, own, everywhere, len(known), asked.pooling)


def compare(case: Case) -> Problem | None:
    """A warning where the stated share is less than half of what the class says and nobody says why."""
    found = reference(case)
    shares = case.assumptions.shares
    if found is None or shares.below_reference:
        return None
    stated = shares.shares[found.outcome]
    if stated >= LEAST * found.share:
        return None
    return Problem(
        case.set_file,
        None,
        f"'{found.outcome}' is stated at {100 * stated:.0f} %, less than half of the {100 * found.share:.0f} % that "
        f"{found.nominees} past nominees say",
        "raise it, or give the reason as 'below_reference' beside the shares",
    )


def _record(rows: Iterable[Nomination], weights: dict[str, float], through: str) -> tuple[float, float]:
    """How many episodes' worth of nominees got through, and of how many."""
    episodes = defaultdict[str, list[Nomination]](list)
    for row in rows:
        episodes[row.episode].append(row)
    got, count = 0.0, 0.0
    for nominees in episodes.values():
        weight = weights[nominees[0].country]
        got += weight * sum(row.outcome == through for row in nominees) / len(nominees)
        count += weight
    return got, count
