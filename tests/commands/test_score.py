"""`forecast score`: one case and all of them, in the terminal and as JSON, and what it refuses."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forecast.case.resolutions import HEADER
from forecast.errors import Exit
from tests.commands.test_main import call
from tests.record.statements import HORIZON, OPENING, run_of, save
from tests.small_case import write_case

RATES = (0.3, 0.3, 0.2, 0.2)
WHY = "It was signed.,Port Gazette,"


def write_resolution(folder: Path, weights: str = "city", date: str = "2026-02-01") -> None:
    rows = [",".join(HEADER), f'2026-11-01T00:00:00Z,{date},"{weights}",{WHY}', ""]
    (folder / "resolutions.csv").write_text("\n".join(rows), encoding="utf-8")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_case(tmp_path / "data" / "harbour", case={"opening": OPENING, "horizon": HORIZON})
    for run in (
        run_of("2026-01-14", (0.4, 0.3, 0.1, 0.2), base_rate=RATES),
        run_of("2026-01-25", (0.7, 0.1, 0.1, 0.1), base_rate=RATES),
        run_of("2026-01-28", (0.9, 0.1, 0.0, 0.0), base_rate=RATES, publishable=False),
    ):
        save(run, tmp_path / "reports")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


@pytest.fixture
def score(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *words: call(monkeypatch, capsys, "score", *words)


def test_a_case_that_is_open_says_how_to_resolve_it(score: Any) -> None:
    code, out, err = score()
    assert (code, out) == (Exit.USAGE, "")
    assert err.count("\n") == 1
    assert "harbour is not resolved: record how it ended with `forecast resolve harbour --outcome ID --date" in err
    assert score("--all")[0] == Exit.USAGE


def test_a_resolved_case_is_scored_beside_everybody(score: Any, workspace: Path) -> None:
    folder = workspace / "data" / "harbour"
    write_resolution(folder)
    ends = ("city", "private", "other", "unresolved")
    judged = [f"2026-01-20,ann,{end},{p}\n" for end, p in zip(ends, (0.5, 0.3, 0.1, 0.1), strict=True)]
    priced = [f"2026-01-20,Exchange,{end},{p}\n" for end, p in zip(ends, (0.6, 0.3, 0.1, 0.2), strict=True)]
    (folder / "judgements.csv").write_text("date,author,outcome,probability\n" + "".join(judged), encoding="utf-8")
    (folder / "prices.csv").write_text("date,market,outcome,price\n" + "".join(priced), encoding="utf-8")
    code, out, err = score("harbour", "--json")
    assert (code, err) == (Exit.OK, "")
    said = json.loads(out)
    assert said["resolution"]["outcome"] == "city"
    (line,) = said["scores"]
    assert line["brier"] == pytest.approx((11 * 0.50 + 7 * 0.12) / 18)
    assert (line["unpublishable"], line["days"], len(line["weeks"])) == (1, 18, 2)
    skill = {each["against"]: each for each in line["skill"]}
    assert set(skill) == {"uniform", "last_run", "base_rates", "ach", "team", "market Exchange"}
    assert skill["base_rates"]["better_by"]["brier"] == pytest.approx(0.66 - line["brier"])
    assert skill["team"]["better_by"]["brier"] == pytest.approx(0.36 - 0.12)
    assert skill["market Exchange"]["overround"] == pytest.approx(0.2)
    code, out, _ = score()
    assert code == Exit.OK
    for words in (
        "Compared on fewer of the 18 days: last_run 7, team 7, market Exchange 7",
        "Brier 0-2",
        "is all that is possible, -1 to +1",
        "1 unpublishable and not scored",
        "nothing can be claimed",
        "prices summed to 1.200",
    ):
        assert words in out


def test_only_what_was_asked_for_is_scored(score: Any, workspace: Path) -> None:
    write_resolution(workspace / "data" / "harbour")
    save(run_of("2026-01-18", (0.4, 0.3, 0.1, 0.2), model="ach", base_rate=RATES), workspace / "reports")
    early = json.loads(score("--as-of", "2026-01-20", "--model", "latent_drivers", "--json")[1])["scores"]
    assert [(row["model"], row["days"]) for row in early] == [("latent_drivers", 18)]
    assert json.loads(score("--assumptions", "other-look", "--json")[1])["scores"] == []


def test_what_was_impossible_and_came_true_scores_infinite(score: Any, workspace: Path) -> None:
    write_resolution(workspace / "data" / "harbour", "other")
    save(run_of("2026-01-18", (0.5, 0.3, 0.0, 0.2), base_rate=RATES), workspace / "reports")
    (line,) = json.loads(score("--json")[1])["scores"]
    assert (line["log"], line["infinite"]) == (None, True)
    out = score()[1]
    assert "infinite: the forecast of 2026-01-18 gave no chance at all to what came true" in out
    assert "infinite: last_run gave no chance at all" in out, "the week after"
    assert "infinite: uniform" not in out


def test_all_cases_together(score: Any, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_resolution(workspace / "data" / "harbour", "city=0.5,private=0.5")
    write_case(workspace / "data" / "quay", case={"opening": OPENING, "horizon": HORIZON})
    code, out, err = score("--all", "--json")
    said = json.loads(out)
    assert (code, err, said["open"], said["questions"]) == (Exit.OK, "", ["quay"], 1)
    (record,) = said["records"]
    assert record["questions"] == 1
    assert all(set(each["claim"].values()) == {None} for each in record["skill"])
    assert record["calibration"] is None
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = score("--all")
    assert "1 resolved, 1 open" in out
    assert "Calibration: no question was open for 4 weeks and had a forecast by then" in out
    claims = [row.split()[-1] for row in out.splitlines() if " to " in row]
    assert len(claims) == 3, "one against each rival that had something to say"
    assert set(claims) == {"none"}, "on a narrow screen too"
    assert "A claim is made where the interval leaves out 0" in out
    assert score("harbour", "--all")[0] == Exit.USAGE


def test_all_cases_together_are_pooled_and_drawn(score: Any, workspace: Path) -> None:
    harbour = workspace / "data" / "harbour"
    write_resolution(harbour)
    assert score("--all", "--picture", "all.svg")[0] == Exit.USAGE, "nothing was open for four weeks"
    write_case(harbour, case={"opening": OPENING - timedelta(days=10), "horizon": HORIZON})
    second = run_of("2026-01-25", (0.1, 0.7, 0.1, 0.1), base_rate=RATES, model="rival")
    save(second, workspace / "reports")
    code, out, err = score("--all", "--picture", "all.svg", "--json")
    assert (code, err) == (Exit.OK, "written: all.svg\n")
    pools = {each["pool"]: each for each in json.loads(out)["pools"]}
    assert pools["linear"]["questions"] == 1
    assert all(record["calibration"]["curve"] for record in json.loads(out)["records"])
    assert "Calibration after 4 weeks: " in score("--all")[1]
    assert pools["linear"]["brier"] == pytest.approx((0.4 - 1) ** 2 + 0.4**2 + 0.1**2 + 0.1**2)
    picture = ET.fromstring((workspace / "all.svg").read_text("utf-8"))
    headings = [element.text or "" for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert [text.partition(" (p ")[0] for text in headings if " (p " in text] == ["latent_drivers", "rival"]
    code, out, err = score("harbour", "--picture", "one.svg")
    assert (code, out) == (Exit.USAGE, "")
    assert "one question has come out once" in err


def test_what_others_wrote_is_shown_and_never_obeyed(score: Any, workspace: Path) -> None:
    folder, hostile = workspace / "data" / "harbour", "[red]boo[/red] \u202egpj"
    rows = [",".join(HEADER), f"2026-11-01T00:00:00Z,2026-02-01,city,{hostile},<b>x</b>,", ""]
    (folder / "resolutions.csv").write_text("\n".join(rows), encoding="utf-8")
    priced = [f"2026-01-20,{hostile},{end},0.25\n" for end in ("city", "private", "other", "unresolved")]
    (folder / "prices.csv").write_text("date,market,outcome,price\n" + "".join(priced), encoding="utf-8")
    for words in ((), ("--all",), ("--json",)):
        code, out, _ = score(*words)
        assert code == Exit.OK
        assert "\u202e" not in out
        assert "[red]boo[/red] \\u202egpj" in out
