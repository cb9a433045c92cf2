"""The documentation site: built strictly, a page for every command, and nothing fetched from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import forecast
from forecast.commands.main import command_line

ROOT = Path(__file__).resolve().parents[2]

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.slow


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "docs" / "site" / "build.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder.parent)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    ended = build(folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "html"


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if not command.hidden:
            yield (*path, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))


def text(page: Path) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8"))))


def test_every_command_has_a_page_that_names_all_its_options(site: Path) -> None:
    for path, command in commands(get_command(command_line())):
        page = text(site / "commands" / f"{'-'.join(path)}.html")
        shown = [param for param in command.params if not getattr(param, "hidden", False)]
        options = {option for param in shown if param.param_type_name == "option" for option in param.opts}
        assert f"forecast {' '.join(path)}" in page
        assert {option for option in options if option not in page} == set()


def test_the_reference_tells_of_all_that_is_offered(site: Path) -> None:
    page = (site / "api.html").read_text(encoding="utf-8")
    assert {name for name in forecast._HOME if f'id="forecast.{name}"' not in page} == set()


def test_every_page_of_the_project_is_one_of_the_site(site: Path) -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    made = {page.relative_to(site).with_suffix(".md").as_posix() for page in site.rglob("*.html")}
    assert {page.relative_to(ROOT).as_posix() for page in pages} <= made


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        content = page.read_text(encoding="utf-8")
        fetched = re.findall(r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=[\"'](?:https?:)?//", content)
        assert not fetched, page
        assert not re.search(r"@import|url\([\"']?(?:https?:)?//", content), page


def test_a_link_that_leads_nowhere_fails(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.md").write_text("# A page\n\n[elsewhere](missing.md)\n", encoding="utf-8")
    script = "import pathlib, sys; from build import sphinx; sys.exit(sphinx(*map(pathlib.Path, sys.argv[1:])))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "docs" / "site")}
    command = [sys.executable, "-c", script, str(source), str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ended.returncode == 1
    assert "index.md:3: WARNING" in ended.stderr
    assert "missing.md" in ended.stderr


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
def test_in_a_browser_pages_fit_their_width_ask_for_nothing_and_are_found(site: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    asked: list[str] = []
    complaints: list[str] = []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        for shown in ("docs/model", "docs/coding", "commands/evidence-import", "api"):
            page.goto((site / f"{shown}.html").as_uri())
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, shown
        page.goto(f"{(site / 'search.html').as_uri()}?q=krippendorff")
        page.wait_for_selector("ul.search li a")
        assert "docs/team.html" in page.content()
        browser.close()
    assert complaints == []
    assert {url for url in asked if not url.startswith("file:")} == set()
