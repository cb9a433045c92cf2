"""The developer's guide: every block of Python on it does what it says, and every name in it is there."""

from __future__ import annotations

import datetime as dt
import importlib
import re
import runpy
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from forecast.evidence.exchange import read_file
from forecast.model.contract import NEEDED, ExactModel, load_model
from forecast.model.outside_view import waiting
from forecast.refresh import refresh
from tests.docs.blocks import ROOT, blocks
from tests.model.harbour import EVIDENCE, problem_of, write_harbour

BLOCKS = blocks("developing.md")
PAGE = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a block in a workspace with the shipped case and its runs, as they come out of git; gives its names."""
    for name in ("data/iraq-2026", "data/base_rates", "reports/iraq-2026"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("posterior.nc"))
    monkeypatch.chdir(tmp_path)

    def run_block(name: str) -> dict[str, Any]:
        Path("block.py").write_text(BLOCKS[name], encoding="utf-8")
        return runpy.run_path("block.py")

    return run_block


def test_saved_runs_are_read(run: Any) -> None:
    found = run("0")
    assert sum(found["probability"].values()) == pytest.approx(1.0)
    assert list(found["by_day"].iloc[-1][list(found["probability"])]) == list(found["probability"].values())
    assert found["by_week"]["probability"].is_monotonic_decreasing
    assert found["inputs"]["case"] == "iraq-2026"
    assert not found["where_drivers_stand"].empty


def test_a_forecast_is_made_without_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_harbour(Path("data/iraq-2026"))  # no past episodes teach its paces, which is quick
    Path("block.py").write_text(BLOCKS["2"], encoding="utf-8")
    made = runpy.run_path("block.py")["made"]
    assert sum(row["probability"] for row in made.run.forecast["outcomes"]) == pytest.approx(1.0)
    assert not made.run.folder.exists()


def test_the_model_of_one_s_own_forecasts(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "as_stated.py").write_text(BLOCKS["models/as_stated.py"], encoding="utf-8")
    model = load_model("as_stated", tmp_path)
    assert isinstance(model, ExactModel)
    problem = problem_of(*EVIDENCE)
    made = refresh(
        problem.case, EVIDENCE, model, tmp_path / "reports", as_of=dt.date(2026, 2, 11), seed=1, clock="published"
    )
    said = [row["probability"] for row in made.run.forecast["outcomes"]]
    resolved = waiting(problem)[:, -1].mean()
    np.testing.assert_allclose(said, [*resolved * problem.structure.shares, 1 - resolved])


def test_a_sampled_model_has_as_many_functions_as_the_page_says() -> None:
    assert f"the {['eight', 'nine', 'ten'][len(NEEDED) - 8]} functions of `forecast.model.contract.Law`" in PAGE


def test_the_file_written_from_outside_is_one_that_can_be_imported(run: Any) -> None:
    run("writes week.csv")
    sheet = read_file(Path("week.csv"), dt.datetime.now(dt.UTC))
    assert not sheet.problems
    assert [item.row.report_id for item in sheet.incoming] == ["TP-1"]


def test_the_figure_is_drawn(run: Any) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plot` is not installed")
    run("draws own.png")
    assert Path("own.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_answers(run: Any, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(run("forecast/commands/days.py")["days"])
    ended = CliRunner().invoke(app, ["iraq-2026"])
    assert (ended.exit_code, ended.stdout) == (0, "326 days to 2026-12-31\n")
    assert '"days": 326' in CliRunner().invoke(app, ["iraq-2026", "--json"]).stdout


def test_every_name_that_the_page_speaks_of_is_there() -> None:
    for dotted in set(re.findall(r"`(forecast(?:\.\w+)+)`", PAGE)):
        home, _, name = dotted.rpartition(".")
        assert hasattr(importlib.import_module(home), name), dotted
    for path in set(re.findall(r"`((?:forecast|models|tests|docs)/[\w/.-]+)`", PAGE)):
        assert (ROOT / path).exists(), path
