"""Saved runs: whole or not at all, never changed, and found again."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import InputError, StoreError, UsageError
from forecast.run_files import FORECAST, POSTERIOR, RECORD
from forecast.run_lines import find_run, later_elsewhere, previous_run
from forecast.runs import Run, content_digest, difference, digest, list_runs, save_run
from tests.report.sample import sample

DRAWS = b"draws"


def forecast(as_of: str, code: str = "aaaaaaaa", probability: float = 0.4, **changes: Any) -> dict[str, Any]:
    made = sample().forecast
    first, *_, last = made["outcomes"]
    rest = {"probability": 1 - probability, "interval": [0.2, 0.8], "change": None, "previous": None}
    made |= {"as_of": as_of, "model": "latent_drivers", "assumption_set": {"name": "first-look", "label": "First look"}}
    made["outcomes"] = [{**first, "probability": probability}, {**last, **rest}]
    for week in made["timing"]:
        week["cumulative"] = {first["id"]: week["cumulative"][first["id"]]}
    made["run"] |= {"id": f"{as_of}-{code}", "created": f"{as_of}T12:00:00+00:00"}
    return {**made, **changes}


def unpublishable(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "publishable": False, "diagnostics": {**document["diagnostics"], "gate": "fail"}}


def save(reports: Path, document: dict[str, Any], posterior: bytes = DRAWS) -> tuple[Run, bool]:
    record = {**sample().record, "posterior": content_digest(posterior)}
    return save_run(reports, "harbour", document, record, posterior)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------------------------ saving


def test_a_run_is_three_files_in_a_folder_of_its_name(tmp_path: Path) -> None:
    run, is_new = save(tmp_path, forecast("2026-02-01"))
    assert is_new
    assert run.folder == tmp_path / "harbour" / "2026-02-01-aaaaaaaa"
    assert set(files(tmp_path / "harbour")) == {f"2026-02-01-aaaaaaaa/{name}" for name in (FORECAST, RECORD, POSTERIOR)}
    assert json.loads((run.folder / FORECAST).read_text("utf-8")) == forecast("2026-02-01")
    assert (run.id, run.as_of, run.publishable) == ("2026-02-01-aaaaaaaa", date(2026, 2, 1), True)


def test_a_saved_run_stays_as_it_is(tmp_path: Path) -> None:
    save(tmp_path, forecast("2026-02-01"))
    before = files(tmp_path)
    run, is_new = save(tmp_path, forecast("2026-02-01", probability=0.41))
    assert not is_new
    assert run.forecast["outcomes"][0]["probability"] == 0.4
    assert files(tmp_path) == before


def test_lost_or_altered_draws_come_back_but_only_the_same_ones(tmp_path: Path) -> None:
    run, _ = save(tmp_path, forecast("2026-02-01"))
    draws = run.folder / POSTERIOR
    for damage, state in ((draws.unlink, "missing"), (lambda: draws.write_bytes(b"drawn"), "altered")):
        assert run.draws == "there"
        damage()
        assert run.draws == state
        save(tmp_path, forecast("2026-02-01"), b"other draws")
        assert run.draws == state
        save(tmp_path, forecast("2026-02-01"))
        assert draws.read_bytes() == DRAWS


def test_draws_are_read_only_if_they_are_those_of_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import xarray

    tree = xarray.DataTree.from_dict({"posterior": xarray.Dataset({"x": ("draw", [1.0, 2.0])})})
    run, _ = save(tmp_path, forecast("2026-02-01"), bytes(tree.to_netcdf(engine="h5netcdf")))
    assert run.posterior()["posterior"]["x"].values.tolist() == [1.0, 2.0]
    content = bytearray((run.folder / POSTERIOR).read_bytes())
    monkeypatch.setattr(xarray, "open_datatree", lambda *_, **__: pytest.fail("the parser saw what was altered"))
    for place in (0, len(content) // 2, len(content) - 1):
        (run.folder / POSTERIOR).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(InputError, match=r"posterior\.nc: it is not the file that was saved: delete it, and"):
            run.posterior()
    (run.folder / POSTERIOR).unlink()
    with pytest.raises(UsageError, match="are not at hand: `forecast refresh` as of 2026-02-01 again"):
        run.posterior()


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path, forecast("2026-01-12"))
    before = files(tmp_path)

    def full_disk(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StoreError, match=r"2026-02-01-aaaaaaaa: it cannot be written \(No space left on device"):
        save(tmp_path, forecast("2026-02-01"))
    assert files(tmp_path) == before
    assert [path.name for path in (tmp_path / "harbour").iterdir()] == ["2026-01-12-aaaaaaaa"]


def meanwhile(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    """Let something happen while a run is being written."""
    real = os.fsync

    def sync(handle: int) -> None:
        real(handle)
        monkeypatch.setattr(os, "fsync", real)
        happen()

    monkeypatch.setattr(os, "fsync", sync)


def test_an_interruption_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    meanwhile(monkeypatch, stop)
    with pytest.raises(KeyboardInterrupt):
        save(tmp_path, forecast("2026-02-01"))
    assert files(tmp_path) == {}
    assert list_runs(tmp_path, "harbour") == []


def test_who_saves_the_same_run_meanwhile_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, lambda: save(tmp_path, forecast("2026-02-01", probability=0.42)))
    run, is_new = save(tmp_path, forecast("2026-02-01"))
    assert not is_new
    assert run.forecast["outcomes"][0]["probability"] == 0.42
    assert [path.name for path in (tmp_path / "harbour").iterdir()] == ["2026-02-01-aaaaaaaa"]


def test_a_link_that_leads_out_of_the_workspace_is_refused(tmp_path: Path) -> None:
    away = tmp_path / "away"
    workspace = tmp_path / "workspace" / "reports"
    away.mkdir()
    workspace.mkdir(parents=True)
    (workspace / "harbour").symlink_to(away)
    with pytest.raises(InputError, match="harbour: this leads out of the workspace"):
        save(workspace, forecast("2026-02-01"))
    (workspace / "harbour").unlink()
    run, _ = save(workspace, forecast("2026-02-01"))
    (run.folder / "report.html").symlink_to(away / "page")
    with pytest.raises(InputError, match=r"report\.html: this leads out of the workspace"):
        list_runs(workspace, "harbour")
    assert list(away.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs folders that cannot be written")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        save(tmp_path, forecast("2026-02-01"))


def test_numbers_that_json_does_not_know_are_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        save(tmp_path, forecast("2026-02-01", probability=float("nan")))
    assert files(tmp_path) == {}


# ------------------------------------------------------------------------------------------------ finding


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Five runs: one unpublishable, one of another set, and two of one day."""
    other = {"name": "second-look", "label": "Second look"}
    noon, later = forecast("2026-02-01", code="bbbbbbbb"), forecast("2026-02-01")
    later["run"]["created"] = "2026-02-01T18:00:00+00:00"
    for document in (
        unpublishable(forecast("2026-02-08")),
        later,
        noon,
        forecast("2026-01-12"),
        forecast("2026-02-04", assumption_set=other, default=False),
    ):
        save(tmp_path, document)
    return tmp_path


