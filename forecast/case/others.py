"""What others said of the same question: the team's own weekly numbers, and what markets or crowds asked for.

    judgements.csv    date,author,outcome,probability      2026-02-01,ann,city,0.45
    prices.csv        date,market,outcome,price            2026-02-01,Harbour Exchange,city,0.48
                      and, if known, volume,spread         traded so far; between what is bid and what is asked

One author, or market, speaks of every outcome and of `unresolved` on each of its days. Probabilities sum to 1; prices
are what a contract on an outcome costs as a share of what it pays, and need not: their sum less 1 is the overround, and
what scores is each price's share of the sum. Judgements are no input of any forecast; prices are where the assumption
set has `markets`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forecast.case.phrases import instead_of, listed, quoted
from forecast.case.plain_csv import Columns, TableRow, read_table
from forecast.case.resolutions import Life
from forecast.errors import InputError, Problem

JUDGEMENTS, PRICES = "judgements.csv", "prices.csv"
SUM: Final = 1e-6
"""How far probabilities may be from summing to 1 by rounding."""
_NUMBER = re.compile(r"(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Numbers:
    """What one author or market said on one day.

    Attributes
    ----------
    date
        The day; known by its end.
    by
        The author or market.
    chances
        Every outcome and `unresolved` → its probability; they sum to 1.
    overround
        By how much the prices summed to more than 1; 0 for an author.
    horizon
        By when; None stands for the question's own.
    volumes, spreads
        How much was traded of each contract, and the gap between bid and ask, of those of which it is known.
    """

    date: dt.date
    by: str
    chances: dict[str, float]
    overround: float = 0.0
    horizon: dt.date | None = None
    volumes: dict[str, float] = field(default_factory=dict)
    spreads: dict[str, float] = field(default_factory=dict)


def read_judgements(folder: Path, life: Life, problems: list[Problem]) -> tuple[Numbers, ...]:
    """The numbers of `judgements.csv` by day and author; none where there is no such file, faults to `problems`."""
    return _read(folder / JUDGEMENTS, "author", "probability", life, problems)


def read_prices(folder: Path, life: Life, problems: list[Problem]) -> tuple[Numbers, ...]:
    """The prices of `prices.csv`, normalised, by day and market; none where there is no such file."""
    return _read(folder / PRICES, "market", "price", life, problems)


def latest(numbers: Iterable[Numbers], as_of: dt.date) -> dict[str, Numbers]:
    """The last numbers of each author or market by the end of a day."""
    known = [each for each in numbers if each.date <= as_of]
    return {each.by: each for each in sorted(known, key=lambda each: each.date)}


def _read(path: Path, who: str, what: str, life: Life, problems: list[Problem]) -> tuple[Numbers, ...]:
    if not path.exists():
        return ()
    try:
        _, rows = read_table(path, Columns(("date", who, "outcome"), (who, "outcome", what), ("date",)))
    except InputError as error:
        problems += error.problems
        return ()
    faults = [fault for row in rows for fault in _faults(row, what, life)]
    problems += faults
    if faults:
        return ()
    said: dict[tuple[dt.date, str], list[TableRow]] = {}
    for row in rows:
        said.setdefault((row.days["date"], row.texts[who]), []).append(row)
    faults = [fault for named in said.values() for fault in _faults_together(named, what, life)]
    problems += faults
    return () if faults else tuple(_numbers(day, by, named, what, life) for (day, by), named in said.items())


def _faults(row: TableRow, what: str, life: Life) -> Iterator[Problem]:
    outcome, number, day = row.texts["outcome"], row.texts[what], row.days["date"]
    life = life.on(day)
    if outcome not in life.ends:
        remedy = instead_of(outcome, life.ends, "name one of the case")
        yield Problem(row.file, row.line, f"there is no outcome {quoted(outcome)}", remedy)
    if not _NUMBER.fullmatch(number) or float(number) > 1.0:
        yield Problem(row.file, row.line, f"{quoted(what)} is {quoted(number)}", "write a number from 0 to 1")
    for column, largest in (("volume", 1e15), ("spread", 1.0)) if what == "price" else ():
        if (said := row.texts.get(column, "")) and not (_NUMBER.fullmatch(said) and float(said) <= largest):
            message = f"{quoted(column)} is {quoted(said)}"
            yield Problem(row.file, row.line, message, f"write a number from 0 to {largest:g}, or nothing")
    if not life.opening <= day <= life.horizon:
        message = f"{day} is outside the question's life ({life.opening} to {life.horizon})"
        yield Problem(row.file, row.line, message, "correct the date, or remove the row")


def _faults_together(rows: list[TableRow], what: str, life: Life) -> Iterator[Problem]:
    """What the rows of one author or market on one day owe each other, said at the first of them."""
    first, named = rows[0], {row.texts["outcome"]: float(row.texts[what]) for row in rows}
    life = life.on(first.days["date"])
    if missing := [end for end in life.ends if end not in named]:
        message = f"nothing is said of {listed(missing)} on {first.days['date']}"
        yield Problem(first.file, first.line, message, "say something of every outcome and of 'unresolved', if only 0")
        return
    total = math.fsum(named.values())
    if what == "probability" and abs(total - 1.0) > SUM:
        message = f"the probabilities of {first.days['date']} sum to {total:.10g}"
        yield Problem(first.file, first.line, message, "make them sum to 1")
    elif total <= 0.0:
        message = f"the prices of {first.days['date']} sum to nothing"
        yield Problem(first.file, first.line, message, "write what a contract costs as a share of what it pays")


def _numbers(day: dt.date, by: str, rows: list[TableRow], what: str, life: Life) -> Numbers:
    said = {row.texts["outcome"]: float(row.texts[what]) for row in rows}
    total, life = math.fsum(said.values()), life.on(day)
    over = total - 1.0 if what == "price" else 0.0
    volumes, spreads = ({row.texts["outcome"]: float(told) for row in rows if (told := row.texts.get(column, ""))}
                        for column in ("volume", "spread"))  # fmt: skip
    chances = {end: said[end] / total for end in life.ends}
    return Numbers(day, by, chances, over, life.horizon, volumes, spreads)
