"""Small phrases of the command line that stand for something of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.case.schema import Case
    from forecast.insight.flip import Line


def parse_line(words: str, case: Case) -> Line:
    """A decision line, `OUTCOME=P`.

    Raises
    ------
    UsageError
        If the outcome is none of the case's, or P no probability.
    """
    from forecast.insight.flip import Line

    return Line(*outcome_and_chance(words, case, "--line"))


def outcome_and_chance(words: str, case: Case, option: str) -> tuple[str, float]:
    """An outcome and a probability, `OUTCOME=P`.

    Raises
    ------
    UsageError
        If the outcome is none of the case's, or P no probability.
    """
    from forecast.case.phrases import instead_of, quoted

    name, _, number = words.partition("=")
    outcomes = (*case.outcome_ids, "unresolved")
    if name not in outcomes:
        raise UsageError(f"{option} {words}: {quoted(name)} is no outcome: {instead_of(name, outcomes, 'see check')}")
    try:
        chance = float(number)
    except ValueError:
        chance = -1.0
    if not 0.0 < chance < 1.0:
        raise UsageError(f"{option} {words}: write OUTCOME=P with a probability between 0 and 1")
    return name, chance
