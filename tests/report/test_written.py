"""The report as Markdown: the page's numbers and words, and nothing in it that a reader of Markdown would obey."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from forecast.report.answers import Answers
from forecast.report.document import Document, document
from forecast.report.markdown import block, plain
from forecast.report.page import render
from forecast.report.written import written
from tests.hostile.corpus import HOSTILE, KINDS
from tests.hostile.reading import from_page, is_inert, plain_words
from tests.hostile.spoiling import crowded, spoilt

from .answered import answered
from .reading import read
from .sample import Sample, sample

NUMBER = re.compile(r"(?<![\w.#-])[<>+−]?\d[\d,.]*(?![\w-])")  # noqa: RUF001


def told(run: Sample, answers: Answers | None = None) -> tuple[Document, str, dict[str, str]]:
    shown = document(run.forecast, run.record, run.runs, answers=answers or answered(run))
    return shown, *written(shown)


@pytest.fixture(scope="module")
def report() -> tuple[Document, str, dict[str, str]]:
    return told(sample())


def numbers(text: str) -> set[str]:
    return {found.rstrip(".,") for found in NUMBER.findall(text)}


def test_every_number_is_one_of_the_pages(report: tuple[Document, str, dict[str, str]]) -> None:
    shown, text, _ = report
    page = read(render(shown))
    known = " ".join([page.text, *(element.attributes.get("href", "") for element in page.find("a"))])
    said = numbers(re.sub(r"\\(.)|<a id=[^>]*></a>|[(]<[^>]*>[)]|[(]#r\d+[)]|figures/", r" \1", text))
    assert len(said) > 100
    assert {number for number in said if number not in known} == set()


def test_it_holds_every_section_of_the_page_in_its_order(report: tuple[Document, str, dict[str, str]]) -> None:
    shown, text, _ = report
    page = read(render(shown))
    headings = [
        heading.text for heading in page.find("h2") if heading.attributes["id"] not in ("forecast", "notes", "lines")
    ]
    written_ones = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert written_ones == headings


def test_tables_are_whole(report: tuple[Document, str, dict[str, str]]) -> None:
    found = tokens(report[1])
    width = 0
    for place, each in enumerate(found):
        if each.type == "tr_open":
            end = next(at for at in range(place, len(found)) if found[at].type == "tr_close")
            cells = sum(part.type in ("td_open", "th_open") for part in found[place:end])
            width = cells if found[place - 1].type == "thead_open" else width
            assert cells == width
    ours = re.findall(r"^\|(?: --[-:] \|)+$", report[1], re.MULTILINE)
    assert sum(each.type == "table_open" for each in found) == len(ours) > 10


def test_every_figure_is_there_and_shown(report: tuple[Document, str, dict[str, str]]) -> None:
    _, text, figures = report
    shown = re.findall(r"!\[(.+)\]\(figures/(\w+)\.svg\)", text)
    assert {name for _, name in shown} == figures.keys()
    assert all(len(alt.split()) > 4 for alt, _ in shown)
    for drawing in figures.values():
        assert ET.fromstring(drawing).tag.endswith("svg")


def test_every_link_inward_leads_to_a_report(report: tuple[Document, str, dict[str, str]]) -> None:
    text = report[1]
    assert set(re.findall(r"\]\(#(r\d+)\)", text)) <= set(re.findall(r'<a id="(r\d+)"></a>', text))


def tokens(text: str) -> list[Token]:
    """What a reader of Markdown makes of it, tables and strikethrough included, inline parts in their order."""
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [part for token in parsed for part in (token, *(token.children or ()))]


def shape(found: list[Token]) -> list[str]:
    """The kinds of its parts; how a text is cut into pieces by escapes does not matter."""
    return [each.type for each in found if each.type not in ("text", "text_special", "link_open", "link_close")]


def check_is_inert(text: str) -> list[Token]:
    """Fail if a reader of Markdown would obey anything but the report's own marks."""
    assert is_inert(text)
    found = tokens(text)
    for each in found:
        assert each.type != "html_block"
        if each.type == "html_inline":
            assert re.fullmatch(r'<a id="r\d+">|</a>', each.content), each.content
        if each.type == "link_open":
            assert re.match(r"#r\d+$|https?://", str(each.attrs["href"]), re.IGNORECASE)
        if each.type == "image":
            assert re.fullmatch(r"figures/\w+\.svg", str(each.attrs["src"]))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_stays_text(kind: str) -> None:
    texts = KINDS[kind]
    _, hostile, figures = told(crowded(texts), Answers())
    _, tame, _ = told(crowded(plain_words(texts)), Answers())
    found = check_is_inert(hostile)
    assert shape(found) == shape(tokens(tame))
    shown = from_page("".join(each.content for each in found if each.type in ("text", "text_special", "code_block")))
    assert [text for text in texts if len(text) < 1000 and from_page(text) not in shown] == []
    assert all(ET.fromstring(drawing) is not None for drawing in figures.values())


@pytest.mark.slow
def test_addresses_that_are_none_are_text() -> None:
    _, text, _ = told(crowded(["plain words"] * len(HOSTILE), addresses=HOSTILE), Answers())
    check_is_inert(text)


@pytest.mark.parametrize("place", range(0, 500, 50))
def test_every_field_stays_text(place: int) -> None:
    chunk = HOSTILE[place : place + 50]
    _, hostile, _ = told(spoilt(lambda at: chunk[at % len(chunk)][:500]), Answers())
    _, tame, _ = told(spoilt(lambda at: f"plain words {at % len(chunk):02}"), Answers())
    assert shape(check_is_inert(hostile)) == shape(tokens(tame))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("- a", "\\- a"),
        ("+ a", "\\+ a"),
        ("1. a", "1\\. a"),
        ("12) a", "12\\) a"),
        ("1.5 a", "1.5 a"),
        ("2026-02-08", "2026-02-08"),
        ("=====", "\\====="),
        ("$x$", "\\$x\\$"),
        (":smile:", "\\:smile:"),
        ("| a", "\\| a"),
    ],
)
def test_what_opens_a_list_or_a_formula_is_told_apart(words: str, shown: str) -> None:
    assert plain(words) == shown


def test_no_text_closes_its_own_fence() -> None:
    fenced = block("a\n````\nb")
    assert fenced.splitlines()[0] == "`````"
    assert fenced.splitlines()[-1] == "`````"


def test_who_differs_on_what_stands_in_it_too(report: tuple[Document, str, dict[str, str]]) -> None:
    shown, text, _ = report
    assert shown.analysts is not None
    told = [token.content for token in tokens(text)]
    assert "Who differs on what" in told
    for row in shown.analysts.numbers:
        assert any(row.about in words for words in told)
