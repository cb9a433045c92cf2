"""The track record: how this question ended, if it has, and what every model was worth over all that have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.words import Day, Number, day, percent


@dataclass(frozen=True, slots=True)
class Scored:
    """One forecast of this question, and how it did; no log score where what came true was given no chance."""

    day: Day
    log: Number | None
    brier: Number
    in_hindsight: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """How this question ended, with what this run gave each outcome that came, and the forecasts of its line.

    Those are the forecasts of this run's model and assumption set.
    """

    given: tuple[tuple[str, Number | None], ...]
    day: Day
    reason: str
    forecasts: tuple[Scored, ...]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The labels of the outcomes that came."""
        return tuple(label for label, _ in self.given)


@dataclass(frozen=True, slots=True)
class Line:
    """One model over all resolved questions."""

    model: str
    questions: int
    log: Number | None
    brier: Number
    here: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """How often outcomes happened, by what was forecast, with the band where the shares lie if forecasts are right."""

    points: tuple[tuple[float, float, float, float], ...]
    p: Number


@dataclass(frozen=True, slots=True)
class Track:
    """The track record.

    Attributes
    ----------
    ending
        How this question ended, None while it is open.
    questions
        How many questions of the workspace have resolved.
    lines
        Every model over them, the best by its Brier score first.
    curve
        The calibration of this run's model.
    """

    ending: Ending | None
    questions: int
    lines: tuple[Line, ...]
    curve: Curve | None


def track(
    scored: Mapping[str, Any] | None, record: Mapping[str, Any] | None, forecast: Mapping[str, Any]
) -> Track | None:
    """Read the answers of `forecast score`; None where no question has resolved."""
    if record is None:
        return None
    lines = [_line(row, forecast["model"]) for row in record["records"]]
    own = next((row["calibration"] for row in record["records"] if row["model"] == forecast["model"]), None)
    return Track(
        ending=None if scored is None else _ending(scored, forecast),
        questions=record["questions"],
        lines=tuple(sorted(lines, key=lambda line: line.brier.value)),
        curve=None if own is None else _curve(own),
    )


def _ending(scored: Mapping[str, Any], forecast: Mapping[str, Any]) -> Ending:
    resolution = scored["resolution"]
    said = {entry["id"]: (entry["label"], percent(entry["probability"])) for entry in forecast["outcomes"]}
    came = [outcome for outcome, weight in (resolution["weights"] or {}).items() if weight > 0.0]
    line = (forecast["model"], forecast["assumption_set"]["name"])
    weeks = [row["weeks"] for row in scored["scores"] if (row["model"], row["assumptions"]) == line]
    return Ending(
        given=tuple(said.get(outcome, (outcome, None)) for outcome in came or [resolution["outcome"]]),
        day=day(resolution["date"]),
        reason=resolution["reason"],
        forecasts=tuple(
            Scored(day(week["as_of"]), _score(week["log"]), _number(week["brier"]), week["in_hindsight"])
            for week in (weeks[0] if weeks else ())
        ),
    )


def _line(row: Mapping[str, Any], model: str) -> Line:
    return Line(row["model"], row["questions"], _score(row["log"]), _number(row["brier"]), row["model"] == model)


def _curve(found: Mapping[str, Any]) -> Curve:
    points = tuple((row["chance"], row["observed"], *row["band"]) for row in found["curve"])
    return Curve(points, Number(found["p"], f"{found['p']:.2f}"))


def _score(value: float | None) -> Number | None:
    return None if value is None else _number(value)


def _number(value: float) -> Number:
    return Number(value, f"{value:.3f}")
