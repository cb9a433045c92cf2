"""How numbers, dates and chances are put into words: the same on every line of the page.

A chance is printed as a whole percentage and never as 0% or 100%. Its word follows from the percentage *as
printed*, so that the two cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from forecast.report.wording import phrase

MINUS, DASH = "\u2212", "\u2013"


@dataclass(frozen=True, slots=True)
class Number:
    """A value as the run holds it, and as the page prints it."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends as the run holds them, and as the page prints them."""

    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date as the run holds it, in full and in short."""

    value: date
    text: str
    short: str

    @property
    def iso(self) -> str:
        """The date as machines write it."""
        return self.value.isoformat()


@dataclass(frozen=True, slots=True)
class Rung:
    """One band of the ladder of likelihood, in whole per cent."""

    low: int
    high: int
    word: str


LADDER: Final = tuple(Rung(*rung) for rung in phrase("ladder"))
"""The words of probability, by default those of Intelligence Community Directive 203."""


def likelihood(probability: float, ladder: Sequence[Rung] = LADDER) -> str:
    """The word for a probability, read from its printed whole percentage.

    The bands of the standard share their edges. An edge belongs to the band nearer to an even chance, so that a
    chance and its complement always get mirrored words; 0 and 100 belong to the outermost bands.
    """
    percentage = round(100 * probability)
    if percentage <= 50:
        return next((rung.word for rung in reversed(ladder) if rung.low <= percentage), ladder[0].word)
    return next((rung.word for rung in ladder if percentage <= rung.high), ladder[-1].word)


def percent(probability: float) -> Number:
    """A probability as a whole percentage; `<1%` and `>99%` at the ends."""
    return Number(probability, f"{_whole(probability)}%")


def percent_interval(low: float, high: float) -> Interval:
    """An interval of probability, such as "12 to 33%", joined by a dash."""
    return Interval(low, high, f"{_whole(low)}{DASH}{_whole(high)}%")


def points(change: float) -> Number:
    """A signed change of a probability in percentage points; below ten, with one decimal.

    So that 1.8 does not stand as 2 beside a fall from 10% to 9%.
    """
    digits = 0 if abs(round(100 * change, 1)) >= 10 else 1
    return Number(change, _minus(f"{100 * change:+.{digits}f}"))


def tenths(probability: float) -> Number:
    """A probability to a tenth of a per cent, for telling two close ones apart; `<0.1%` and `>99.9%` at the ends."""
    rounded = round(100 * probability, 1)
    return Number(probability, "<0.1%" if rounded <= 0 else ">99.9%" if rounded >= 100 else f"{rounded:.1f}%")


def tenths_of_points(change: float) -> Number:
    """A signed change of a probability in percentage points, to one decimal."""
    return Number(change, "0.0" if round(100 * change, 1) == 0 else _minus(f"{100 * change:+.1f}"))


def standard_units(value: float) -> Number:
    """A signed value in standard units, to one decimal."""
    return Number(value, "0.0" if round(value, 1) == 0 else _minus(f"{value:+.1f}"))


def standard_interval(low: float, high: float) -> Interval:
    """An interval in standard units, such as `+0.7 to +1.6`."""
    return Interval(low, high, f"{standard_units(low).text} {phrase('to')} {standard_units(high).text}")


def significant(value: float) -> Number:
    """Any quantity to three significant digits, never in exponent form."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be printed: a run holds finite numbers only")
    digits = 2 if value == 0 else max(0, min(8, 2 - math.floor(math.log10(abs(value)))))
    return Number(value, _minus(f"{value:,.{digits}f}"))


def to_the_digit(value: float, spread: float) -> Number:
    """Any quantity to the digit at which its spread has two: more would tell noise."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be printed: a run holds finite numbers only")
    digits = max(0, min(8, 1 - math.floor(math.log10(spread)))) if spread > 0 else 2
    written = f"{value:,.{digits}f}"
    return Number(value, _minus(written if any(letter in "123456789" for letter in written) else written.lstrip("-")))


def to_the_digit_interval(low: float, high: float, spread: float) -> Interval:
    """An interval of any quantity, each end to the digit at which the spread has two."""
    return Interval(low, high, f"{to_the_digit(low, spread).text} {phrase('to')} {to_the_digit(high, spread).text}")


def count(value: int) -> Number:
    """A whole number with thousands set apart."""
    return Number(value, f"{value:,}")


def day(value: date | str) -> Day:
    """A date, such as `8 February 2026` and `8 Feb`."""
    value = date.fromisoformat(value) if isinstance(value, str) else value
    month = phrase("months")[value.month - 1]
    return Day(value, f"{value.day} {month} {value.year}", f"{value.day} {month[:3]}")


def _whole(probability: float) -> str:
    percentage = round(100 * probability)
    if percentage <= 0:
        return "<1"
    return ">99" if percentage >= 100 else str(percentage)


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
