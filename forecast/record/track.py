"""The track of a case: what each model said with each assumption set, day by day, and what that was worth.

A *line* is one model with one assumption set. Each of its published forecasts stands from its as-of date until the
next one's, and the last until the resolution: it counts for that many days in the line's mean. The days before the
first forecast are nobody's.

Of several runs as of one day, the last one made before the resolution counts. What was made with the end in sight
counts only where there is no other, and is marked. Runs that failed their gate are not scored, and counted as such;
nor are those that had an ending among their inputs, though the question was resolved on a later day since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from forecast.case.resolutions import Resolution
from forecast.record.scores import Scores, Statement, average, days_standing, score
from forecast.runs import Run


@dataclass(frozen=True)
class Entry:
    """One forecast of a line, and how it did.

    Attributes
    ----------
    run
        The run that made it.
    said
        What it said.
    days
        For how many days it stood.
    scores
        What it was worth.
    """

    run: Run
    said: Statement
    days: int
    scores: Scores


@dataclass(frozen=True)
class Line:
    """The forecasts of one model with one assumption set, oldest first.

    Attributes
    ----------
    model, assumptions
        Whose they are.
    default
        Whether these are the case's own model and set.
    entries
        Those that are scored; there may be none.
    unpublishable
        How many runs failed their gate.
    superseded
        How many more there are as of days that have another.
    incomparable
        How many cannot be held against the resolution: made as of its day or later, with an ending among their inputs,
        or of another set of outcomes.
    """

    model: str
    assumptions: str
    default: bool
    entries: tuple[Entry, ...]
    unpublishable: int
    superseded: int
    incomparable: int

    @property
    def mean(self) -> Scores | None:
        """The scores averaged over the days, None where nothing is scored."""
        if not self.entries:
            return None
        return average([entry.scores for entry in self.entries], [entry.days for entry in self.entries])

    @property
    def days(self) -> int:
        """For how many days anything was said."""
        return sum(entry.days for entry in self.entries)


def lines_of(runs: Iterable[Run], resolution: Resolution) -> tuple[Line, ...]:
    """Every line of a resolved case, the case's own first."""
    by_line: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        by_line.setdefault((run.forecast["model"], run.forecast["assumption_set"]["name"]), []).append(run)
    lines = [_line(model, name, found, resolution) for (model, name), found in by_line.items()]
    return tuple(sorted(lines, key=lambda line: (not line.default, line.model, line.assumptions)))


def in_hindsight(run: Run, resolution: Resolution) -> bool:
    """Whether a run was made on the day of the resolution or later, whatever day it speaks from."""
    return datetime.fromisoformat(run.forecast["run"]["created"]).date() >= resolution.date


def counting(runs: Iterable[Run], resolution: Resolution) -> list[Run]:
    """One run for each as-of date, oldest first: the last that was made in time, else the last."""
    by_day: dict[date, list[Run]] = {}
    for run in runs:
        by_day.setdefault(run.as_of, []).append(run)
    return [max(by_day[day], key=lambda run: _precedence(run, resolution)) for day in sorted(by_day)]


def _precedence(run: Run, resolution: Resolution) -> tuple[bool, datetime]:
    return not in_hindsight(run, resolution), datetime.fromisoformat(run.forecast["run"]["created"])


def _line(model: str, assumptions: str, runs: Sequence[Run], resolution: Resolution) -> Line:
    published = [run for run in runs if run.publishable]
    in_time = [run for run in published if run.as_of < resolution.date and not run.knows_ending]
    counted = counting(in_time, resolution)
    told = [(run, said, scores) for run in counted if (scores := score(said := Statement.of(run), resolution))]
    days = days_standing([run.as_of for run, _, _ in told], resolution.date)
    return Line(
        model=model,
        assumptions=assumptions,
        default=any(run.default for run in runs),
        entries=tuple(Entry(run, said, stood, scores) for (run, said, scores), stood in zip(told, days, strict=True)),
        unpublishable=len(runs) - len(published),
        superseded=len(in_time) - len(counted),
        incomparable=len(published) - len(in_time) + len(counted) - len(told),
    )
