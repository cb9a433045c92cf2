"""The command line as a whole: exit codes, what goes to which stream, and what a run looks like in the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

import forecast
from forecast.commands import main
from forecast.errors import Exit
from tests.report.sample import sample
from tests.small_case import ASSUMPTIONS, write_case, write_set

HOSTILE = "[red]\x1b[31m boo \x1b]8;;http://x\x07 \u202egpj"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the small case and no runs, seen from its top."""
    write_case(tmp_path / "data" / "harbour")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def run_of(workspace: Path) -> Any:
    """Save the sample run under the small case's name, changed at will."""

    def save(**changes: Any) -> dict[str, Any]:
        made = sample()
        document = {**made.forecast, "case": "harbour", **changes}
        folder = workspace / "reports" / "harbour" / document["run"]["id"]
        folder.mkdir(parents=True)
        (folder / "forecast.json").write_text(json.dumps(document), encoding="utf-8")
        (folder / "record.json").write_text(json.dumps(made.record), encoding="utf-8")
        return document

    return save


def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["forecast", *words])
    with pytest.raises(SystemExit) as ended:
        main.run()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def forecast_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *words: call(monkeypatch, capsys, *words)


def test_the_version_is_the_packages(forecast_command: Any) -> None:
    assert forecast_command("--version") == (Exit.OK, f"possibilities {forecast.__version__}\n", "")


def test_check_prior_shows_the_worlds_before_any_evidence(workspace: Path, forecast_command: Any) -> None:
    code, out, err = forecast_command("check", "--prior")
    assert (code, err) == (Exit.OK, "")
    for said in ("5%", "50%", "95%", "Still open at the horizon", "bits", "An outcome is above 95% in 0.0% of worlds"):
        assert said in out
    document = json.loads(forecast_command("check", "--prior", "--json")[1])
    (found,) = document["prior"].values()
    assert found["outcomes"].keys() == {"city", "private", "other", "unresolved"}
    assert found["outcomes"]["city"]["0.05"] < found["outcomes"]["city"]["0.95"]
    assert {"timing", "certain_outcome", "no_other", "grades", "surprise", "signed_off"} < found.keys()
    assert "prior" not in json.loads(forecast_command("check", "--json")[1])


def test_worlds_without_other_are_refused_unless_somebody_answers_for_them(
    workspace: Path, forecast_command: Any
) -> None:
    folder = workspace / "data" / "harbour"
    shares, *others = ASSUMPTIONS
    unlikely = [{**shares, "shares": {"city": 0.5, "private": 0.49, "other": 0.01}}, *others]
    write_set(folder, "first-look", unlikely)
    assert forecast_command("check")[0] == Exit.OK
    code, out, err = forecast_command("check", "--prior")
    assert code == Exit.BAD_INPUT
    assert "first-look.yaml: before any evidence, in " in err
    assert "'other' has a chance under 1 % (at most 5 %)" in err
    signed = {"check": "no-other", "reason": "The law knows no third way.", "author": "Ada"}
    write_set(folder, "first-look", unlikely, signed_off=[signed])
    code, out, _ = forecast_command("check", "--prior")
    assert code == Exit.OK
    assert "Signed off by Ada: no-other: The law knows no third way." in out


def test_a_model_that_is_solved_has_no_prior_worlds(workspace: Path, forecast_command: Any) -> None:
    code, out, err = forecast_command("check", "--prior", "--model", "uniform")
    assert (code, out) == (Exit.USAGE, "")
    assert "--prior: the model uniform has no worlds to look at" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nowhere"), "there is no case 'nowhere'"),
        (("show",), "no publishable run: make one with `forecast refresh harbour`"),
        (("show", "--run", "2026-01-01-00000000"), "no such run"),
        (("show", "--as-of", "03/04/2026"), "is not a date: write it as YYYY-MM-DD"),
        (("refresh", "--model", "latent_driver"), "did you mean latent_drivers?"),
        (("show", "--as-of", "20260101ab"), "is not a date: write it as YYYY-MM-DD"),
        (("show", "--as-of", "2026-W01-1"), "is not a date: write it as YYYY-MM-DD"),
        (("refresh", "--model", ""), "no such model"),
        (("refresh", "--seed", "-1"), "choose a whole number"),
        (("refresh", "--clock", "sundial"), "choose recorded or published"),
        (("refresh", "--as-of", "2025-12-31"), "the question is open from 2026-01-12"),
        (("refresh", "--assumptions", "nope"), "nope"),
    ],
)
def test_words_that_do_not_fit_end_with_2_and_an_empty_stdout(
    workspace: Path, forecast_command: Any, words: tuple[str, ...], said: str
) -> None:
    code, out, err = forecast_command(*words)
    assert (code, out) == (Exit.USAGE, "")
    assert said in err


