"""What the team and markets said: read by day, refused by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from forecast.case.others import Numbers, latest
from forecast.case.reading import read_case
from tests.case.editing import faults, said

ENDS = ("city", "private", "other", "unresolved")
FIRST, SECOND = "2026-01-20", "2026-01-27"


def rows(day: str, by: str, numbers: Sequence[float]) -> str:
    return "".join(f"{day},{by},{end},{number}\n" for end, number in zip(ENDS, numbers, strict=True))


def judged(folder: Path, text: str) -> Path:
    (folder / "judgements.csv").write_text("date,author,outcome,probability\n" + text, encoding="utf-8")
    return folder


def priced(folder: Path, text: str) -> Path:
    (folder / "prices.csv").write_text("date,market,outcome,price\n" + text, encoding="utf-8")
    return folder


def test_a_case_need_not_have_either(harbour: Path) -> None:
    case = read_case(harbour)
    assert (case.judgements, case.prices) == ((), ())


def test_judgements_are_read_as_they_stand(harbour: Path) -> None:
    text = rows(SECOND, "ann", (0.5, 0.2, 0.1, 0.2)) + rows(FIRST, "bob", (0.25, 0.25, 0.25, 0.25))
    case = read_case(judged(harbour, text))
    last = case.question.horizon
    assert case.judgements == (
        Numbers(dt.date(2026, 1, 27), "ann", dict(zip(ENDS, (0.5, 0.2, 0.1, 0.2), strict=True)), horizon=last),
        Numbers(dt.date(2026, 1, 20), "bob", dict.fromkeys(ENDS, 0.25), horizon=last),
    )


def test_prices_are_shares_of_their_sum_and_the_rest_is_said(harbour: Path) -> None:
    (found,) = read_case(priced(harbour, rows(FIRST, "Harbour Exchange", (0.6, 0.3, 0.1, 0.2)))).prices
    assert found.by == "Harbour Exchange"
    assert found.overround == pytest.approx(0.2)
    assert found.chances == pytest.approx({"city": 0.5, "private": 0.25, "other": 1 / 12, "unresolved": 1 / 6})


def test_the_last_numbers_by_a_day_are_those_that_count() -> None:
    def at(day: int, by: str, city: float) -> Numbers:
        return Numbers(dt.date(2026, 1, day), by, {"city": city, "other": 1.0 - city})

    numbers = [at(20, "ann", 0.3), at(13, "ann", 0.1), at(14, "bob", 0.6)]
    assert latest(numbers, dt.date(2026, 1, 12)) == {}
    assert latest(numbers, dt.date(2026, 1, 19)) == {"ann": numbers[1], "bob": numbers[2]}
    assert latest(numbers, dt.date(2026, 1, 20)) == {"ann": numbers[0], "bob": numbers[2]}


GOOD = rows(FIRST, "ann", (0.5, 0.2, 0.1, 0.2))
BAD = {
    "a slip": (judged, GOOD.replace("city", "citty"), 2, "there is no outcome 'citty': did you mean 'city'?"),
    "a percentage": (judged, GOOD.replace("0.5", "50"), 2, "'probability' is '50': write a number from 0 to 1"),
    "a word": (judged, GOOD.replace("0.5", "half"), 2, "'probability' is 'half': write a number from 0 to 1"),
    "NaN": (priced, GOOD.replace("0.5", "nan"), 2, "'price' is 'nan': write a number from 0 to 1"),
    "negative": (priced, GOOD.replace("0.5", "-0.5"), 2, "'price' is '-0.5': write a number from 0 to 1"),
    "too much": (judged, GOOD.replace("0.5", "0.6"), 2, "the probabilities of 2026-01-20 sum to 1.1: make them sum"),
    "nothing": (priced, rows(FIRST, "x", (0, 0, 0, 0)), 2, "the prices of 2026-01-20 sum to nothing: write what"),
    "an outcome left out": (judged, GOOD[: GOOD.index("2026-01-20,ann,unres")], 2, "nothing is said of 'unresolved'"),
    "twice": (priced, GOOD + GOOD[: GOOD.index("\n") + 1], 6, "'2026-01-20', 'ann' and 'city' are there twice"),
    "before the opening": (judged, GOOD.replace(FIRST, "2026-01-11"), 2, "2026-01-11 is outside the question's life"),
    "after the horizon": (priced, GOOD.replace(FIRST, "2026-06-29"), 2, "2026-06-29 is outside the question's life"),
    "no name": (judged, GOOD.replace("ann", ""), 2, "'author' is empty"),
}  # fmt: skip


@pytest.mark.parametrize(("write", "text", "line", "message"), BAD.values(), ids=BAD)
def test_bad_rows_are_refused_by_line(
    harbour: Path, write: Callable[[Path, str], Path], text: str, line: int, message: str
) -> None:
    first = said(faults(write(harbour, text)))[0]
    name = "judgements" if write is judged else "prices"
    assert first.startswith(f"data/harbour/{name}.csv:{line}: ")
    assert message in first


def test_every_fault_of_both_files_is_said_at_once(harbour: Path) -> None:
    priced(judged(harbour, GOOD.replace("0.5", "half").replace("0.1", "one")), GOOD.replace("city", "town"))
    found = [(fault.file.rpartition("/")[2], fault.line) for fault in faults(harbour)]
    assert sorted(found) == [("judgements.csv", 2), ("judgements.csv", 4), ("prices.csv", 2)]
