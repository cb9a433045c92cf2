"""No forecast of a failed gate is published: faults are put in between sampling and gate, whatever they are.

The whole command runs but for the sampler, whose place prior draws take: without a fault they pass the gate.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.random import Generator

import forecast.refresh
from forecast.commands import main
from forecast.errors import Exit
from forecast.evidence.ledger import CsvLedger
from forecast.inference.chains import Progress, Settings
from forecast.model.contract import Model
from forecast.model.priors import draw_all
from forecast.model.problem import Problem
from forecast.run_lines import find_run, previous_run
from forecast.runs import list_runs, load_run
from tests.model.harbour import EVIDENCE, write_harbour

DAY = dt.date(2026, 2, 11)
CHAINS, DRAWS = 4, 600
REPORTED = ("level", "influence", "loading", "hastening", "log_pace", "x")

QUICK_MODEL = '''
"""The model from the shelf with few futures: what is tried here is not how well it forecasts."""

from forecast.model.contract import shelf_law

BUILDS_ON = "latent_drivers"
law = shelf_law(BUILDS_ON)
priors, opening_draws, coordinates, data = law.priors, law.opening_draws, law.coordinates, law.data
build, latents, log_likelihood, futures, simulate = (
    law.build, law.latents, law.log_likelihood, law.futures, law.simulate
)


def project(draws, problem, paths=4):
    return law.project(draws, problem, 4)
'''


# ------------------------------------------------------------------------------------------------ faults


class Chains:
    """What a sampler hands on: every parameter and `x`, draws chain by chain, and its statistics."""

    seconds: ClassVar = {"compile": 0.0, "sample": 0.0}

    def __init__(self, model: Model, problem: Problem) -> None:
        rng = np.random.default_rng(0)
        order = rng.permutation(CHAINS * DRAWS)
        drawn = draw_all(model.law.priors(problem), rng, len(order))
        self.draws = {name: values[order] for name, values in drawn.items()}
        self.chains, self.content = CHAINS, b"draws"
        self.derived = {"x": model.law.latents(self.draws, problem)}
        self.statistics: dict[str, Any] = {
            "diverging": np.zeros((CHAINS, DRAWS)),
            "energy": rng.standard_normal((CHAINS, DRAWS)),
            "reached_max_treedepth": np.zeros((CHAINS, DRAWS)),
        }

    def quantity(self, name: str) -> Any:
        return self.derived[name]

    def by_chain(self, quantity: Any) -> Any:
        return quantity.reshape(self.chains, len(quantity) // self.chains, *quantity.shape[1:])

    def statistic(self, name: str) -> Any:
        return self.statistics.get(name)

    def reported(self, rng: Generator) -> Any:
        """One element of something reported, by chain, to be spoilt in place."""
        name = str(rng.choice(REPORTED))
        values = self.derived[name][:, -1] if name == "x" else self.draws[name]
        drivers = 2  # the momenta behind them are no reported quantity
        element = values[:, rng.integers(drivers if name == "x" else values.shape[1])]
        return element.reshape(CHAINS, DRAWS)


def a_poisoned_draw(chains: Chains, rng: Generator) -> None:
    chains.reported(rng)[rng.integers(CHAINS), rng.integers(DRAWS)] = np.nan


def an_infinite_driver(chains: Chains, rng: Generator) -> None:
    chains.derived["x"][rng.integers(CHAINS * DRAWS), -1, 0] = rng.choice([-np.inf, np.inf])


def a_constant(chains: Chains, rng: Generator) -> None:
    spoilt = chains.reported(rng)
    spoilt[:] = spoilt[0, 0]


def a_stuck_chain(chains: Chains, rng: Generator) -> None:
    spoilt, chain = chains.reported(rng), rng.integers(CHAINS)
    spoilt[chain] = spoilt[chain, 0]


def a_shifted_chain(chains: Chains, rng: Generator) -> None:
    spoilt = chains.reported(rng)
    spoilt[rng.integers(CHAINS)] += rng.uniform(0.7, 3.0) * rng.choice([-1, 1]) * spoilt.std()


def a_wide_chain(chains: Chains, rng: Generator) -> None:
    spoilt, chain = chains.reported(rng), rng.integers(CHAINS)
    spoilt[chain] = spoilt.mean() + rng.uniform(3.0, 6.0) * (spoilt[chain] - spoilt.mean())


def two_modes(chains: Chains, rng: Generator) -> None:
    spoilt = chains.reported(rng)
    spoilt[: CHAINS // 2] += rng.uniform(1.0, 5.0) * spoilt.std()


def a_drift(chains: Chains, rng: Generator) -> None:
    spoilt = chains.reported(rng)
    spoilt += rng.uniform(1.5, 4.0) * spoilt.std() * np.linspace(0.0, 1.0, DRAWS)


def a_crawl(chains: Chains, rng: Generator) -> None:
    spoilt = chains.reported(rng)
    spoilt[:] = spoilt[:, np.sort(rng.integers(DRAWS, size=30)).repeat(DRAWS // 30)]


def too_few_chains(chains: Chains, rng: Generator) -> None:
    chains.chains = int(rng.choice([1, 2]))


def too_few_draws(chains: Chains, rng: Generator) -> None:
    kept = CHAINS * int(rng.integers(5, 60))
    chains.draws = {name: values[:kept] for name, values in chains.draws.items()}
    chains.derived = {name: values[:kept] for name, values in chains.derived.items()}


def a_silent_sampler(chains: Chains, rng: Generator) -> None:
    chains.statistics[str(rng.choice(list(chains.statistics)))] = None


def no_number_of_the_sampler(chains: Chains, rng: Generator) -> None:
    statistic = chains.statistics[str(rng.choice(list(chains.statistics)))]
    statistic[rng.integers(CHAINS), rng.integers(DRAWS)] = rng.choice([np.nan, np.inf])


def divergences(chains: Chains, rng: Generator) -> None:
    chains.statistics["diverging"].flat[: rng.integers(3, 400)] = 1


def deep_trees(chains: Chains, rng: Generator) -> None:
    chains.statistics["reached_max_treedepth"].flat[: rng.integers(25, 2400)] = 1


def crawling_energy(chains: Chains, rng: Generator) -> None:
    chains.statistics["energy"] = np.cumsum(chains.statistics["energy"], axis=1)


Fault = Callable[[Chains, Generator], None]
FAULTS: tuple[Fault, ...] = (
    a_poisoned_draw, an_infinite_driver, a_constant, a_stuck_chain, a_shifted_chain, a_wide_chain, two_modes, a_drift,
    a_crawl, too_few_chains, too_few_draws, a_silent_sampler, no_number_of_the_sampler, divergences, deep_trees,
    crawling_energy,
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ the command

Refresh = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_harbour(tmp_path / "data" / "harbour")
    CsvLedger(folder / "evidence.csv").append(EVIDENCE)
    shelf = tmp_path / "models"
    shelf.mkdir()
    (shelf / "quick.py").write_text(QUICK_MODEL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refreshed(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refresh:
    """`forecast refresh` with a seed, its draws spoilt by a fault; the exit code, the document, and what was said."""
    solve, solved = forecast.refresh.anchored, {}

    def anchored(model: Model, problem: Problem) -> Any:  # the assumptions stay, and so do the intercepts
        if not solved:
            solved["once"] = solve(model, problem)
        return solved["once"]

    monkeypatch.setattr(forecast.refresh, "anchored", anchored)
    monkeypatch.setattr(forecast.refresh, "LADDER", {"Sampling": Settings()})
    unspoilt: dict[dt.date, Chains] = {}

    def command(seed: int, spoil: Fault | None = None, day: dt.date = DAY) -> tuple[int, dict[str, Any], str]:
        def sampled(model: Model, problem: Problem, seed: int, _: Settings, __: Progress | None) -> Chains:
            chains = deepcopy(unspoilt.setdefault(day, unspoilt.get(day) or Chains(model, problem)))
            if spoil is not None:
                spoil(chains, np.random.default_rng(seed))
            return chains

        monkeypatch.setattr(forecast.refresh, "sample", sampled)
        words = ["forecast", "refresh", "--model", "quick", "--as-of", day.isoformat(), "--seed", str(seed), "--json"]
        monkeypatch.setattr(sys, "argv", words)
        code = main._exit_code()
        out, err = capsys.readouterr()
        assert code in (Exit.OK, Exit.UNPUBLISHABLE), err
        return code, json.loads(out), err

    return command


def unspoilt(refreshed: Refresh, reports: Path) -> str:
    """A run without a fault, a week before: the last forecast, as it should stay."""
    code, document, err = refreshed(1, day=DAY - dt.timedelta(weeks=1))
    assert (code, document["publishable"]) == (Exit.OK, True), err
    assert last(reports) == document["run"]["id"]
    return str(document["run"]["id"])


def last(reports: Path) -> str:
    return find_run(reports, "harbour", model="quick", assumptions="first-look").id


def refused(refreshed: Refresh, reports: Path, good: str, seed: int, fault: Fault) -> dict[str, Any]:
    """A run with a fault leaves everything as it was but for one run that says what it is."""
    code, document, err = refreshed(seed, fault)
    name = f"{fault.__name__}, seed {seed}"
    assert code == Exit.UNPUBLISHABLE, name
    saved = load_run(reports / "harbour" / document["run"]["id"])
    assert not saved.publishable, name
    assert saved.forecast == document, name
    assert document["diagnostics"]["gate"] == "fail", name
    assert document["diagnostics"]["failures"], name
    assert "is unpublishable" in err, name
    assert "next: forecast " in err, name
    assert last(reports) == good, name
    previous = previous_run(reports, "harbour", "quick", "first-look", DAY + dt.timedelta(weeks=1))
    assert previous is not None, name
    assert previous.id == good, name
    return document


@pytest.mark.parametrize("runs", [len(FAULTS), pytest.param(200, marks=[pytest.mark.slow, pytest.mark.long])])
def test_no_forecast_of_a_failed_gate_is_published(workspace: Path, refreshed: Refresh, runs: int) -> None:
    reports = workspace / "reports"
    good = unspoilt(refreshed, reports)
    for number in range(runs):
        document = refused(refreshed, reports, good, 100 + number, FAULTS[number % len(FAULTS)])
        if number >= len(FAULTS):
            shutil.rmtree(reports / "harbour" / document["run"]["id"])  # reading hundreds of runs again takes its time
    kept = list_runs(reports, "harbour")
    assert [run.id for run in kept if run.publishable] == [good]
    assert len(kept) == 1 + len(FAULTS)
    code, document, _ = refreshed(1)
    assert (code, document["publishable"]) == (Exit.OK, True), "a run without a fault is published as before"
    assert {row["id"]: row["previous"] for row in document["outcomes"]} == {
        row["id"]: row["probability"] for row in load_run(reports / "harbour" / good).forecast["outcomes"]
    }


def loading_apart(chains: Chains, _: Generator) -> None:
    chains.draws["loading"][: 2 * DRAWS, 0] += 3.0


def sources_apart(chains: Chains, _: Generator) -> None:
    chains.draws["best_precision"][: 2 * DRAWS] += 6.0


@pytest.mark.parametrize(
    ("fault", "named", "following"),
    [
        (
            loading_apart,
            r"at fault: assumption money-for-the-city \(R-hat 1\.\d+, \d+ effective draws\)",
            "next: forecast check harbour --prior --assumptions first-look --model quick",
        ),
        (
            divergences,
            r"  divergences: \d+ of 2400 draws",
            "next: forecast refresh harbour --as-of 2026-02-11 --seed 6 --assumptions first-look --model quick",
        ),
    ],
)
def test_a_refusal_names_what_is_at_fault_and_the_next_command(
    refreshed: Refresh, fault: Fault, named: str, following: str
) -> None:
    code, _, err = refreshed(5, fault)
    assert code == Exit.UNPUBLISHABLE
    assert re.search(f"^{named}$", err, re.MULTILINE), err
    assert err.splitlines()[-1].endswith(following)


def test_a_refusal_names_the_reports_that_divide_the_chains(refreshed: Refresh) -> None:
    def apart(chains: Chains, rng: Generator) -> None:
        sources_apart(chains, rng)
        divergences(chains, rng)

    code, document, err = refreshed(5, apart)
    assert code == Exit.UNPUBLISHABLE
    assert document["diagnostics"]["suspects"][0]["name"].startswith("report(s) R")
    assert err.splitlines()[-1] == "next: forecast evidence list harbour --as-of 2026-02-11"