def test_runs_are_listed_by_date_and_then_by_when_they_were_made(reports: Path) -> None:
    assert [run.id for run in list_runs(reports, "harbour")] == [
        "2026-01-12-aaaaaaaa",
        "2026-02-01-bbbbbbbb",
        "2026-02-01-aaaaaaaa",
        "2026-02-04-aaaaaaaa",
        "2026-02-08-aaaaaaaa",
    ]
    assert list_runs(reports, "no-such-case") == []


def test_drafts_and_strange_files_are_no_runs(reports: Path) -> None:
    (reports / "harbour" / ".2026-02-09-aaaaaaaa.1234").mkdir()
    (reports / "harbour" / "2026-02-09-aaaaaaaa").mkdir()
    (reports / "harbour" / "notes.txt").write_text("mine")
    assert len(list_runs(reports, "harbour")) == 5


def test_of_broken_runs_every_fault_is_said_at_once(reports: Path) -> None:
    first, second, *_ = sorted((reports / "harbour").glob("2*"))
    (first / FORECAST).write_text('{"a": NaN}', encoding="utf-8")
    (second / RECORD).unlink()
    with pytest.raises(InputError) as caught:
        list_runs(reports, "harbour")
    assert {Path(problem.file).parent.name for problem in caught.value.problems} == {first.name, second.name}


