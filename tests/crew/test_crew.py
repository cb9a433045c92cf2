"""Whoever shares the work, here or on a cluster: every part is done once, and who falls over costs time and no more."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from forecast.case.reading import read_case
from forecast.crew import cluster as module
from forecast.crew.cluster import Cluster
from forecast.crew.errand import Crew
from forecast.crew.processes import Processes
from forecast.errors import StoreError, UsageError
from forecast.evidence.journal import view
from forecast.evidence.ledger import ledger_of
from forecast.record.backtest import backtest, tasks_of
from forecast.record.calibration import calibrate
from forecast.record.replay import Replay
from tests.crew.errands import Squares
from tests.crew.scheduler import cluster
from tests.model.harbour import EVIDENCE, latent_drivers
from tests.model.past import write_with_past

NUMBERS = range(12)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as found:
        yield found


@pytest.fixture(params=["alone", "processes", "cluster"])
def crew(request: pytest.FixtureRequest) -> Crew:
    if request.param == "cluster":
        return Cluster(request.getfixturevalue("address"))
    return Processes(1 if request.param == "alone" else 2)


@pytest.mark.slow
def test_every_part_is_done_once_and_told_as_it_is_done(crew: Crew) -> None:
    begun: list[bool] = []
    found = dict(crew.work(Squares(0.05), NUMBERS, lambda: begun.append(True)))
    assert {number: square for number, (square, _) in found.items()} == {number: number**2 for number in NUMBERS}
    assert begun == [True]
    done_by = {process for _, process in found.values()}
    assert (done_by == {os.getpid()}) if crew == Processes(1) else (len(done_by) == 2 and os.getpid() not in done_by)


@pytest.mark.slow
def test_nothing_to_do_takes_nobody(crew: Crew) -> None:
    if isinstance(crew, Cluster):
        crew = Cluster("tcp://127.0.0.1:1")
    assert list(crew.work(Squares(), [], lambda: pytest.fail("nobody is ready for nothing"))) == []


@pytest.mark.slow
def test_who_asks_for_no_more_leaves_nobody_at_work(crew: Crew) -> None:
    for _ in range(2):  # the second is not held up by what is left of the first
        work = crew.work(Squares(0.02), NUMBERS)
        next(work)
        work.close()


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
    replay = Replay.of(Path(), [])
    odd = replace(replay, made_for={**replay.made_for, "numpy": "0.1"})
    with pytest.raises(UsageError, match=r"cannot share this work: it has numpy [\d.]+ for 0\.1"):
        list(Cluster(address).work(odd, [1]))  # type: ignore[list-item]


@pytest.mark.slow
def test_where_nobody_answers_it_is_said_how_to_mend_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    with pytest.raises(StoreError, match=r"--dask tcp://127\.0\.0\.1:1: no scheduler answers there"):
        list(Cluster("tcp://127.0.0.1:1").work(Squares(), NUMBERS))
    with pytest.raises(StoreError, match="no scheduler answers there"):
        list(Cluster("carrier-pigeon://roof").work(Squares(), NUMBERS))
    with (
        cluster(tmp_path, workers=0) as address,
        pytest.raises(StoreError, match="no worker is there: start some with"),
    ):
        list(Cluster(address).work(Squares(), NUMBERS))


@pytest.mark.slow
def test_a_cluster_finds_what_is_found_here(address: str, tmp_path: Path) -> None:
    """Real fits of a small case, bit by bit, and every kind of model in a backtest."""
    case = read_case(write_with_past(tmp_path / "data" / "harbour"))
    ledger_of(case).append(EVIDENCE)
    known = view(EVIDENCE, dt.date(2026, 2, 11), case.question.clock)
    days = [dt.date(2026, 1, 20), dt.date(2026, 2, 1)]
    found = []
    for crew in (Processes(2), Cluster(address)):
        for name in (".calibration", ".backtest"):
            shutil.rmtree(tmp_path / name, ignore_errors=True)
        calibrated = calibrate(case, known, latent_drivers(), tmp_path, simulations=4, seed=3, crew=crew)
        assert [each.number for each in calibrated.simulations] == [0, 1, 2, 3]
        tasks = tasks_of(case.folder, ["ach", "uniform", "latent_drivers"], None, days[:1])
        tasks += tasks_of(case.folder, ["ach", "uniform"], None, days[1:])
        tested = backtest(tmp_path, tasks, crew)["harbour"]
        assert tested.refused == {}
        found.append((calibrated.simulations, [(run.id, run.forecast["outcomes"]) for run in tested.runs]))
    assert found[0] == found[1]
