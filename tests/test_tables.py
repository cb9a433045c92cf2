from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from forecast.runs import Run
from forecast.tables import drivers, history, timing
from tests.report.sample import sample


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = sample()
    return Run(tmp_path, made.forecast, made.record)


def test_the_history_has_a_row_for_each_run_and_outcome(run: Run) -> None:
    table = history([run, run])
    assert len(table) == 2 * len(run.forecast["outcomes"])
    assert table.groupby("run").probability.sum().iloc[0] == pytest.approx(2.0)
    assert (table.lower <= table.upper).all()
    assert table.as_of.dt.strftime("%Y-%m-%d").unique().tolist() == [run.forecast["as_of"]]


def test_the_timing_sums_to_one_in_every_week(run: Run) -> None:
    assert timing(run).groupby("week").probability.sum().to_numpy() == pytest.approx(1.0)


def test_the_last_week_of_a_driver_is_what_the_run_reports_now(run: Run) -> None:
    last = drivers(run).sort_values("week").groupby("driver")["mean"].last()
    assert last.to_dict() == pytest.approx({row["id"]: row["mean"] for row in run.forecast["drivers"]})


def test_no_runs_make_an_empty_table_with_its_columns() -> None:
    table = history([])
    assert isinstance(table, pd.DataFrame)
    assert table.empty
    assert "probability" in table
