"""In a real browser, where there is one: nothing runs, nothing leaves the page, and the reader sees the text."""

from __future__ import annotations

import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from forecast.report.document import document
from forecast.report.page import render
from tests.report.reading import Element, check_is_inert, read, shape

from .corpus import HOST, HOSTILE, KINDS, OWNED
from .reading import from_page, plain_words
from .spoiling import crowded

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")]


@pytest.fixture
def asked() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a proxy that answers nobody, and what it was asked for."""
    wanted: list[bytes] = []

    class Deaf(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            wanted.append(self.rfile.readline())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Deaf) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", wanted
        server.shutdown()


def opened(folder: Path, proxy: str, written: str) -> Element:
    """The page as the browser understood it, after its script ran."""
    file = folder / "page.html"
    file.write_text(written, encoding="utf-8")
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--virtual-time-budget=3000"]
    switches += [f"--user-data-dir={folder / 'profile'}", f"--proxy-server={proxy}", "--proxy-bypass-list=<-loopback>"]
    command = [str(BROWSER), *switches, "--dump-dom", file.as_uri()]
    return read(subprocess.run(command, capture_output=True, check=True, timeout=300).stdout.decode())


def page_of(texts: Sequence[str], addresses: Sequence[str]) -> str:
    run = crowded(texts, addresses)
    return render(document(run.forecast, run.record, run.runs))


def test_nothing_runs_nothing_leaves_and_every_text_is_seen(tmp_path: Path, asked: tuple[str, list[bytes]]) -> None:
    proxy, wanted = asked
    addresses = ["https://example.org/" for _ in HOSTILE]
    texts = [text for text in HOSTILE if text not in KINDS["addresses"]]
    shown = opened(tmp_path, proxy, page_of(texts, addresses))
    plain = opened(tmp_path, proxy, page_of(plain_words(texts), addresses))
    check_is_inert(shown)
    assert shape(shown) == shape(plain)
    assert shown.find("title")[0].text == plain.find("title")[0].text
    assert shown.find("button", class_="sort"), "the page's own script ran"
    rows = shown.find("table", id="reports")[0].find("tbody")[0].find("tr")
    missing = [
        text for row, text in zip(reversed(rows), texts, strict=True) if from_page(row.text).count(from_page(text)) < 9
    ]
    assert missing == []
    assert not [line for line in wanted if HOST.encode() in line]


def test_the_trap_works(tmp_path: Path, asked: tuple[str, list[bytes]]) -> None:
    proxy, wanted = asked
    trap = f"<title>x</title><p>{KINDS['scripts'][0]}</p><img src='http://{HOST}/p.png'>"
    assert opened(tmp_path, proxy, f"<!DOCTYPE html><html><body>{trap}</body></html>").find("title")[0].text == OWNED
    assert [line for line in wanted if HOST.encode() in line]