def test_check_finds_nothing_wrong_with_the_small_case(workspace: Path, forecast_command: Any) -> None:
    code, out, _ = forecast_command("check", "--json")
    document = json.loads(out)
    assert code == Exit.OK
    assert document["ok"]
    assert document["problems"] == []
    split = document["sets"]["first-look"]
    assert sum(split["stated"].values()) == pytest.approx(1.0)
    assert sum(split["plus_two"]["budget"].values()) == pytest.approx(1.0)


def test_check_lists_faults_of_case_and_evidence_and_ends_with_3(workspace: Path, forecast_command: Any) -> None:
    drivers = workspace / "data" / "harbour" / "drivers.yaml"
    drivers.write_text(drivers.read_text(encoding="utf-8").replace("label:", "lable:", 1), encoding="utf-8")
    code, out, _ = forecast_command("check", "--json")
    problem = json.loads(out)["problems"][0]
    assert code == Exit.BAD_INPUT
    assert problem["file"].endswith("drivers.yaml")
    assert problem["line"] > 0
    assert "label" in problem["remedy"]


def test_bad_input_stops_a_refresh_before_anything_is_written(workspace: Path, forecast_command: Any) -> None:
    (workspace / "data" / "harbour" / "evidence.csv").write_text("report_id,event_id\n1,2\n", encoding="utf-8")
    code, out, err = forecast_command("refresh", "--as-of", "2026-02-01")
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "evidence.csv" in err
    assert not (workspace / "reports").exists()


def test_show_prints_the_saved_document(workspace: Path, run_of: Any, forecast_command: Any) -> None:
    saved = run_of()
    code, out, _ = forecast_command("show", "--json")
    assert code == Exit.OK
    assert json.loads(out) == saved


def test_an_unpublishable_run_is_never_the_last_but_can_be_asked_for(
    workspace: Path, run_of: Any, forecast_command: Any
) -> None:
    saved = run_of(publishable=False, diagnostics={**sample().forecast["diagnostics"], "gate": "fail"})
    assert forecast_command("show")[0] == Exit.USAGE
    code, out, _ = forecast_command("show", "--run", saved["run"]["id"])
    assert code == Exit.OK
    assert "UNPUBLISHABLE" in out


def test_a_run_that_lacks_numbers_is_shown_but_not_reported(
    workspace: Path, run_of: Any, forecast_command: Any
) -> None:
    made = sample().forecast
    made["outcomes"][0] |= {"probability": None, "interval": [None, None], "mcse": None}
    made["outcomes"][0] |= {"previous": None, "change": None}
    made["timing"][-1] |= {"unresolved": None}
    made["drivers"][0] |= {"mean": None, "sd": None, "interval": [None, None]}
    made["driver_paths"][0]["weeks"][-1] |= {"mean": None, "interval": [None, None]}
    failures = ["city: not every draw is a finite number"]
    failed = {
        **made["diagnostics"],
        "gate": "fail",
        "failures": failures,
        "rhat_max": None,
        "ess_bulk_min": None,
        "divergences": None,
    }
    parts = {part: made[part] for part in ("outcomes", "timing", "drivers", "driver_paths")}
    saved = run_of(**parts, publishable=False, diagnostics=failed)
    words = ("--run", saved["run"]["id"])
    code, out, err = forecast_command("show", *words)
    assert (code, err) == (Exit.OK, "")
    assert "UNPUBLISHABLE" in out
    assert "No forecast: city: not every draw is a finite number" in out
    assert forecast_command("runs")[0] == Exit.OK
    assert json.loads(forecast_command("show", *words, "--json")[1]) == saved
    code, out, err = forecast_command("report", *words)
    assert (code, out) == (Exit.UNPUBLISHABLE, "")
    assert "lacks numbers" in err


def test_the_terminal_shows_every_outcome_and_hostile_text_stays_text(
    workspace: Path, run_of: Any, forecast_command: Any
) -> None:
    made = sample().forecast
    made["outcomes"][0]["label"] = HOSTILE
    run_of(outcomes=made["outcomes"])
    _, out, _ = forecast_command("show")
    assert "[red]" in out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)
    for outcome in made["outcomes"][1:]:
        assert outcome["label"] in out


