"""On paper: the texts are read back from the PDF, and nothing in the file can run, load, open or lead astray."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from forecast.errors import UsageError
from forecast.report import inert, paper
from forecast.report.document import document
from tests.report.sample import Sample, sample

from .corpus import HOSTILE, endless
from .reading import from_page, is_inert
from .spoiling import crowded

EVERY = 20
"""Into how many files all texts are cut."""
SHARE = 3 * EVERY
"""One text of so many is tried on every run of the tests."""
ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|SubmitForm|ImportData|GoToR|GoToE|EmbeddedFile|Filespec|RichMedia|AA|OpenAction|XFA)\b"
)
"""Names of PDF that run, open or carry something."""


def can_print() -> bool:
    try:
        paper.check_printable()
    except UsageError:
        return False
    return shutil.which("pdftotext") is not None


pytestmark = [pytest.mark.long, pytest.mark.skipif(not can_print(), reason="no extra `pdf`, Pango or poppler here")]


def printed(run: Sample, folder: Path) -> Path:
    file = folder / "report.pdf"
    file.write_bytes(paper.printed(document(run.forecast, run.record, run.runs)))
    return file


def said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")


def check_is_inert(file: Path, links: Iterable[str] = ()) -> str:
    """Fail if the file holds anything but text, drawings and these links; what can be read of it."""
    found = ACTIVE.search(file.read_bytes())
    assert found is None, found
    assert "JavaScript:      no" in said("pdfinfo", str(file))
    followed = {line.split(maxsplit=2)[2] for line in said("pdfinfo", "-url", str(file)).splitlines()[1:] if line}
    assert followed <= set(links)
    told = said("pdftotext", "-raw", str(file), "-")
    told = re.sub("[\u202a\u202b\u202c]", "", told)  # by which poppler itself marks runs from right to left
    assert is_inert(told.replace("\f", "\n"))
    return from_page(told)


def is_in_every_font(text: str) -> bool:
    """Whether a page spells it in characters that any font has: what has no glyph cannot be read back."""
    return re.sub("[⟨⟩]", "", inert.visible(text)).isascii()


def missing(texts: Sequence[str], told: str) -> list[str]:
    return [text for text in texts if is_in_every_font(text) and from_page(text) not in told]


def web(texts: Sequence[str]) -> list[str]:
    """Those that a reader may well follow."""
    return [text for text in texts if inert.link(text)]


def test_a_share_of_all_texts_stays_text_on_paper(tmp_path: Path) -> None:
    texts = HOSTILE[::SHARE]
    assert missing(texts, check_is_inert(printed(crowded(texts), tmp_path), web(texts))) == []


@pytest.mark.long
@pytest.mark.parametrize("place", range(EVERY))
def test_all_texts_stay_text_on_paper(tmp_path: Path, place: int) -> None:
    texts = HOSTILE[place::EVERY]
    assert missing(texts, check_is_inert(printed(crowded(texts), tmp_path), web(texts))) == []


@pytest.mark.long
@pytest.mark.parametrize("place", range(EVERY))
def test_no_address_leads_anywhere_but_to_the_web(tmp_path: Path, place: int) -> None:
    texts = HOSTILE[place::EVERY]
    check_is_inert(printed(crowded(["plain words"] * len(texts), addresses=texts), tmp_path), web(texts))


@pytest.mark.long
@pytest.mark.parametrize("place", range(7))
def test_text_without_end_is_cut(tmp_path: Path, place: int) -> None:
    """In one field of each part: lines of two thousand letters without a blank take a typesetter long."""
    text, run = list(endless())[place], sample()
    run.forecast["question"] = run.forecast["outcomes"][0]["label"] = text
    run.forecast["assumptions"][0]["reason"] = text
    run.record["inputs"]["evidence"][0].update(title=text, note=text, source=text)
    links = {row["url"] for row in run.record["inputs"]["evidence"]} | {"https://example.org/formations"}
    told = check_is_inert(printed(run, tmp_path), links)
    assert from_page(" more characters)") in told
