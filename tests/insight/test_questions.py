"""What a notebook asks: tidy tables that say what the commands say."""

from __future__ import annotations

import datetime as dt
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import forecast
from forecast import explain, open_run, scenarios, sensitivity, watch, way_to, whatif
from forecast.errors import UsageError
from forecast.refresh import Refreshed
from forecast.reopened import Reopened
from tests.docs.blocks import blocks
from tests.model.made import LAST, MIDDLE

Made = dict[dt.date, Refreshed]


@pytest.fixture(scope="module")
def opened(made: Made, workspace: Path) -> dict[dt.date, Reopened]:
    folder = workspace / "data" / "harbour"
    runs = {day: open_run(folder, run=made[day].run.id) for day in (MIDDLE, LAST)}
    assert open_run(folder).run.id == made[LAST].run.id, "the last one where none is named"
    return runs


def test_the_bars_of_every_outcome_add_up(opened: dict[dt.date, Reopened]) -> None:
    table = explain(opened[MIDDLE], opened[LAST], refit=False)
    said = [opened[day].run.forecast["outcomes"] for day in (MIDDLE, LAST)]
    change = {now["id"]: now["probability"] - was["probability"] for was, now in zip(*said, strict=True)}
    assert table.groupby("outcome").contribution.sum().to_dict() == pytest.approx(change, abs=1e-9)


def test_a_table_of_sensitivities_has_a_row_for_every_outcome(opened: dict[dt.date, Reopened]) -> None:
    table = sensitivity(opened[LAST], lines=[("city", 0.9)])
    assert (table.groupby(["kind", "id"]).outcome.nunique() == len(opened[LAST].run.forecast["outcomes"])).all()
    assert {"level", "source", "coder", "indicator", "cell", "gate", "grade"} <= set(table.kind)
    assert table.groupby(["kind", "id"]).down.sum().to_numpy() == pytest.approx(1.0)


def test_premises_grades_and_ways(opened: dict[dt.date, Reopened]) -> None:
    run = opened[LAST]
    said = {row["id"]: row["probability"] for row in run.run.forecast["outcomes"]}
    supposed = whatif(run, do=["unions=+2"], see=["budget=-1"]).set_index("outcome")
    assert supposed.base.to_dict() == pytest.approx(said)
    assert supposed.probability.sum() == pytest.approx(1.0)
    assert (supposed.kind == "see and do").all()
    grades = watch(run)
    chances = grades[grades.grade > 0].drop_duplicates(["indicator", "grade"]).groupby("indicator").grade_probability
    assert chances.sum().to_numpy() == pytest.approx(1.0)
    assert set(way_to(run, "private", 0.5).driver) == {"budget", "unions"}
    for words in ({}, {"do": ["nobody=1"]}):
        with pytest.raises(UsageError):
            whatif(run, **words)


def test_the_page_for_developers_asks_as_one_may(
    opened: dict[dt.date, Reopened], workspace: Path, tmp_path: Path
) -> None:
    words = {
        '"iraq-2026"': repr(str(workspace / "data" / "harbour")),
        "date(2026, 2, 4)": repr(MIDDLE).removeprefix("datetime."),
        "us_pressure": "unions",
    }
    code = blocks("developing.md")["asks draws"]
    for said, here in words.items():
        assert said in code
        code = code.replace(said, here)
    (tmp_path / "block.py").write_text(code, encoding="utf-8")
    found = runpy.run_path(str(tmp_path / "block.py"))
    assert found["now"].run.id == opened[LAST].run.id
    assert found["before"].run.id == opened[MIDDLE].run.id
    assert found["bars"]["city"].sum() == pytest.approx(
        found["now"].run.forecast["outcomes"][0]["probability"]
        - found["before"].run.forecast["outcomes"][0]["probability"]
    )
    assert found["supposed"].sum() == pytest.approx(0.0, abs=1e-9)
    assert len(found["look_for"]) == 5


def test_runs_without_scenarios_make_an_empty_table(made: Made) -> None:
    assert scenarios([made[LAST].run]).empty


def test_what_is_offered_is_there_and_loads_nothing_before_it_is_asked_for() -> None:
    for name in forecast._HOME:
        assert callable(getattr(forecast, name))
        assert name in dir(forecast)
    with pytest.raises(AttributeError):
        _ = forecast.nothing
    light = "import forecast, sys; print(*sorted({'numpy', 'pandas', 'pydantic'} & set(sys.modules)))"
    assert not subprocess.run([sys.executable, "-c", light], check=True, capture_output=True, text=True).stdout.strip()
