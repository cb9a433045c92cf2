"""A refresh from end to end: the contract's document, the run it saves, and the same numbers again."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given

import forecast.refresh
from forecast.as_of import default_as_of, unheard_since
from forecast.case.resolutions import HEADER, Resolution
from forecast.commands import main
from forecast.errors import Exit, UsageError
from forecast.evidence.ledger import CsvLedger
from forecast.inference import code
from forecast.inference.chains import Progress, Settings
from forecast.inference.compiling import PIECES
from forecast.model.contract import Model, load_model
from forecast.model.problem import Problem, build_problem
from forecast.model.readings import Unit
from forecast.refresh import Refreshed
from forecast.reopened import reopen
from forecast.run_files import FORECAST, POSTERIOR
from forecast.run_lines import previous_run
from forecast.runs import list_runs, load_run
from tests.model.harbour import (
    OPENING,
    SHARES,
    assumptions,
    events,
    harbour,
    latent_drivers,
    prior_draws,
    row,
    seen,
)
from tests.model.made import JOURNAL, LAST, MIDDLE, SEED, refreshed, write_workspace
from tests.small_case import write_set

QUICK = {"Sampling": Settings(tune=50, draws=20)}
"""Too short for any gate."""

Quickly = Callable[..., Refreshed]


class FromPrior:
    """Stands in for a posterior: draws from the prior, independent of each other, at no cost."""

    seconds: ClassVar = {"compile": 0.0, "sample": 0.0}

    def __init__(
        self, model: Model, problem: Problem, seed: int, settings: Settings, _progress: Progress | None
    ) -> None:
        self.chains, self._rng = settings.chains, np.random.default_rng(seed)
        order = self._rng.permutation(settings.chains * settings.draws)
        drawn = prior_draws(problem, seed, len(order))
        self.draws = {name: values[order] for name, values in drawn.items()}
        self._x = model.law.latent_paths(np, self.draws, problem.arrays)
        self.content = b"draws"

    def quantity(self, name: str) -> Any:
        assert name == "x"
        return self._x

    def by_chain(self, quantity: Any) -> Any:
        return quantity.reshape(self.chains, -1, *quantity.shape[1:])

    def statistic(self, name: str) -> Any:
        shape = self._x.shape[:1]
        return self.by_chain(np.zeros(shape) if name == "diverging" else self._rng.standard_normal(shape))


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Refreshed]:
    """Refresh without a sampler, and with too few draws to publish anything."""
    monkeypatch.setattr(forecast.refresh, "LADDER", QUICK)
    monkeypatch.setattr(forecast.refresh, "sample", FromPrior)
    return refreshed


# ------------------------------------------------------------------------------------------------ the contract


@pytest.fixture(scope="module", params=[OPENING, MIDDLE, LAST], ids=str)
def document(request: pytest.FixtureRequest, made: dict[dt.date, Refreshed]) -> dict[str, Any]:
    return made[request.param].run.forecast


def test_the_document_has_every_key_of_the_contract(document: dict[str, Any]) -> None:
    assert document.keys() >= {
        "case", "as_of", "horizon", "publishable", "outcomes", "timing", "drivers", "evidence", "diagnostics", "run",
    }  # fmt: skip
    for outcome in document["outcomes"]:
        assert outcome.keys() >= {"id", "label", "probability", "interval", "level", "mcse", "previous", "change"}
    assert document["diagnostics"].keys() >= {
        "method", "rhat_max", "ess_bulk_min", "ess_tail_min", "divergences", "pareto_k", "gate", "failures",
    }  # fmt: skip
    assert document["evidence"].keys() >= {"events", "reports", "retracted", "after_as_of"}
    assert document["run"].keys() >= {"id", "seed", "created", "inputs", "versions", "seconds"}
    assert document["run"]["seconds"].keys() >= {"total", "compile", "sample"}
    assert document["timing"][0].keys() >= {"week", "unresolved", "cumulative"}
    assert document["drivers"][0].keys() >= {"id", "mean", "sd", "interval"}
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_every_outcome_has_its_number(document: dict[str, Any]) -> None:
    outcomes = document["outcomes"]
    assert [outcome["id"] for outcome in outcomes] == ["city", "private", "other", "unresolved"]
    assert abs(sum(outcome["probability"] for outcome in outcomes) - 1) < 1e-9
    for outcome in outcomes:
        low, high = outcome["interval"]
        assert 0 <= low <= outcome["probability"] <= high <= 1
        assert outcome["level"] == 0.9
        assert 0 < outcome["mcse"] < 0.005


def test_the_weeks_run_to_the_horizon_and_end_at_the_outcomes(document: dict[str, Any]) -> None:
    weeks = [dt.date.fromisoformat(week["week"]) for week in document["timing"]]
    as_of = dt.date.fromisoformat(document["as_of"])
    assert weeks[0] <= as_of + dt.timedelta(days=1) < weeks[0] + dt.timedelta(weeks=1)
    assert weeks[0].weekday() == 0
    assert all((later - sooner).days == 7 for sooner, later in pairwise(weeks))
    assert weeks[-1] <= dt.date.fromisoformat(document["horizon"]) < weeks[-1] + dt.timedelta(weeks=1)
    for week in document["timing"]:
        assert abs(week["unresolved"] + sum(week["cumulative"].values()) - 1) < 1e-9
    for outcome in document["outcomes"][:-1]:
        path = [week["cumulative"][outcome["id"]] for week in document["timing"]]
        assert path == sorted(path)
        assert path[-1] == pytest.approx(outcome["probability"], abs=1e-9)
    assert document["timing"][-1]["unresolved"] == pytest.approx(document["outcomes"][-1]["probability"], abs=1e-9)


def test_drivers_have_numbers_now_and_by_week(document: dict[str, Any]) -> None:
    assert [driver["id"] for driver in document["drivers"]] == ["budget", "unions"]
    for driver, path in zip(document["drivers"], document["driver_paths"], strict=True):
        low, high = driver["interval"]
        assert low < driver["mean"] < high
        assert driver["sd"] > 0.3
        assert path["weeks"][-1]["mean"] == driver["mean"]
        assert path["weeks"][0]["week"] == "2025-12-01"


def test_a_run_says_what_it_was_made_from(document: dict[str, Any]) -> None:
    run = document["run"]
    assert re.fullmatch(re.escape(document["as_of"]) + "-[0-9a-f]{8}", run["id"])
    assert re.fullmatch("sha256:[0-9a-f]{64}", run["inputs"])
    assert run["seed"] == SEED
    assert {"possibilities", "python", "pymc", "numpy"} <= set(run["versions"])
    assert dt.datetime.fromisoformat(run["created"]).tzinfo is not None


def test_the_gate_passed(document: dict[str, Any]) -> None:
    assert document["publishable"] is True
    assert document["diagnostics"]["gate"] == "pass"
    assert document["diagnostics"]["failures"] == []
    assert document["diagnostics"]["method"] == "nuts"
    assert document["diagnostics"]["rhat_max"] < 1.01
    assert min(document["diagnostics"]["ess_bulk_min"], document["diagnostics"]["ess_tail_min"]) >= 400


def test_every_assumption_is_shown_before_and_after(document: dict[str, Any]) -> None:
    by_id = {entry["id"]: entry for entry in document["assumptions"]}
    stated = {item["id"]: item for item in assumptions() if item["kind"] != "shares"}
    assert set(stated) <= set(by_id)
    assert by_id["half-life-of-budgets"]["posterior"] is None
    assert by_id["money-for-the-city"]["prior"]["mean"] == pytest.approx(0.6)
    assert by_id["money-for-the-city"]["prior_only"] is True
    assert by_id["steady-pace"]["prior"]["mean"] == pytest.approx(np.log(0.12))
    for entry in by_id.values():
        assert entry["reason"]
        assert entry["source"]


def test_the_shares_that_reports_tell_of_stand_beside_the_other_assumptions(
    made: dict[dt.date, Refreshed], tmp_path: Path
) -> None:
    shares = {
        day: {entry["id"]: entry for entry in result.run.forecast["assumptions"] if entry["kind"] == "shares"}
        for day, result in made.items()
    }
    assert shares[OPENING] == {}
    assert set(shares[LAST]) == {"stated-chances:private"}, "of the city, and of others, no indicator tells"
    solved, told = made[LAST].run.record["intercepts"], shares[LAST]["stated-chances:private"]
    assert told["about"] == "Stated chances of the outcomes: A private company"
    assert told["prior"]["mean"] == pytest.approx(solved["mean"]["private"])
    assert told["prior"]["sd"] == pytest.approx(solved["sd"] * np.sqrt(2 / 3))
    draws = reopen(made[LAST].run, tmp_path).draws["intercept_z"]
    alpha = solved["mean"]["private"] + solved["sd"] * (draws - draws.mean(axis=1, keepdims=True))[:, 1]
    assert told["posterior"]["mean"] == pytest.approx(alpha.mean(), abs=1e-6)
    assert told["posterior"]["sd"] == pytest.approx(alpha.std(), abs=1e-6)


def test_evidence_is_counted(made: dict[dt.date, Refreshed]) -> None:
    counts = {day: result.run.forecast["evidence"] for day, result in made.items()}
    said = ("events", "reports", "codings", "retracted", "after_as_of")
    assert [counts[OPENING][name] for name in said] == [0, 0, 0, 0, 11]
    assert [counts[MIDDLE][name] for name in said] == [5, 5, 6, 0, 6]
    assert [counts[LAST][name] for name in said] == [9, 9, 10, 1, 1]
    assert counts[LAST]["origins"] == 8


def test_a_day_without_evidence_is_said(made: dict[dt.date, Refreshed]) -> None:
    assert made[OPENING].run.forecast["notes"] == [
        "no report is known as of 2026-01-12 by the clock 'published': the assumptions speak alone"
    ]
    assert made[LAST].run.forecast["notes"] == []


# ------------------------------------------------------------------------------------------------ the numbers


def test_without_evidence_the_opening_day_says_what_was_stated(made: dict[dt.date, Refreshed]) -> None:
    outcomes = made[OPENING].run.forecast["outcomes"]
    resolved = 1 - outcomes[-1]["probability"]
    for outcome in outcomes[:-1]:
        share = outcome["probability"] / resolved
        assert abs(share - SHARES[outcome["id"]]) < 0.005 + 3 * outcome["mcse"] / resolved, outcome["id"]
        assert outcome["stated"] / (1 - outcomes[-1]["stated"]) == pytest.approx(SHARES[outcome["id"]])
    assert abs(outcomes[-1]["probability"] - outcomes[-1]["stated"]) < 0.01 + 3 * outcomes[-1]["mcse"]


def test_evidence_moves_the_forecast(made: dict[dt.date, Refreshed]) -> None:
    before, after = (made[day].run.forecast for day in (OPENING, LAST))
    unions = [document["drivers"][1]["mean"] for document in (before, after)]
    assert unions[1] > unions[0] + 0.3
    assert after["outcomes"][-1]["probability"] > before["outcomes"][-1]["probability"] + 0.05, "strikes delay"


def test_changes_are_since_the_last_run_before(made: dict[dt.date, Refreshed]) -> None:
    assert made[OPENING].previous is None
    assert all(o["previous"] is None and o["change"] is None for o in made[OPENING].run.forecast["outcomes"])
    for day, earlier in ((MIDDLE, OPENING), (LAST, MIDDLE)):
        previous = made[day].previous
        assert previous is not None
        assert previous.id == made[earlier].run.id
        for now, then in zip(made[day].run.forecast["outcomes"], made[earlier].run.forecast["outcomes"], strict=True):
            assert now["previous"] == then["probability"]
            assert now["change"] == pytest.approx(now["probability"] - then["probability"])


def again(workspace: Path, **environment: str) -> dict[str, Any]:
    """What a fresh process says of the last day."""
    root = Path(forecast.refresh.__file__).parent.parent
    command = [sys.executable, "-m", "forecast", "refresh", "harbour", "--as-of", LAST.isoformat()]
    paths = os.pathsep.join([environment.pop("PYTHONPATH", ""), str(root)]).lstrip(os.pathsep)
    ended = subprocess.run(
        [*command, "--seed", str(SEED), "--dry-run", "--json"],
        cwd=workspace,
        env={**os.environ, **environment, "PYTHONPATH": paths},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == Exit.OK, ended.stderr
    assert "Traceback" not in ended.stderr
    return dict(json.loads(ended.stdout))


def threads(number: int) -> dict[str, str]:
    return dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(number))


def same_numbers(one: dict[str, Any], other: dict[str, Any]) -> None:
    """To the last bit, but for what hangs on the runs before."""
    assert one["run"]["id"] == other["run"]["id"]
    assert one["run"]["inputs"] == other["run"]["inputs"]
    for part in ("timing", "drivers", "driver_paths", "assumptions", "evidence", "diagnostics"):
        assert one[part] == other[part], part
    for mine, theirs in zip(one["outcomes"], other["outcomes"], strict=True):
        assert {**mine, "previous": None, "change": None} == {**theirs, "previous": None, "change": None}


def test_shuffled_rows_many_threads_and_a_user_s_own_settings_change_no_number(
    made: dict[dt.date, Refreshed], tmp_path: Path
) -> None:
    workspace = write_workspace(tmp_path, tuple(random.Random(3).sample(JOURNAL, len(JOURNAL))))
    rc = tmp_path / "pytensorrc"
    rc.write_text("[global]\nfloatX = float32\nmode = FAST_COMPILE\nlinker = py\n", encoding="utf-8")
    for sampler in ("nutpie", "blackjax", "numpyro"):
        (tmp_path / f"{sampler}.py").write_text("raise RuntimeError('nobody asked for me')", encoding="utf-8")
    said = again(workspace, PYTENSORRC=str(rc), PYTHONPATH=str(tmp_path), PYTHONHASHSEED="5", **threads(8))
    same_numbers(made[LAST].run.forecast, said)


@pytest.mark.slow
@pytest.mark.parametrize(
    "pieces", [pytest.param(True, id="pieces at hand"), pytest.param(False, id="all cold", marks=pytest.mark.long)]
)
def test_a_cold_cache_and_a_warm_one_give_the_same_numbers(
    pieces: bool, made: dict[dt.date, Refreshed], tmp_path: Path
) -> None:
    """The compiled code is made anew; from the pieces that PyTensor keeps, or those too, which takes minutes."""
    workspace = write_workspace(tmp_path / "workspace")
    compiled = tmp_path / "compiled"
    if pieces:
        shutil.copytree(code.folder() / PIECES, compiled / PIECES)
    for number in (2, 1):
        said = again(workspace, FORECAST_CACHE=str(compiled), **threads(number))
        same_numbers(made[LAST].run.forecast, said)


def test_the_same_draws_are_the_same_bytes(made: dict[dt.date, Refreshed], tmp_path: Path) -> None:
    repeated = refreshed(write_workspace(tmp_path), LAST)
    assert repeated.run.record["posterior"] == made[LAST].run.record["posterior"]
    assert repeated.run.draws == "there"
    draws = repeated.run.posterior()["posterior"]["x"]
    assert np.isfinite(draws.values).all()


# ------------------------------------------------------------------------------------------------ the saved run


def test_the_run_is_saved_whole(made: dict[dt.date, Refreshed], workspace: Path) -> None:
    for result in made.values():
        assert result.is_new
        assert result.repeats is None
        assert result.run.folder == workspace / "reports" / "harbour" / result.run.id
        saved = load_run(result.run.folder)
        assert saved.forecast == result.run.forecast
        assert saved.record == result.run.record
        assert (result.run.folder / POSTERIOR).stat().st_size > 10_000


def test_the_record_holds_its_inputs(made: dict[dt.date, Refreshed], workspace: Path) -> None:
    record = made[LAST].run.record
    case = workspace / "data" / "harbour"
    assert record["inputs"]["files"]["drivers.yaml"] == (case / "drivers.yaml").read_text("utf-8")
    assert "assumptions/first-look.yaml" in record["inputs"]["files"]
    assert record["inputs"]["model"]["text"] == latent_drivers().texts["latent_drivers"]
    known = {cells["report_id"] for cells in record["inputs"]["evidence"]}
    assert {"R1", "R9"} <= known
    assert "R10" not in known
    assert sum(record["intercepts"]["mean"].values()) == pytest.approx(0, abs=1e-9)
    assert (record["sampler"]["name"], record["seed"]) == ("nuts", SEED)


def test_what_came_later_is_no_input(made: dict[dt.date, Refreshed], tmp_path: Path, quickly: Quickly) -> None:
    elsewhere = write_workspace(tmp_path, tuple(coding for coding in JOURNAL if coding.report_id != "R10"))
    again = quickly(elsewhere, LAST, dry_run=True).run.forecast["run"]
    assert again["inputs"] == made[LAST].run.forecast["run"]["inputs"]
    assert again["id"] == made[LAST].run.id


@pytest.mark.parametrize("changed", ["seed", "evidence", "as_of"])
def test_another_input_is_another_run(changed: str, tmp_path: Path, quickly: Quickly) -> None:
    workspace = write_workspace(tmp_path)
    first = quickly(workspace, MIDDLE, dry_run=True).run.id
    if changed == "evidence":
        CsvLedger(workspace / "data" / "harbour" / "evidence.csv").append([row("R12", 4, "2026-01-15")])
    day = MIDDLE + dt.timedelta(days=1) if changed == "as_of" else MIDDLE
    second = quickly(workspace, day, SEED + (changed == "seed"), dry_run=True).run.id
    assert second != first


@pytest.fixture
def short(tmp_path: Path, quickly: Quickly) -> tuple[Path, Refreshed]:
    """A workspace with one run that was made with too few draws."""
    workspace = write_workspace(tmp_path)
    return workspace, quickly(workspace, MIDDLE)


def test_too_few_draws_are_saved_but_marked(short: tuple[Path, Refreshed]) -> None:
    workspace, result = short
    run = load_run(result.run.folder)
    assert run.forecast["publishable"] is False
    assert run.forecast["diagnostics"]["gate"] == "fail"
    assert any("bulk ESS" in failure for failure in run.forecast["diagnostics"]["failures"])
    assert abs(sum(outcome["probability"] for outcome in run.forecast["outcomes"]) - 1) < 1e-9
    assert previous_run(workspace / "reports", "harbour", "latent_drivers", "first-look", LAST) is None


def test_the_same_refresh_again_leaves_the_saved_run(short: tuple[Path, Refreshed], quickly: Quickly) -> None:
    workspace, first = short
    before = {path: path.read_bytes() for path in first.run.folder.iterdir()}
    second = quickly(workspace, MIDDLE)
    assert not second.is_new
    assert second.repeats == 0
    assert {path: path.read_bytes() for path in first.run.folder.iterdir()} == before
    assert len(list_runs(workspace / "reports", "harbour")) == 1


def test_an_unpublishable_run_ends_with_its_own_exit_code(
    short: tuple[Path, Refreshed], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, _ = short
    monkeypatch.chdir(workspace)
    monkeypatch.setattr(sys, "argv", ["forecast", "refresh", "--as-of", LAST.isoformat(), "--seed", "8", "--json"])
    assert main._exit_code() == Exit.UNPUBLISHABLE
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["publishable"] is False
    assert all(outcome["previous"] is None for outcome in document["outcomes"]), (
        "an unpublishable run is no previous one"
    )
    assert f"run {document['run']['id']} is unpublishable" in err
    assert (workspace / "reports" / "harbour" / document["run"]["id"] / FORECAST).is_file()


def test_a_dry_run_writes_nothing(tmp_path: Path, quickly: Quickly) -> None:
    workspace = write_workspace(tmp_path)
    result = quickly(workspace, MIDDLE, dry_run=True, notes=("A note.",))
    assert result.run.forecast["notes"] == ["A note."]
    assert not (workspace / "reports").exists()


def test_another_set_has_a_past_of_its_own(made: dict[dt.date, Refreshed], workspace: Path, quickly: Quickly) -> None:
    folder = workspace / "data" / "harbour"
    firmer = [item if item["kind"] != "shares" else {**item, "concentration": 7.0} for item in assumptions()]
    write_set(folder, "second-look", firmer)
    try:
        other = quickly(workspace, LAST, name="second-look", dry_run=True)
    finally:
        (folder / "assumptions" / "second-look.yaml").unlink()
    assert other.previous is None
    assert other.run.forecast["assumption_set"]["name"] == "second-look"
    assert other.run.id != made[LAST].run.id


def test_a_forecast_of_no_numbers_is_saved_unpublishable(tmp_path: Path, quickly: Quickly) -> None:
    workspace, shelf = write_workspace(tmp_path), latent_drivers()
    broken = SimpleNamespace(**vars(shelf.law))
    broken.project = lambda draws, problem: np.full_like(shelf.law.project(draws, problem), np.nan)
    result = quickly(workspace, MIDDLE, model=replace(shelf, law=broken))
    saved = load_run(result.run.folder)
    assert not saved.publishable
    assert "city: not every draw is a finite number" in saved.forecast["diagnostics"]["failures"]
    assert saved.forecast["outcomes"][0]["probability"] is None


def test_only_a_failed_gate_gets_a_second_and_longer_chance(
    tmp_path: Path, quickly: Quickly, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, said = write_workspace(tmp_path), []
    monkeypatch.setattr(forecast.refresh, "LADDER", QUICK | {"Sampling again": Settings(draws=2000)})
    result = quickly(workspace, MIDDLE, stage=said.append)
    assert [name.split(" (")[0] for name in said] == [
        "Anchoring the stated chances", "Sampling", "Projecting futures", "Sampling again", "Projecting futures",
    ]  # fmt: skip
    assert result.run.record["sampler"]["draws"] == 2000
    assert result.run.publishable
    monkeypatch.setattr(
        forecast.refresh, "LADDER", {"Sampling": Settings(draws=2000), "Sampling again": Settings(draws=20)}
    )
    assert quickly(workspace, LAST).run.record["sampler"]["draws"] == 2000


def test_what_only_monte_carlo_error_fails_is_sampled_for_longer(
    tmp_path: Path, quickly: Quickly, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many more draws as the error asks for, and nothing is adapted anew; the record says how many they were."""
    workspace, said = write_workspace(tmp_path), []
    monkeypatch.setattr(forecast.refresh, "LADDER", {"Sampling": Settings()})
    first = quickly(workspace, MIDDLE, dry_run=True).run
    error = first.forecast["diagnostics"]["mcse_max"]
    for module in ("forecast.refresh", "forecast.inference.gate"):
        monkeypatch.setattr(f"{module}.MCSE", 0.8 * error)
    made = quickly(workspace, MIDDLE, stage=said.append).run
    assert [name.split(" (")[0] for name in said if name.startswith("Sampling")] == ["Sampling", "Sampling more draws"]
    assert made.publishable
    drawn, before = made.record["sampler"]["draws"], first.record["sampler"]["draws"]
    assert drawn == pytest.approx(1.2 * before / 0.8**2, abs=100)
    assert made.record["sampler"]["tune"] == first.record["sampler"]["tune"]


