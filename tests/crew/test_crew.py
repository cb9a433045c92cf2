"""Whoever shares the work, here or on a cluster: every part is done once, and who falls over costs time and no more."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from forecast import installed
from forecast.case.reading import read_case
from forecast.crew import cluster as module
from forecast.crew.cluster import Cluster
from forecast.crew.errand import Crew
from forecast.crew.processes import Processes
from forecast.errors import InputError, StoreError, UsageError
from forecast.evidence.journal import view
from forecast.evidence.ledger import ledger_of
from forecast.model.contract import shelf
from forecast.record.backtest import backtest, tasks_of
from forecast.record.calibration import calibrate
from forecast.record.replay import Replay, Task
from tests.crew.errands import Squares
from tests.crew.scheduler import cluster
from tests.model.harbour import EVIDENCE, latent_drivers
from tests.model.past import write_with_past

NUMBERS = range(12)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as started:
        yield started.address


@pytest.fixture(params=["alone", "processes", "cluster"])
def crew(request: pytest.FixtureRequest) -> Crew:
    if request.param == "cluster":
        return Cluster(request.getfixturevalue("address"))
    return Processes(1 if request.param == "alone" else 2)


def tasks_of_scheduler(address: str) -> int:
    with Client(address, set_as_default=False) as client:
        return int(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))


def comes_true(what: Callable[[], bool]) -> bool:
    """Whether it does within a while."""
    until = time.monotonic() + 30.0
    while not (found := what()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


@pytest.mark.slow
def test_every_part_is_done_once_and_told_as_it_is_done(crew: Crew, tmp_path: Path) -> None:
    begun: list[bool] = []
    found = dict(crew.work(Squares(0.05, place=tmp_path), NUMBERS, lambda: begun.append(True)))
    assert {number: square for number, (square, _) in found.items()} == {number: number**2 for number in NUMBERS}
    assert begun == [True]
    done_by = {process for _, process in found.values()}
    assert (done_by == {os.getpid()}) if crew == Processes(1) else (len(done_by) == 2 and os.getpid() not in done_by)
    assert multiprocessing.active_children() == []
    if not isinstance(crew, Cluster):
        assert [*tmp_path.iterdir()] == [], "who was ready has tidied up"


@pytest.mark.slow
def test_nothing_to_do_takes_nobody(crew: Crew) -> None:
    if isinstance(crew, Cluster):
        crew = Cluster("tcp://127.0.0.1:1")
    assert list(crew.work(Squares(), [], lambda: pytest.fail("nobody is ready for nothing"))) == []


@pytest.mark.slow
def test_who_asks_for_no_more_leaves_nobody_at_work(crew: Crew) -> None:
    work = crew.work(Squares(0.02), NUMBERS)
    next(work)
    work.close()
    assert multiprocessing.active_children() == []
    if isinstance(crew, Cluster):
        assert comes_true(lambda: tasks_of_scheduler(crew.address) == 0)


@pytest.mark.slow
def test_what_is_wrong_with_a_part_is_said_as_if_it_had_been_done_here(crew: Crew, capfd: Any) -> None:
    with pytest.raises(InputError) as caught:
        list(crew.work(Squares(wrong=3), NUMBERS))
    assert str(caught.value) == "numbers.csv:3: this is no number to square: leave it out"
    assert [problem.line for problem in caught.value.problems] == [3]
    assert capfd.readouterr() == ("", "")
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_part_that_is_late_by_itself_is_not_waited_for(crew: Crew) -> None:
    with pytest.raises(TimeoutError, match="too late"):
        list(crew.work(Squares(late=3), NUMBERS))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="nobody can be killed there")
def test_a_process_that_ends_is_told_of(capfd: Any) -> None:
    with pytest.raises(StoreError, match=r"a process that shared the work ended \(exit code -9\).* with fewer --jobs"):
        list(Processes(2).work(Squares(deadly=3), NUMBERS))
    assert capfd.readouterr() == ("", "")
    assert multiprocessing.active_children() == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="nobody can be killed there")
def test_what_a_lost_worker_was_doing_is_done_by_another(address: str) -> None:
    work = Cluster(address).work(Squares(0.2), NUMBERS)
    first, (square, process) = next(work)
    os.kill(process, signal.SIGKILL)
    found = {first: square, **{number: square for number, (square, _) in work}}
    assert found == {number: number**2 for number in NUMBERS}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="nobody can be killed there")
def test_a_part_that_ends_whoever_tries_it_is_said_to_do_so(address: str) -> None:
    with pytest.raises(StoreError, match="ended every process that tried it"):
        list(Cluster(address).work(Squares(deadly=1), [1]))


@pytest.mark.slow
def test_who_would_get_other_numbers_may_not_share(address: str) -> None:
    replay = Replay.of(Path(), [], [])
    odd = replace(replay, made_for={**replay.made_for, "numpy": "0.1"})
    with pytest.raises(UsageError, match=r"cannot share this work: it has numpy [\d.]+ for 0\.1"):
        list(Cluster(address).work(odd, [1]))  # type: ignore[list-item]


@pytest.mark.slow
def test_where_nobody_answers_it_is_said_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    with pytest.raises(StoreError, match=r"--dask tcp://127\.0\.0\.1:1: no scheduler answers there"):
        list(Cluster("tcp://127.0.0.1:1").work(Squares(), NUMBERS))
    with pytest.raises(StoreError, match="tls takes certificates: name them in Dask's configuration"):
        list(Cluster("tls://127.0.0.1:1").work(Squares(), NUMBERS))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="nobody can be killed there")
def test_a_cluster_that_is_lost_piece_by_piece_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    with cluster(tmp_path, workers=1) as started:
        monkeypatch.setattr(module, "PATIENCE", 3.0)
        work = Cluster(started.address).work(Squares(1.0), NUMBERS)
        next(work)
        started.lose_workers()
        with pytest.raises(StoreError, match="no worker is there: start some with `dask worker tcp://"):
            list(work)
        with pytest.raises(StoreError, match="no worker is there: start some with `dask worker tcp://"):
            list(Cluster(started.address).work(Squares(0.1), NUMBERS))
        started.add(1)
        work = Cluster(started.address).work(Squares(0.5), NUMBERS)
        next(work)
        started.lose_scheduler()
        with pytest.raises(StoreError, match="the connection was lost; what is done is kept"):
            list(work)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_cluster_finds_what_is_found_here(address: str, tmp_path: Path) -> None:
    """Real fits of a small case, bit by bit, and what is solved."""
    case = read_case(write_with_past(tmp_path / "data" / "harbour"))
    ledger_of(case).append(EVIDENCE)
    known = view(EVIDENCE, dt.date(2026, 2, 11), case.question.clock)
    days = [dt.date(2026, 1, 20), dt.date(2026, 2, 1)]
    found = []
    for crew in (Processes(2), Cluster(address)):
        for name in (".calibration", ".backtest"):
            shutil.rmtree(tmp_path / name, ignore_errors=True)
        calibrated = calibrate(case, known, latent_drivers(), tmp_path, simulations=1, seed=3, crew=crew)
        assert [each.number for each in calibrated.simulations] == [0]
        tasks = tasks_of(case.folder, ["ach", "uniform"], None, days)
        tested = backtest(tmp_path, tasks, crew)["harbour"]
        assert tested.refused == {}
        found.append((calibrated.simulations, [(run.id, run.forecast["outcomes"]) for run in tested.runs]))
    assert found[0] == found[1]


def test_a_replay_elsewhere_takes_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    case = read_case(write_with_past(tmp_path / "data" / "harbour"))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "own.py").write_text("def incidence(problem): return problem.nothing\n")
    here = Replay.of(tmp_path, [case], ["uniform", "own"])
    plain = here.packed().files
    assert {"data/harbour/case.yaml", "data/harbour/assumptions/first-look.yaml", "models/own.py"} <= plain.keys()
    assert {name.partition("/")[2] for name in plain if "base_rates" in name} == {
        f"base_rates/{table}" for table in case.base_rates.texts
    }
    (case.folder / "evidence.csv").write_text("kept as rows")
    (case.folder / "notes.csv").write_text("not the case's")
    (case.folder / "folder.csv").mkdir()
    (case.folder / ".#case.yaml").symlink_to("nowhere")
    (tmp_path / "models" / ".#own.py").symlink_to("nowhere")
    if hasattr(os, "mkfifo"):
        os.mkfifo(case.folder / "pipe.csv")
    assert here.packed().files == plain
    task = Task("harbour", dt.date(2026, 2, 1), "uniform", "first-look")
    with here.prepared() as make, here.packed().prepared() as make_elsewhere:
        said, said_elsewhere = make(task), make_elsewhere(task)
    assert not isinstance(said, str)
    assert not isinstance(said_elsewhere, str)
    assert said[0]["run"]["id"] == said_elsewhere[0]["run"]["id"] == here.id_of(task, case, tmp_path)
    assert said[0]["outcomes"] == said_elsewhere[0]["outcomes"]


def test_what_is_wrong_with_a_model_is_said_of_the_users_own_file(tmp_path: Path) -> None:
    case = read_case(write_with_past(tmp_path / "data" / "harbour"))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "broken.py").write_text("import nothing_of_the_kind\n")
    replay = Replay.of(tmp_path, [case], ["broken"])
    with replay.prepared() as make:
        said = make(Task("harbour", dt.date(2026, 2, 1), "broken", "first-look"))
    assert isinstance(said, str)
    assert said.startswith(str(tmp_path / "models" / "broken.py"))


def test_a_shelf_inside_the_package_is_no_other_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel carries the shelf within, a checkout beside: those who share work may have either."""
    package = Path(installed.__file__).parent
    copied = shutil.copytree(package, tmp_path / "forecast", ignore=shutil.ignore_patterns("__pycache__", "_shelf"))
    shutil.copytree(shelf(), copied / "_shelf", ignore=shutil.ignore_patterns("__pycache__"))
    here = installed.installed()
    monkeypatch.setattr(installed, "__file__", str(copied / "installed.py"))
    monkeypatch.setattr("forecast.model.contract.shelf", lambda: copied / "_shelf")
    assert installed.installed() == here
    (question,) = copied.rglob("invented_question/**/codebook.yaml")
    question.write_text(question.read_text("utf-8") + "# another word", encoding="utf-8")
    assert installed.installed() != here
