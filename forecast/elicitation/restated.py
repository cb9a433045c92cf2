"""A case with some of its assumptions put in other words or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forecast.case.assumption_sets import subject_of
from forecast.case.assumptions import Assumption
from forecast.case.schema import Case


def restated(case: Case, changed: Sequence[Assumption]) -> Case:
    """The case with these assumptions in the place of those that have their ids, or speak of the same."""
    subjects = {subject_of(one) for one in changed}
    kept = {name: one for name, one in case.assumptions.items.items() if subject_of(one) not in subjects}
    return replace(case, assumptions=replace(case.assumptions, items={**kept, **{one.id: one for one in changed}}))
