"""`forecast explain` and `refresh --fast` from end to end, on runs that were really sampled."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forecast.commands import main
from forecast.errors import Exit
from forecast.refresh import Refreshed
from tests.model.harbour import OPENING
from tests.model.made import LAST, MIDDLE, write_workspace

Made = dict[dt.date, Refreshed]
Said = Callable[..., tuple[int, str, str]]
LINES = "decision_lines:\n  - {outcome: city, at: 0.05, note: 'Tell the mayor.'}\n"


@pytest.fixture
def here(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the three runs, seen from its top."""
    write_workspace(tmp_path)
    for result in made.values():
        shutil.copytree(result.run.folder, tmp_path / "reports" / "harbour" / result.run.id)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def said(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    def ask(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["forecast", *words])
        with pytest.raises(SystemExit) as ended:
            main.run()
        out, err = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), out, err

    return ask


def test_the_document_is_the_contract_s(said: Said, made: Made) -> None:
    code, out, _ = said("explain", "--as-of", MIDDLE.isoformat(), "--json")
    document: dict[str, Any] = json.loads(out)
    assert code == Exit.OK
    assert document["from"] == {"run": made[OPENING].run.id, "as_of": OPENING.isoformat()}
    assert document["to"] == {"run": made[MIDDLE].run.id, "as_of": MIDDLE.isoformat()}
    kinds = {"event", "retraction", "amendment", "time", "assumption", "model", "noise"}
    for outcome in document["outcomes"]:
        assert outcome.keys() >= {"id", "from", "to", "change", "mcse", "bars"}
        assert abs(sum(bar["contribution"] for bar in outcome["bars"]) - outcome["change"]) < 1e-9
        for bar in outcome["bars"]:
            assert bar.keys() >= {"kind", "id", "label", "contribution", "mcse"}
            assert bar["kind"] in kinds
    assert document["worth"]["independent"] < document["worth"]["events"]


def test_the_terminal_tells_it_in_points(said: Said) -> None:
    code, out, _ = said("explain", "harbour", "--run", next(Path("reports/harbour").glob(f"{MIDDLE}*")).name)
    assert code == Exit.OK
    for words in ("Time passing, still open", "Monte Carlo noise", "perfectly reliable", "█", "R1"):
        assert words in out
    assert f"From run {OPENING}" in out


def test_since_takes_a_date_or_an_id(said: Said, made: Made) -> None:
    for since in ("2026-01-20", made[OPENING].run.id):
        words = ("--since", since, "--as-of", MIDDLE.isoformat(), "--by", "source", "--json")
        document = json.loads(said("explain", *words)[1])
        assert (document["from"]["as_of"], document["by"]) == (OPENING.isoformat(), "source")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--since", "yesterday"), "is not a date"),
        (("--since", "2026-01-01"), "no publishable run"),
        (("--since", "2026-02-11"), "itself"),
        (("--since", "2026-01-12-00000000"), "no such run"),
        (("--by", "colour"), "choose event, indicator or source"),
        (("--as-of", "2026-01-12"), "no publishable run of this model and set before"),
    ],
)
def test_words_that_do_not_fit_are_said(said: Said, words: tuple[str, ...], told: str) -> None:
    code, out, err = said("explain", *words)
    assert (code, out) == (Exit.USAGE, "")
    assert told in err


def test_a_later_run_is_no_place_to_begin(said: Said, made: Made) -> None:
    later, earlier = made[LAST].run.id, made[MIDDLE].run.id
    code, _, err = said("explain", "--run", earlier, "--since", later)
    assert code == Exit.USAGE
    assert f"that run is of a later day than {earlier}: swap them" in err


def test_a_fast_refresh_is_explained_too_and_a_crossed_line_is_said_first(said: Said, here: Path) -> None:
    case = here / "data" / "harbour" / "case.yaml"
    case.write_text(case.read_text("utf-8") + LINES.replace("0.05", "0.9"), encoding="utf-8")
    code, out, err = said("refresh", "--as-of", "2026-02-03", "--fast", "--json")
    document = json.loads(out)
    assert code == Exit.OK, err
    assert document["diagnostics"]["method"] == "update"
    assert document["decision_lines"][0]["crossed"] is None
    line = round(document["outcomes"][0]["probability"] / 2 + document["outcomes"][0]["previous"] / 2, 6)
    case.write_text(case.read_text("utf-8").replace("at: 0.9", f"at: {line}"), encoding="utf-8")
    _, out, _ = said("refresh", "--as-of", "2026-02-03", "--fast", "--seed", "5")
    assert out.startswith("DECISION LINE CROSSED: The city has")
    _, shown, _ = said("show", "--as-of", "2026-02-03")
    assert shown.startswith("DECISION LINE CROSSED")
    code, out, _ = said("explain", "--as-of", "2026-02-03")
    assert code == Exit.OK
    assert out.startswith("DECISION LINE CROSSED")


def test_words_of_the_evidence_stay_words(said: Said, here: Path) -> None:
    for record in here.glob("reports/harbour/*/record.json"):
        text = record.read_text("utf-8")
        assert '"title": ""' in text or OPENING.isoformat() in record.parent.name
        record.write_text(text.replace('"title": ""', '"title": "[red]act[/red] `rm`"'), encoding="utf-8")
    _, out, _ = said("explain", "--as-of", MIDDLE.isoformat())
    assert "[red]act[/red] `rm`" in out
