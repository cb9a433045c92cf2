"""In the page and the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.report.document import document
from forecast.report.page import LARGEST, page, render
from forecast.report.picture import draw
from tests.report.reading import Element, check_is_inert, read, shape
from tests.report.sample import OUTCOMES, Sample, sample

from .corpus import HOST, HOSTILE, KINDS, RUN, endless
from .reading import from_page, is_inert, plain_words
from .spoiling import EVIDENCE, crowded, spoilt

WEB = {
    "HTTPS://EXAMPLE.ORG/A": "example.org",
    "https://xn--80ak6aa92e.com/": "xn--80ak6aa92e.com",
    f"https://{HOST}/'onmouseover='{RUN}": HOST,
}
"""Those that a reader may well follow: they are addresses of the web, and the host they lead to is shown."""
DRAWN = {"svg", "style", "rect", "text", "line", "polygon", "circle", "title", "desc"}


def page_of(run: Sample) -> Element:
    return read(render(document(run.forecast, run.record, run.runs)))


def chunks() -> Iterator[str]:
    """All of them, a few in one text, as many as are shown of one."""
    chunk = ""
    for text in HOSTILE:
        if len(chunk) + len(text) > 1900:
            yield chunk
            chunk = ""
        chunk += f" {text}"
    yield chunk


CHUNKS = list(chunks())
SOME_CHUNKS = [
    pytest.param(chunk, id=str(n), marks=pytest.mark.long if n % 3 else ()) for n, chunk in enumerate(CHUNKS)
]
"""Every third; the others with `-m long`."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_in_every_list_stays_text(kind: str) -> None:
    texts = KINDS[kind]
    hostile = page_of(crowded(texts))
    check_is_inert(hostile)
    words = plain_words(texts)
    addresses = [
        f"https://example.org/{word[-3:]}" if text in WEB else word for text, word in zip(texts, words, strict=True)
    ]
    plain = page_of(crowded(addresses))
    assert shape(hostile) == shape(plain)
    told, rows = hostile.text, hostile.find("table", id="reports")[0].find("tbody")[0].find("tr")
    assert is_inert(told)
    seen = [from_page(row.text).count(from_page(text)) for row, text in zip(reversed(rows), texts, strict=True)]
    assert min(seen) >= len(EVIDENCE) + len(("report_id", "note", "indicator"))
    told = from_page(told)
    assert min(told.count(from_page(text)) for text in texts) >= 25


@pytest.mark.slow
def test_only_a_web_address_is_a_link_and_it_shows_where_it_leads() -> None:
    shown = page_of(crowded(["plain words"] * len(HOSTILE), addresses=HOSTILE))
    check_is_inert(shown)
    rows = shown.find("table", id="reports")[0].find("tbody")[0].find("tr")
    followed = {}
    for row, text in zip(reversed(rows), HOSTILE, strict=True):
        if links := row.find("a"):
            assert links[0].attributes["href"] == text
            followed[text] = row.find("span", class_="host")[0].text
        else:
            assert from_page(text) in from_page(row.text)
    assert followed == WEB


@pytest.fixture(scope="module")
def plain() -> list[str]:
    return shape(page_of(spoilt(lambda place: f"{place} plain words")))


@pytest.mark.slow
@pytest.mark.parametrize("chunk", SOME_CHUNKS)
def test_every_field_that_a_run_has_once_stays_text(chunk: str, plain: list[str]) -> None:
    run = spoilt(lambda place: f"{place} {chunk}")
    hostile = page_of(run)
    check_is_inert(hostile)
    assert shape(hostile) == plain
    assert is_inert(hostile.text)
    for field in ("title", "question", "counts"):
        assert from_page(run.forecast[field]) in from_page(hostile.text)


@settings(max_examples=15)
@given(st.text(st.characters(), min_size=1, max_size=60))
def test_any_words_stay_words(payload: str) -> None:
    hostile = page_of(spoilt(lambda place: f"{place} {payload}"))
    check_is_inert(hostile)
    assert shape(hostile) == shape(page_of(spoilt(lambda place: f"{place} plain words")))
    assert is_inert(hostile.text)


@pytest.mark.slow
@pytest.mark.parametrize("place", range(7))
def test_text_without_end_is_cut_and_the_page_can_still_be_sent(place: int) -> None:
    text = list(endless())[place]
    run = spoilt(lambda _: text)
    _, written = page(run.forecast, run.record, run.runs)
    assert len(written.encode()) <= LARGEST
    assert " more characters)" in read(written).find("h1")[0].text


def test_many_long_texts_are_cut_sooner_and_few_are_not() -> None:
    few, many = sample(), sample()
    few.record["inputs"]["evidence"][0]["note"] = "few " * 400
    row = many.record["inputs"]["evidence"][0]
    many.record["inputs"]["evidence"] = [{**row, "report_id": f"R{n}", "note": "many " * 400} for n in range(1500)]
    for run, cut in ((few, False), (many, True)):
        _, written = page(run.forecast, run.record, run.runs)
        assert len(written.encode()) <= LARGEST
        assert ("(1,500 more characters)" in written) == cut
    assert "many " * 100 + "…" in written


# ---------------------------------------------------------------------------- the picture


def pictured(run: Sample) -> ET.Element:
    return ET.fromstring(draw(document(run.forecast, run.record, run.runs)))


def check_is_drawing(tree: ET.Element) -> None:
    for element in tree.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in DRAWN
        assert not [name for name in element.attrib if name.startswith("on") or name.endswith("href")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_label_of_the_picture_stays_text(kind: str) -> None:
    texts = KINDS[kind]
    hostile, plain = pictured(crowded(texts)), pictured(crowded(["plain words"] * len(texts)))
    check_is_drawing(hostile)
    assert [element.tag for element in hostile.iter()] == [element.tag for element in plain.iter()]
    labels = [" ".join((e.text or "").split()) for e in hostile.iter() if e.get("class") == "label"]
    assert all(is_inert(label) for label in labels)
    for label, text in zip(labels[len(OUTCOMES) - 1 : -1], texts, strict=True):
        assert label.endswith("…") or from_page(label) == from_page(text)


@pytest.mark.parametrize("chunk", CHUNKS, ids=range(len(CHUNKS)))
def test_every_other_field_of_the_picture_stays_text(chunk: str) -> None:
    run = spoilt(lambda place: chunk)
    tree = pictured(run)
    check_is_drawing(tree)
    assert from_page(chunk) in from_page(tree.attrib["aria-label"])


def test_keys_are_as_inert_as_values() -> None:
    run = sample()
    texts = cycle(HOSTILE)
    versions: dict[str, Any] = {next(texts): next(texts) for _ in range(len(HOSTILE) // 2)}
    run.forecast["run"]["versions"] = versions
    shown = page_of(run)
    check_is_inert(shown)
    told = from_page(shown.text)
    assert all(from_page(name) in told and from_page(version) in told for name, version in versions.items())
