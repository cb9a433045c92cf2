"""`forecast calibrate` from end to end: a small case, real fits, an interruption on the way, and what is said."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from forecast.case.reading import read_case
from forecast.errors import Exit
from forecast.evidence.ledger import ledger_of
from tests.model.harbour import EVIDENCE
from tests.model.past import write_with_past

SIMS, SOME = 4, 1
WORDS = ("calibrate", "--sims", str(SIMS), "--seed", "3", "--as-of", "2026-02-11")
FALSE_ALARM = 0.001


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("workspace")
    ledger_of(read_case(write_with_past(top / "data" / "harbour"))).append(EVIDENCE)
    return top


def start(workspace: Path, *words: str) -> subprocess.Popen[str]:
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "forecast", *words],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kept(workspace: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line) for path in workspace.glob(".calibration/*.jsonl") for line in path.read_text().splitlines()
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "uniform"), "has no drivers"),
        (("--sims", "0"), "--sims"),
        (("--jobs", "0"), "--jobs"),
        (("--seed", "-1"), "choose a whole number"),
        (("--as-of", "2025-01-01"), "the question is open from"),
    ],
)
def test_words_that_do_not_fit_end_with_2(workspace: Path, words: tuple[str, ...], said: str) -> None:
    out, err = (process := start(workspace, "calibrate", *words)).communicate()
    assert (process.returncode, out) == (Exit.USAGE, "")
    assert said in err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="nobody can be asked to stop there")
def test_a_small_case_is_calibrated_and_an_interruption_loses_nothing(workspace: Path) -> None:
    first = start(workspace, *WORDS)
    while first.poll() is None and len(kept(workspace)) < SOME:
        time.sleep(0.2)
    first.terminate()
    out, err = first.communicate()
    assert (first.returncode, out) == (Exit.INTERRUPTED, ""), err
    assert "nothing is lost" in err
    assert "Traceback" not in err
    before = kept(workspace)
    assert SOME <= len(before) < SIMS

    out, err = (
        second := start(workspace, *WORDS, "--json", "--picture", "found.svg", "--worlds", "worlds.csv")
    ).communicate()
    found = json.loads(out)
    after = kept(workspace)
    assert after[: len(before)] == before
    assert sorted(each["number"] for each in after) == list(range(SIMS)), "each world is simulated once"

    assert second.returncode == (Exit.OK if found["calibrated"] else Exit.UNPUBLISHABLE), err
    assert found["family_p"] > FALSE_ALARM, [each for each in found["quantities"] if each["p"] < 0.01]
    assert len(found["faulty"]) <= 1, found["faulty"]
    names = [quantity["name"] for quantity in found["quantities"]]
    assert len(names) >= 12
    assert {"budget now", "chance of unresolved", "volatility of unions", "pace of permit"} <= set(names)
    assert {"discrimination of strikes", "precision of coder ann", "joint log-likelihood"} <= set(names)
    assert "discrimination of permit" not in names, "no event tells about it"
    assert sum(group["count"] for group in found["reliability"]["groups"]) == SIMS * len(after[0]["forecast"])
    with (workspace / "worlds.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    kept_by_number = {each["number"]: each for each in after}
    assert [int(row["world"]) for row in table] == list(range(SIMS))
    for row in table:
        each = kept_by_number[int(row["world"])]
        assert row["happened"] == each["happened"]
        assert {name: int(row[f"rank of {name}"]) for name in names} == each["ranks"]
        assert float(row["forecast of city"]) == pytest.approx(each["forecast"]["city"], abs=1e-6)
        assert float(row["oracle of unresolved"]) == pytest.approx(each["oracle"]["unresolved"], abs=1e-6)
    assert ET.parse(workspace / "found.svg").getroot().tag.endswith("svg")
