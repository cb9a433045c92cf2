"""Where the forecast stands: each outcome, which leads, and what changed since the run before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecast.report.wording import phrase, sentence
from forecast.report.words import (
    LADDER,
    Day,
    Interval,
    Number,
    Rung,
    day,
    likelihood,
    percent,
    percent_interval,
    points,
    standard_units,
)

UNRESOLVED = "unresolved"
OTHER = "other"
COLOURED = 7
"""Named outcomes with a colour of their own; beyond that a label must do."""


@dataclass(frozen=True, slots=True)
class Change:
    """How far an outcome moved since the run before.

    `real` is False where the two runs differ by less than twice their joint Monte Carlo error.
    """

    before: Number
    points: Number
    real: bool

    @property
    def direction(self) -> str:
        """`up`, `down` or `same`."""
        if not self.real:
            return "same"
        return "up" if self.points.value > 0 else "down"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the forecast. `tone` names its colour, the same in every figure."""

    id: str
    label: str
    description: str
    tone: str
    probability: Number
    interval: Interval
    likelihood: str
    stated: Number | None
    base_rate: Number | None
    ruled_out: Day | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class DriverMove:
    """How far the estimate of a driver moved since the run before, in standard units."""

    label: str
    before: Number
    now: Number


@dataclass(frozen=True, slots=True)
class Since:
    """What is new since the run before."""

    day: Day
    movers: tuple[Outcome, ...]
    drivers: tuple[DriverMove, ...]
    reports: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer: the outcomes in the case's order, `unresolved` last and apart.

    Attributes
    ----------
    leaders
        The likeliest outcome, or all that cannot be told from it beyond Monte Carlo error.
    runner_up
        The next outcome after the leaders, if there is one.
    within_reach
        How many outcomes behind the leaders have an interval that reaches the likeliest one's probability.

    """

    outcomes: tuple[Outcome, ...]
    unresolved: Outcome
    leaders: tuple[Outcome, ...]
    runner_up: Outcome | None
    within_reach: int

    @property
    def everything(self) -> tuple[Outcome, ...]:
        """All entries that together sum to one."""
        return (*self.outcomes, self.unresolved)

    @property
    def ranked(self) -> tuple[Outcome, ...]:
        """The same entries, the likeliest first and `unresolved` last."""
        return (*sorted(self.outcomes, key=lambda outcome: -outcome.probability.value), self.unresolved)


def worded(forecast: Mapping[str, Any]) -> dict[str, Any]:
    """A `forecast.json` in which "still open" is named in the words of the page, not in those of the run."""
    said = {"label": phrase("still_open"), "description": sentence("no_resolution_by", day(forecast["horizon"]))}
    outcomes = [{**each, **said} if each["id"] == UNRESOLVED else each for each in forecast["outcomes"]]
    return {**forecast, "outcomes": outcomes}


def standing(
    forecast: Mapping[str, Any], before: Mapping[str, Any] | None, ladder: Sequence[Rung] = LADDER
) -> Standing:
    """Read the outcomes of a run; `before` is the run it is compared with, `ladder` the words of probability."""
    entries = forecast["outcomes"]
    errors_before = {entry["id"]: entry["mcse"] for entry in before["outcomes"]} if before else {}
    toned = tones([entry["id"] for entry in entries])
    everything = tuple(
        _outcome(entry, toned[entry["id"]], errors_before.get(entry["id"], 0.0), ladder) for entry in entries
    )
    outcomes, unresolved = everything[:-1], everything[-1]
    if unresolved.id != UNRESOLVED:
        raise ValueError(f"the last outcome of a run is '{UNRESOLVED}', not '{unresolved.id}'")
    error = {entry["id"]: entry["mcse"] for entry in entries}
    ranked = sorted(outcomes, key=lambda outcome: -outcome.probability.value)
    top = ranked[0]
    leaders = tuple(
        outcome
        for outcome in ranked
        if top.probability.value - outcome.probability.value <= _noise(error[top.id], error[outcome.id])
    )
    behind = ranked[len(leaders) :]
    return Standing(
        outcomes=outcomes,
        unresolved=unresolved,
        leaders=leaders,
        runner_up=behind[0] if behind else None,
        within_reach=sum(outcome.interval.high >= top.probability.value for outcome in behind),
    )


def since(forecast: Mapping[str, Any], now: Standing, before: Mapping[str, Any], published: Sequence[str]) -> Since:
    """What moved since the run `before`; `published` are the ISO dates of the reports in hand."""
    means = {driver["id"]: driver["mean"] for driver in before["drivers"]}
    labels = {path["id"]: path["label"] for path in forecast["driver_paths"]}
    moves = [
        DriverMove(labels[driver["id"]], standard_units(means[driver["id"]]), standard_units(driver["mean"]))
        for driver in forecast["drivers"]
        if driver["id"] in means
    ]
    moved = [move for move in moves if move.before.text != move.now.text]
    return Since(
        day=day(before["as_of"]),
        movers=tuple(
            sorted(
                (outcome for outcome in now.everything if outcome.change and outcome.change.real),
                key=lambda outcome: -abs(outcome.change.points.value) if outcome.change else 0.0,
            )
        ),
        drivers=tuple(sorted(moved, key=lambda move: -abs(move.now.value - move.before.value))[:3]),
        reports=sum(date > before["as_of"] for date in published),
    )


def tones(outcome_ids: Sequence[str]) -> dict[str, str]:
    """The colour of each outcome, by its place in the case, so that it keeps it from run to run."""
    toned = {OTHER: "other", UNRESOLVED: UNRESOLVED}
    named = [outcome_id for outcome_id in outcome_ids if outcome_id not in toned]
    toned |= {outcome_id: f"t{place}" if place <= COLOURED else "plain" for place, outcome_id in enumerate(named, 1)}
    return toned


def _outcome(entry: Mapping[str, Any], tone: str, error_before: float, ladder: Sequence[Rung]) -> Outcome:
    probability = entry["probability"]
    change = None
    if entry["previous"] is not None:
        real = abs(entry["change"]) >= _noise(entry["mcse"], error_before)
        change = Change(percent(entry["previous"]), points(entry["change"]), real)
    return Outcome(
        id=entry["id"],
        label=entry["label"],
        description=entry["description"] or "",
        tone=tone,
        probability=percent(probability),
        interval=percent_interval(*entry["interval"]),
        likelihood=likelihood(probability, ladder),
        stated=_if_said(entry["stated"]),
        base_rate=_if_said(entry.get("base_rate")),  # runs of the first version have none
        ruled_out=None if entry.get("ruled_out") is None else day(entry["ruled_out"]),
        change=change,
    )


def _if_said(probability: float | None) -> Number | None:
    return None if probability is None else percent(probability)


def _noise(error: float, other_error: float) -> float:
    return 2 * math.hypot(error, other_error)
