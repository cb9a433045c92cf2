"""What markets and crowds asked, where the forecast read their prices, and what that moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.standing import Outcome, Standing
from forecast.report.words import Day, Number, day, tenths, tenths_of_points


@dataclass(frozen=True, slots=True)
class Market:
    """A market, and the day of the prices that were read."""

    name: str
    day: Day


@dataclass(frozen=True, slots=True)
class Priced:
    """One outcome: what each market asks for it (of all it asks), and the forecast without prices and with them.

    `real` is False where the two differ by less than twice their joint Monte Carlo error.
    """

    outcome: Outcome
    asked: tuple[Number, ...]
    without: Number
    now: Number
    points: Number
    real: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """The markets, and every outcome in the order of the forecast, the likeliest first."""

    markets: tuple[Market, ...]
    outcomes: tuple[Priced, ...]

    @property
    def farthest(self) -> Priced:
        """The outcome that the prices moved most."""
        return max(self.outcomes, key=lambda each: abs(each.points.value))


def prices(forecast: Mapping[str, Any], now: Standing) -> Prices | None:
    """What a run says of the prices that it read; None where it read none."""
    told = forecast.get("markets")
    if told is None:
        return None
    said = {row["id"]: row for row in told["outcomes"]}
    return Prices(
        markets=tuple(Market(name, day(of)) for name, of in zip(told["names"], told["dates"], strict=True)),
        outcomes=tuple(_priced(outcome, said[outcome.id]) for outcome in now.ranked),
    )


def _priced(outcome: Outcome, row: Mapping[str, Any]) -> Priced:
    return Priced(
        outcome=outcome,
        asked=tuple(tenths(price) for price in row["prices"]),
        without=tenths(row["without"]),
        now=tenths(outcome.probability.value),
        points=tenths_of_points(row["contribution"]),
        real=abs(row["contribution"]) >= 2 * row["mcse"],
    )
