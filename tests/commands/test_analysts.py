"""`forecast pool --analysts`: a team of two and its forecast, really sampled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import Exit
from forecast.runs import Run
from tests.commands.test_main import call
from tests.model.made import MIDDLE, refreshed, write_workspace
from tests.small_case import assumption, write_set

LOADING = {"driver": "budget", "outcome": "city"}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """Ann and Ben differ on one loading and a half-life; the team and Ann have forecasts."""
    workspace = write_workspace(tmp_path_factory.mktemp("team"))
    folder = workspace / "data" / "harbour"
    ann = assumption("money-for-the-city", "loading", **LOADING, strength="--")
    ben = assumption("half-life-of-budgets", "half_life", driver="budget", weeks=40)
    write_set(folder, "ann", [ann], based_on="first-look", author="Ann")
    write_set(folder, "ben", [ben], based_on="first-look", author="Ben")
    pools: dict[str, Any] = {"sets": ["ann", "ben"], "reason": "Both may be right."}
    write_set(folder, "team", [], pools=pools)
    runs = [refreshed(workspace, MIDDLE, name=name).run for name in ("team", "ann")]
    assert all(run.publishable for run in runs)
    return workspace, runs[0]


@pytest.fixture
def pool(team: tuple[Path, Run], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(team[0])
    monkeypatch.setenv("COLUMNS", "160")
    return lambda *words: call(monkeypatch, capsys, "pool", *words)


def test_who_differs_on_what_and_what_it_moves(pool: Any, team: tuple[Path, Run]) -> None:
    code, out, err = pool("harbour", "--analysts", "--json")
    said = json.loads(out)
    assert code == Exit.OK
    assert (said["run"], said["set"]) == (team[1].id, "team")
    assert [(each["set"], each["outcomes"] is None) for each in said["analysts"]] == [("ann", False), ("ben", True)]
    assert {each["id"] for each in said["numbers"]} == {"money-for-the-city", "half-life-of-budgets"}
    loading = next(each for each in said["numbers"] if each["kind"] == "loading")
    assert [view["value"] for view in loading["parts"][0]["views"]] == [-0.6, 0.6]
    assert loading["parts"][0]["team"] == pytest.approx(0.0)
    assert loading["parts"][0]["sd"] > 0.5
    assert {each["set"] for each in loading["taken"]} == {"ann", "ben"}
    assert all(abs(sum(each["change"].values())) < 1e-9 for each in loading["taken"])
    assert err == ""


def test_the_tables_and_what_to_type_for_a_forecast_that_is_missing(pool: Any) -> None:
    code, out, err = pool("harbour", "--analysts", "--no-refit")
    assert code == Exit.OK
    for words in ("who says what", "ann", "ben", "where the team took it", "half-life*", "held by the model"):
        assert words in out
    assert "forecast refresh harbour --as-of 2026-02-01 --assumptions ben" in err


def test_a_set_that_pools_nobody_is_refused(pool: Any, team: tuple[Path, Run]) -> None:
    for words in (("--analysts", "--assumptions", "ann"), ("--assumptions", "team"), ("--refit",)):
        code, out, err = pool("harbour", *words)
        assert (code, out) == (Exit.USAGE, "")
        assert err.count("\n") == 1
    assert team[1].forecast["assumption_set"]["name"] == "team"
