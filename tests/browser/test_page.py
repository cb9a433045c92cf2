"""Report and index in a real browser: no error, no request, no barrier, at every width, in both modes, on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from forecast.report.document import document
from forecast.report.page import render
from forecast.report.shelf import index
from tests.report.answered import answered
from tests.report.sample import sample
from tests.report.test_shelf import shelf_of

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDTHS = (320, 360, 768, 1280)
MODES = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {
    "light": {"runOnly": TAGS},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}},  # all else is the same in the dark
}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")]


@dataclass
class Opened:
    """A page in the browser, and what it asked for and complained of."""

    page: playwright.Page
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of the sample's run with all that can be asked of it, and an index of shipped runs."""
    folder = tmp_path_factory.mktemp("pages")
    run = sample()
    shown = document(run.forecast, run.record, run.runs, answers=answered(run))
    (folder / "report.html").write_text(render(shown), "utf-8")
    reports = shelf_of(folder)
    (reports / "index.html").write_text(index(reports), "utf-8")
    return {"report": folder / "report.html", "index": reports / "index.html"}


@pytest.fixture(params=["report", "index"])
def opened(request: pytest.FixtureRequest, browser: playwright.Browser, files: dict[str, Path]) -> Iterator[Opened]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    found = Opened(context.new_page(), files[request.param].as_uri())
    found.page.on("request", lambda request: found.asked.append(request.url))
    found.page.on("console", lambda message: found.complaints.append(f"{message.type}: {message.text}"))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.goto(found.address)
    yield found
    context.close()


def barriers(page: playwright.Page, mode: str) -> list[str]:
    """What axe-core finds, in the words of its rules, with the elements meant."""
    found = axe.Axe().run(page, options=RULES[mode]).response["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}" for each in found]


def unfold(page: playwright.Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")


def test_nothing_is_asked_for_nothing_is_complained_of_and_nothing_is_in_the_way(opened: Opened) -> None:
    page = opened.page
    for folded in (True, False):
        if not folded:
            unfold(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    for mode in MODES:
        page.emulate_media(color_scheme=mode)
        assert barriers(page, mode) == []
    for control in page.locator("button:visible, summary:visible").all()[:12]:
        control.click()
    assert opened.asked == [opened.address]
    assert opened.complaints == []


def test_every_figure_is_drawn_where_a_reader_sees_it(opened: Opened) -> None:
    page = opened.page
    unfold(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        boxes = page.evaluate(
            "[...document.querySelectorAll('figure svg')].filter((each) => each.checkVisibility())"
            ".map((each) => { const box = each.getBoundingClientRect(); return [box.width, box.height]; })"
        )
        assert boxes
        assert all(wide > 100 and high > 40 for wide, high in boxes)
        assert all(wide <= width for wide, _ in boxes)


def test_numbers_keep_the_headings_of_their_columns_on_a_phone(
    browser: playwright.Browser, files: dict[str, Path]
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(files["report"].as_uri())
    for table in ("scenario", "tornado", "voice"):
        for column in (3, 4):
            head, cell = (
                page.locator(f".{table} {part} tr > :nth-child({column}):visible").first for part in ("thead", "tbody")
            )
            (left, right), (over, end) = (
                (box["x"], box["x"] + box["width"]) for box in (head.bounding_box(), cell.bounding_box())
            )
            assert (left, right) == pytest.approx((over, end), abs=1)
    page.close()


def test_light_and_dark_are_two_papers(opened: Opened) -> None:
    papers = set()
    for mode in MODES:
        opened.page.emulate_media(color_scheme=mode)
        papers.add(opened.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(papers) == 2


def test_it_prints_on_a4_and_hides_what_only_a_screen_can_do(opened: Opened) -> None:
    page = opened.page
    page.emulate_media(media="print")
    assert page.locator(".chips:visible, .picker:visible, .search:visible").count() == 0
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594" in printed or b"/MediaBox [0 0 595" in printed


def test_a_keyboard_reaches_the_forecast_first(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("#main"), timeout=10_000)


def test_searching_and_choosing_work(browser: playwright.Browser, files: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(files["report"].as_uri())
    page.fill("#find", "muscat")
    assert 0 < page.locator("#reports tbody tr:visible").count() < page.locator("#reports tbody tr").count()
    page.locator("#reports .sort").nth(0).click()
    assert page.locator("#reports th[aria-sort=ascending]").count() == 1
    chips = page.locator("section[aria-labelledby=why] .chip")
    chips.nth(1).click()
    assert page.locator("section[aria-labelledby=why] .choice:visible").count() == 1
    page.close()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's report with several times its evidence."""
    run = sample()
    rows = run.record["inputs"]["evidence"]
    run.record["inputs"]["evidence"] = [
        {**row, "report_id": f"{row['report_id']}-{n}", "event_id": f"{row['event_id']}-{n}", "origin_id": ""}
        for n in range(3)
        for row in rows
    ]
    file = tmp_path_factory.mktemp("crowded") / "report.html"
    file.write_text(render(document(run.forecast, run.record, run.runs)), "utf-8")
    return file


def test_of_many_reports_the_first_are_shown_until_a_reader_asks(browser: playwright.Browser, crowded: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.goto(crowded.as_uri())
    every, seen = page.locator("#reports tbody tr"), page.locator("#reports tbody tr:visible")
    assert every.count() > 40
    assert seen.count() == 20
    page.fill("#find", "S01-2")
    assert seen.count() == 1  # the oldest, far below the first twenty
    page.fill("#find", "")
    assert seen.count() == 20
    page.emulate_media(media="print")
    assert seen.count() == every.count()
    page.emulate_media(media="screen")
    page.evaluate("location.hash = document.querySelector('#reports tbody tr:last-child').id")
    page.wait_for_function("document.querySelectorAll('#reports.few').length === 0")
    assert seen.count() == every.count()
    page.reload()  # led there by the address itself
    assert seen.count() == every.count()
    page.goto(crowded.as_uri())
    page.reload()
    page.locator("button.more").press("Enter")
    assert seen.count() == every.count()
    assert page.evaluate("document.activeElement.parentElement.rowIndex") == 21
    assert page.locator("button.more:visible").count() == 0
    page.close()


def test_without_its_script_the_page_is_whole(browser: playwright.Browser, crowded: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(crowded.as_uri())
    assert page.locator("#reports tbody tr:visible").count() == page.locator("#reports tbody tr").count()
    assert page.locator("button:visible").count() == 0
    context.close()


def test_the_contents_tell_where_one_is(browser: playwright.Browser, files: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.goto(files["report"].as_uri())
    page.locator("nav a[href='#evidence']").click()
    page.wait_for_selector("nav a[aria-current][href='#evidence']")
    assert page.locator("nav a[aria-current]").count() == 1
    assert page.locator("#evidence").bounding_box()["y"] >= page.locator("nav").bounding_box()["height"] - 1
    page.close()


def test_a_picked_week_shows_its_numbers(browser: playwright.Browser, files: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(files["report"].as_uri())
    slider = page.locator("#timing-table-pick")
    slider.press("Home")
    slider.press("ArrowRight")
    row = page.locator("#timing-table tbody tr").nth(1)
    assert slider.get_attribute("aria-valuetext") == row.locator("th").text_content()
    told = page.locator("output[for=timing-table-pick]").text_content()
    assert [cell for cell in row.locator("td").all_text_contents() if cell.strip() not in told] == []
    assert page.locator("section[aria-labelledby=timing] .pick.on").count() == 2
    page.close()
