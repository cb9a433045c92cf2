"""The sensitivity table as a JSON document (contract)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.schema import Case
from forecast.insight.flip import Flip, Verdict
from forecast.insight.sensitivity_table import LeftOut, Moved, Sensitivity
from forecast.insight.standing import Answer, Standing

Array = NDArray[np.float64]
Document = dict[str, Any]

PLURALS = {"source": "sources", "coder": "coders", "indicator": "indicators", "cell": "cells", "gate": "gates"}


@dataclass(frozen=True)
class Beside:
    """An alternative or another assumption set, beside what the run says.

    Attributes
    ----------
    name
        Its name.
    answer
        Its probabilities.
    failures
        Why its diagnostics do not allow to use it; empty where they do.
    anchored
        Whether its intercepts were solved for its own stated shares.
    run
        The saved run that says so, if one does.
    """

    name: str
    answer: Answer
    failures: tuple[str, ...] = ()
    anchored: bool = False
    run: str | None = None


def sensitivity_document(found: Sensitivity, case: Case) -> Document:
    """The whole table; no alternatives stand beside it."""
    standing, verdict = found.standing, found.verdict
    labels = outcome_labels(case)
    now = _by_outcome(standing.outcomes, standing.now)
    document: Document = {
        "outcomes": [{"id": name, "label": labels[name], "probability": now[name]} for name in standing.outcomes],
        "leader": verdict.leader(standing.now),
        "intercepts": "re-anchored" if found.re_anchored else "held",
        "assumptions": [_moved(row, found) for row in found.moved],
        "grades": [_left_out(row, found, "moved") for row in found.left_out if row.kind == "grades"],
    }
    for kind, plural in PLURALS.items():
        document[plural] = [_left_out(row, found, "without") for row in found.left_out if row.kind == kind]
    return {**document, "alternatives": [], "sets": []}


def beside_document(rows: Sequence[Beside], standing: Standing) -> list[Document]:
    """Alternatives, or assumption sets, beside what the run says."""
    return [_beside(row, standing) for row in rows]


def outcome_labels(case: Case) -> dict[str, str]:
    """Labels of the outcomes, `other` and `unresolved` included."""
    labels = {outcome.id: outcome.label for outcome in case.question.outcomes}
    return {**labels, "other": case.question.other.label, "unresolved": "Still open at the horizon"}


def _moved(row: Moved, found: Sensitivity) -> Document:
    outcomes, lever = found.standing.outcomes, row.lever
    return {
        "id": lever.id,
        "kind": lever.kind,
        "about": lever.about,
        "unit": lever.unit,
        "stated": lever.stated,
        "step": {"down": lever.at(-1.0), "up": lever.at(1.0)},
        "sensitivity": _by_outcome(outcomes, row.per_step),
        "mcse": _by_outcome(outcomes, row.mcse),
        "down_mcse": _by_outcome(outcomes, row.down.mcse),
        "up_mcse": _by_outcome(outcomes, row.up.mcse),
        "down": _by_outcome(outcomes, row.down.chances),
        "up": _by_outcome(outcomes, row.up.chances),
        "power": None if row.power is None else _by_outcome(outcomes, row.power),
        "pareto_k": finite(row.pareto_k),
        "method": row.up.method,
        "failures": [*dict.fromkeys((*row.down.failures, *row.up.failures))],
        "diagnosis": row.diagnosis,
        "flip": None if row.flip is None else _flip(row, row.flip),
    }


def _flip(row: Moved, flip: Flip) -> Document:
    lever = row.lever
    return {
        "distance": lever.at(flip.steps) - lever.at(0.0),
        "unit": lever.unit,
        "leader": flip.leader,
        "line": None if flip.line is None else {"outcome": flip.line.outcome, "probability": flip.line.probability},
        "steps": flip.steps,
        "pareto_k": finite(row.flip_k),
        "reliable": row.flip_reliable,
    }


def _left_out(row: LeftOut, found: Sensitivity, said: str) -> Document:
    outcomes = found.standing.outcomes
    return {
        "id": row.name,
        **({"step": row.step} if row.step else {}),
        "events": row.events,
        said: _by_outcome(outcomes, row.answer.chances),
        "change_mcse": _by_outcome(outcomes, row.answer.mcse),
        "power": None if row.power is None else _by_outcome(outcomes, row.power),
        "pareto_k": finite(row.answer.pareto_k),
        "method": row.answer.method,
        "failures": list(row.answer.failures),
        "leader": row.leader,
        "leader_changes": row.leader_changes,
    }


def _beside(row: Beside, standing: Standing) -> Document:
    outcomes, verdict = standing.outcomes, Verdict(standing.outcomes, ())
    leader = verdict.leader(row.answer.chances)
    return {
        "id": row.name,
        "probabilities": _by_outcome(outcomes, row.answer.chances),
        "change": _by_outcome(outcomes, row.answer.chances - standing.now),
        "change_mcse": _by_outcome(outcomes, row.answer.mcse),
        "method": "run" if row.run else row.answer.method,
        "run": row.run,
        "intercepts": "re-anchored" if row.anchored else "held",
        "pareto_k": finite(row.answer.pareto_k),
        "failures": list(row.failures),
        "leader": leader,
        "leader_changes": leader != verdict.leader(standing.now),
    }


def _by_outcome(outcomes: Sequence[str], values: Array) -> dict[str, float]:
    return dict(zip(outcomes, values.tolist(), strict=True))


def finite(value: float | None) -> float | None:
    """JSON has no word for infinity: a k-hat that is no number is one that nobody may rely on, 99."""
    return value if value is None or np.isfinite(value) else 99.0