def test_runs_lists_what_was_saved(workspace: Path, run_of: Any, forecast_command: Any) -> None:
    assert "no runs yet" in forecast_command("runs")[1]
    saved = run_of()
    assert saved["run"]["id"] in forecast_command("runs")[1]
    assert [run["id"] for run in json.loads(forecast_command("runs", "--json")[1])] == [saved["run"]["id"]]
    assert json.loads(forecast_command("runs", "--json", "--as-of", "2026-01-01")[1]) == []


@pytest.mark.parametrize(("width", "blank"), [("200", False), ("60", True)], ids=["all on a line", "words fold"])
def test_runs_names_the_likeliest_answer_beside_the_chance_of_none(
    run_of: Any, forecast_command: Any, monkeypatch: pytest.MonkeyPatch, width: str, blank: bool
) -> None:
    """That nothing is decided is no answer, however likely; a blank line parts rows that take several."""
    monkeypatch.setenv("COLUMNS", width)
    outcomes = sample().forecast["outcomes"]
    for place, outcome in enumerate(outcomes):
        outcome["probability"] = 0.6 if place == len(outcomes) - 1 else 0.01
    outcomes[1] |= {"probability": 0.25, "label": "A long name of what may well come"}
    run_of(outcomes=outcomes)
    run_of(as_of="2026-02-07", outcomes=outcomes, run={**sample().forecast["run"], "id": "2026-02-07-1a2b3c4e"})
    lines = forecast_command("runs")[1].splitlines()
    first, second = (number for number, line in enumerate(lines) if "25%" in line)
    assert all("60%" in lines[number] for number in (first, second))
    assert (lines[second - 1].strip() == "") == blank


def test_report_writes_one_page_beside_the_run(workspace: Path, run_of: Any, forecast_command: Any) -> None:
    saved = run_of()
    code, out, _ = forecast_command("report", "--json", "--picture", "picture.svg")
    assert code == Exit.OK
    page = Path(json.loads(out)["report"])
    assert page == workspace / "reports" / "harbour" / saved["run"]["id"] / "report.html"
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert (workspace / "picture.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_damaged_run_is_one_line_that_names_the_file(workspace: Path, run_of: Any, forecast_command: Any) -> None:
    saved = run_of()
    record = workspace / "reports" / "harbour" / saved["run"]["id"] / "record.json"
    record.write_text("{", encoding="utf-8")
    code, _, err = forecast_command("show")
    assert code == Exit.BAD_INPUT
    assert "record.json" in err


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [(KeyboardInterrupt(), Exit.INTERRUPTED, "interrupted"), (RuntimeError("boom"), Exit.BUG, "an error of ours")],
)
def test_no_traceback_reaches_the_user(
    monkeypatch: pytest.MonkeyPatch, forecast_command: Any, raised: BaseException, code: int, said: str
) -> None:
    def fail(**_: object) -> None:
        raise raised

    monkeypatch.setattr(main, "command_line", lambda _: fail)
    ended, out, err = forecast_command("anything")
    assert (ended, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_a_command_built_alone_is_the_command_among_all() -> None:
    """What is left out to be quick must not change what is said."""
    from typer.main import get_command

    whole: Any = get_command(main.command_line())
    listing: Any = get_command(main.command_line(["--help"]))
    assert list(listing.commands) == list(main._COMMANDS)
    for name, command in whole.commands.items():
        alone: Any = get_command(main.command_line([name, "--help"]))
        assert list(alone.commands) == [name]
        assert alone.commands[name].get_help(_context(name, alone)) == command.get_help(_context(name, whole))
        assert listing.commands[name].get_short_help_str(500) == command.get_short_help_str(500)


def _context(name: str, group: Any) -> typer.Context:
    above = typer.Context(group, info_name="forecast", **group.context_settings)
    return typer.Context(group.commands[name], info_name=name, parent=above)


def test_words_that_begin_with_no_command_meet_all_of_them(forecast_command: Any) -> None:
    assert forecast_command("--", "show", "nowhere") == forecast_command("show", "nowhere")
    ended, _, err = forecast_command("shw")
    assert ended == Exit.USAGE
    assert "Did you mean 'show'?" in err
