"""One file holds all wording; the templates around it hold none."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from forecast.report.document import document
from forecast.report.page import render
from forecast.report.wording import environment, phrase

from .answered import answered
from .reading import Element, read
from .sample import sample

TEMPLATES = files("forecast.report") / "templates"
LONGEST_ALT = 100
"""Words of a text that stands for a picture."""


@pytest.fixture(scope="module")
def page() -> Element:
    run = sample()
    return read(render(document(run.forecast, run.record, run.runs, answers=answered(run))))


STRUCTURES = sorted(each.name for each in TEMPLATES.iterdir() if each.name.endswith(".jinja"))
STRUCTURES.remove("wording.jinja")
STRUCTURES.remove("calibration.svg.jinja")  # no part of a report: what `calibrate --picture` draws


@pytest.mark.parametrize("name", STRUCTURES)
def test_the_structure_holds_no_wording(name: str) -> None:
    text = (TEMPLATES / name).read_text("utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>", "", text, flags=re.DOTALL)
    attributes = re.findall(r'(?:aria-label|title|alt|data-[\w-]+)="([^"]+)"', text)
    assert [words for words in attributes if re.search(r"[A-Za-z]{2} [a-z]", words)] == []
    outside_tags = re.sub(r"<[^>]*>|[.]svg", " ", text)
    assert re.findall(r"[^\W\d_]{2,}", outside_tags) == []


def test_the_script_holds_no_wording() -> None:
    script = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "report.js").read_text("utf-8"), flags=re.DOTALL)
    quoted = re.findall(r'"([^"]*)"', script)
    assert [words for words in quoted if re.search(r"[A-Z][a-z]+ |[a-z]{3,} [a-z]{3,} ", words)] == []


def test_a_translated_word_shows_up_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    months = [f"Monat {number}" for number in range(1, 13)]
    words = environment().get_template("wording.jinja").module.__dict__
    monkeypatch.setitem(words, "months", months)
    monkeypatch.setitem(words, "still_open", "Noch offen")
    phrase.cache_clear()
    try:
        run = sample()
        text = read(render(document(run.forecast, run.record, run.runs))).text
    finally:
        phrase.cache_clear()
    assert "8 Monat 2 2026" in text
    assert "8 February 2026" not in text
    assert "Noch offen" in text
    assert run.forecast["outcomes"][-1]["label"] not in text, "whatever the run calls it"


def test_every_figure_states_its_finding_in_few_words(page: Element) -> None:
    figures = [drawing for drawing in page.find("svg") if drawing.attributes.get("role") == "img"]
    assert len(figures) > 20
    for drawing in figures:
        (finding,) = drawing.find("desc")
        assert 5 <= len(finding.text.split()) <= LONGEST_ALT
        assert re.search(r"\d", finding.text), finding.text


def test_every_drawing_is_named_or_passed_over(page: Element) -> None:
    for drawing in page.find("svg"):
        assert drawing.attributes.get("role") == "img" or drawing.attributes.get("aria-hidden") == "true"


def test_every_table_says_what_its_cells_are_even_where_a_style_lays_them_out_anew(page: Element) -> None:
    roles = {"tr": "row", "td": "cell", "thead": "rowgroup", "tbody": "rowgroup", "table": "table"}
    for tag, role in roles.items():
        assert {element.attributes.get("role") for element in page.find(tag)} == {role}
