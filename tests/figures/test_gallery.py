"""Whole sheets: every figure by name, as every kind of file, with its title and its finding."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from forecast.errors import UsageError
from forecast.figures.gallery import FORMATS, GALLERY, draw, format_of, save
from forecast.report.answers import ASKED
from forecast.report.document import Document, document
from forecast.report.wording import phrase
from tests.hostile.corpus import HOSTILE
from tests.hostile.reading import is_inert
from tests.hostile.spoiling import spoilt
from tests.report.answered import answered
from tests.report.sample import sample

OF_DOCUMENTS = [name for name, picture in GALLERY.items() if not picture.of_draws]
STARTS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
SAFE = {"svg", "metadata", "RDF", "Work", "type", "format", "creator", "Agent", "title", "date", "defs", "style", "g",
        "path", "use", "clipPath", "rect", "text", "tspan"}  # fmt: skip


def test_every_name_has_a_title_and_asks_what_can_be_asked() -> None:
    assert {picture.title for picture in GALLERY.values()} == phrase("figure_titles").keys() == GALLERY.keys()
    assert {asked for picture in GALLERY.values() for asked in picture.asked} <= set(ASKED)


@pytest.mark.parametrize("name", OF_DOCUMENTS)
def test_a_sheet_says_what_it_is_and_of_which_run(name: str, shown: Document) -> None:
    figure = draw(name, shown)
    told = [text.get_text() for text in figure.texts]
    assert phrase("figure_titles")[name] in told
    assert any(shown.provenance.run in words for words in told)
    assert len(told) >= 3


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_figure_is_the_same_file(format: str, shown: Document) -> None:  # noqa: A002
    first, second = (save(draw("forecast", shown), format) for _ in range(2))
    assert first == second
    assert first.startswith(STARTS[format])


def test_a_run_that_failed_its_checks_says_so_on_every_sheet() -> None:
    run = sample()
    run.forecast["publishable"] = False
    figure = draw("timing", document(run.forecast, run.record, run.runs))
    assert phrase("unusable") in [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("path", ["a.png", "b.SVG", "c.d.pdf"])
def test_the_ending_names_the_format(path: str) -> None:
    from pathlib import Path

    assert format_of(Path(path)) in FORMATS
    with pytest.raises(UsageError, match="give a name that ends in"):
        format_of(Path(path + ".exe"))


def test_there_is_no_other_figure(shown: Document) -> None:
    with pytest.raises(UsageError, match="no figure nothing: choose one of forecast, "):
        draw("nothing", shown)


STARTS_AT = [0, *(pytest.param(start, marks=pytest.mark.long) for start in range(80, len(HOSTILE), 80))]


@pytest.mark.parametrize("start", STARTS_AT)
@pytest.mark.parametrize("name", OF_DOCUMENTS)
def test_hostile_text_stays_text_in_every_figure(name: str, start: int) -> None:
    """Formulas are not set, markup is not obeyed: every word stands in the file as it was written, or cut."""
    texts = [text for text in (*HOSTILE[start:], *HOSTILE) if len(text) < 200]
    run = spoilt(lambda place: f"{texts[place % len(texts)]} $x^2$")
    hostile = document(run.forecast, run.record, run.runs, answers=answered(run))
    tree = ET.fromstring(save(draw(name, hostile), "svg"))
    assert {element.tag.rpartition("}")[2] for element in tree.iter()} <= SAFE
    links = {value for element in tree.iter() for key, value in element.attrib.items() if key.endswith("href")}
    assert all(link.startswith("#") for link in links)
    assert not [key for element in tree.iter() for key in element.attrib if key.startswith("on")]
    told = [element.text or "" for element in tree.iter() if element.tag.endswith("}text")]
    assert told
    assert all(is_inert(words) for words in told)
    if name in ("forecast", "futures", "history", "timing"):
        assert any(re.search(r"\$", words) for words in told)
