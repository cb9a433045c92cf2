"""The index: every case and run, no live text, nothing loaded, and links to what is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecast.commands.main import command_line
from forecast.report.shelf import index
from forecast.runs import list_runs
from tests.hostile.corpus import HOSTILE
from tests.hostile.reading import from_page, is_inert

from .reading import Element, read

ROOT = Path(__file__).resolve().parents[2]


def shelf_of(folder: Path, case: str = "iraq-2026", change: Any = None) -> Path:
    """A `reports/` with two of the shipped runs under a case's name, changed as a test likes."""
    for run in list_runs(ROOT / "reports", "iraq-2026")[-2:]:
        forecast = json.loads(json.dumps(run.forecast))
        if change:
            change(forecast)
        place = folder / "reports" / case / run.folder.name
        place.mkdir(parents=True)
        (place / "forecast.json").write_text(json.dumps(forecast), "utf-8")
        (place / "record.json").write_text((run.folder / "record.json").read_text("utf-8"), "utf-8")
    return folder / "reports"


def check_is_inert(page: Element) -> None:
    for element in page.find("*"):
        assert element.tag not in {"iframe", "object", "embed", "base", "link", "img", "form", "image", "use"}
        assert not {name for name in element.attributes if name.startswith("on")} | {"src", "style"} & set(
            element.attributes
        )
        if "href" in element.attributes:
            assert ":" not in element.attributes["href"]
    assert (len(page.find("style")), len(page.find("script"))) == (1, 1)


def test_it_lists_every_run_with_what_it_said(tmp_path: Path) -> None:
    reports = shelf_of(tmp_path)
    page = read(index(reports))
    check_is_inert(page)
    (table,) = page.find("table", class_="runs")
    rows = table.find("tbody")[0].find("tr")
    runs = list_runs(reports, "iraq-2026")
    assert [row.find("bdi")[0].text for row in rows] == [run.id for run in reversed(runs)]
    for row, run in zip(rows, reversed(runs), strict=True):
        (chance,) = row.find("data")
        assert float(chance.attributes["value"]) == max(o["probability"] for o in run.forecast["outcomes"][:-1])


def test_it_links_the_reports_that_are_there(tmp_path: Path) -> None:
    reports = shelf_of(tmp_path)
    last = list_runs(reports, "iraq-2026")[-1]
    for name in ("report.html", "report.pdf"):
        (last.folder / name).write_bytes(b"")
    links = [link.attributes["href"] for link in read(index(reports)).find("a")]
    assert links[1:] == [f"iraq-2026/{last.id}/report.html", f"iraq-2026/{last.id}/report.pdf"]
    assert all((reports / link).is_file() for link in links[1:])


def test_a_case_whose_runs_cannot_be_read_is_said_and_the_others_stand(tmp_path: Path) -> None:
    reports = shelf_of(tmp_path)
    broken = reports / "another" / "2026-01-01-00000000"
    broken.mkdir(parents=True)
    (broken / "forecast.json").write_text("{", "utf-8")
    (broken / "record.json").write_text("{", "utf-8")
    page = read(index(reports))
    assert len(page.find("section", class_="shelf")) == 2
    assert "cannot be read" in page.text
    assert len(page.find("table", class_="runs")) == 1


def test_without_any_run_it_says_so(tmp_path: Path) -> None:
    assert "No case has a run yet." in read(index(tmp_path)).text


@pytest.mark.parametrize("place", range(0, 500, 100))
def test_hostile_text_stays_text(tmp_path: Path, place: int) -> None:
    texts = [text for text in HOSTILE[place : place + 100] if len(text) < 500]
    chunk = " ".join(texts)[:1900]

    def change(forecast: dict[str, Any]) -> None:
        forecast["title"] = forecast["question"] = chunk
        for number, outcome in enumerate(forecast["outcomes"]):
            outcome["label"] = f"{number} {chunk}"

    page = read(index(shelf_of(tmp_path, change=change)))
    check_is_inert(page)
    assert is_inert(page.text)
    assert from_page(chunk) in from_page(page.text)


def test_every_report_writes_it_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = shelf_of(tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.chdir(tmp_path)
    command_line()(["report", "--index"], standalone_mode=False)
    assert ">HTML<" not in (reports / "index.html").read_text("utf-8")
    run = list_runs(reports, "iraq-2026")[-1]
    (run.folder / "report.html").write_bytes(b"")
    command_line()(["report", "--index", "--json"], standalone_mode=False)
    assert ">HTML<" in (reports / "index.html").read_text("utf-8")
