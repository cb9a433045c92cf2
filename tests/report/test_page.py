"""The page: every number as the run holds it, nothing live in it but its own style and script."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from forecast.report import paths, plots
from forecast.report.answers import Answers
from forecast.report.document import NOTHING, document
from forecast.report.page import render

from .answered import answered
from .reading import Element, check_is_inert, read
from .sample import Sample, sample


def page_of(run: Sample, answers: Answers = NOTHING) -> Element:
    return read(render(document(run.forecast, run.record, run.runs, answers=answers)))


@pytest.fixture(scope="module")
def page() -> Element:
    return page_of(sample(), answered(sample()))


# ---------------------------------------------------------------------------- numbers


def numbers(tree: Any) -> Iterator[float]:
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        for value in tree:
            yield from numbers(value)
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield float(tree)


def test_every_number_of_the_page_is_one_of_the_runs(page: Element) -> None:
    run = sample()
    asked = answered(run)
    known = set(numbers([run.forecast, run.runs, asdict(asked)]))
    known |= {1 - week["unresolved"] for week in run.forecast["timing"]}
    # The rule's limit of origins, the loadings, "learned" of what is held fixed, well graded reports, codings by cell.
    rows = run.record["inputs"]["evidence"]
    sound = {row["report_id"] for row in rows if row["reliability"] in "AB" and row["credibility"] in "12"}
    counted = {20.0, 24.0, 0.0, float(len(sound))} | set(Counter(cells(run)).values())
    shown = [float(element.attributes["value"]) for element in page.find("data")]
    assert len(shown) > 1000
    assert set(shown) <= known | counted
    ends = [
        (float(e.attributes["data-low"]), float(e.attributes["data-high"]))
        for e in page.find("span", class_="interval")
    ]
    assert {end for pair in ends for end in pair} <= known


def cells(run: Sample) -> list[str]:
    return [
        row["reliability"] + row["credibility"]
        for row in run.record["inputs"]["evidence"]
        if not row["retracted_at"] and row["grade"]
    ]


def table_rows(page: Element) -> dict[str, Element]:
    (table,) = page.find("table", class_="forecast")
    return {row.find("bdi")[0].text: row for row in table.find("tbody")[0].find("tr")}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.001, 1), min_size=7, max_size=7))
def test_the_forecast_table_holds_each_outcomes_numbers(weights: list[float]) -> None:
    run = sample()
    for entry, weight in zip(run.forecast["outcomes"], weights, strict=True):
        entry["probability"] = weight / sum(weights)
    rows = table_rows(page_of(run))
    for entry in run.forecast["outcomes"]:
        chance = rows[entry["label"]].find("td", class_="chance")[0]
        (number,), (interval,) = chance.find("data"), chance.find("span", class_="interval")
        percentage = round(100 * entry["probability"])
        assert float(number.attributes["value"]) == entry["probability"]
        assert number.text == f"{'<1' if percentage == 0 else percentage}%"
        assert [interval.attributes["data-low"], interval.attributes["data-high"]] == [
            str(end) for end in entry["interval"]
        ]


def test_word_and_number_stand_side_by_side_in_the_answer(page: Element) -> None:
    (answer,) = page.find("p", class_="answer")
    assert "The nominee steps aside by agreement: unlikely, 28% (90% interval 13–53%)." in answer.text  # noqa: RUF001
    assert "That nothing is decided by 31 December 2026: very unlikely, 10%." in answer.text


def test_likelihood_and_confidence_never_share_a_sentence(page: Element) -> None:
    told = [element.text for tag in ("p", "li") for element in page.find(tag)]
    sentences = [sentence for text in told for sentence in re.split(r"(?<=[.:;])\s", text.lower())]
    about_confidence = [sentence for sentence in sentences if "confidence" in sentence]
    assert about_confidence
    assert not [
        s for s in about_confidence if re.search(r"\blikely\b|unlikely|almost|%", s) and "not about how likely" not in s
    ]


def test_drivers_and_evidence_are_all_there(page: Element) -> None:
    run = sample()
    headings = {heading.text for heading in page.find("h3")}
    assert {path["label"] for path in run.forecast["driver_paths"]} <= headings
    (table,) = page.find("table", id="reports")
    text = table.text
    assert all(row["title"] in text and row["source"] in text for row in run.record["inputs"]["evidence"])
    (struck,) = table.find("tr", class_="retracted")
    assert "retracted 7 February 2026" in struck.text


# ---------------------------------------------------------------------------- one closed file


def test_the_policy_allows_this_style_and_this_script_and_nothing_else(page: Element) -> None:
    (policy,) = [
        m.attributes["content"]
        for m in page.find("meta")
        if m.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == "'none'"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (element,) = page.find(tag)
        (content,) = element.children
        digest = base64.b64encode(hashlib.sha256(str(content).encode()).digest()).decode()
        assert rules.pop(rule) == f"'sha256-{digest}'"
    assert rules == {"base-uri": "'none'", "form-action": "'none'"}


def test_nothing_is_fetched_from_elsewhere(page: Element) -> None:
    check_is_inert(page)
    style, script = page.find("style")[0], page.find("script")[0]
    assert not re.search(r"url\(|@import|https?:|//", style.text)
    assert not re.search(r"fetch|XMLHttp|import\(|https?:|innerHTML|eval", script.text)


def test_ids_are_unique_and_every_reference_has_its_target(page: Element) -> None:
    everything = page.find("*")
    ids = [element.attributes["id"] for element in everything if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    wanted = [e.attributes["href"][1:] for e in everything if e.attributes.get("href", "").startswith("#")]
    for name in ("aria-labelledby", "for", "data-searches"):
        wanted += [word for e in everything for word in e.attributes.get(name, "").split()]
    assert set(wanted) <= set(ids)


def test_the_page_is_small() -> None:
    run = sample()
    assert len(render(document(run.forecast, run.record, run.runs)).encode()) < 1_000_000


# ---------------------------------------------------------------------------- words from outside


def test_the_reader_sees_the_words_themselves() -> None:
    run = sample()
    run.record["inputs"]["evidence"][2]["title"] = "<b>bold</b> \u202eevil & {{ 7 }}"
    (table,) = page_of(run).find("table", id="reports")
    assert "<b>bold</b> ⟨U+202E⟩evil & {{ 7 }}" in table.text


def test_a_hostile_address_is_shown_and_cannot_be_followed() -> None:
    run = sample()
    run.record["inputs"]["evidence"][0]["url"] = run.record["inputs"]["evidence"][1]["url"] = "javascript:alert(1)"
    page = page_of(run)
    assert "no plain web address: javascript:alert(1)" in page.text
    check_is_inert(page)


# ---------------------------------------------------------------------------- cases at the edge


def test_one_outcome() -> None:
    run = sample()
    for forecast in (run.forecast, *run.runs):
        kept = [forecast["outcomes"][0], *forecast["outcomes"][-2:]]
        forecast["outcomes"] = kept
        for week in forecast["timing"]:
            week["cumulative"] = {outcome["id"]: week["cumulative"][outcome["id"]] for outcome in kept[:-1]}
    assert len(table_rows(page_of(run))) == 3


def test_fifty_outcomes() -> None:
    run = sample()
    template = run.forecast["outcomes"][0]
    many = [
        {**template, "id": f"o{n}", "label": f"Outcome {n}", "probability": 0.016, "previous": None} for n in range(50)
    ]
    del run.forecast["markets"]
    run.forecast["outcomes"] = [*many, *run.forecast["outcomes"][-2:]]
    for week in run.forecast["timing"]:
        week["cumulative"] = {outcome["id"]: 0.01 for outcome in run.forecast["outcomes"][:-1]}
    page = page_of(run)
    assert len(table_rows(page)) == 52
    (answer,) = page.find("p", class_="answer")
    assert "Resolved some other way: very unlikely, 17%" in answer.text


def test_many_equal_outcomes_lead_together_in_a_short_answer() -> None:
    run = sample()
    for entry in run.forecast["outcomes"][:5]:
        entry["probability"] = 0.18
    (answer,) = page_of(run).find("p", class_="answer")
    assert answer.text.startswith("No single answer leads: A compromise candidate (very unlikely, 18%), A government")


def test_no_evidence() -> None:
    run = sample()
    run.record["inputs"]["evidence"] = []
    run.forecast["evidence"] = dict.fromkeys(run.forecast["evidence"], 0)
    text = page_of(run).text
    assert "No report was in hand" in text
    assert "No event in hand tells about it." in text


def test_no_history() -> None:
    run = sample()
    for entry in run.forecast["outcomes"]:
        entry["previous"] = entry["change"] = None
    run.runs.clear()
    text = page_of(run).text
    assert "This is the first forecast of its kind" in text
    assert "There is no earlier forecast with this model and these assumptions." in text


def test_a_model_without_drivers() -> None:
    run = sample()
    for forecast in (run.forecast, *run.runs):
        forecast["drivers"], forecast["driver_paths"], forecast["assumptions"], forecast["gates"] = [], [], [], []
        forecast["diagnostics"] |= {"method": "exact", "rhat_max": None, "ess_bulk_min": None, "ess_tail_min": None}
        forecast["diagnostics"]["divergences"] = None
    text = page_of(run).text
    assert "This model has no drivers." in text
    assert "The model is solved exactly" in text


def test_an_unpublishable_run_says_so_first() -> None:
    run = sample()
    run.forecast["publishable"] = False
    run.forecast["diagnostics"] |= {"gate": "fail", "failures": ["R-hat 1.08 of compromise"], "rhat_max": 1.08}
    page = page_of(run)
    (banner,) = page.find("div", class_="banner")
    assert banner.attributes["role"] == "alert"
    assert "Do not use: this forecast failed its checks." in banner.text
    assert "R-hat 1.08 of compromise" in banner.text
    assert page.text.index("Do not use") < page.text.index("The likeliest answer")
    assert "Not at all" in page.text


def test_a_publishable_run_has_no_banner(page: Element) -> None:
    assert not page.find("div", class_="banner")


def test_a_gate_that_was_passed_has_its_date() -> None:
    run = sample()
    run.forecast["gates"][0]["passed"] = "2026-02-03"
    assert "Parliament elects the president of the republic: done on 3 February 2026." in page_of(run).text


def test_a_horizon_within_the_week() -> None:
    run = sample()
    tomorrow = date.fromisoformat(run.forecast["as_of"]) + timedelta(days=1)
    run.forecast["horizon"] = tomorrow.isoformat()
    run.forecast["timing"] = run.forecast["timing"][:1]
    assert "Horizon 9 February 2026, 1 day away" in page_of(run).text


FIGURES = [(plots, "futures"), (plots, "course"), (plots, "timing"), (paths, "driver")]


@pytest.mark.parametrize(("module", "figure"), FIGURES)
def test_a_figure_that_cannot_be_drawn_is_an_error(
    module: ModuleType, figure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ArithmeticError("no figure")

    monkeypatch.setattr(module, figure, broken)
    with pytest.raises(ArithmeticError, match="no figure"):
        page_of(sample())


@pytest.mark.parametrize(("module", "figure"), FIGURES)
def test_a_figure_that_is_not_there_is_an_error(
    module: ModuleType, figure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(module, figure)
    with pytest.raises(UndefinedError, match=figure):
        page_of(sample())
