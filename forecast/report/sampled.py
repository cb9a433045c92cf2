"""How well the sampler did: ranks by chain and energy, for those who unfold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.standing import Outcome, Standing


@dataclass(frozen=True, slots=True)
class Ranks:
    """One outcome's probability: how many draws of each chain have a rank in each part; even if chains agree."""

    outcome: Outcome
    counts: tuple[tuple[int, ...], ...]
    expected: float

    @property
    def farthest(self) -> int:
        """The count that is farthest from what even ranks would give."""
        every = (count for chain in self.counts for count in chain)
        return max(every, key=lambda count: abs(count - self.expected))


@dataclass(frozen=True, slots=True)
class Energy:
    """Densities of the energy and of its steps, in standard deviations of the energy, between `edges`."""

    edges: tuple[float, ...]
    marginal: tuple[float, ...]
    steps: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sampled:
    """The two pictures of a sampler's work."""

    ranks: tuple[Ranks, ...]
    energy: Energy | None


def sampled(mixing: Mapping[str, Any] | None, now: Standing) -> Sampled | None:
    """Read the counts of `insight.mixing`."""
    if mixing is None:
        return None
    ranks = []
    for outcome in now.everything:
        counts = mixing["ranks"][outcome.id]
        ranks.append(Ranks(outcome, tuple(map(tuple, counts)), sum(counts[0]) / len(counts[0])))
    energy = mixing["energy"]
    return Sampled(tuple(ranks), energy and Energy(*(tuple(energy[part]) for part in ("edges", "marginal", "steps"))))
