"""`forecast pool`: all lines as one, in the terminal and as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import Exit
from tests.commands.test_main import call
from tests.commands.test_score import write_resolution
from tests.record.statements import HORIZON, OPENING, run_of, save
from tests.small_case import write_case

RATES = (0.3, 0.3, 0.2, 0.2)
ONE, OTHER = (0.8, 0.1, 0.05, 0.05), (0.2, 0.3, 0.3, 0.2)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_case(tmp_path / "data" / "harbour", case={"opening": OPENING, "horizon": HORIZON})
    for run in (
        run_of("2026-01-14", OTHER, base_rate=RATES),
        run_of("2026-01-25", ONE, base_rate=RATES),
        run_of("2026-01-25", OTHER, base_rate=RATES, model="ach"),
    ):
        save(run, tmp_path / "reports")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


@pytest.fixture
def pool(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *words: call(monkeypatch, capsys, "pool", *words)


def test_the_lines_of_the_last_day_as_one(pool: Any) -> None:
    code, out, err = pool("harbour", "--humility", "0.2", "--json")
    said = json.loads(out)
    assert (code, err) == (Exit.OK, "")
    assert (said["as_of"], said["learned_from"], said["base_rates"]) == ("2026-01-25", 0, 0.2)
    assert [(each["model"], each["weight"]) for each in said["members"]] == [("ach", 0.5), ("latent_drivers", 0.5)]
    assert said["pools"]["linear"]["city"] == pytest.approx(0.5)
    assert said["pools"]["linear, with base rates"]["city"] == pytest.approx(0.8 * 0.5 + 0.2 * 0.3)
    assert said["ranges"]["city"] == [0.2, 0.8]
    assert all(math.fsum(each.values()) == pytest.approx(1.0) for each in said["pools"].values())
    code, out, _ = pool()
    assert code == Exit.OK
    for words in ("2 lines as one", "20% to 80%", "bits apart, of 1.00 at most", "stacking has nothing to learn from"):
        assert words in out


def test_stacking_learns_from_other_questions_and_never_from_this_one(pool: Any, workspace: Path) -> None:
    write_resolution(workspace / "data" / "harbour")
    assert json.loads(pool("harbour", "--json")[1])["learned_from"] == 0
    write_case(workspace / "data" / "quay", case={"opening": OPENING, "horizon": HORIZON})
    for run in (run_of("2026-01-14", ONE), run_of("2026-01-14", OTHER, model="ach")):
        save(run, workspace / "reports", case="quay")
    write_resolution(workspace / "data" / "quay", date="2026-01-20")
    said = json.loads(pool("harbour", "--json")[1])
    weights = {each["model"]: each["weight"] for each in said["members"]}
    assert said["learned_from"] == 1
    assert weights["latent_drivers"] > weights["ach"]
    write_resolution(workspace / "data" / "quay", date="2026-01-26")  # after the day of the forecast
    assert json.loads(pool("harbour", "--json")[1])["learned_from"] == 0


def test_as_of_an_earlier_day(pool: Any) -> None:
    said = json.loads(pool("--as-of", "2026-01-20", "--json")[1])
    assert (said["as_of"], len(said["members"]), said["disagreement"]) == ("2026-01-14", 1, 0.0)


def test_what_cannot_be_pooled_is_refused(pool: Any) -> None:
    for words in (("--humility", "1.5"), ("--humility", "nan"), ("--as-of", "2026-01-13")):
        code, out, err = pool(*words)
        assert (code, out) == (Exit.USAGE, "")
        assert err.count("\n") == 1


def test_analysts_who_are_pooled_and_stand_beside_it_are_said_to_count_twice(pool: Any, workspace: Path) -> None:
    assert "a second time" not in pool()[1]
    team = "set: team\npools: {sets: [ben, ida, kim]}\n"  # as it was then, whatever stands there today
    for name, text in (("ida", "set: ida\n"), ("team", team)):
        run = run_of("2026-01-25", ONE, assumptions=name)
        run.record["inputs"]["files"][f"assumptions/{name}.yaml"] = text
        save(run, workspace / "reports")
    assert "team pools 'ida', who count a second time by their own lines" in pool()[1]
    members = json.loads(pool("--json")[1])["members"]
    assert {each["assumptions"]: each["pools"] for each in members} == {
        "first-look": [],
        "ida": [],
        "team": ["ben", "ida", "kim"],
    }
