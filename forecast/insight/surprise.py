"""How much the reports of a week surprised the model that had seen all before them.

The score of a coding is `-log2 P(grade) - H`: how many bits less probable the grade was than grades of such a report
are on average, by the posterior of before (Good 1952's logarithmic score, set against its own expectation). It is 0 on
average if the model is right. Scores of events add up; they hang together, since the same uncertain drivers and errors
are behind them, so the variance of their sum is the mean, over draws, of what it is where these are known, and the
variance of what it then is on average. A sum far above 0 says that the world keeps doing what the question as framed
does not expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.evidence.journal import Report, View
from forecast.inference.carrying import carry
from forecast.inference.likelihood import log_likelihood
from forecast.insight.states import State
from forecast.model.contract import Law
from forecast.model.laws import GRADES
from forecast.model.problem import Problem
from forecast.model.readings import units_of

Array = NDArray[np.float64]

REPEATED = 2.0
"""Standard deviations above 0 from which on surprise is no accident."""


@dataclass(frozen=True)
class Surprise:
    """How much one report surprised; the mean over its coders.

    Attributes
    ----------
    report, event, indicator, title
        What it is about.
    grades
        What its coders gave, sorted by coder.
    bits
        -log2 of what the model gave such a grade.
    excess, variance
        Bits beyond the expected ones, and the variance of that under the model.
    """

    report: str
    event: str
    indicator: str
    title: str
    grades: tuple[int, ...]
    bits: float
    excess: float
    variance: float


@dataclass(frozen=True)
class Surprises:
    """The reports of a stretch of time, the most surprising first, and their events taken together.

    Attributes
    ----------
    reports
        Every report.
    events
        How many events they are of; each counts once, by its first report.
    total
        Sum of the events' excess bits, in standard deviations under the model.
    """

    reports: tuple[Surprise, ...]
    events: int
    total: float

    @property
    def repeated(self) -> bool:
        """Whether the reports keep surprising the model: then the question may be framed wrongly."""
        return self.total > REPEATED


def surprises(law: Law, state: State, weights: Array, problem: Problem, reports: Sequence[Report]) -> Surprises:
    """Score reports by the posterior of before them.

    Parameters
    ----------
    law
        The model.
    state
        The posterior of before.
    weights
        What each of its draws counts, summing to 1; shape (draw,).
    problem
        The later problem, for its calendar and codebook.
    reports
        What came since.
    """
    asked = [
        (report, replace(coding, effort=None))
        for report in reports
        for coding in report.codings
        if coding.grade and report.event_date >= problem.case.question.history_from
    ]
    if not asked:
        return Surprises((), 0, 0.0)
    imagined = tuple(
        replace(
            report,
            report_id=f"{number} {grade}",
            event_id=f"{number} {grade}",
            origin_id=f"{number} {grade}",
            codings=(replace(coding, grade=grade),),
        )
        for number, (report, coding) in enumerate(asked)
        for grade in range(1, GRADES + 1)
    )
    calendar = problem.calendar
    units = units_of(View(calendar.as_of, "published", imagined, (), 0), problem.case, calendar)
    problem = problem.with_units(units)
    told = log_likelihood(law, carry(law, state.draws, state.problem, problem), problem)["event"]
    chance = dict(zip(sorted(units), np.exp(told).T, strict=True))
    scored: dict[str, list[tuple[float, float, float]]] = {}
    by_draw: dict[str, list[Array]] = {}
    for number, (report, coding) in enumerate(asked):
        each = np.stack([chance[f"{number} {grade}", coding.indicator] for grade in range(1, GRADES + 1)], axis=1)
        by_draw.setdefault(report.report_id, []).append(each / each.sum(axis=1, keepdims=True))
        grades = weights @ each
        scored.setdefault(report.report_id, []).append(score(grades / grades.sum(), coding.grade))
    found = [_surprise(report, scored[report.report_id]) for report in reports if report.report_id in scored]
    first: dict[str, Surprise] = {}
    for surprise in found:
        first.setdefault(surprise.event, surprise)
    spread = spread_of_sum([by_draw[surprise.report] for surprise in first.values()], weights)
    total = float(sum(surprise.excess for surprise in first.values()) / spread) if spread > 0 else 0.0
    return Surprises(tuple(sorted(found, key=lambda each: (-each.excess, each.report))), len(first), total)


def spread_of_sum(reports: Sequence[Sequence[Array]], weights: Array) -> float:
    """Standard deviation of the reports' excess bits added up, each the mean over its coders.

    Parameters
    ----------
    reports
        Of each report, coder by coder, P(grade | draw); (draw, grade). Given a draw reports are independent; the coders
        of one report are taken to say the same.
    weights
        What each draw counts, summing to 1; (draw,).
    """
    within, known = 0.0, np.zeros(len(weights))
    for coders in reports:
        inner, mean = 0.0, np.zeros(len(weights))
        for chances in coders:
            bits = -np.log2(weights @ chances)
            excess = bits - (weights @ chances) @ bits
            expected = chances @ excess
            inner += float(weights @ (chances @ excess**2 - expected**2)) / len(coders)
            mean += expected / len(coders)
        within, known = within + inner, known + mean
    return float(np.sqrt(within + weights @ (known - weights @ known) ** 2))


def score(chances: Array, grade: int) -> tuple[float, float, float]:
    """Bits of a grade, bits beyond the expected ones, and the variance of the bits.

    Parameters
    ----------
    chances
        P(grade 1 to 5), summing to 1.
    grade
        The one that was given.
    """
    bits = -np.log2(chances)
    expected = float(chances @ bits)
    return float(bits[grade - 1]), float(bits[grade - 1] - expected), float(chances @ (bits - expected) ** 2)


def _surprise(report: Report, scores: list[tuple[float, float, float]]) -> Surprise:
    bits, excess, variance = np.mean(scores, axis=0)
    codings = [coding for coding in report.codings if coding.grade]
    return Surprise(
        report=report.report_id,
        event=report.event_id,
        indicator=codings[0].indicator,
        title=report.title or report.event_id,
        grades=tuple(coding.grade for coding in codings),
        bits=float(bits),
        excess=float(excess),
        variance=float(variance),
    )