def test_the_ladder_adapts_for_longer_then_steps_more_finely_and_then_ends() -> None:
    first, longer, finer = forecast.refresh.LADDER.values()
    assert (longer.target_accept, first.target_accept) == (0.8, 0.8)
    assert longer.tune > first.tune
    assert (finer.tune, finer.draws) == (longer.tune, longer.draws)
    assert finer.target_accept > longer.target_accept


def test_a_rumour_of_a_gate_is_said(tmp_path: Path, quickly: Quickly) -> None:
    rumour = row("R12", 5, "2026-01-20", indicator="permit", reliability="D")
    result = quickly(write_workspace(tmp_path, (*JOURNAL, rumour)), MIDDLE, dry_run=True)
    (note,) = result.run.forecast["notes"]
    assert note.startswith("event 'R12' is graded as the passage of the gate 'permit' but not believed")
    assert result.run.forecast["gates"] == [{"id": "permit", "label": "The permit", "passed": None}]


# ------------------------------------------------------------------------------------------------ which day


def test_a_question_that_is_not_open_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--as-of 2026-01-11: the question is open from 2026-01-12"):
        refreshed(write_workspace(tmp_path), OPENING - dt.timedelta(days=1))


choose = partial(default_as_of, harbour("permit"))


@pytest.mark.parametrize(
    ("newest", "today", "chosen", "says"),
    [
        ("2026-02-10", "2026-02-11", "2026-02-11", None),
        ("2026-02-10", "2026-02-24", "2026-02-24", None),  # fourteen days are not too long
        (
            "2026-02-10",
            "2026-02-25",
            "2026-02-10",
            "the newest report is of 2026-02-10, and on 2026-02-25 that was more than 14 days ago",
        ),
        ("2026-01-02", "2026-02-25", "2026-01-12", "the newest report is of 2026-01-02"),  # never before the opening
        ("2026-06-20", "2026-07-02", "2026-06-27", "the question's horizon is 2026-06-28"),
        (None, "2026-02-25", "2026-02-25", None),
    ],
)
def test_a_week_nobody_coded_is_not_a_quiet_week(newest: str | None, today: str, chosen: str, says: str | None) -> None:
    rows = [] if newest is None else [row("A", 3, "2026-01-01"), row("B", 3, newest)]
    day, said = choose(rows, "published", dt.date.fromisoformat(today))
    assert day == dt.date.fromisoformat(chosen)
    assert said is None if says is None else says in str(said)


