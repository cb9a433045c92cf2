"""Before the first datum: what the assumptions alone make of the question, world by world.

A prior world is one draw of every parameter and of the drivers up to the opening day; its chances are those that a
forecast would state in it. Assumptions that are each reasonable can add up to worlds in which nearly everything is
decided before anything is known: that is looked for here, and refused unless somebody answers for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import SignedOff
from forecast.case.schema import Case
from forecast.errors import Problem as Fault
from forecast.evidence.journal import Row, View, view
from forecast.model import laws
from forecast.model.anchor import Anchor
from forecast.model.contract import Model
from forecast.model.problem import Problem, build_problem
from forecast.model.readings import units_of

Array = NDArray[np.float64]

DRAWS, PATHS = 2048, 16
QUANTILES = (0.05, 0.5, 0.95)
CERTAIN, NO_OTHER, MOST = 0.95, 0.01, 0.05
"""An outcome above `CERTAIN`, or `other` under `NO_OTHER`, in more than `MOST` of the worlds is too much."""


@dataclass(frozen=True)
class BeforeEvidence:
    """What the assumptions alone say.

    Attributes
    ----------
    outcomes
        Ids along the outcome axis: the case's, `other`, then `unresolved`.
    chances
        Quantiles over worlds of each chance by the horizon, shape (quantile, outcome).
    weeks
        Mondays of the weeks to the horizon.
    resolved
        Quantiles over worlds of P(resolved by the end of each week), shape (quantile, week).
    certain, no_other
        Share of worlds in which an outcome is above 95 %, and in which `other` is under 1 %.
    grades
        Indicator → P(grade 1 to 5) of a report of it in the opening week, B2 and by one coder.
    signed_off
        Check → who answers for it, and why.
    faults
        What more than 5 % of the worlds have and nobody answers for.
    """

    outcomes: tuple[str, ...]
    chances: Array
    weeks: tuple[str, ...]
    resolved: Array
    certain: float
    no_other: float
    grades: dict[str, Array]
    signed_off: dict[str, SignedOff]
    faults: tuple[Fault, ...]

    def document(self) -> dict[str, Any]:
        """The same as a JSON document."""

        def quantiles(values: Array) -> dict[str, float]:
            return {f"{q:g}": float(value) for q, value in zip(QUANTILES, values, strict=True)}

        return {
            "outcomes": {name: quantiles(self.chances[:, k]) for k, name in enumerate(self.outcomes)},
            "timing": [{"week": week, "resolved": quantiles(self.resolved[:, w])} for w, week in enumerate(self.weeks)],
            "certain_outcome": self.certain,
            "no_other": self.no_other,
            "grades": {name: chances.tolist() for name, chances in self.grades.items()},
            "surprise": {name: surprise(chances) for name, chances in self.grades.items()},
            "signed_off": {check: signed.model_dump() for check, signed in self.signed_off.items()},
        }


def surprise(grades: Array) -> float:
    """The most that one report can surprise: -log2 of the rarest grade's chance, in bits."""
    return float(-np.log2(np.min(grades)))


def before_evidence(model: Model, case: Case, solved: Anchor) -> BeforeEvidence:
    """Look at the worlds of the opening day, with the intercepts solved."""
    opening = build_problem(case, View(case.question.opening, "published", (), (), 0)).at_opening()
    opening = opening.anchored(solved.mean, solved.sd)
    asked = opening.with_units(units_of(every_grade(case), case, opening.calendar))
    draws = model.law.opening_draws(asked, np.random.default_rng(0), DRAWS)
    incidence = model.law.project(draws, asked, PATHS)
    final, resolved = incidence[:, -1], incidence.sum(axis=2)
    certain, no_other = float(np.mean(np.max(final, axis=1) > CERTAIN)), float(np.mean(final[:, -1] < NO_OTHER))
    signed_off: dict[str, SignedOff] = {signed.check: signed for signed in case.assumptions.signed_off}
    return BeforeEvidence(
        outcomes=(*opening.structure.outcomes, "unresolved"),
        chances=np.quantile(np.column_stack([final, 1.0 - resolved[:, -1]]), QUANTILES, axis=0),
        weeks=tuple(week.isoformat() for week in opening.calendar.future_weeks),
        resolved=np.quantile(resolved, QUANTILES, axis=0),
        certain=certain,
        no_other=no_other,
        grades=_expected_grades(model.law.log_likelihood(draws, asked)["event"], asked),
        signed_off=signed_off,
        faults=tuple(fault for check, fault in _faults(case, certain, no_other) if check not in signed_off),
    )


def every_grade(case: Case) -> View:
    """A report of every grade of every indicator, each of an event of its own, told on the opening day."""
    question = case.question
    source = next(iter(case.sources.values()), None)
    rows = (
        Row(
            report_id=f"{name}-{grade}",
            event_id=f"{name}-{grade}",
            origin_id="",
            indicator=name,
            grade=grade,
            event_date=question.opening,
            published_date=question.opening,
            source="a source" if source is None else source.name,
            source_type="a type" if source is None else source.type,
            reliability="B",
            credibility=2,
            coder="a coder",
            coded_at=datetime.combine(question.opening, time(), UTC),
        )
        for name in case.indicators
        for grade in range(1, laws.GRADES + 1)
    )
    return view(rows, question.opening, "published")


def _expected_grades(by_event: Array, asked: Problem) -> dict[str, Array]:
    """P(grade) of each indicator, the chances of its five imagined reports averaged over the worlds."""
    chances: dict[str, Array] = {name: np.zeros(laws.GRADES) for name in asked.case.indicators}
    for e, (event, indicator) in enumerate(sorted(asked.units)):
        chances[indicator][int(event.rpartition("-")[2]) - 1] = np.mean(np.exp(by_event[:, e]))
    return {name: found / found.sum() for name, found in chances.items()}


def _faults(case: Case, certain: float, no_other: float) -> Iterator[tuple[str, Fault]]:
    file = case.set_file
    looked_for = (
        ("certain-outcome", certain, f"one outcome has a chance above {100 * CERTAIN:.0f} %"),
        ("no-other", no_other, f"'other' has a chance under {100 * NO_OTHER:.0f} %"),
    )
    for check, share, found in looked_for:
        if share > MOST:
            what = f"before any evidence, in {100 * share:.1f} % of the worlds {found} (at most {100 * MOST:.0f} %)"
            remedy = f"shrink the largest loadings, state a higher concentration, or sign '{check}' off with a reason"
            yield check, Fault(file, None, what, remedy)
