"""Small phrases of the command line that stand for something of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecast.errors import UsageError


def outcome_and_chance(words: str, forecast: Mapping[str, Any], option: str) -> tuple[str, float]:
    """An outcome of a forecast and a probability, `OUTCOME=P`.

    Raises
    ------
    UsageError
        If the outcome is none of the forecast's, or P no probability.
    """
    from forecast.case.phrases import instead_of, quoted

    name, _, number = words.partition("=")
    outcomes = tuple(row["id"] for row in forecast["outcomes"])
    if name not in outcomes:
        raise UsageError(f"{option} {words}: {quoted(name)} is no outcome: {instead_of(name, outcomes, 'see check')}")
    try:
        chance = float(number)
    except ValueError:
        chance = -1.0
    if not 0.0 < chance < 1.0:
        raise UsageError(f"{option} {words}: write OUTCOME=P with a probability between 0 and 1")
    return name, chance
