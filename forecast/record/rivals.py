"""What a line of forecasts is held against: what others said of the same question on the same days.

    uniform           every end alike, resolved evenly by day
    last_run          the line's own forecast before
    base_rates, ach   what these models made of the same inputs: a run of theirs where one is saved, else what they make
                      of the inputs in the record of the run, else (base rates) what the run says of them itself
    team              the mean of what each author of `judgements.csv` last said
    author NAME       and of each author alone, where there are several
    market NAME       prices of `prices.csv`, each as its share of their sum

Nobody is asked of a day on which he had said nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from forecast.case.others import Numbers, latest
from forecast.case.schema import Case
from forecast.record.scores import Statement
from forecast.record.solved import Solver
from forecast.record.track import Entry, Line

SOLVED: Final = ("base_rates", "ach")


@dataclass(frozen=True)
class Rival:
    """What somebody else said each time.

    Attributes
    ----------
    name
        Who.
    said
        For each forecast of the line what stood against it, None where nothing did.
    missing
        Why that is so, where it is not plain.
    overround
        By how much a market's prices summed to more than 1, on average; None for all others.
    """

    name: str
    said: tuple[Statement | None, ...]
    missing: str | None = None
    overround: float | None = None


def rivals_of(line: Line, case: Case, solver: Solver) -> tuple[Rival, ...]:
    """Everybody who has something to say against a line."""
    entries = line.entries
    even = [Rival("uniform", tuple(uniform(entry.said) for entry in entries))]
    found = [
        *(even if line.model != "uniform" else []),
        Rival("last_run", _before(entries)),
        *_solved(line, solver),
        *_told(entries, case.judgements),
        *_priced(entries, case.prices),
    ]
    return tuple(rival for rival in found if rival.missing or any(rival.said))


def uniform(said: Statement) -> Statement:
    """Every end alike; what resolves does so evenly by day (the law of `models/uniform.py`)."""
    ends = len(said.chances)
    resolved = ((said.horizon, 1.0 - 1.0 / ends),)
    return Statement(said.as_of, said.horizon, dict.fromkeys(said.chances, 1.0 / ends), resolved)


def _before(entries: Sequence[Entry]) -> tuple[Statement | None, ...]:
    return (None, *(entry.said for entry in entries[:-1]))[: len(entries)]


def _solved(line: Line, solver: Solver) -> Iterator[Rival]:
    for name in SOLVED:
        if name != line.model:
            said = [solver.said(name, entry.run) for entry in line.entries]
            reasons = [answer for answer in said if isinstance(answer, str)]
            told = tuple(answer if isinstance(answer, Statement) else None for answer in said)
            yield Rival(name, told, reasons[0] if reasons else None)


def _told(entries: Sequence[Entry], judgements: Sequence[Numbers]) -> Iterator[Rival]:
    known = [latest(judgements, entry.run.as_of) for entry in entries]
    team = (_mean(entry.said, list(each.values())) for entry, each in zip(entries, known, strict=True))
    yield Rival("team", tuple(team))
    if len(authors := sorted({each.by for each in judgements})) > 1:
        for author in authors:
            told = (_mean(entry.said, [each[author]] if author in each else []) for entry, each in
                    zip(entries, known, strict=True))  # fmt: skip
            yield Rival(f"author {author}", tuple(told))


def _priced(entries: Sequence[Entry], prices: Sequence[Numbers]) -> Iterator[Rival]:
    known = [latest(prices, entry.run.as_of) for entry in entries]
    for market in sorted({each.by for each in prices}):
        found = [each.get(market) for each in known]
        told = tuple(_mean(entry.said, [each] if each else []) for entry, each in zip(entries, found, strict=True))
        over = [each.overround for each in found if each]
        yield Rival(f"market {market}", told, overround=sum(over) / len(over) if over else None)


def _mean(said: Statement, numbers: Sequence[Numbers]) -> Statement | None:
    """The mean of people's chances as a statement of the same day; None where nobody has spoken yet.

    Of numbers from before the question changed, none answers what is asked now.
    """
    numbers = [
        each for each in numbers if each.chances.keys() == said.chances.keys() and each.horizon in (None, said.horizon)
    ]
    if not numbers:
        return None
    chances = {end: sum(each.chances[end] for each in numbers) / len(numbers) for end in numbers[0].chances}
    return Statement(said.as_of, said.horizon, chances)
