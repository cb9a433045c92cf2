"""From a feed to the ledger, by way of a coder: `evidence import --format` and `evidence accept`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forecast.errors import Exit
from tests.commands.test_evidence_commands import Ended, records, run, sit_down
from tests.evidence.feed_samples import ACLED, DELETIONS, MAPPING, POLECAT, gdelt
from tests.small_case import write_case, write_yaml


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    write_yaml(Path("map.yaml"), MAPPING)
    Path("day.tsv").write_bytes(
        gdelt({}, {"GLOBALEVENTID": "2", "SOURCEURL": "https://b.example/"}, {"EventCode": "190"})
    )
    Path("acled.csv").write_bytes(ACLED)
    Path("polecat.txt").write_bytes(POLECAT)
    return write_case(tmp_path / "data" / "harbour")


def answer_all(path: str, word: str) -> None:
    header, *lines = Path(path).read_text(encoding="utf-8").splitlines()
    Path(path).write_text("\n".join([header, *(line + word for line in lines)]) + "\n", encoding="utf-8")


def test_a_feed_is_proposed_and_nothing_of_it_counts(folder: Path) -> None:
    ended = run("import", "day.tsv", "--format", "gdelt", "--mapping", "map.yaml")
    assert ended.code == Exit.OK
    assert ended.out.startswith("2 proposals of 3 events written to day.tsv.proposals.csv: 1 fit no rule, 0 folded")
    assert "Nothing was added" in ended.out
    assert not (folder / "evidence.csv").exists()
    refused = run("import", "day.tsv.proposals.csv")
    assert (refused.code, refused.out) == (Exit.BAD_INPUT, "")
    assert "there is no column 'accept'" in refused.err


def test_what_a_coder_accepts_joins_as_the_machines(folder: Path) -> None:
    run("import", "day.tsv", "--format", "gdelt", "--mapping", "map.yaml", "-o", "p.csv")
    assert run("accept", "p.csv", "--by", "ann").out == "0 proposals accepted, 0 there already\n"
    answer_all("p.csv", "yes")
    assert run("accept", "p.csv").err.startswith("missing --by: ")
    ended = run("accept", "p.csv", "--by", "ann", "--json")
    assert (ended.code, ended.json["added"]) == (0, 2)
    assert {record["coder"] for record in records(folder)} == {"machine"}
    assert len({record["event_id"] for record in records(folder)}) == 1
    assert run("accept", "p.csv", "--by", "ann").out == "0 proposals accepted, 2 there already\n"
    again = run("import", "day.tsv", "--format", "gdelt", "--mapping", "map.yaml", "--json").json
    assert (again["proposals"], again["there"]) == ([], 2)


def test_a_coder_at_the_terminal_is_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("import", "day.tsv", "--format", "gdelt", "--mapping", "map.yaml", "-o", "p.csv")
    sit_down(monkeypatch)
    ended = run("accept", "p.csv", typed="ann\ny\nn\n")
    assert ended.err.count("accept it? [y/n]") == 2
    assert ended.out == "1 proposal accepted, 0 there already\n"


@pytest.mark.parametrize(("file", "layout", "number"), [("acled.csv", "acled", 2), ("polecat.txt", "polecat", 2)])
def test_other_feeds(folder: Path, file: str, layout: str, number: int) -> None:
    ended = run("import", file, "--format", layout, "--mapping", "map.yaml", "-o", "p.csv", "--json")
    assert len(ended.json["proposals"]) == number
    answer_all("p.csv", "y")
    assert run("accept", "p.csv", "--by", "ann").code == Exit.OK
    assert len(records(folder)) == number


def test_what_does_not_fit_together_is_refused(folder: Path) -> None:
    assert run("import", "day.tsv", "--format", "gdelt").err.startswith("--format gdelt: say with --mapping FILE.yaml")
    assert run("import", "day.tsv", "--mapping", "map.yaml").code == Exit.USAGE
    assert run("import", "gone.tsv", "--format", "gdelt", "--mapping", "map.yaml") == Ended(
        Exit.USAGE, "", "gone.tsv: there is no such file: check the path\n"
    )
    bad = run("import", "day.tsv", "--format", "polecat", "--mapping", "map.yaml")
    assert (bad.code, bad.out) == (Exit.BAD_INPUT, "")
    assert json.loads(run("list", "--json").out)["reports"] == []


def test_what_acled_deleted_is_withdrawn_once_somebody_says_so(folder: Path) -> None:
    run("import", "acled.csv", "--format", "acled", "--mapping", "map.yaml", "-o", "p.csv")
    answer_all("p.csv", "y")
    run("accept", "p.csv", "--by", "ann")
    Path("deleted.csv").write_bytes(DELETIONS)
    ended = run("import", "deleted.csv", "--format", "acled", "-o", "gone.csv")
    assert ended.out.startswith("2 retractions of 3 deletions written to gone.csv: 1 of no report here, 0 retracted")
    assert len(records(folder)) == 2
    header, first, second = Path("gone.csv").read_text(encoding="utf-8").splitlines()
    Path("gone.csv").write_text("\n".join([header, f"{first}yes", f"{second}no"]), encoding="utf-8")
    assert run("accept", "gone.csv", "--by", "ann").out == "1 proposal accepted, 0 there already\n"
    *_, last = records(folder)
    assert (last["report_id"], last["coder"], last["grade"]) == ("ACLED-GBR101", "machine", "")
    assert last["retracted_at"] == "2026-01-30T00:00:00Z"
    assert last["note"] == "ACLED took it out on 2026-01-30.\nAccepted by ann."
    again = run("import", "deleted.csv", "--format", "acled", "-o", "left.csv", "--json").json
    assert ([each["report_id"] for each in again["proposals"]], again["unmapped"], again["there"]) == (
        ["ACLED-GBR102"],
        1,
        1,
    )


def test_proposals_are_not_written_over_answers(folder: Path) -> None:
    words = ("import", "day.tsv", "--format", "gdelt", "--mapping", "map.yaml", "-o", "p.csv")
    assert [run(*words).code, run(*words).code] == [Exit.OK, Exit.OK]
    answer_all("p.csv", "No")
    before = Path("p.csv").read_bytes()
    ended = run(*words)
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "p.csv: somebody has answered in it" in ended.err
    assert Path("p.csv").read_bytes() == before
    assert run(*words[:-2], "--dry-run").code == Exit.USAGE
    assert not Path("day.tsv.proposals.csv").exists()
