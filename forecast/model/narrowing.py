"""A problem with a part of its evidence, read as all of it is."""

from __future__ import annotations

from collections.abc import Collection

from forecast.model.problem import Problem


def narrowed(problem: Problem, keys: Collection[tuple[str, str]]) -> Problem:
    """The problem with this evidence only, and as much besides as it takes for every coder to be there.

    A coder's severity is measured against that of the others, so that none of them may go.
    """
    kept = {key: unit for key, unit in problem.units.items() if key in keys}
    missing = set(problem.readings.coders) - {coder for unit in kept.values() for coder in unit.coders}
    for key, unit in problem.units.items():
        if missing & unit.coders:
            kept[key] = unit
            missing -= unit.coders
    return problem if len(kept) == len(problem.units) else problem.with_units(kept)
