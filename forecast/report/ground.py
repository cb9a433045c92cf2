"""What a case says of itself, as plain data: the ground that the page's method and its watch list stand on."""

from __future__ import annotations

from typing import Any

from forecast.case.assumptions import HalfLife, Influence
from forecast.case.schema import Case
from forecast.case.strengths import in_words


def ground(case: Case) -> dict[str, Any]:
    """The parts of a case that a reader of the forecast may want to look up."""
    question, assumed = case.question, case.assumptions
    return {
        "tree": [{"test": each.test, "then": list(each.outcomes)} for each in question.resolution.tree],
        "history_from": question.history_from.isoformat(),
        "clock": question.clock,
        "drivers": {
            driver.id: {"label": driver.label, "description": driver.description} for driver in case.drivers.values()
        },
        "influences": [
            {"cause": each.cause, "effect": each.effect, "strength": in_words(each)} for each in assumed.of(Influence)
        ],
        "half_lives": {each.driver: each.weeks for each in assumed.of(HalfLife)},
        "indicators": {
            each.id: {
                "label": each.label,
                "look_for": each.look_for,
                "usual_grade": each.usual_grade,
                "grades": [each.grades[grade] for grade in range(1, 6)],
            }
            for each in case.indicators.values()
        },
        "sources": {
            each.name: {"type": case.source_types.get(each.type, each.type), "lean": case.sides.get(each.lean or "")}
            for each in case.sources.values()
        },
        "gates": [{"label": gate.label, "reason": gate.reason} for gate in question.gates],
        "author": assumed.author,
        "date": assumed.date.isoformat(),
    }
