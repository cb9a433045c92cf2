"""The report as PDF: A4, drawn in the page's colours, and as inert as the page."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import UsageError
from forecast.report import paper
from forecast.report.document import document
from forecast.report.page import PAPER, render
from forecast.report.wording import phrase

from .answered import answered
from .sample import Sample, sample


def _can_print() -> bool:
    try:
        paper.check_printable()
    except UsageError:
        return False
    return True


needs_pdf = pytest.mark.skipif(not _can_print(), reason="the extra `pdf`, or Pango, is not installed")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


def pdf_of(run: Sample, folder: Path, asked: Any = None) -> Path:
    shown = document(run.forecast, run.record, run.runs, **({"answers": asked} if asked else {}))
    file = folder / "report.pdf"
    file.write_bytes(paper.printed(shown))
    return file


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = sample()
    return pdf_of(run, tmp_path_factory.mktemp("pdf"), answered(run))


def said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")


@needs_pdf
@needs_poppler
@pytest.mark.slow
def test_every_page_is_a4_and_the_first_answers(printed: Path) -> None:
    facts = said("pdfinfo", str(printed))
    assert "(A4)" in facts
    assert "JavaScript:      no" in facts
    first = said("pdftotext", "-layout", "-l", "1", str(printed), "-")
    run = sample()
    for wanted in (
        run.forecast["question"],
        "What changed, and why",
        "What to watch next week",
        "How much to trust it",
    ):
        assert " ".join(wanted.split()) in " ".join(first.split())
    for outcome in run.forecast["outcomes"]:
        assert f"{round(100 * outcome['probability'])}%" in first
    for title in phrase("sections").values():
        assert title in first, "the contents stand whole on the first page"


@needs_pdf
@needs_poppler
@pytest.mark.slow
def test_figures_are_vectors_and_no_page_is_empty(printed: Path) -> None:
    assert len(said("pdfimages", "-list", str(printed)).splitlines()) == 2
    pages = said("pdftotext", str(printed), "-").split("\f")[:-1]
    assert len(pages) > 5
    assert all(len(page.split()) > 40 for page in pages)


@needs_pdf
def test_a_drawing_has_the_colours_that_a_browser_would_give_it() -> None:
    import weasyprint

    run = sample()
    page = weasyprint.HTML(string=render(document(run.forecast, run.record, run.runs), PAPER))
    paper.paint(page.etree_element)
    drawn = [element for element in page.etree_element.iter() if element.get("class") == "dot tone-t5"]
    assert drawn
    assert {element.get("fill") for element in drawn} == {"#6d195d"}
    assert {element.get("stroke") for element in drawn} == {"#fbfaf7"}
    assert not [e for e in page.etree_element.iter() if any("var(" in (e.get(name) or "") for name in paper.DRAWN)]


def test_a_report_on_paper_loads_nothing() -> None:
    with pytest.raises(ValueError, match="loads nothing"):
        paper._refuse("https://example.org/x.png")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UsageError, match=r"pip install 'possibilities\[pdf\]'"):
        paper.check_printable()
