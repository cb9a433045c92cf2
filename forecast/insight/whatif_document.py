"""What-ifs, ways and watch lists as JSON documents (contract)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import Hold, Premise, in_words
from forecast.case.schema import Case
from forecast.decisions import decisions
from forecast.insight.acting import leads_to
from forecast.insight.sensitivity_document import finite, outcome_labels
from forecast.insight.standing import Answer, Standing
from forecast.insight.tilting import Way
from forecast.insight.watch import Grade, Watched
from forecast.insight.whatif import WhatIf

Array = NDArray[np.float64]
Document = dict[str, Any]
MOST_REPORTS = 10


def whatif_document(found: WhatIf, standing: Standing) -> Document:
    """What follows from premises."""
    return {
        "premise": [in_words(premise) for premise in found.premises],
        "kind": found.kind,
        "premise_probability": found.probability,
        "premises": [
            {
                "premise": in_words(premise),
                "kind": "do" if isinstance(premise, Hold) else "see",
                "probability": probability,
                "arrows_cut": _arrows(premise, standing),
            }
            for premise, probability in zip(found.premises, found.probabilities, strict=True)
        ],
        "method": found.answer.method,
        "pareto_k": finite(found.answer.pareto_k),
        "settled": found.settled or None,
        "note": found.note or None,
        "outcomes": _outcomes(found.answer, found.base, standing),
    }


def way_document(way: Way, standing: Standing) -> Document:
    """The most probable way to a target."""
    weeks = standing.problem.calendar.future_weeks
    return {
        "premise": [f"{way.outcome} at {way.target:g}"],
        "kind": "target",
        "premise_probability": way.probability,
        "method": way.answer.method,
        "pareto_k": finite(way.answer.pareto_k),
        "note": None if way.answer.reliable else "so few futures go there that the draws at hand cannot tell the way",
        "outcomes": _outcomes(way.answer, standing.now, standing),
        "target": {
            "outcome": way.outcome,
            "probability": way.target,
            "bits": way.bits,
            "judgement": way.judgement,
            "drivers": [
                {
                    "id": mover.driver,
                    "now": mover.now,
                    "farthest": mover.farthest,
                    "by": weeks[mover.by].isoformat(),
                    "weeks": dict(zip((week.isoformat() for week in weeks), mover.by_week.tolist(), strict=True)),
                }
                for mover in way.movers
            ],
            "reports": [
                {
                    "indicator": telling.indicator,
                    "grade": telling.grade,
                    "chance": telling.chance,
                    "chance_there": telling.chance_there,
                    "probability": telling.probability,
                }
                for telling in way.reports[:MOST_REPORTS]
            ],
        },
    }


def watch_document(rows: Sequence[Watched], standing: Standing) -> Document:
    """The indicators, the most telling for their effort first."""
    return {
        "indicators": [
            {
                "id": row.id,
                "tells_about": row.tells_about,
                "bits": row.bits,
                "effort": row.effort,
                "bits_per_effort": row.bits_per_effort,
                "points": row.points,
                "reported": row.reported,
                "bits_if_reported": row.bits_if_reported,
                "points_if_reported": row.points_if_reported,
                "grades": [_grade(grade, standing) for grade in row.grades],
                "found_nothing": _grade(row.found_nothing, standing),
            }
            for row in rows
        ]
    }


def _grade(grade: Grade, standing: Standing) -> Document:
    return {
        "grade": grade.grade,
        "probability": grade.probability,
        "outcomes": dict(zip(standing.outcomes, grade.outcomes.tolist(), strict=True)),
    }


def lines_after(answer: Answer, standing: Standing) -> list[Document]:
    """The case's decision lines, and which of them an answer crosses."""
    both = standing.now, answer.chances
    before, after = (dict(zip(standing.outcomes, each.tolist(), strict=True)) for each in both)
    return [asdict(line) for line in decisions(standing.problem.case.question.decision_lines, before, after)]


def _outcomes(answer: Answer, base: Array, standing: Standing) -> list[Document]:
    labels = outcome_labels(_case(standing))
    return [
        {
            "id": name,
            "label": labels[name],
            "base": float(base[k]),
            "probability": float(answer.chances[k]),
            "change": float(answer.chances[k] - base[k]),
            "mcse": float(answer.mcse[k]),
        }
        for k, name in enumerate(standing.outcomes)
    ]


def _case(standing: Standing) -> Case:
    return standing.problem.case


def _arrows(premise: Premise, standing: Standing) -> list[str]:
    """The drivers whose arrows an act cuts: where there are none, seeing and doing say the same of what follows."""
    return list(leads_to(standing.problem, premise.driver)) if isinstance(premise, Hold) else []