@pytest.mark.parametrize(("as_of", "said"), [(24, []), (25, ["2026-02-10, 15 days before"])])
def test_how_old_the_newest_report_is_is_said_where_a_day_is_named(as_of: int, said: list[str]) -> None:
    known = seen(row("A", 3, "2026-01-01"), row("B", 3, "2026-02-10"), as_of=dt.date(2026, 2, as_of))
    told = list(unheard_since(harbour("permit"), known))
    assert len(told) == len(said)
    assert all(part in sentence for part, sentence in zip(said, told, strict=True))


def test_a_case_without_a_report_has_no_newest_one() -> None:
    assert list(unheard_since(harbour("permit"), seen(as_of=dt.date(2026, 5, 1)))) == []


SIGNED = Resolution(
    dt.date(2026, 2, 10), {"city": 1.0}, "The council signed.", "Port Gazette", dt.datetime(2026, 2, 12, tzinfo=dt.UTC)
)
RESOLVED = replace(harbour("permit"), resolutions=(SIGNED,))


@pytest.mark.parametrize(
    ("newest", "today", "chosen", "says"),
    [
        ("2026-02-09", "2026-02-11", "2026-02-09", "the question was resolved on 2026-02-10"),
        ("2026-02-20", "2026-04-20", "2026-02-09", "the question was resolved on 2026-02-10"),  # told afterwards
        ("2026-01-20", "2026-04-20", "2026-01-20", "the newest report is of 2026-01-20"),
        (None, "2026-02-11", "2026-02-09", "the question was resolved on 2026-02-10"),
        (None, "2026-02-09", "2026-02-09", None),
    ],
)
def test_by_default_nobody_forecasts_what_has_happened(
    newest: str | None, today: str, chosen: str, says: str | None
) -> None:
    rows = [] if newest is None else [row("A", 3, newest)]
    day, said = default_as_of(RESOLVED, rows, "published", dt.date.fromisoformat(today))
    assert day == dt.date.fromisoformat(chosen)
    assert said is None if says is None else says in str(said)