def test_a_run_is_found_by_its_id_even_if_unpublishable(reports: Path) -> None:
    assert not find_run(reports, "harbour", "2026-02-08-aaaaaaaa").publishable
    with pytest.raises(
        UsageError, match=r"--run nope: harbour has no such run: the last ones are .*2026-02-08-aaaaaaaa"
    ):
        find_run(reports, "harbour", "nope")
    with pytest.raises(UsageError, match="the last ones are none yet"):
        find_run(reports, "empty", "nope")


def test_the_last_run_is_publishable_and_of_the_case_s_own_set(reports: Path) -> None:
    assert find_run(reports, "harbour").id == "2026-02-01-aaaaaaaa"
    assert find_run(reports, "harbour", as_of=date(2026, 1, 31)).id == "2026-01-12-aaaaaaaa"
    assert find_run(reports, "harbour", assumptions="second-look").id == "2026-02-04-aaaaaaaa"
    with pytest.raises(
        UsageError, match="no publishable run at or before 2026-01-01: make one with `forecast refresh harb"
    ):
        find_run(reports, "harbour", as_of=date(2026, 1, 1))
    with pytest.raises(UsageError, match="no publishable run by uniform with second-look: make one"):
        find_run(reports, "harbour", model="uniform", assumptions="second-look")


def test_what_is_not_named_of_a_line_is_as_the_case_has_it(reports: Path) -> None:
    """A rival made last under the case's set is not what that set means, nor another set what the model means."""
    save(reports, forecast("2026-02-05", model="uniform", default=False))
    save(
        reports, forecast("2026-02-06", model="ach", assumption_set={"name": "third", "label": "Third"}, default=False)
    )

    def found(**line: str) -> str:
        run = find_run(reports, "harbour", **line)
        return f"{run.as_of} {run.forecast['model']} {run.forecast['assumption_set']['name']}"

    assert found() == found(assumptions="first-look") == "2026-02-01 latent_drivers first-look"
    assert found(model="latent_drivers") == "2026-02-01 latent_drivers first-look"
    assert found(model="uniform") == "2026-02-05 uniform first-look"
    assert found(assumptions="second-look") == "2026-02-04 latent_drivers second-look"
    assert found(model="ach") == found(assumptions="third") == "2026-02-06 ach third", "there is no other"
    assert found(model="uniform", assumptions="first-look") == "2026-02-05 uniform first-look"


def test_a_later_forecast_by_another_set_is_found_and_a_failed_one_is_not(reports: Path) -> None:
    every = list_runs(reports, "harbour")
    shown, newest = find_run(reports, "harbour"), find_run(reports, "harbour", assumptions="second-look")
    later = later_elsewhere(shown, every)
    assert later is not None
    assert later.id == newest.id == "2026-02-04-aaaaaaaa", "that of 8 February did not pass its gate"
    assert later_elsewhere(newest, every) is None


def test_the_previous_run_is_earlier_publishable_and_of_the_same_line(reports: Path) -> None:
    def before(day: date, model: str = "latent_drivers", name: str = "first-look") -> str | None:
        run = previous_run(reports, "harbour", model, name, day)
        return None if run is None else run.id

    assert before(date(2026, 1, 12)) is None
    assert before(date(2026, 2, 1)) == "2026-01-12-aaaaaaaa"
    assert before(date(2026, 2, 20)) == "2026-02-01-aaaaaaaa"
    assert before(date(2026, 2, 20), name="second-look") == "2026-02-04-aaaaaaaa"
    assert before(date(2026, 2, 4), name="second-look") is None
    assert before(date(2026, 2, 20), model="uniform") is None


# ------------------------------------------------------------------------------------------------ numbers


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": ["ü", 2.5]}) == digest({"b": ["ü", 2.5], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert len(digest({})) == 64


def test_the_difference_of_two_forecasts_is_their_largest() -> None:
    one, other = forecast("2026-02-01"), forecast("2026-02-01", probability=0.45)
    assert difference(one, one) == 0
    assert difference(one, other) == pytest.approx(0.05)
    other["outcomes"][0]["probability"] = None
    assert difference(one, other) != difference(one, other), "a number that is missing is no small difference"
