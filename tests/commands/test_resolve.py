"""`forecast resolve`: what it records, what it refuses, and what it says of the scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecast.case.reading import read_case
from forecast.errors import Exit
from tests.commands.test_main import HOSTILE, call
from tests.record.statements import HORIZON, OPENING, run_of, save
from tests.small_case import write_case

WHY = ("--reason", "The council signed with the city.", "--source", "Port Gazette of 2 February")
JOURNAL = Path("data/harbour/resolutions.csv")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small case, four weeks long, with two forecasts."""
    write_case(tmp_path / "data" / "harbour", case={"opening": OPENING, "horizon": HORIZON})
    for run in (run_of("2026-01-14", (0.4, 0.3, 0.1, 0.2)), run_of("2026-01-25", (0.7, 0.1, 0.1, 0.1))):
        save(run, tmp_path / "reports")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


@pytest.fixture
def resolve(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *words: call(monkeypatch, capsys, "resolve", *words)


def test_a_resolution_is_recorded_and_every_line_scored(resolve: Any, workspace: Path) -> None:
    code, out, err = resolve("harbour", "--outcome", "city", "--date", "2026-02-01", *WHY, "--author", "Ann", "--json")
    said = json.loads(out)
    assert (code, err) == (Exit.OK, "")
    assert said["resolution"]["outcome"] == "city"
    assert said["resolution"]["weights"] == {"city": 1.0, "private": 0.0, "other": 0.0, "unresolved": 0.0}
    assert (said["recorded"], said["replaced"]) == (True, None)
    (line,) = said["scores"]
    assert (line["model"], line["assumptions"], line["before"]) == ("latent_drivers", "first-look", None)
    assert line["brier"] == pytest.approx((11 * 0.50 + 7 * 0.12) / 18)
    standing = read_case(workspace / "data" / "harbour").resolution
    assert standing is not None
    assert (standing.reason, standing.source, standing.author) == (WHY[1], WHY[3], "Ann")


def test_resolving_again_keeps_the_old_one_and_says_what_changed(resolve: Any) -> None:
    resolve("--outcome=city", "--date=2026-02-01", *WHY)
    before = JOURNAL.read_bytes()
    code, out, _ = resolve("--weights=city=0.6,private=0.4", "--date=2026-02-01", *WHY, "--json")
    said = json.loads(out)
    assert code == Exit.OK
    assert JOURNAL.read_bytes().startswith(before)
    assert JOURNAL.read_bytes().count(b"\n") == 3
    assert b",city=1," in before, "weights stand there as they were typed"
    assert b',"city=0.6,private=0.4",' in JOURNAL.read_bytes()
    assert said["replaced"]["outcome"] == "city"
    (line,) = said["scores"]
    assert line["change"]["brier"] == pytest.approx(line["brier"] - line["before"]["brier"])
    assert line["change"]["log"] > 0.0
    code, out, err = resolve("--outcome=private", "--date=2026-02-02", *WHY)
    assert code == Exit.OK
    assert "before" in out
    assert "now" in out
    assert "the one before, of 2026-02-01, stays in resolutions.csv" in err


def test_the_same_resolution_again_is_not_recorded_again(resolve: Any) -> None:
    words = ("--outcome=city", "--date=2026-02-01", *WHY)
    resolve(*words)
    before = JOURNAL.read_bytes()
    code, _, err = resolve(*words)
    assert (code, JOURNAL.read_bytes()) == (Exit.OK, before)
    assert "stands already" in err


def test_one_after_another_in_one_second_keep_their_order(resolve: Any, workspace: Path) -> None:
    for outcome in ("city", "private", "other", "city", "private"):
        assert resolve(f"--outcome={outcome}", "--date=2026-02-01", *WHY)[0] == Exit.OK
    case = read_case(workspace / "data" / "harbour")
    moments = [resolution.recorded_at for resolution in case.resolutions]
    assert moments == sorted(set(moments))
    assert case.resolution is not None
    assert case.resolution.outcome == "private"


def test_a_file_that_an_editor_saved_is_added_to_in_its_own_columns(resolve: Any, workspace: Path) -> None:
    header = 'source,date,weights,reason,author,"a note,\r\nor two",recorded_at'
    row = "Port Gazette,2026-02-01,city,Signed.,,see p. 3,2026-02-02T09:00:00Z"
    JOURNAL.write_bytes(b"\xef\xbb\xbf" + f"{header}\r\n{row}".encode())
    assert resolve("--outcome=private", "--date=2026-02-02", *WHY)[0] == Exit.OK
    case = read_case(workspace / "data" / "harbour")
    assert [resolution.outcome for resolution in case.resolutions] == ["city", "private"]
    assert case.resolution is not None
    assert case.resolution.source == WHY[3]


REFUSED = {
    "nothing": ((), "name the outcome that came true with --outcome ID, or several with --weights"),
    "both": (("--outcome=city", "--weights=city=1"), "--outcome and --weights are both given"),
    "no date": (("--outcome=city", *WHY), "missing --date: a resolution says when, why and by whose word"),
    "no reason": (("--outcome=city", "--date=2026-02-01"), "missing --reason, --source: a resolution says"),
    "a slip": (("--outcome=citty", "--date=2026-02-01", *WHY), "there is no outcome 'citty': did you mean 'city'?"),
    "weights as an outcome": (("--outcome=city=1", "--date=2026-02-01", *WHY), "there is no outcome 'city=1'"),
    "a bad sum": (("--weights=city=0.5,other=0.4", "--date=2026-02-01", *WHY), "the weights sum to 0.9: make them"),
    "NaN": (("--weights=city=nan", "--date=2026-02-01", *WHY), "the weight of 'city' is 'nan': write a number"),
    "no date at all": (("--outcome=city", "--date=yesterday", *WHY), "--date: 'yesterday' is not a date"),
    "too early": (("--outcome=city", "--date=2026-01-12", *WHY), "--date: 2026-01-12 is not after the opening"),
    "too late": (("--outcome=city", "--date=2026-02-09", *WHY), "--date: 2026-02-09 is after the horizon (2026-02-08)"),
    "to come": (("--outcome=city", "--date=2999-02-09", *WHY), "nothing resolves in the future"),
    "not yet open": (("--outcome=unresolved", "--date=2026-02-01", *WHY), "'unresolved' means open at the horizon"),
    "no word": (("--outcome=city", "--date=2026-02-01", "--reason= ", "--source=x"), "--reason is empty: say it"),
    "wordy": (("--outcome=city", "--date=2026-02-01", f"--reason={'x' * 5001}", "--source=x"), "5000 characters"),
    "a formula": (("--outcome=city", "--date=2026-02-01", "--reason==1+1", "--source=x"), "spreadsheet would run"),
    "hidden": (("--outcome=city", "--date=2026-02-01", f"--reason={HOSTILE}", "--source=x"), "that no editor shows"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_a_resolution_is_refused_and_nothing_is_written(
    resolve: Any, words: tuple[str, ...], message: str
) -> None:
    code, out, err = resolve(*words)
    assert (code, out) == (Exit.USAGE, "")
    assert message in err
    assert not JOURNAL.exists()


def test_a_journal_with_a_fault_is_not_added_to(resolve: Any) -> None:
    JOURNAL.write_text("recorded_at,date,weights,reason,source,author\n2026-02-02,2026-02-01,town,x,y,\n", "utf-8")
    before = JOURNAL.read_bytes()
    code, out, err = resolve("--outcome=city", "--date=2026-02-01", *WHY)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "data/harbour/resolutions.csv:2: there is no outcome 'town'" in err
    assert JOURNAL.read_bytes() == before


def test_a_run_that_cannot_be_read_stops_it_before_anything_is_recorded(resolve: Any, workspace: Path) -> None:
    save(run_of("2026-01-20", (0.5, 0.2, 0.1, 0.1)), workspace / "reports")
    code, out, err = resolve("--outcome=city", "--date=2026-02-01", *WHY)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "chances that do not sum to 1" in err
    assert not JOURNAL.exists()


def test_open_at_the_horizon_is_a_resolution(resolve: Any) -> None:
    code, out, _ = resolve("--outcome=unresolved", f"--date={HORIZON}", *WHY)
    assert code == Exit.OK
    assert f"resolved on {HORIZON} as still open at the horizon" in out
