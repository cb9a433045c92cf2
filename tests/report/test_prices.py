"""What markets ask: the forecast without their prices and with them, on the page and in Markdown, where read."""

from __future__ import annotations

from typing import Any

import pytest

from forecast.report import bars
from forecast.report.document import Document, document
from forecast.report.page import render
from forecast.report.prices import Prices
from forecast.report.written import written
from tests.hostile.corpus import HOSTILE
from tests.hostile.reading import from_page, is_inert

from .reading import Element, check_is_inert, read
from .sample import Sample, sample


def made(run: Sample) -> Document:
    return document(run.forecast, run.record, run.runs)


def told(run: Sample) -> Prices:
    shown = made(run).prices
    assert shown is not None
    return shown


def block(run: Sample) -> Element:
    page = read(render(made(run)))
    check_is_inert(page)
    (found,) = [each for each in page.find("section") if each.attributes["aria-labelledby"] == "prices"]
    return found


def test_every_number_is_the_runs_own() -> None:
    run = sample()
    said = {row["id"]: row for row in run.forecast["markets"]["outcomes"]}
    chances = {row["id"]: row["probability"] for row in run.forecast["outcomes"]}
    shown = told(run)
    assert [market.name for market in shown.markets] == run.forecast["markets"]["names"]
    assert {each.outcome.id for each in shown.outcomes} == said.keys()
    for each in shown.outcomes:
        row = said[each.outcome.id]
        assert [price.value for price in each.asked] == row["prices"]
        assert (each.without.value, each.now.value) == (row["without"], chances[each.outcome.id])
        assert each.points.value == row["contribution"]
    values = {float(number.attributes["value"]) for number in block(run).find("data")}
    assert values == {
        *chances.values(),
        *(v for row in said.values() for v in (row["without"], row["contribution"])),
    } | {price for row in said.values() for price in row["prices"]}


def test_the_block_says_what_moved_and_names_the_markets() -> None:
    run = sample()
    words = block(run).text
    assert f"moved {told(run).farthest.outcome.label} most" in words
    assert "Harbour Exchange (5 February 2026), The Crowd (6 February 2026)" in words
    assert "Those who trade have read the reports too" in words


def test_a_move_within_the_computations_error_is_none() -> None:
    run = sample()
    for row in run.forecast["markets"]["outcomes"]:
        row["mcse"] = 1.0
    assert "moved no outcome by more than the computation's own error" in block(run).text
    rows = block(run).find("tbody")[0].find("tr")
    assert {row.attributes["class"] for row in rows} == {"faded"}


def test_a_run_that_read_none_says_nothing_of_them() -> None:
    run = sample()
    del run.forecast["markets"]
    shown = made(run)
    page, (text, _) = read(render(shown)), written(shown)
    assert shown.prices is None
    assert not [link for link in page.find("a") if link.attributes["href"] == "#prices"]
    for words in (page.text, text):
        assert "markets ask" not in words
        assert "Prices are read" not in words


def test_the_drawing_leads_from_without_to_with() -> None:
    shown = told(sample())
    drawn = bars.priced(shown)
    assert len(drawn) == len(shown.outcomes)
    assert all(str(each).count("<title>") == len(shown.markets) for each in drawn)


def test_a_market_that_asks_nothing_but_the_forecast_can_be_drawn() -> None:
    run = sample()
    zero: dict[str, Any] = {"prices": [0.0, 0.0], "without": 0.0, "contribution": 0.0, "mcse": 0.0}
    for row in run.forecast["markets"]["outcomes"]:
        row.update(zero)
    assert len(bars.priced(told(run))) == len(run.forecast["outcomes"])


@pytest.mark.slow
def test_the_names_of_markets_stay_text() -> None:
    run = sample()
    markets = run.forecast["markets"]
    markets["names"], markets["dates"] = list(HOSTILE), ["2026-02-05"] * len(HOSTILE)
    for row in markets["outcomes"]:
        row["prices"] = [row["without"]] * len(HOSTILE)
    words = block(run).text
    assert is_inert(words)
    told = from_page(words)
    assert [text for text in HOSTILE if from_page(text) not in told] == []
