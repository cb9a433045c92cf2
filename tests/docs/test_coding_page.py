"""The guide to coding: its rows pass the importer, its refusals are the importer's, its odds are the model's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.evidence.journal import View, view
from forecast.evidence.ledger import CsvLedger
from forecast.model.priors import Draws, HalfNormal
from forecast.model.readings import Origin, Unit
from tests.commands.test_evidence_commands import Ended, run
from tests.models.test_evidence import EMPTY, LAW, curve, slope, told

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "coding.md").read_text(encoding="utf-8")
GOOD, BAD = PAGE.split("<!-- refused -->")

Rows = list[dict[str, str]]


def blocks(text: str) -> Iterator[Rows]:
    for block in re.findall(r"^```text\n(report_id,.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield list(csv.DictReader(io.StringIO(block), strict=True))


def completed(rows: Rows, before: Rows) -> Rows:
    """Columns that a block does not show are as in the report's earlier row, else as in the page's first."""
    first, whole = (before or rows)[0], []
    for row in rows:
        earlier = [other for other in before if other["report_id"] == row["report_id"]]
        whole.append((earlier or [first])[-1] | {"effort": "", "retracted_at": ""} | row)
    return whole


def imported(rows: Rows, folder: Path, case: Path) -> Ended:
    file = folder / "week.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return run("import", str(file), str(case), "--yes")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped case without its evidence, and with the indicator that the page adds to its codebook."""
    data = tmp_path_factory.mktemp("workspace") / "data"
    ignored = shutil.ignore_patterns("evidence.csv")
    for name in ("iraq-2026", "base_rates"):
        shutil.copytree(ROOT / "data" / name, data / name, ignore=ignored)
    (added,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    with (data / "iraq-2026" / "codebook.yaml").open("a", encoding="utf-8") as codebook:
        codebook.write(f"\n{added}")
    return data / "iraq-2026"


@pytest.fixture(scope="module")
def journal(case: Path, tmp_path_factory: pytest.TempPathFactory) -> View:
    """What stands after every block of rows has been imported, as the page goes on."""
    folder, before = tmp_path_factory.mktemp("files"), Rows()
    for shown in blocks(GOOD):
        rows = completed(shown, before)
        ended = imported(rows, folder, case)
        assert (ended.code, f"{len(rows)} row" in ended.out) == (0, True), ended.err
        before += rows
    rows = CsvLedger(case / "evidence.csv").read()
    return view(rows, dt.date(2026, 2, 8), read_case(case).question.clock)


def test_every_row_is_imported_and_says_what_the_page_says(journal: View) -> None:
    reports = {report.report_id: report for report in journal.reports}
    assert reports["G-02"].origin_id == "G-01"
    assert {reports[name].event_id for name in ("G-01", "G-02", "G-03")} == {"us-call-to-leaders"}
    assert reports["G-11/2"].origin_id == "G-11"
    assert [coding.grade for coding in reports["G-01"].codings] == [4, 5]
    assert [coding.grade for coding in reports["G-06"].codings] == [3]
    assert {report.report_id for report, _ in journal.retracted} == {"G-14"}
    assert [coding.effort for coding in reports["G-15"].codings] == [0.9]


def test_what_is_refused_is_refused_in_these_words(case: Path, journal: View, tmp_path: Path) -> None:
    before = next(blocks(GOOD))
    (rows,) = blocks(BAD)
    ended = imported(completed(rows, before), tmp_path, case)
    (said,) = re.findall(r"^```text\n(week\.csv:.*?)^```", BAD, re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"^.*?(?=week\.csv:)", "", line) for line in ended.err.splitlines()]
    assert (ended.code, "\n".join(lines)) == (3, said.strip())


# ------------------------------------------------------------------------------------------------ what it is worth


def typical() -> Draws:
    """Every parameter at the middle of its prior; indicators alike."""
    middles = {}
    for name, (prior, _) in LAW.priors(EMPTY).items():
        middle = np.zeros(prior.shape) if isinstance(prior, HalfNormal) else prior.natural(prior.middle())
        middles[name] = np.array(middle)[None]
    return middles


TYPICAL = typical()


def odds(*origins: Origin, efforts: tuple[float, ...] = ()) -> float:
    unit = Unit("tax_income", 3, tuple(sorted(origins)), efforts)
    return math.exp(slope(curve(unit, TYPICAL)))


def table(heading: str) -> list[list[str]]:
    """The cells of the table that begins with this heading."""
    lines = PAGE[PAGE.index(f"| {heading}") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|--")]


def test_what_copies_coders_and_origins_are_worth() -> None:
    one = odds(told(5))
    worth = [one, one, odds(told(5, 5)), *(odds(*[told(5)] * times) for times in (2, 5, 50))]
    assert [said for _, said in table("what was coded at grade 5")[1:]] == [f"{each:.1f}" for each in worth]


def test_what_the_cells_are_worth() -> None:
    (_, *cells), (_, *said) = table("cell")
    assert said == [f"{odds(told(5, cell=(cell[0], int(cell[1])))):.1f}" for cell in cells]


def test_what_searches_are_worth() -> None:
    (_, *efforts), (_, *said) = table("a search for what would")
    assert said == [f"{odds(efforts=(float(effort),)):.2f}" for effort in efforts]
