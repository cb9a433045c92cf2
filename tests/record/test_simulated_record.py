"""The simulated record: lived through once, scored as real cases are, told with its losses."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from forecast.errors import Exit
from forecast.inference.batch import Batch, Fit
from forecast.model.problem import Problem
from forecast.record.inventing import World
from forecast.record.scoreboard import AGE
from forecast.record.scores import brier_score
from forecast.record.simulated_record import SAMPLED, SOLVED, Lived, Simulated, simulated_record
from forecast.record.worlds import Worlds
from forecast.report.reliability import draw
from forecast.report.simulated_page import page, reliabilities
from tests.commands.test_main import call
from tests.model.harbour import latent_drivers, write_harbour

WORLDS = 15


class Unlearned:
    """In the place of the sampler: what is known on the opening day, whatever is reported."""

    def fit(self, problem: Problem, rng: np.random.Generator, settings: Any) -> Fit:
        return Fit(latent_drivers().law.opening_draws(problem, rng, 40), 2, 0)


class Here:
    """A crew that has no sampler, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def work(
        self, errand: Worlds[tuple[Lived, World]], items: Sequence[int], ready: Callable[[], None]
    ) -> Iterator[tuple[int, tuple[Lived, World]]]:
        ready()
        for number in items:
            self.asked.append(number)
            yield number, errand.trial(cast(Batch, Unlearned()), latent_drivers(), errand.problem, errand.seed, number)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    ground, crew = tmp_path_factory.mktemp("ground"), Here()
    simulated_record(ground, 4, crew)
    made = simulated_record(ground, WORLDS, crew)
    assert crew.asked == [*range(WORLDS)], "each world is lived in once"
    few = simulated_record(ground, 2, crew)
    assert few.lived == made.lived[:2]
    assert (ground / ".backtest" / ".gitignore").read_text() == "*\n"
    return made


def test_every_world_is_forecast_by_every_model_and_scored_by_its_own_ending(found: Simulated) -> None:
    records = {record.model: record for record in found.records["all"]}
    assert records.keys() == {SAMPLED, *SOLVED}
    assert {record.questions for record in records.values()} == {WORLDS}
    assert found.fits == sum(len(world.forecasts) for world in found.lived) / 4
    for name, record in records.items():
        means = []
        for world in found.lived:
            own = [each["chances"] for each in world.forecasts if each["model"] == name]
            scores = [brier_score(said, {**dict.fromkeys(said, 0.0), world.outcome: 1.0}) for said in own]
            board = found.boards[world.number]
            days = [entry.days for each in board.standings if each.line.model == name for entry in each.line.entries]
            means.append(np.average(scores, weights=days))
        assert record.mean.brier == pytest.approx(np.mean(means))
    assert sum(record.questions for kind in found.records if kind not in ("all", "broken")
               for record in found.records[kind] if record.model == SAMPLED) == WORLDS  # fmt: skip


def test_calibration_takes_one_forecast_of_each_question_of_an_age(found: Simulated) -> None:
    lives = [board.resolution.date - board.case.question.opening for board in found.boards]
    assert 0 < sum(life > timedelta(weeks=AGE) for life in lives) < WORLDS
    sampled = found.calibration(SAMPLED)
    assert sampled is not None
    day = (min(board.case.question.opening for board in found.boards) + timedelta(weeks=AGE)).isoformat()
    told = [[each["chances"] for each in world.forecasts if each["model"] == SAMPLED and each["as_of"] <= day][-1]
            for world in found.lived if world.ended > day]  # fmt: skip
    said = np.sort([chance for chances in told for chance in chances.values()])
    np.testing.assert_allclose(sampled.chances, said[np.append(True, np.diff(said) > 1e-9)], atol=1e-9)
    reliable = found.calibration("uniform")
    assert reliable is not None
    assert reliable.observed.tolist() == [0.25]
    assert found.calibration("nobody") is None


def test_the_page_tells_gains_and_losses(found: Simulated) -> None:
    text = page(found, "record.svg")
    assert "![How often what was given a chance came true](record.svg)" in text
    for words in ("15 made-up questions, 8 as the model has the world and 7 that break it", "## Where it was worst",
                  "| drivers tilt the outcomes the other way | 1 |", "lost to `base_rates`"):  # fmt: skip
        assert words in text
    picture = ET.fromstring(draw("15 questions", ("Words.",), reliabilities(found)))
    assert sum("p " in (element.text or "") for element in picture.iter("{http://www.w3.org/2000/svg}text")) >= 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("harbour", "--simulated", "2"), "--simulated makes up its questions: leave CASE"),
        (("--simulated", "2", "--models", "ach"), "--simulated makes up its questions"),
        (("--simulated", "2", "-o", "page.html"), "-o page.html: give a name that ends in .md"),
    ],
)
def test_words_that_do_not_fit(
    words: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_harbour(tmp_path / "data" / "harbour")
    monkeypatch.chdir(tmp_path)
    code, out, err = call(monkeypatch, capsys, "backtest", *words)
    assert (code, out) == (Exit.USAGE, "")
    assert message in err


@pytest.mark.slow
def test_the_command_lives_through_worlds_and_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_harbour(tmp_path / "data" / "harbour")
    monkeypatch.chdir(tmp_path)
    code, out, err = call(monkeypatch, capsys, "backtest", "--simulated", "2", "-o", "page.md", "--json")
    assert code == Exit.OK
    told = json.loads(out)
    assert [world["kind"] for world in told["worlds"]] == ["as-modelled", "jump"]
    assert told["records"]["all"][0]["questions"] == 2
    assert "written: page.md" in err
    assert Path("page.md").read_text("utf-8").startswith("# A simulated record\n")
    assert ET.fromstring(Path("page.svg").read_text("utf-8")) is not None
