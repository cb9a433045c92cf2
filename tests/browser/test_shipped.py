"""The report that ships, whole: axe-core finds no barrier in any part of it, folds open, every report shown.

axe-core weighs every element against every other that lies near it, so that a page of ten thousand takes it minutes:
it looks at one part after the other, and no part of the page is left out.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.test_page import RULES, unfold

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SHIPPED = sorted((Path(__file__).parents[2] / "reports").glob("*/*/report.html"))
PARTS = ["header", ".first", "nav", *(f"main > section:nth-of-type({place})" for place in range(1, 15))]

pytestmark = [pytest.mark.long, pytest.mark.skipif(BROWSER is None or not SHIPPED, reason="no Chromium, or no report")]


@pytest.fixture(scope="module", params=[(width, mode) for width in (360, 1280) for mode in RULES], ids=str)
def shipped(request: pytest.FixtureRequest) -> Iterator[tuple[playwright.Page, str]]:
    width, mode = request.param
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-dev-shm-usage"])
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=mode, reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(SHIPPED[-1].as_uri())
        unfold(page)
        if page.locator("button.more:visible").count():
            page.locator("button.more").click()
        yield page, mode
        browser.close()


def test_the_parts_are_the_whole_page(shipped: tuple[playwright.Page, str]) -> None:
    page, _ = shipped
    left = page.evaluate(
        "(parts) => [...document.querySelectorAll('body :is(h1, h2, h3, p, table, svg, button)')]"
        ".filter((each) => !each.closest(parts)).length",
        ", ".join(PARTS),
    )
    assert left == 0


@pytest.mark.parametrize("part", PARTS)
def test_no_part_has_a_barrier(shipped: tuple[playwright.Page, str], part: str) -> None:
    page, mode = shipped
    if not page.locator(part).count():
        pytest.skip("this page has no such part")
    found = axe.Axe().run(page, context=part, options={**RULES[mode], "resultTypes": ["violations"]})
    assert [
        f"{each['id']}: {[node['html'] for node in each['nodes'][:3]]}" for each in found.response["violations"]
    ] == []
