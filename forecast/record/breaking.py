"""The kinds of made-up worlds: as the model has it, or broken in one way that it knows nothing of.

A world is broken before it is lived in, in what drives it, or after, in what is reported of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.random import Generator

from forecast.evidence.journal import Row
from forecast.model.contract import Draws
from forecast.model.problem import Problem

JUMP: Final = 4.0
"""Of a driver, in its own standard deviations."""
JUMPS_IN: Final = (1, 6)
"""First and last week in which one may jump."""
HASTE: Final = 3.0
LIAR: Final = "A ferryman"
TURNED: Final = "gatherings"
MISFILED: Final = 0.2
MOST_COPIES: Final = 4

type Truth = Callable[[Draws, Problem, Generator], Draws]
type Telling = Callable[[Sequence[Row], Problem, Generator], list[Row]]


@dataclass(frozen=True)
class Kind:
    """A kind of world: what it is called, and how truth and reports differ from the model's."""

    label: str
    truth: Truth = lambda draws, _problem, _rng: draws
    telling: Telling = lambda rows, _problem, _rng: list(rows)


def a_driver_jumps(draws: Draws, problem: Problem, rng: Generator) -> Draws:
    """One driver moves in one week as no shock of the prior would."""
    persistence = problem.structure.persistence
    driver, week = int(rng.integers(len(problem.structure.drivers))), int(rng.integers(JUMPS_IN[0], JUMPS_IN[1] + 1))
    shock = draws["shock"].copy()
    shock[:, driver, week] += rng.choice([-1, 1]) * JUMP / np.sqrt(1.0 - persistence[driver] ** 2)
    return {**draws, "shock": shock}


def drivers_tilt_the_other_way(draws: Draws, _problem: Problem, _rng: Generator) -> Draws:
    """What was thought to help an outcome hurts it."""
    return {**draws, "loading": -draws["loading"]}


def faster_than_ever(draws: Draws, _problem: Problem, _rng: Generator) -> Draws:
    """The question resolves at a pace beyond that of past episodes."""
    return {**draws, "log_pace": draws["log_pace"] + np.log(HASTE)}


def one_source_always_says_most(rows: Sequence[Row], _problem: Problem, _rng: Generator) -> list[Row]:
    """Whatever happened, it reports the highest grade."""
    return [replace(row, grade=5) if row.source == LIAR else row for row in rows]


def an_indicator_means_the_opposite(rows: Sequence[Row], _problem: Problem, _rng: Generator) -> list[Row]:
    """Its polarity is the wrong way round in the codebook."""
    return [replace(row, grade=6 - row.grade) if row.indicator == TURNED and row.grade else row for row in rows]


def events_are_misfiled(rows: Sequence[Row], problem: Problem, rng: Generator) -> list[Row]:
    """Some events are coded under an indicator that they have nothing to do with."""
    names = sorted(problem.case.indicators)
    under = {}
    for event, right in sorted({(row.event_id, row.indicator) for row in rows}):
        others = [name for name in names if name != right]
        under[event] = str(rng.choice(others)) if rng.random() < MISFILED else right
    return [replace(row, indicator=under[row.event_id]) for row in rows]


def stories_are_copied(rows: Sequence[Row], problem: Problem, rng: Generator) -> list[Row]:
    """Other papers carry a story as if it were their own, and nobody marks that."""
    found = list(rows)
    sources = list(problem.case.sources.values())
    for report in dict.fromkeys(row.report_id for row in rows):
        for number in range(int(rng.integers(MOST_COPIES + 1))):
            teller = sources[int(rng.integers(len(sources)))]
            found += [
                replace(row, report_id=f"{report}-{number}", source=teller.name, source_type=teller.type)
                for row in rows
                if row.report_id == report
            ]
    return found


KINDS: Final[Mapping[str, Kind]] = {
    "as-modelled": Kind("as the model has it"),
    "jump": Kind("a driver jumps by 4 sd in one of the first weeks", truth=a_driver_jumps),
    "other-way": Kind("drivers tilt the outcomes the other way", truth=drivers_tilt_the_other_way),
    "haste": Kind("it resolves at three times its pace", truth=faster_than_ever),
    "liar": Kind("one of three sources always says grade 5", telling=one_source_always_says_most),
    "turned": Kind("one indicator's polarity is the wrong way round", telling=an_indicator_means_the_opposite),
    "misfiled": Kind("a fifth of the events is coded under a wrong indicator", telling=events_are_misfiled),
    "copied": Kind("each story is told up to five times, not marked as copies", telling=stories_are_copied),
}
"""By name; the first is the one that is not broken."""


def kind_of(number: int) -> str:
    """Which kind the world of a number is: every second as the model has it, the others broken, each way in turn."""
    whole, *broken = KINDS
    return whole if number % 2 == 0 else broken[number // 2 % len(broken)]
