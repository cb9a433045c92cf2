"""The case's saved scenarios: what would follow, and how likely each premise is by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from forecast.report.standing import Outcome, Standing
from forecast.report.words import Day, Number, day, tenths, tenths_of_points

DRIVER = re.compile(r"^(\w+)=([+-]?[\d.]+)(.*)$")
DAYS = re.compile(r"\b(from|until|on) (\d{4}-\d\d-\d\d)")
REPORT = re.compile(r"^report:(\w+)=(\d)@(\w\d)(.*)$")


@dataclass(frozen=True, slots=True)
class Premise:
    """What is supposed: a driver at a level, or a report of a grade from an Admiralty `cell`.

    `days` are the days that it holds from, until, or on, as far as they are stated.
    """

    about: str
    level: str
    cell: str
    days: tuple[tuple[str, Day], ...]


@dataclass(frozen=True, slots=True)
class Then:
    """Where one outcome would stand."""

    outcome: Outcome
    base: Number
    probability: Number
    change: Number
    real: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What an earlier forecast made of a scenario, for the outcome that it moves most today."""

    day: Day
    probability: Number


@dataclass(frozen=True, slots=True)
class Scenario:
    """One saved scenario. `reliable` is False where the draws cannot tell; `past` is how it has gone, oldest first."""

    label: str
    kind: Literal["see", "do", "see and do"]
    premises: tuple[Premise, ...]
    probability: Number
    outcomes: tuple[Then, ...]
    reliable: bool
    past: tuple[Past, ...] = ()

    @property
    def most(self) -> Then:
        """The outcome that would move most."""
        return max(self.outcomes, key=lambda each: abs(each.change.value))


def scenarios(
    answers: Iterable[Mapping[str, Any]],
    ground: Mapping[str, Any] | None,
    now: Standing,
    before: Iterable[Mapping[str, Any]] = (),
) -> tuple[Scenario, ...]:
    """Read the answers of `forecast whatif --scenarios`; the runs `before` keep what they were asked when made."""
    before = tuple(before)
    named: dict[str, str] = {}
    for part in ("drivers", "indicators"):
        named |= {key: entry["label"] for key, entry in (ground or {}).get(part, {}).items()}
    outcomes = {outcome.id: outcome for outcome in now.everything}
    return tuple(_with_past(_scenario(answer, named, outcomes), answer, before) for answer in answers)


def _scenario(answer: Mapping[str, Any], named: Mapping[str, str], outcomes: Mapping[str, Outcome]) -> Scenario:
    return Scenario(
        label=answer["label"],
        kind=answer["kind"],
        premises=tuple(_premise(each, named) for each in answer["premise"]),
        probability=tenths(answer["premise_probability"]),
        outcomes=tuple(
            Then(
                outcome=outcomes[row["id"]],
                base=tenths(row["base"]),
                probability=tenths(row["probability"]),
                change=tenths_of_points(row["change"]),
                real=abs(row["change"]) >= 2 * row["mcse"],
            )
            for row in answer["outcomes"]
        ),
        reliable=answer["pareto_k"] is None or answer["pareto_k"] <= 0.7,
    )


def _with_past(shown: Scenario, answer: Mapping[str, Any], before: Iterable[Mapping[str, Any]]) -> Scenario:
    """The scenario with what earlier runs made of the same premise."""
    past = [
        Past(day(run["as_of"]), tenths(row["probability"]))
        for run in before
        for told in run.get("scenarios", ())
        if told["id"] == answer["id"] and list(told["premise"]) == list(answer["premise"])
        for row in told["outcomes"]
        if row["id"] == shown.most.outcome.id
    ]
    return replace(shown, past=tuple(past))


def _premise(words: str, named: Mapping[str, str]) -> Premise:
    """A premise with names for ids; words of another form stay as they are."""
    if told := REPORT.match(words):
        return Premise(named.get(told[1], told[1]), told[2], told[3], _days(told[4]))
    if held := DRIVER.match(words):
        return Premise(named.get(held[1], held[1]), held[2].replace("-", "\u2212"), "", _days(held[3]))
    return Premise(words, "", "", ())


def _days(words: str) -> tuple[tuple[str, Day], ...]:
    return tuple((which, day(date)) for which, date in DAYS.findall(words))
