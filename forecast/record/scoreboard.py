"""The scores of a resolved case, each line beside its rivals, and of several cases together.

The unit of a comparison is the question: its weeks share one ending, so within a question a mean over its days is one
observation, however many weeks it lasted. Intervals are confidence sequences over questions in the order in which they
resolved (`sequences`), so that they may be looked at after each; they are for scores that are bounded, the Brier score
(0 to 1) and the spherical one. A difference is claimed where its interval leaves out 0, and nowhere else; one question
alone never does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecast.case.resolutions import Resolution
from forecast.case.schema import Case
from forecast.record.corp import Calibration, calibration
from forecast.record.rivals import Rival, rivals_of
from forecast.record.scores import Scores, average, score, seen_from
from forecast.record.sequences import confidence_sequence
from forecast.record.solved import Solver
from forecast.record.track import Entry, Line, lines_of
from forecast.runs import Run

LEVEL: Final = 0.95
BOUNDED: Final = {"brier_half": 1.0, "spherical": 1.0}
"""The scores with intervals, and what no difference of theirs exceeds."""

AGE: Final = 4
"""How many weeks after a question's opening calibration is looked at."""

RULES: Final = ("log", "brier", "brier_half", "spherical", "crps")

type Interval = tuple[float, float]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """A line against one rival, on the days on which both had something to say.

    Attributes
    ----------
    line, rival
        Who against whom.
    theirs_by_forecast
        What the rival scored on the days of each of the line's forecasts, None where it had said nothing.
    """

    line: Line
    rival: Rival
    theirs_by_forecast: tuple[Scores | None, ...]

    @property
    def pairs(self) -> list[tuple[Entry, Scores]]:
        """The line's forecasts that can be compared, each with the rival's scores."""
        beside = zip(self.line.entries, self.theirs_by_forecast, strict=True)
        return [(entry, theirs) for entry, theirs in beside if theirs is not None]

    @property
    def days(self) -> int:
        """For how many days both had something to say."""
        return sum(entry.days for entry, _ in self.pairs)

    @property
    def theirs(self) -> Scores | None:
        """The rival's mean over those days."""
        days = [entry.days for entry, _ in self.pairs]
        return average([theirs for _, theirs in self.pairs], days) if days else None

    @property
    def ours(self) -> Scores | None:
        """The line's own mean over those days."""
        days = [entry.days for entry, _ in self.pairs]
        return average([entry.scores for entry, _ in self.pairs], days) if days else None

    @property
    def better_by(self) -> dict[str, float | None]:
        """By how much each score is better than the rival's (positive), None where that is no number."""
        ours, theirs = self.ours, self.theirs
        return dict.fromkeys(RULES) if ours is None or theirs is None else better_by(ours, theirs)


@dataclass(frozen=True)
class Standing:
    """A line and how it compares."""

    line: Line
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class CaseBoard:
    """A resolved case: its resolution and every line of it."""

    case: Case
    resolution: Resolution
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class Skill:
    """One kind of line against one rival, over questions.

    Attributes
    ----------
    against
        The rival's name.
    questions
        How many questions compare the two.
    better_by
        Mean difference of each score over questions; None where one of them is no number.
    sequences
        For each bounded score the interval after each question, in the order in which they resolved; (question, 2).
    """

    against: str
    questions: int
    better_by: dict[str, float | None]
    sequences: dict[str, Array]

    @property
    def intervals(self) -> dict[str, Interval]:
        """For each bounded score the interval after the last question; none where there is no question."""
        return {
            rule: (float(found[-1, 0]), float(found[-1, 1])) for rule, found in self.sequences.items() if len(found)
        }

    @property
    def claims(self) -> dict[str, str | None]:
        """`better` or `worse` where the interval leaves out 0, else None: nothing can be claimed."""
        everything = (-math.inf, math.inf)
        reach = {rule: self.intervals.get(rule, everything) for rule in BOUNDED}
        return {rule: "better" if low > 0.0 else "worse" if high < 0.0 else None for rule, (low, high) in reach.items()}


