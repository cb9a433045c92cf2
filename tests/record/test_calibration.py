"""What was simulated is kept: a calibration goes on where it was interrupted, and knows what it may build on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.errors import StoreError
from forecast.model.anchor import Anchor
from forecast.record import calibration
from forecast.record.calibration import Calibration, calibrate
from forecast.record.simulation import Simulation
from forecast.record.store import FOLDER, Store
from forecast.record.worlds import Worlds
from tests.model.harbour import EVIDENCE, latent_drivers, seen, write_harbour

Run = Callable[..., Calibration]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C."""


class Crew:
    """Remembers what it was asked for, and may be interrupted."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.stops_after: int | None = None

    def work(
        self, errand: Worlds[Simulation], items: Sequence[int], ready: Callable[[], None]
    ) -> Iterator[tuple[int, Simulation]]:
        ready()
        for done, number in enumerate(items):
            if done == self.stops_after:
                raise Interrupted
            self.asked.append(number)
            yield number, simulation(number)


def simulation(number: int) -> Simulation:
    chances = {"city": 0.3, "private": 0.3, "other": 0.1, "unresolved": 0.3}
    return Simulation(number, "city", chances, {"budget now": number % 100}, chances, ("odd",) if number == 1 else ())


@pytest.fixture
def crew() -> Crew:
    return Crew()


@pytest.fixture
def run(tmp_path: Path, crew: Crew, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(calibration, "anchor", lambda model, problem: Anchor(np.zeros(3), 0.5, 0.7, 0.1, 0.2))
    case = read_case(write_harbour(tmp_path / "data" / "harbour"))

    def made(simulations: int = 6, seed: int = 1, evidence: Any = EVIDENCE, **more: Any) -> Calibration:
        return calibrate(
            case, seen(*evidence), latent_drivers(), tmp_path, simulations=simulations, seed=seed, crew=crew, **more
        )

    return made


def test_an_interrupted_calibration_loses_nothing(run: Run, crew: Crew) -> None:
    crew.stops_after = 4
    with pytest.raises(Interrupted):
        run()
    crew.stops_after = None
    found = run()
    assert crew.asked == [0, 1, 2, 3, 4, 5], "each world is simulated once"
    assert found.simulations == tuple(simulation(number) for number in range(6))


def test_more_simulations_add_to_those_that_are_done_and_fewer_leave_some_out(run: Run, crew: Crew) -> None:
    run(3)
    run(5)
    assert crew.asked == [0, 1, 2, 3, 4]
    assert len(run(2).simulations) == 2
    assert crew.asked == [0, 1, 2, 3, 4]


def test_other_evidence_or_another_seed_begins_anew(run: Run, crew: Crew) -> None:
    run(2)
    run(2, seed=2)
    run(2, evidence=EVIDENCE[:-1])
    assert crew.asked == [0, 1] * 3


def test_progress_begins_with_what_is_done(run: Run) -> None:
    run(3)
    told: list[tuple[int, int]] = []
    stages: list[str] = []
    run(5, progress=lambda done, total: told.append((done, total)), stage=stages.append)
    assert told == [(3, 5), (4, 5), (5, 5)]
    assert stages == ["Anchoring the stated chances", "Compiling", "Simulating"]


def test_a_line_that_was_cut_off_is_as_good_as_not_done(tmp_path: Path) -> None:
    store = Store(tmp_path / FOLDER / "harbour-0123456789ab.jsonl", Simulation.kept)
    assert store.read() == {}
    store.add(simulation(0))
    store.add(simulation(1))
    whole = store.path.read_bytes()
    store.path.write_bytes(whole[:-20])
    assert store.read() == {0: simulation(0)}
    store.add(simulation(1))
    store.add(simulation(2))
    assert store.read() == {number: simulation(number) for number in range(3)}


def test_what_is_kept_stays_out_of_git(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)  # noqa: S607
    Store(tmp_path / FOLDER / "harbour-0123456789ab.jsonl", Simulation.kept).add(simulation(0))
    told = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain"],  # noqa: S607
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert told.stdout == ""


def test_a_place_that_cannot_be_written_is_an_error_of_the_store(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    store = Store(tmp_path / FOLDER / "harbour-0123456789ab.jsonl", Simulation.kept)
    with pytest.raises(StoreError, match="cannot be written"):
        store.add(simulation(0))
    with pytest.raises(StoreError, match="cannot be read"):
        store.read()
