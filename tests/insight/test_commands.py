"""What if, the way to a target, scenarios and the watch list at the command line, on runs that were really sampled."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from forecast.commands.main import command_line
from forecast.errors import UsageError
from forecast.refresh import Refreshed
from tests.model.made import LAST, MIDDLE
from tests.small_case import write_yaml

Made = dict[dt.date, Refreshed]


@pytest.fixture
def ask(made: Made, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command in the workspace and read its JSON."""
    monkeypatch.chdir(workspace)

    def asked(*words: str) -> Any:
        command_line()([*words, "--json"], standalone_mode=False)
        return json.loads(capsys.readouterr().out)

    return asked


def test_seeing_and_doing(ask: Any, made: Made) -> None:
    said = ask("whatif", "--see", "report:strikes=5@B2", "--do", "budget=+1 from 2026-03-01", "--no-refit")
    assert {"premise", "kind", "premise_probability", "method", "pareto_k", "outcomes"} <= said.keys()
    assert said["run"] == made[LAST].run.id
    assert said["kind"] == "see and do"
    assert said["premise"] == ["report:strikes=5@B2", "budget=+1 from 2026-03-01"]
    assert 0.0 < said["premise_probability"] < 1.0
    for row, outcome in zip(said["outcomes"], made[LAST].run.forecast["outcomes"], strict=True):
        assert {"id", "base", "probability", "change", "mcse"} <= row.keys()
        assert row["base"] == pytest.approx(outcome["probability"])
        assert row["change"] == pytest.approx(row["probability"] - row["base"])
    assert sum(row["probability"] for row in said["outcomes"]) == pytest.approx(1.0)


def test_an_act_does_what_the_arrow_says(ask: Any) -> None:
    said = ask("whatif", "--do", "budget=+2")
    change = {row["id"]: row["change"] for row in said["outcomes"]}
    assert change["city"] > 0.02, "money tilts towards the city"
    assert said["premises"][0]["arrows_cut"] == ["unions"]


def test_the_way_to_a_target(ask: Any) -> None:
    said = ask("whatif", "--target", "private=0.5")
    row = next(row for row in said["outcomes"] if row["id"] == "private")
    assert row["probability"] == pytest.approx(0.5, abs=1e-6)
    assert {driver["id"] for driver in said["target"]["drivers"]} == {"budget", "unions"}


def test_scenarios_have_a_trend(ask: Any, workspace: Path) -> None:
    stated = {"id": "long-strike", "label": "A long strike", "reason": "It may.", "do": ["unions=+2"]}
    path = write_yaml(workspace / "data" / "harbour" / "scenarios.yaml", {"scenarios": [stated]})
    try:
        said = ask("whatif", "--scenarios")
        alone = ask("whatif", "--scenario", "long-strike")
    finally:
        path.unlink()
    (scenario,) = said["scenarios"]
    assert scenario["outcomes"] == alone["outcomes"]
    assert [then["as_of"] for then in scenario["trend"]][-1] == MIDDLE.isoformat()


def test_what_to_watch(ask: Any) -> None:
    said = ask("watch", "--grade", "A1")
    assert said["cell"] == "A1"
    for row in said["indicators"]:
        assert {"id", "bits", "effort", "bits_per_effort", "grades"} <= row.keys()
        assert row["bits_per_effort"] == pytest.approx(row["bits"] / row["effort"])
        assert sum(grade["probability"] for grade in row["grades"]) == pytest.approx(1.0)
        assert [grade["grade"] for grade in row["grades"]] == [1, 2, 3, 4, 5]
        assert row["found_nothing"]["grade"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("whatif",),
        ("whatif", "--target", "nobody=0.5"),
        ("whatif", "--target", "city=1.5"),
        ("whatif", "--see", "nothing=1"),
        ("whatif", "--do", "unions=1 from 2020-01-01"),
        ("whatif", "--scenario", "none"),
        ("watch", "--grade", "G9"),
        ("sensitivity", "--set", "no-such=1"),
        ("sensitivity", "--line", "city=2"),
    ],
)
def test_words_that_do_not_fit_are_refused(ask: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        ask(*words)


@pytest.mark.parametrize("words", [("whatif", "--do", "unions=1"), ("whatif", "--target", "city=0.5"), ("watch",)])
def test_they_print_tables(made: Made, workspace: Path, monkeypatch: Any, capsys: Any, words: tuple[str, ...]) -> None:
    monkeypatch.chdir(workspace)
    command_line()([*words], standalone_mode=False)
    assert made[LAST].run.id in capsys.readouterr().out or words == ("watch",)


@pytest.mark.long
def test_a_premise_too_improbable_is_refitted(ask: Any) -> None:
    fast = ask("whatif", "--see", "unions=+5", "--no-refit")
    assert "too improbable" in fast["note"]
    said = ask("whatif", "--see", "unions=+5")
    assert said["method"] == "refit"
    near = ask("whatif", "--see", "unions=+1.0", "--no-refit")
    assert near["method"] == "weights"
