"""What to look for: how much each indicator would tell about the outcome, before the report comes.

    bits  =  P(such an event is reported next week)  x  I(grade next week; outcome)

The mutual information is exact over grades and outcomes, along every future of every draw; with it stands what each
grade would do to each outcome, so that the likelihood ratios are written down before there is anything to explain away.
A grade that would settle something by itself (a gate passed, an outcome out) does that, and tells of no driver. No
future foresees such a thing, so that there the average over grades is not the forecast; the information is of the two
as they stand in the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.case.premises import HypotheticalReport
from forecast.insight.forthcoming import PATHS, forthcoming
from forecast.insight.imagined import USUAL_CELL, USUAL_SEARCH
from forecast.insight.settling import chances_after, settled_by
from forecast.insight.standing import Standing
from forecast.model.laws import GRADES

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Grade:
    """What a grade would do: its chance if there is a report, and the outcomes' probabilities after it; (outcome,)."""

    grade: int
    probability: float
    outcomes: Array


@dataclass(frozen=True)
class Watched:
    """An indicator to look for.

    Attributes
    ----------
    id, tells_about
        The indicator, and the driver or outcome it is about.
    reported
        P(at least one such event is reported next week).
    bits_if_reported, points_if_reported
        What a report would tell about the outcome, in bits; and by how many points of probability it would move the
        forecast, as half the sum of the absolute changes, on average over grades.
    effort
        Collection effort as the codebook declares it.
    grades
        1 to 5.
    found_nothing
        A search that finds nothing; its `grade` is 0.
    """

    id: str
    tells_about: str
    reported: float
    bits_if_reported: float
    points_if_reported: float
    effort: float
    grades: tuple[Grade, ...]
    found_nothing: Grade

    @property
    def bits(self) -> float:
        """Expected information of next week."""
        return self.reported * self.bits_if_reported

    @property
    def points(self) -> float:
        """Expected movement of next week, in probability."""
        return self.reported * self.points_if_reported

    @property
    def bits_per_effort(self) -> float:
        """What the ranking is by."""
        return self.bits / self.effort


def watch(standing: Standing, cell: tuple[str, int] = USUAL_CELL, search: float = USUAL_SEARCH) -> tuple[Watched, ...]:
    """Every indicator, the most telling for its effort first.

    Parameters
    ----------
    standing
        Where the run stands.
    cell
        Admiralty cell of the report that would come.
    search
        For a search that finds nothing, the chance that it would have found what there is.
    """
    coming, case = forthcoming(standing, cell, search), standing.problem.case
    outcomes = standing.by_path[:, :PATHS].reshape(-1, len(standing.outcomes))
    weights = np.repeat(standing.weights.values, coming.grades.shape[1]) / coming.grades.shape[1]
    now = weights @ outcomes
    rows = []
    for j, indicator in enumerate(coming.indicators):
        grades = coming.grades[:, :, j].reshape(-1, GRADES)
        joint = joint_distribution(weights, grades, outcomes)
        for grade in range(1, GRADES + 1):
            settled, graded = settled_by(standing.problem, [HypotheticalReport(indicator, grade, cell)])
            if not graded:
                after = now + chances_after(standing, settled) - standing.now
                joint[grade - 1] = joint[grade - 1].sum() * np.clip(after, 0.0, 1.0)
        nothing = coming.found_nothing[:, :, j].reshape(-1, 1)
        rows.append(
            Watched(
                id=indicator,
                tells_about=case.indicators[indicator].tells_about,
                reported=float(coming.reported[j]),
                bits_if_reported=mutual_information(joint),
                points_if_reported=float(0.5 * np.abs(joint - joint.sum(axis=1, keepdims=True) * now).sum()),
                effort=float(case.indicators[indicator].effort),
                grades=tuple(_grade(y + 1, joint[y], now, standing.now) for y in range(GRADES)),
                found_nothing=_grade(0, joint_distribution(weights, nothing, outcomes)[0], now, standing.now),
            )
        )
    return tuple(sorted(rows, key=lambda row: -row.bits_per_effort))


def joint_distribution(weights: Array, grades: Array, outcomes: Array) -> Array:
    """P(grade, outcome), the two being independent given the future; (sample,), (sample, g), (sample, k) → (g, k)."""
    return np.asarray((weights[:, None] * grades).T @ outcomes)


def mutual_information(joint: Array) -> float:
    """I(row; column) in bits, of a joint distribution that sums to 1."""
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    some = joint > 0.0
    return float(max(np.sum(joint[some] * np.log2(joint[some] / independent[some])), 0.0))


def _grade(grade: int, row: Array, along: Array, now: Array) -> Grade:
    """One grade; what it does is taken from the futures at hand and added to what the run says."""
    chance = float(row.sum())
    after = np.clip(now + row / chance - along, 0.0, 1.0)
    return Grade(grade, chance, after / after.sum())
