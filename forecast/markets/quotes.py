"""Which prices are read on a day: the last of each market, not too old; and what a reader should know of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from forecast.case.markets import Markets
from forecast.case.others import Numbers, latest
from forecast.case.schema import Case

Document = dict[str, Any]


def quotes_of(case: Case, as_of: date) -> tuple[Numbers, ...]:
    """The last prices of each market that counts, known by the end of a day and not too old; none where none does."""
    stated = case.assumptions.markets
    if stated is None or (case.resolution is not None and case.resolution.date <= as_of):
        return ()
    known = latest(case.prices, as_of)
    return tuple(known[name] for name in sorted(known) if _counts(known[name], stated, case, as_of))


def _counts(quote: Numbers, stated: Markets, case: Case, as_of: date) -> bool:
    asked = {*case.outcome_ids, "unresolved"}, case.question.horizon
    named = not stated.names or quote.by in stated.names
    fresh = (as_of - quote.date).days <= case.question.stale_after
    return named and fresh and (set(quote.chances), quote.horizon or asked[1]) == asked


def remarks(case: Case, as_of: date) -> Iterator[str]:
    """What a reader should know of the prices: those that were left out, and those that may be counted twice."""
    stated = case.assumptions.markets
    if stated is None:
        return
    used = {quote.by: quote for quote in quotes_of(case, as_of)}
    for name, quote in sorted(latest(case.prices, as_of).items()):
        if name not in used and (not stated.names or name in stated.names):
            yield f"prices of {name} of {quote.date} are left out: too old, or of a question that has changed since"
    if not used:
        yield f"no market's prices are known as of {as_of}: the set's 'markets' says nothing"
    shares = case.assumptions.shares
    for name, quote in used.items():
        if quote.date <= shares.judged_on:
            yield (
                f"prices of {name} of {quote.date} may be counted twice: the shares were judged on {shares.judged_on}, "
                "when they were known; state newer prices, or refresh with --no-markets"
            )


# ---------------------------------------------------------------------------- in a record


def prices_document(quotes: Sequence[Numbers]) -> list[Document]:
    """The prices that were read, a row a contract: what the record holds."""
    return [
        {
            "date": quote.date.isoformat(),
            "market": quote.by,
            "outcome": end,
            "price": chance * (1.0 + quote.overround),
            **({"volume": quote.volumes[end]} if end in quote.volumes else {}),
            **({"spread": quote.spreads[end]} if end in quote.spreads else {}),
        }
        for quote in quotes
        for end, chance in quote.chances.items()
    ]


def quotes_from(rows: Sequence[Mapping[str, Any]]) -> tuple[Numbers, ...]:
    """The same read back from a record."""
    said: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        said.setdefault((row["market"], row["date"]), []).append(row)
    return tuple(_quote(market, day, named) for (market, day), named in said.items())


def _quote(market: str, day: str, rows: Sequence[Mapping[str, Any]]) -> Numbers:
    total = math.fsum(row["price"] for row in rows)
    return Numbers(
        date=date.fromisoformat(day),
        by=market,
        chances={row["outcome"]: row["price"] / total for row in rows},
        overround=total - 1.0,
        volumes={row["outcome"]: row["volume"] for row in rows if "volume" in row},
        spreads={row["outcome"]: row["spread"] for row in rows if "spread" in row},
    )
