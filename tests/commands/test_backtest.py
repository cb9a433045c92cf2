"""`forecast backtest`: every week, every model, every set; resumed, and scored once the question has resolved."""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from forecast.crew import cluster
from forecast.errors import Exit
from forecast.evidence.ledger import CsvLedger
from forecast.report.markdown import code, plain, table
from tests.commands.test_main import call
from tests.model.harbour import EVIDENCE, write_harbour
from tests.small_case import write_set

ENDED = ("--outcome=city", "--date=2026-02-09", "--reason=Signed.", "--source=Gazette")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_harbour(tmp_path / "data" / "harbour")
    write_set(folder, "second-look", [], based_on="first-look")
    CsvLedger(folder / "evidence.csv").append(EVIDENCE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def backtest(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *words: call(monkeypatch, capsys, "backtest", *words)


def made(workspace: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (workspace / ".backtest" / "harbour").glob("2*")}


def test_every_week_is_forecast_once_and_never_twice(backtest: Any, workspace: Path) -> None:
    ended, out, _ = backtest("--models", "uniform", "--sets", "first-look", "--json")
    first = made(workspace)
    assert (ended, len(first)) == (Exit.OK, 6)
    days = [run["as_of"] for run in json.loads(out)["cases"][0]["forecasts"]]
    assert days == ["2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02", "2026-02-09", "2026-02-10"]
    ended, out, _ = backtest("harbour", "--models", "uniform,ach", "--json")
    (case,) = json.loads(out)["cases"]
    assert (ended, len(case["forecasts"]), case["refused"], case["scores"]) == (Exit.OK, 24, [], None)
    assert {run["assumptions"] for run in case["forecasts"]} == {"first-look", "second-look"}
    assert first.items() <= made(workspace).items()
    assert not (workspace / "reports").exists()
    assert (workspace / ".backtest" / ".gitignore").read_text() == "*\n"


def test_a_resolved_case_is_scored_up_to_its_end(
    backtest: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--all", "--models", "uniform,ach", "--sets", "first-look")
    before = json.loads(backtest(*words, "--json")[1])["cases"][0]["forecasts"]
    assert call(monkeypatch, capsys, "resolve", *ENDED)[0] == Exit.OK
    ended, out, _ = backtest(*words, "--json")
    (case,) = json.loads(out)["cases"]
    assert ended == Exit.OK
    assert case["forecasts"] == [run for run in before if run["as_of"] < "2026-02-09"], "the end changes none of them"
    assert {line["model"] for line in case["scores"]["scores"]} == {"uniform", "ach"}
    ended, out, _ = backtest(*words)
    assert ended == Exit.OK
    assert "CRPS, weeks" in out


def test_days_may_be_named_and_the_cases_own_runs_are_taken_as_they_are(
    backtest: Any, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, out, _ = call(monkeypatch, capsys, "refresh", "--model", "uniform", "--as-of", "2026-01-20", "--json")
    assert ended == Exit.OK
    own = json.loads(out)["run"]["id"]
    words = ("--models", "uniform", "--sets", "first-look", "--as-of", "2026-02-01, 2026-01-20", "--json")
    ended, out, _ = backtest(*words)
    assert ended == Exit.OK
    runs = {run["as_of"]: run["run"] for run in json.loads(out)["cases"][0]["forecasts"]}
    assert [*runs] == ["2026-01-20", "2026-02-01"]
    assert runs["2026-01-20"] == own
    assert set(made(workspace)) == {runs["2026-02-01"]}


def test_a_page_holds_every_line_and_the_picture_beside_it(
    backtest: Any, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--models", "uniform,ach", "--as-of", "2026-01-20,2026-02-01", "-o", "out/harbour.md")
    ended, _, err = backtest(*words)
    assert (ended, "written: out/harbour.md" in err, "written: out/harbour.svg" in err) == (Exit.OK, True, True)
    page = (workspace / "out" / "harbour.md").read_text("utf-8")
    assert page.count("\n## `") == 4
    assert "![Chances by day, for each model and assumption set](harbour.svg)" in page
    assert page.endswith("The question is open: there is nothing to score yet.\n")
    svg = "{http://www.w3.org/2000/svg}"
    picture = ET.fromstring((workspace / "out" / "harbour.svg").read_text("utf-8"))
    assert sum((element.text or "").startswith("uniform, ") for element in picture.iter(f"{svg}text")) == 2
    assert len([*picture.iter(f"{svg}polyline")]) == 4 * 4
    assert call(monkeypatch, capsys, "resolve", *ENDED)[0] == Exit.OK
    assert backtest(*words)[0] == Exit.OK
    assert "| `ach` | `first-look` |" in (workspace / "out" / "harbour.md").read_text("utf-8")


def test_words_of_a_case_stay_text_in_a_page() -> None:
    hostile = "a | b\n# <script>`x`</script> [l](javascript:x) ![i](http://x)\u202e"
    text = table(("x", "y"), [(plain(hostile), code(hostile))])
    assert text.count("\n") == 3
    assert not re.search(r"(?<!\\)[<`\[!]", text)
    assert "\u202e" not in text
    assert code("a-b_1.x") == "`a-b_1.x`"


@pytest.mark.slow
def test_several_at_once_make_the_same(backtest: Any, workspace: Path) -> None:
    assert backtest("--models", "uniform,ach", "--jobs", "2")[0] == Exit.OK
    together = made(workspace).keys()
    assert len(together) == 24
    assert backtest("--models", "uniform,ach")[0] == Exit.OK
    assert made(workspace).keys() == together


def test_a_cluster_that_does_not_answer_is_a_store_out_of_reach(backtest: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    ended, out, err = backtest("--models", "uniform", "--as-of", "2026-02-01", "--dask", "tcp://127.0.0.1:1")
    assert (ended, out) == (Exit.STORE, "")
    assert "--dask tcp://127.0.0.1:1: no scheduler answers there" in err


def test_without_the_extra_a_cluster_says_how_to_get_it(backtest: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "forecast.crew.cluster", None)
    ended, out, err = backtest("--models", "uniform", "--dask", "tcp://127.0.0.1:1")
    assert (ended, out) == (Exit.USAGE, "")
    assert "`pip install 'possibilities[dask]'`" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--models", "oracle"), "there is no model oracle: choose of ach, base_rates"),
        (("--sets", "third-look"), "there is no assumption set 'third-look'"),
        (("--models", ""), "--models: name one at least"),
        (("--sets", " , "), "--sets: name one at least"),
        (("--jobs", "0"), "--jobs 0: choose a whole number from 1 to 64"),
        (("--dask", "10.0.0.5:8786"), "--dask 10.0.0.5:8786: give protocol, host and port of the scheduler"),
        (("--dask", "tcp://10.0.0.5"), "--dask tcp://10.0.0.5: give protocol, host and port of the scheduler"),
        (("--dask", "tcp://10.0.0.5:8786", "--jobs", "2"), "--dask: the cluster has its own workers"),
        (("harbour", "--all"), "--all means every case"),
        (("--as-of", "yesterday"), "--as-of: 'yesterday' is not a date"),
        (("-o", "page.html"), "-o page.html: give a name that ends in .md"),
    ],
)
def test_words_that_do_not_fit(backtest: Any, workspace: Path, words: tuple[str, ...], message: str) -> None:
    ended, out, err = backtest(*words)
    assert (ended, out) == (Exit.USAGE, "")
    assert message in err
    assert not (workspace / ".backtest").exists()
