"""Valid but odd cases are answered: whatever there is to go on, there is a forecast, and it says what it should.

The whole of `refresh` runs but for the sampler: in its place prior draws are weighted with the model's own likelihood.
One case, the one with the oddest shapes, is really sampled.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import forecast.refresh
from forecast.case.checks import check
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import UsageError
from forecast.evidence.journal import Row
from forecast.inference.chains import Progress, Settings
from forecast.model.contract import Model
from forecast.model.priors import draw_all
from forecast.model.problem import Problem
from forecast.refresh import refresh
from tests.model.harbour import HORIZON, OPENING, SHARES, assumptions, latent_drivers, row, write_harbour
from tests.small_case import assumption, write_case

Document = dict[str, Any]
Answer = Callable[..., Document]

LAST_DAY = HORIZON - dt.timedelta(days=1)
LATER = dt.date(2026, 2, 11)
DRAWS = 4000


class Weighted:
    """Stands in for a posterior: prior draws, picked by their likelihood."""

    seconds: ClassVar = {"compile": 0.0, "sample": 0.0}
    content = b""

    def __init__(self, model: Model, problem: Problem, seed: int, settings: Settings, _: Progress | None) -> None:
        self.chains, rng = settings.chains, np.random.default_rng(seed)
        prior = draw_all(model.law.priors(problem), rng, DRAWS)
        told = model.law.log_likelihood(prior, problem)
        log_weight = told["event"].sum(axis=1) + told["open"]
        share = np.cumsum(np.exp(log_weight - log_weight.max()))
        count = settings.chains * settings.draws
        picked = np.searchsorted(share, share[-1] * (np.arange(count) + 0.5) / count)
        rng.shuffle(picked)
        self.draws = {name: values[picked] for name, values in prior.items()}
        self._x = model.law.latent_paths(np, self.draws, problem.arrays)  # type: ignore[attr-defined]
        self._energy = rng.standard_normal(count)

    def quantity(self, name: str) -> Any:
        assert name == "x"
        return self._x

    def by_chain(self, quantity: Any) -> Any:
        return quantity.reshape(self.chains, len(quantity) // self.chains, *quantity.shape[1:])

    def statistic(self, name: str) -> Any:
        return self.by_chain(self._energy if name == "energy" else np.zeros(len(self._energy)))


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Answer:
    """The forecast of a case that has been written, as of a day."""
    monkeypatch.setattr(forecast.refresh, "sample", Weighted)
    monkeypatch.setattr(forecast.refresh, "LADDER", {"Sampling": Settings(draws=250)})

    def made(folder: Path, *rows: Row, as_of: dt.date = LATER) -> Document:
        case = read_case(folder)
        assert check(case).problems == ()
        options: Mapping[str, Any] = {"as_of": as_of, "seed": 1, "clock": "published", "dry_run": True}
        return sound(refresh(case, rows, latent_drivers(), tmp_path / "reports", **options).run.forecast, case)

    return made


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    return write_harbour(tmp_path / "data" / "harbour")


def sound(document: Document, case: Case) -> Document:
    """The document, if it holds what every forecast must: whole, finite, and adding up in every week."""
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    outcomes = document["outcomes"]
    assert [outcome["id"] for outcome in outcomes] == [*case.outcome_ids, "unresolved"]
    assert abs(sum(outcome["probability"] for outcome in outcomes) - 1) < 1e-9
    for outcome in outcomes:
        low, high = outcome["interval"]
        assert 0 <= low <= high <= 1
        assert 0 < outcome["probability"] < 1
        assert outcome["mcse"] >= 0
    for week in document["timing"]:
        assert abs(week["unresolved"] + sum(week["cumulative"].values()) - 1) < 1e-9
    assert [driver["id"] for driver in document["drivers"]] == list(case.drivers)
    assert document["timing"][-1]["unresolved"] == pytest.approx(outcomes[-1]["probability"], abs=1e-9)
    return document


def split(document: Document) -> dict[str, float]:
    """The chances given resolution."""
    *named, open_ = document["outcomes"]
    return {outcome["id"]: outcome["probability"] / (1 - open_["probability"]) for outcome in named}


def drivers(document: Document) -> dict[str, float]:
    return {driver["id"]: driver["mean"] for driver in document["drivers"]}


def says(document: Document, shares: Mapping[str, float]) -> None:
    """The split is the stated one, within what an anchor promises and Monte Carlo allows."""
    *named, open_ = document["outcomes"]
    for outcome in named:
        noise = 3 * outcome["mcse"] / (1 - open_["probability"])
        assert abs(split(document)[outcome["id"]] - shares[outcome["id"]]) < 0.005 + noise, outcome["id"]


def withdrawn(report: Row) -> Row:
    moment = dt.datetime(2026, 2, 9, tzinfo=dt.UTC)
    return row(report.report_id, None, "2026-01-20", reliability="", credibility=None, retracted_at=moment)


# ------------------------------------------------------------------------------------------------ little to go on

LOUD = tuple(row(f"R{n}", 5, "2026-01-20", source=f"Gazette {n}", reliability="A", credibility=1) for n in range(2))
MUTE = tuple(row(f"R{n}", 5, "2026-01-20", source=f"Gazette {n}", reliability="F", credibility=6) for n in range(2))


def test_without_evidence_the_opening_day_says_what_was_stated(harbour: Path, answer: Answer) -> None:
    document = answer(harbour, as_of=OPENING)
    says(document, SHARES)
    assert document["evidence"]["events"] == 0


def test_one_report_moves_its_driver_and_little_else(harbour: Path, answer: Answer) -> None:
    before, after = drivers(answer(harbour)), drivers(answer(harbour, row("R1", 5, "2026-02-09")))
    assert after["unions"] > before["unions"] + 0.05
    assert abs(after["budget"] - before["budget"]) < abs(after["unions"] - before["unions"])


def test_evidence_that_was_all_withdrawn_is_no_evidence(harbour: Path, answer: Answer) -> None:
    none, gone = answer(harbour), answer(harbour, *LOUD, *(withdrawn(report) for report in LOUD))
    assert gone["outcomes"] == none["outcomes"]
    assert gone["drivers"] == none["drivers"]
    assert gone["evidence"]["retracted"] == len(LOUD)


def test_reports_that_nobody_could_judge_move_less_than_good_ones(harbour: Path, answer: Answer) -> None:
    none, mute, loud = (drivers(answer(harbour, *rows))["unions"] for rows in ((), MUTE, LOUD))
    assert none + 0.05 < mute < loud - 0.05


def test_a_gate_passed_on_the_opening_day_is_open_from_the_start(harbour: Path, answer: Answer) -> None:
    passage = row("P1", 5, OPENING.isoformat(), indicator="permit")
    shut, opened = answer(harbour, as_of=OPENING), answer(harbour, passage, as_of=OPENING)
    assert opened["gates"][0]["passed"] == OPENING.isoformat()
    assert opened["outcomes"][-1]["probability"] < shut["outcomes"][-1]["probability"] - 0.05


def test_on_the_last_day_little_can_happen_any_more(harbour: Path, answer: Answer) -> None:
    document = answer(harbour, *LOUD, as_of=LAST_DAY)
    assert len(document["timing"]) == 1
    assert document["outcomes"][-1]["probability"] > 0.9


@pytest.mark.parametrize("day", [OPENING - dt.timedelta(days=1), HORIZON, HORIZON + dt.timedelta(days=365)])
def test_outside_the_questions_life_the_days_to_choose_from_are_named(
    harbour: Path, answer: Answer, day: dt.date
) -> None:
    with pytest.raises(UsageError, match=f"choose a date from {OPENING} to {LAST_DAY}"):
        answer(harbour, as_of=day)


# ------------------------------------------------------------------------------------------------ odd questions


def test_a_question_that_opens_today_and_ends_next_week(tmp_path: Path, answer: Answer) -> None:
    life = {"history_from": OPENING, "opening": OPENING, "horizon": OPENING + dt.timedelta(days=7)}
    short = write_case(tmp_path / "data" / "short", case=life)
    document = answer(short, as_of=OPENING)
    says(document, {"city": 0.4, "private": 0.4, "other": 0.2})
    assert document["outcomes"][-1]["probability"] > 0.8


def outcomes_of(folder: Path, count: int, **changes: Any) -> Path:
    """A case with so many equally likely outcomes beside `other`."""
    names = [f"way_{n}" for n in range(count)]
    question = {
        "outcomes": [{"id": name, "label": name, "description": f"It ends as {name}."} for name in names],
        "resolution": {"counts": "An end.", "tree": [{"test": f"It is {name}.", "then": name} for name in names]},
    }
    shares = {**dict.fromkeys(names, 0.8 / count), "other": 0.2}
    stated = [
        assumption("stated", "shares", shares=shares, judged_on=OPENING),
        assumption("steady-pace", "pace", per_week=0.05),
        assumption("budget-first", "loading", driver="budget", outcome="way_0", strength="+"),
        assumption("unions-first", "loading", driver="unions", outcome="way_0", strength="+"),
    ]
    codebook = {"indicators": []}
    return write_case(folder, case=question, **{"codebook": codebook, "assumptions": stated, **changes})


@pytest.mark.parametrize("count", [1, pytest.param(50, marks=pytest.mark.slow)])
def test_one_outcome_or_fifty(tmp_path: Path, answer: Answer, count: int) -> None:
    document = answer(outcomes_of(tmp_path / "data" / "odd", count), as_of=OPENING)
    says(document, {**{f"way_{n}": 0.8 / count for n in range(count)}, "other": 0.2})


def test_shares_at_the_ends_of_what_may_be_stated(tmp_path: Path, answer: Answer) -> None:
    said, *others = assumptions()
    shares = {"city": 0.0001, "private": 0.0001, "other": 0.9998}
    odd = write_harbour(tmp_path / "data" / "odd", assumptions=[{**said, "shares": shares}, *others])
    says(answer(odd, as_of=OPENING), shares)


NO_DRIVER = [
    assumption("stated", "shares", shares={"way_0": 0.8, "other": 0.2}, judged_on=OPENING),
    assumption("steady-pace", "pace", per_week=0.05),
]


def test_a_case_without_drivers_or_indicators_is_answered(tmp_path: Path, answer: Answer) -> None:
    bare = outcomes_of(tmp_path / "data" / "bare", 1, drivers={"drivers": []}, assumptions=NO_DRIVER)
    says(answer(bare), {"way_0": 0.8, "other": 0.2})


@pytest.mark.long
def test_a_case_without_drivers_or_indicators_is_sampled_too(tmp_path: Path) -> None:
    folder = outcomes_of(tmp_path / "data" / "bare", 1, drivers={"drivers": []}, assumptions=NO_DRIVER)
    case = read_case(folder)
    options: Mapping[str, Any] = {"as_of": LATER, "seed": 1, "clock": "published"}
    made = refresh(case, (), latent_drivers(), tmp_path / "reports", **options)
    says(sound(made.run.forecast, case), {"way_0": 0.8, "other": 0.2})
    assert made.run.publishable, made.run.forecast["diagnostics"]["failures"]
