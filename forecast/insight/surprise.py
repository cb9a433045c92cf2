"""How much the reports of a week surprised the model that had seen all before them.

The score of a coding is `-log2 P(grade) - H`: how many bits less probable the grade was than grades of such a report
are on average, by the posterior of before (Good 1952's logarithmic score, set against its own expectation). It is 0 on
average if the model is right. Scores of events add up; they hang together, since the same uncertain drivers and errors
are behind them, so the variance of their sum is the mean, over draws, of what it is where these are known, and the
variance of what it then is on average. A sum far above 0 says that the world keeps doing what the question as framed
does not expect.

Of an event that was told of already the grade is expected as what had been told of it leads one to: a telling that says
the same surprises less than the first one did. What a coder makes of a copy of what he had coded is no news at all, nor
is the event that shows that a gate was passed, which is no graded evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.evidence.journal import Coding, Report, View
from forecast.inference.carrying import carry
from forecast.inference.likelihood import log_likelihood
from forecast.insight.states import State
from forecast.model.contract import Law
from forecast.model.laws import GRADES
from forecast.model.narrowing import narrowed
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
        What its coders gave, sorted by coder; those to whom it was no news are left out.
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


def surprises(
    law: Law, state: State, weights: Array, problem: Problem, reports: Sequence[Report], known: Sequence[Report] = ()
) -> Surprises:
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
        The problem of before at the later date: its calendar, its codebook and the coders it has heard.
    reports
        What came since, the earliest published first.
    known
        What the posterior of before had seen and still stands.
    """
    scored: dict[str, list[tuple[int, tuple[float, float, float]]]] = {}
    by_draw: dict[str, list[Array]] = {}
    for each in _expected(law, state, problem, reports, known):
        heard = weights * np.exp(each.log_told - each.log_told.max())
        chances = heard @ each.chances / heard.sum()
        by_draw.setdefault(each.report.report_id, []).append(each.chances)
        scored.setdefault(each.report.report_id, []).append((each.coding.grade, score(chances, each.coding.grade)))
    found = [_surprise(report, scored[report.report_id]) for report in reports if report.report_id in scored]
    first: dict[str, Surprise] = {}
    for surprise in found:
        first.setdefault(surprise.event, surprise)
    spread = spread_of_sum([by_draw[surprise.report] for surprise in first.values()], weights)
    total = float(sum(surprise.excess for surprise in first.values()) / spread) if spread > 0 else 0.0
    return Surprises(tuple(sorted(found, key=lambda each: (-each.excess, each.report))), len(first), total)


@dataclass(frozen=True)
class _Expected:
    """One coding, and what was expected of it.

    Attributes
    ----------
    chances
        P(grade | draw), given all that had been told of the event; shape (draw, grade).
    log_told
        log P(what had been told of it since | draw), which the draws' weights do not hold yet; shape (draw,).
    """

    report: Report
    coding: Coding
    chances: Array
    log_told: Array


def _expected(
    law: Law, state: State, problem: Problem, reports: Sequence[Report], known: Sequence[Report]
) -> Iterator[_Expected]:
    """What was expected of every coding that is news.

    Each is imagined with every grade in turn, as an event of its own, and without it. Of the evidence of before as much
    is there as it takes to hear every coder.
    """
    asked = [
        (place, report, replace(coding, effort=None))
        for place, report in enumerate(reports)
        for coding in report.codings
        if coding.grade and report.event_date >= problem.case.question.history_from
    ]
    imagined: list[Report] = []
    for number, (place, report, coding) in enumerate(asked):
        told, since = _of_event(report, known), _of_event(report, reports[:place])
        imagined += _as_event(f"{number} told", told)
        for grade in range(1, GRADES + 1):
            graded = replace(report, codings=(replace(coding, grade=grade),))
            imagined += _as_event(f"{number} {grade}", [*told, *since, graded])
    if not imagined:
        return
    units = units_of(View(problem.calendar.as_of, "published", tuple(imagined), (), 0), problem.case, problem.calendar)
    together = problem.with_units({**narrowed(problem, ()).units, **units})
    told_of = log_likelihood(law, carry(law, state.draws, state.problem, together), together)["event"]
    column = dict(zip(sorted(together.units), told_of.T, strict=True))
    nothing = np.zeros(len(state))
    for number, (place, report, coding) in enumerate(asked):
        keys = [(f"{number} {grade}", coding.indicator) for grade in range(1, GRADES + 1)]
        if units[keys[0]] == units[keys[-1]]:
            continue
        each = np.stack([column[key] for key in keys], axis=1)
        top = each.max(axis=1, keepdims=True)
        chances = np.exp(each - top)
        total = chances.sum(axis=1, keepdims=True)
        log_told = (top + np.log(total))[:, 0] - column.get((f"{number} told", coding.indicator), nothing)
        yield _Expected(report, coding, chances / total, log_told if _of_event(report, reports[:place]) else nothing)


def _of_event(report: Report, others: Sequence[Report]) -> list[Report]:
    return [other for other in others if other.event_id == report.event_id]


def _as_event(name: str, reports: Sequence[Report]) -> list[Report]:
    """These reports, in order of publication, as an event of that name."""
    in_order = sorted(reports, key=lambda report: (report.published_date, report.report_id))
    return [replace(report, report_id=f"{name} {report.report_id}", event_id=name) for report in in_order]


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


def _surprise(report: Report, scores: Sequence[tuple[int, tuple[float, float, float]]]) -> Surprise:
    bits, excess, variance = np.mean([each for _, each in scores], axis=0)
    codings = [coding for coding in report.codings if coding.grade]
    return Surprise(
        report=report.report_id,
        event=report.event_id,
        indicator=codings[0].indicator,
        title=report.title or report.event_id,
        grades=tuple(grade for grade, _ in scores),
        bits=float(bits),
        excess=float(excess),
        variance=float(variance),
    )
