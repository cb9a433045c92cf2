"""What was settled between two problems of a case, in words: gates passed, outcomes ruled out or back in."""

from __future__ import annotations

from forecast.model.contract import Problem


def passages(before: Problem, after: Problem) -> str:
    """Which gates were passed since; one may also be believed to be shut again."""
    gates = zip(after.case.question.gates, after.passed, before.passed, strict=True)
    return "; ".join(
        f"{gate.label}: {'not passed after all' if day is None else f'passed on {day.isoformat()}'}"
        for gate, day, was in gates
        if day != was
    )


def rulings(before: Problem, after: Problem) -> dict[str, str]:
    """Each outcome that was ruled out since, or is in again, and that in words."""
    question = after.case.question
    labels = {outcome.id: outcome.label for outcome in question.outcomes} | {"other": question.other.label}
    turned = zip(after.structure.outcomes, after.ruled_out, before.ruled_out, strict=True)
    return {
        name: f"{labels[name]}: {'not ruled out any more' if day is None else f'ruled out on {day.isoformat()}'}"
        for name, day, was in turned
        if (day is None) != (was is None)
    }