@given(events)
def test_the_resolution_changes_no_bit_of_what_a_model_sees_before_it(units: dict[tuple[str, str], Unit]) -> None:
    day = SIGNED.date - dt.timedelta(days=1)
    open_case, resolved_case = (
        build_problem(case, seen(*JOURNAL, as_of=day)).with_units(units) for case in (harbour("permit"), RESOLVED)
    )
    assert open_case.arrays.keys() == resolved_case.arrays.keys()
    for name, array in open_case.arrays.items():
        assert array.tobytes() == resolved_case.arrays[name].tobytes(), name


def test_a_resolved_case_refreshes_as_of_earlier_dates_and_never_beyond(tmp_path: Path) -> None:
    workspace, model = write_workspace(tmp_path), load_model("uniform", tmp_path)
    before = refreshed(workspace, SIGNED.date - dt.timedelta(days=1), model=model, dry_run=True).run
    later = refreshed(workspace, SIGNED.date, model=model, dry_run=True).run
    line = f'2026-02-12T00:00:00Z,{SIGNED.date},"city=0.5,private=0.5",Both signed.,Port Gazette,\n'
    (workspace / "data" / "harbour" / "resolutions.csv").write_text(",".join(HEADER) + f"\n{line}", "utf-8")
    again = refreshed(workspace, before.as_of, model=model, dry_run=True).run
    assert again.id == before.id  # which holds every input
    assert again.forecast["timing"] == before.forecast["timing"]
    for day in (later.as_of + dt.timedelta(days=1), SIGNED.date + dt.timedelta(days=7)):
        with pytest.raises(
            UsageError, match=r"resolved on 2026-02-10: the last date as of which it can be asked is 2026-02-10"
        ):
            refreshed(workspace, day, model=model)


