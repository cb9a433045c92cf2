"""The course of the forecast: this run and the comparable ones before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.standing import Outcome, Standing
from forecast.report.words import Day, Interval, Number, day, percent, percent_interval


@dataclass(frozen=True, slots=True)
class Stage:
    """One outcome as one run saw it."""

    day: Day
    probability: Number
    interval: Interval


@dataclass(frozen=True, slots=True)
class Course:
    """One outcome over all runs, oldest first; the last stage is this run."""

    outcome: Outcome
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Every outcome over the same days, the likeliest first."""

    days: tuple[Day, ...]
    courses: tuple[Course, ...]


def earlier(forecast: Mapping[str, Any], runs: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The runs that this one may be compared with, oldest first, the latest made for each as-of date.

    Comparable are publishable runs of the same case, model and assumption set with an earlier as-of date.
    """

    def likeness(run: Mapping[str, Any]) -> tuple[str, str, str]:
        return run["case"], run["model"], run["assumption_set"]["name"]

    comparable = [
        run
        for run in runs
        if run["publishable"] and run["as_of"] < forecast["as_of"] and likeness(run) == likeness(forecast)
    ]
    comparable.sort(key=lambda run: (run["as_of"], run["run"]["created"]))
    return list({run["as_of"]: run for run in comparable}.values())


def history(forecast: Mapping[str, Any], before: list[Mapping[str, Any]], now: Standing) -> History:
    """Line up this run with the comparable ones `before` it; an outcome a run did not know is left out there."""
    runs = [*before, forecast]
    entries = [{entry["id"]: entry for entry in run["outcomes"]} for run in runs]
    days = tuple(day(run["as_of"]) for run in runs)
    courses = tuple(
        Course(
            outcome,
            tuple(
                Stage(on, percent(known[outcome.id]["probability"]), percent_interval(*known[outcome.id]["interval"]))
                for on, known in zip(days, entries, strict=True)
                if outcome.id in known
            ),
        )
        for outcome in now.ranked
    )
    return History(days, courses)