@dataclass(frozen=True)
class Record:
    """A model over several questions, with each case's own assumption set.

    Attributes
    ----------
    model
        Which.
    mean
        Its scores, each question counting alike.
    questions
        How many.
    skills
        Against everybody.
    calibration
        Of its chances, each question once (`calibration_at_one_age`).
    """

    model: str
    mean: Scores
    questions: int
    skills: tuple[Skill, ...]
    calibration: Calibration | None


def board_of(case: Case, resolution: Resolution, runs: Sequence[Run], solver: Solver) -> CaseBoard:
    """Score every line of a case, beside its rivals; those that are models are asked through `solver`."""
    return CaseBoard(
        case,
        resolution,
        tuple(
            Standing(line, tuple(compare(line, rival, resolution) for rival in rivals_of(line, case, solver)))
            for line in lines_of(runs, resolution)
        ),
    )


def compare(line: Line, rival: Rival, resolution: Resolution) -> Comparison:
    """Hold a line against a rival, each of its forecasts against what the rival said of the same days."""
    told = zip(line.entries, rival.said, strict=True)
    theirs = (score(said, resolution, since=entry.said.as_of) if said else None for entry, said in told)
    return Comparison(line, rival, tuple(theirs))


def better_by(ours: Scores, theirs: Scores) -> dict[str, float | None]:
    """By how much each score is better (positive) than the other's, None where that is no number."""
    gaps = ours.better_than(theirs)
    brier = gaps["brier"]
    return {**gaps, "brier_half": None if brier is None else brier / 2.0}


def skill(against: str, comparisons: Sequence[Comparison]) -> Skill:
    """One rival over questions, in the order in which they resolved."""
    gaps = [found.better_by for found in comparisons if found.pairs]
    sequences = {
        rule: confidence_sequence(np.array([gap[rule] for gap in gaps], dtype=float), bound, LEVEL)
        for rule, bound in BOUNDED.items()
    }
    return Skill(against, len(gaps), {rule: _mean([gap[rule] for gap in gaps]) for rule in RULES}, sequences)


def by_ending(boards: Iterable[CaseBoard]) -> list[CaseBoard]:
    """Cases in the order in which they resolved, which is that in which they can be looked at."""
    return sorted(boards, key=lambda board: board.resolution.date)


def records_of(boards: Iterable[CaseBoard], assumptions: str | None = None) -> tuple[Record, ...]:
    """Every model over the cases, in their order, with the set of that name, by default each case's own."""
    lines: dict[str, list[tuple[CaseBoard, Standing]]] = {}
    for board in boards:
        chosen = assumptions or board.case.question.assumptions
        for standing in board.standings:
            if standing.line.assumptions == chosen and standing.line.entries:
                lines.setdefault(standing.line.model, []).append((board, standing))
    return tuple(_record(model, found) for model, found in sorted(lines.items()))


def calibration_at_one_age(found: Iterable[tuple[CaseBoard, Standing]]) -> Calibration | None:
    """Of what stood `AGE` weeks after each question's opening; None where no question was still open by then.

    A mean over a question's life would not do: how long it lives hangs on how it ends.
    """
    chances, came = [], []
    for board, standing in found:
        day = board.case.question.opening + timedelta(weeks=AGE)
        stood = [entry.said for entry in standing.line.entries if entry.said.as_of <= day]
        if stood and day < board.resolution.date:
            ended = seen_from(stood[-1], board.resolution) or {}
            chances.append(np.array(list(stood[-1].chances.values())))
            came.append(np.array([ended.get(name, 0.0) for name in stood[-1].chances]))
    return calibration(chances, came) if chances else None


def _record(model: str, found: Sequence[tuple[CaseBoard, Standing]]) -> Record:
    means = [standing.line.mean for _, standing in found]
    names = dict.fromkeys(comparison.rival.name for _, standing in found for comparison in standing.comparisons)
    return Record(
        model=model,
        mean=average([mean for mean in means if mean is not None], [1] * len(found)),
        questions=len(found),
        skills=tuple(
            skill(name, [each for _, at in found for each in at.comparisons if each.rival.name == name])
            for name in names
        ),
        calibration=calibration_at_one_age(found),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    if not values or len(numbers) < len(values) or math.isnan(mean := sum(numbers) / len(numbers)):
        return None
    return mean