def test_on_the_day_of_the_resolution_there_is_nothing_left_to_foresee(tmp_path: Path) -> None:
    workspace = write_workspace(tmp_path)
    line = f'2026-02-12T00:00:00Z,{SIGNED.date},"city=0.5,private=0.5",Both signed.,Port Gazette,\n'
    (workspace / "data" / "harbour" / "resolutions.csv").write_text(",".join(HEADER) + f"\n{line}", "utf-8")
    eve = refreshed(workspace, SIGNED.date - dt.timedelta(days=1), model=load_model("uniform", tmp_path)).run
    day = refreshed(workspace, SIGNED.date, model=load_model("uniform", tmp_path)).run
    assert (eve.knows_ending, day.knows_ending) == (False, True)
    assert [o["probability"] for o in day.forecast["outcomes"]] == [0.5, 0.5, 0.0, 0.0]
    assert day.publishable
    assert day.forecast["timing"][0]["unresolved"] == 0.0


@pytest.mark.slow
def test_the_ending_teaches_what_it_can(tmp_path: Path) -> None:
    """A city that signs although the unions did not stand in the way: what was thought to help it, helped."""
    workspace = write_workspace(tmp_path)
    before = refreshed(workspace, SIGNED.date, dry_run=True).run
    line = f"2026-02-12T00:00:00Z,{SIGNED.date},city,Signed.,Port Gazette,\n"
    (workspace / "data" / "harbour" / "resolutions.csv").write_text(",".join(HEADER) + f"\n{line}", "utf-8")
    after = refreshed(workspace, SIGNED.date, dry_run=True).run
    assert after.forecast["diagnostics"]["gate"] == "pass"
    assert [o["probability"] for o in after.forecast["outcomes"]] == [1.0, 0.0, 0.0, 0.0]
    budget = [next(d for d in run.forecast["drivers"] if d["id"] == "budget")["mean"] for run in (before, after)]
    assert budget[1] > budget[0], "money is for the city, so money there was"


def test_the_newest_report_follows_the_clock() -> None:
    published_early = [row("A", 3, "2026-01-20")]  # coded on 13 February
    today = dt.date(2026, 2, 14)
    assert choose(published_early, "published", today)[0] == dt.date(2026, 1, 20)
    assert choose(published_early, "recorded", today) == (today, None)
