"""Markets' prices as readings: the likelihood against brute force, what moves nothing, and runs that read them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from forecast.case.markets import Markets
from forecast.case.others import Numbers
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.inference.weights import weigh
from forecast.insight.explained import explain
from forecast.insight.standing import standing
from forecast.markets.priced import read_prices
from forecast.markets.quotes import prices_document, quotes_from, quotes_of, remarks
from forecast.markets.reading import Reading
from forecast.markets.redrawing import redrawn
from forecast.model.contract import Draws, Problem
from forecast.record.remaking import remade
from forecast.refresh import Refreshed
from forecast.reopened import reopen
from tests.case.editing import faults, said
from tests.model.harbour import latent_drivers, prior_draws, problem_of, row
from tests.model.made import LAST, MIDDLE, refreshed, write_workspace
from tests.small_case import write_case, write_set

ENDS = ("city", "private", "other", "unresolved")
STATED = Markets(sd=0.4, bias=0.3, deep=1000.0, longshot=0.9, degrees=4.0, alike=0.5, reason="As usual.")
DAY = dt.date(2026, 2, 1)


def quote(
    prices: tuple[float, ...] = (0.5, 0.2, 0.1, 0.25), by: str = "Exchange", day: dt.date = DAY, **more: Any
) -> Numbers:
    total = sum(prices)
    chances = {end: price / total for end, price in zip(ENDS, prices, strict=True)}
    return Numbers(day, by, chances, total - 1.0, **more)


def deep(volume: float) -> dict[str, dict[str, float]]:
    return {"volumes": dict.fromkeys(ENDS, volume)}


rng = np.random.default_rng(5)
CHANCES = rng.dirichlet([3.0, 2.0, 1.0, 3.0], 500)


def log_reading(chances: Any, quotes: list[Numbers], ends: tuple[str, ...], stated: Markets) -> Any:
    return Reading(tuple(quotes), stated, ends).log_likelihood(chances)


def logit(p: Any) -> Any:
    return np.log(p / (1.0 - p))


# ---------------------------------------------------------------------------- the likelihood


def test_the_closed_form_is_what_brute_force_makes_of_bias_and_tails() -> None:
    """Bias and the common scale of the errors summed over a fine grid, contract by contract."""
    prices, volumes = np.array([0.5, 0.2, 0.1, 0.25]), np.array([4000.0, 1000.0, 100.0, 2000.0])
    gaps = np.array([0.02, 0.0, 0.06, 0.0])
    asked = quote(
        tuple(prices), volumes=dict(zip(ENDS, volumes, strict=True)), spreads=dict(zip(ENDS, gaps, strict=True))
    )
    variance = 0.4**2 * (1 + 1000.0 / volumes) + gaps**2 / 12 / (prices * (1 - prices)) ** 2
    scales = np.exp(np.linspace(-8, 4, 401))
    ends = np.linspace(-9, 9, 401)
    found = []
    for chances in CHANCES[:6]:
        residual = logit(prices) - 0.9 * logit(chances)
        bias = ends[:, None] * 0.3 / np.sqrt(scales)  # (bias, scale)
        density = stats.norm.pdf(ends)[:, None] * np.ones_like(bias)
        for k in range(4):
            density = density * stats.norm.pdf(residual[k], bias, np.sqrt(variance[k] / scales))
        mixed = np.trapezoid(density, ends, axis=0) * stats.gamma.pdf(scales, 2.0, scale=0.5)
        found.append(np.log(np.trapezoid(mixed, scales)))
    told = log_reading(CHANCES[:6], [asked], ENDS, STATED)
    assert told - told[0] == pytest.approx(np.array(found) - found[0], abs=1e-4)


def test_weights_make_the_posterior_of_a_small_world() -> None:
    """A thousand equally likely worlds: their posterior by Bayes' rule, world by world."""
    worlds = np.random.default_rng(2).dirichlet([4.0, 3.0, 2.0, 4.0], 4000)
    asked = quote((0.45, 0.2, 0.1, 0.25), **deep(1000.0))
    exact = np.exp(log_reading(worlds, [asked], ENDS, STATED))
    posterior = exact @ worlds / exact.sum()
    weights = weigh(log_reading(worlds, [asked], ENDS, STATED))
    assert weights.reliable
    assert weights.mean(worlds) == pytest.approx(posterior, abs=0.002)
    prior = worlds.mean(axis=0)
    assert abs(posterior[0] - 0.45) < abs(prior[0] - 0.45)


def test_a_fully_thin_market_moves_nothing() -> None:
    assert log_reading(CHANCES, [quote(**deep(0.0))], ENDS, STATED) == pytest.approx(0.0)
    thin = log_reading(CHANCES, [quote(**deep(1e-6))], ENDS, STATED)
    assert np.ptp(thin) < 1e-4
    alone = log_reading(CHANCES, [quote(**deep(5000.0))], ENDS, STATED)
    beside = log_reading(
        CHANCES, [quote(**deep(5000.0)), quote((0.9, 0.1, 0.1, 0.1), "Thin", **deep(1e-9))], ENDS, STATED
    )
    assert beside - beside[0] == pytest.approx(alone - alone[0], abs=1e-6)


@given(st.floats(1.0, 100.0))
def test_the_thinner_the_less_it_says(factor: float) -> None:
    dense, thin = (log_reading(CHANCES, [quote(**deep(volume))], ENDS, STATED) for volume in (1000 * factor, 1000.0))
    assert np.ptp(thin) <= np.ptp(dense) + 1e-9


def test_a_wide_gap_between_bid_and_ask_says_less() -> None:
    narrow, wide = (
        log_reading(CHANCES, [quote(spreads=dict.fromkeys(ENDS, gap), **deep(5000.0))], ENDS, STATED)
        for gap in (0.0, 0.2)
    )
    assert np.ptp(wide) < np.ptp(narrow)


def test_copies_of_one_market_are_one_reading_and_strangers_are_two() -> None:
    one, other = quote(**deep(5000.0)), quote(by="Other", **deep(5000.0))
    alone = log_reading(CHANCES, [one], ENDS, STATED)
    for alike, times in ((1.0, 1.0), (0.0, 2.0), (0.5, 4 / 3)):
        told = log_reading(CHANCES, [one, other], ENDS, STATED.model_copy(update={"alike": alike}))
        assert told - told[0] == pytest.approx(times * (alone - alone[0]))


def test_what_all_contracts_of_a_market_have_in_common_is_a_bias() -> None:
    """With a bias of any size, prices that are all dearer by a factor of the odds say the same."""
    prices = np.array([0.3, 0.2, 0.1, 0.3])
    odds = 1.3 * prices / (1 - prices)
    loose = STATED.model_copy(update={"bias": 5.0, "degrees": 1000.0})
    plain, dearer = (
        log_reading(CHANCES, [quote(tuple(each), **deep(5000.0))], ENDS, loose) for each in (prices, odds / (1 + odds))
    )
    assert dearer - dearer[0] == pytest.approx(plain - plain[0], abs=0.1)
    tight = STATED.model_copy(update={"bias": 0.0})
    far = log_reading(CHANCES, [quote(tuple(odds / (1 + odds)), **deep(5000.0))], ENDS, tight)
    assert np.ptp((far - far[0]) - (plain - plain[0])) > 0.5


def test_the_order_of_markets_does_not_matter() -> None:
    one, other = quote(**deep(5000.0)), quote((0.3, 0.3, 0.2, 0.2), "Other", **deep(50.0))
    assert log_reading(CHANCES, [one, other], ENDS, STATED) == pytest.approx(
        log_reading(CHANCES, [other, one], ENDS, STATED)
    )


def test_prices_of_nothing_are_readings_too() -> None:
    assert np.all(np.isfinite(log_reading(CHANCES, [quote((1.0, 0.0, 0.0, 0.0), **deep(5000.0))], ENDS, STATED)))


def prior_world() -> tuple[Problem, Draws]:
    """The harbour with draws from its prior, of which no evidence has spoken."""
    asked = problem_of().anchored(np.array([0.4, -0.1, -0.3]), 0.8)
    return asked, prior_draws(asked, 3, 3000)


def test_intercepts_drawn_anew_leave_the_posterior_as_it_is() -> None:
    """The same prices by plain weights and with new intercepts: one answer, and more draws that count."""
    asked, draws = prior_world()
    model, even = latent_drivers(), np.zeros(3000)
    reading = Reading((quote((0.45, 0.2, 0.1, 0.25), **deep(1000.0)),), STATED.model_copy(update={"sd": 0.6}), ENDS)
    chances = chances_of(model.law.project(draws, asked))
    plain = weigh(reading.log_likelihood(chances))
    new, weights, incidence = read_prices(model, draws, even, asked, reading)
    found = chances_of(incidence)
    for k in range(4):
        error = np.hypot(plain.error(chances[:, k], 1), weights.error(found[:, k], 1))
        assert abs(plain.mean(chances[:, k]) - weights.mean(found[:, k])) < 4 * error
    assert weights.reliable
    assert weights.effective > 1.3 * plain.effective
    assert all(new[name] is values for name, values in draws.items() if name != "intercept_z")


@pytest.mark.parametrize(("grades", "sd"), [((5, 5), 1.5), ((4, 4, 5, 4, 4, 3, 4), 1.0)])
def test_intercepts_of_which_reports_tell_are_moved_to_the_same_posterior(grades: tuple[int, ...], sd: float) -> None:
    """Prices after reports: of a posterior's draws, moved, and of as many that are merely weighed."""
    days = [(dt.date(2026, 1, 13) + dt.timedelta(days=4 * week)).isoformat() for week in range(len(grades))]
    told = [
        row(f"R{n}", grade, day, indicator="tender") for n, (grade, day) in enumerate(zip(grades, days, strict=True))
    ]
    asked = problem_of(*told).anchored(np.array([0.4, -0.1, -0.3]), sd)
    model, prior = latent_drivers(), prior_draws(asked, 3, 8000)
    likelihood = model.law.log_likelihood(prior, asked)
    reports = weigh(likelihood["event"].sum(axis=1) + likelihood["open"])
    kept = np.random.default_rng(1).choice(8000, 2000, p=reports.values)
    draws, even = {name: values[kept] for name, values in prior.items()}, np.zeros(2000)
    reading = Reading((quote((0.45, 0.2, 0.1, 0.25), **deep(1000.0)),), STATED.model_copy(update={"sd": 0.6}), ENDS)
    chances = chances_of(model.law.project(draws, asked))
    plain = weigh(reading.log_likelihood(chances))
    new, weights, incidence = read_prices(model, draws, even, asked, reading)
    assert weights.reliable
    assert weights.effective > plain.effective
    z, moved = (each["intercept_z"] - each["intercept_z"].mean(axis=1, keepdims=True) for each in (draws, new))
    for before, after in zip(
        np.column_stack([chances, z]).T, np.column_stack([chances_of(incidence), moved]).T, strict=True
    ):
        error = np.hypot(plain.error(before, 1), weights.error(after, 1))
        assert abs(plain.mean(before) - weights.mean(after)) < 4 * error


def chances_of(incidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(outcome) by the horizon, `unresolved` last; (draw, outcome)."""
    final = incidence[:, -1]
    return np.column_stack([final, 1.0 - final.sum(axis=1)])


def test_where_prices_say_nothing_new_intercepts_are_as_the_old_ones() -> None:
    asked, draws = prior_world()
    new, log_ratio = redrawn(latent_drivers(), draws, asked, Reading((quote(**deep(0.0)),), STATED, ENDS))
    weights = weigh(log_ratio)
    assert weights.effective > 2500
    assert weights.mean(new["intercept_z"]) == pytest.approx(0.0, abs=0.1)
    assert weights.mean(new["intercept_z"] ** 2) == pytest.approx(1.0, abs=0.1)


# ---------------------------------------------------------------------------- which prices

MARKETS = {"reason": "Two exchanges trade it.", "deep": 1000.0}


def rows(day: str, by: str, prices: tuple[float, ...], volume: str = "5000", gap: str = "") -> str:
    return "".join(f"{day},{by},{end},{price},{volume},{gap}\n" for end, price in zip(ENDS, prices, strict=True))


def priced_case(folder: Path, text: str, **markets: Any) -> Case:
    write_case(folder)
    write_set(folder, "priced", [], based_on="first-look", markets={**MARKETS, **markets})
    (folder / "prices.csv").write_text(f"date,market,outcome,price,volume,spread\n{text}", encoding="utf-8")
    return read_case(folder, "priced")


EARLY, LATE = (0.5, 0.2, 0.1, 0.25), (0.1, 0.6, 0.1, 0.25)


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data" / "harbour"


def test_the_last_price_known_on_the_day_counts_and_none_after_it(harbour: Path) -> None:
    text = rows("2026-01-20", "Exchange", EARLY) + rows("2026-01-27", "Exchange", LATE)
    later = text + rows("2026-02-02", "Exchange", EARLY) + rows("2026-02-03", "New", EARLY)
    for day, wanted in ((dt.date(2026, 1, 26), EARLY), (dt.date(2026, 2, 1), LATE)):
        one, other = (quotes_of(priced_case(harbour, each), day) for each in (text, later))
        assert one == other
        assert one[0].chances["city"] == pytest.approx(wanted[0] / sum(wanted))
    assert quotes_of(priced_case(harbour, text), dt.date(2026, 1, 19)) == ()


def test_old_prices_and_markets_that_are_not_named_do_not_count(harbour: Path) -> None:
    text = rows("2026-01-20", "Exchange", EARLY) + rows("2026-01-20", "Pub", LATE)
    case = priced_case(harbour, text, names=["Exchange"])
    assert [each.by for each in quotes_of(case, DAY)] == ["Exchange"]
    assert quotes_of(case, dt.date(2026, 2, 4)) == ()
    assert list(remarks(case, dt.date(2026, 2, 4))) == [
        "prices of Exchange of 2026-01-20 are left out: too old, or of a question that has changed since",
        "no market's prices are known as of 2026-02-04: the set's 'markets' says nothing",
    ]


def test_a_price_that_was_known_when_the_shares_were_judged_is_said_to_count_twice(harbour: Path) -> None:
    one = priced_case(harbour, rows("2026-01-12", "Exchange", EARLY))
    assert any(
        "may be counted twice: the shares were judged on 2026-01-12" in each
        for each in remarks(one, DAY - dt.timedelta(10))
    )
    other = priced_case(harbour, rows("2026-01-13", "Exchange", EARLY))
    assert list(remarks(other, DAY - dt.timedelta(10))) == []


def test_a_plain_set_reads_no_prices(harbour: Path) -> None:
    priced_case(harbour, rows("2026-01-20", "Exchange", EARLY))
    case = read_case(harbour)
    assert case.prices
    assert (quotes_of(case, DAY), list(remarks(case, DAY))) == ((), [])


def test_volumes_and_gaps_are_read_and_refused_by_line(harbour: Path) -> None:
    case = priced_case(harbour, rows("2026-01-20", "Exchange", EARLY, "120", "0.02"))
    assert case.prices[0].volumes == dict.fromkeys(ENDS, 120.0)
    assert case.prices[0].spreads == dict.fromkeys(ENDS, 0.02)
    (harbour / "prices.csv").write_text(
        "date,market,outcome,price,volume,spread\n" + rows("2026-01-20", "Exchange", EARLY, "-3", "wide"),
        encoding="utf-8",
    )
    found = said(faults(harbour))
    assert "'volume' is '-3': write a number from 0 to 1e+15, or nothing" in found[0]
    assert "'spread' is 'wide'" in found[1]


@given(st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4), st.booleans())
def test_a_record_gives_back_the_prices_that_were_read(prices: list[float], thin: bool) -> None:
    asked = quote(tuple(prices), **(deep(12.0) if thin else {}))
    (back,) = quotes_from(prices_document([asked]))
    assert back.chances == pytest.approx(asked.chances)
    assert back.overround == pytest.approx(asked.overround, abs=1e-9)
    assert (back.date, back.by, back.volumes) == (asked.date, asked.by, asked.volumes)


# ---------------------------------------------------------------------------- runs that read them


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Refreshed]]:
    """The harbour twice with an exchange, which changed its mind, and once without, really sampled."""
    workspace = write_workspace(tmp_path_factory.mktemp("traded"))
    folder = workspace / "data" / "harbour"
    write_set(folder, "priced", [], based_on="first-look", markets={**MARKETS, "sd": 0.8})
    text = rows("2026-01-30", "Exchange", (0.3, 0.3, 0.2, 0.25)) + rows(
        "2026-02-09", "Exchange", (0.4, 0.15, 0.15, 0.35)
    )
    (folder / "prices.csv").write_text(f"date,market,outcome,price,volume,spread\n{text}", encoding="utf-8")
    found = {str(day): refreshed(workspace, day, name="priced") for day in (MIDDLE, LAST)}
    return workspace, found


def test_what_the_prices_moved_is_said_outcome_by_outcome(traded: tuple[Path, dict[str, Refreshed]]) -> None:
    for made in traded[1].values():
        said, told = made.run.forecast, made.run.forecast["markets"]
        assert said["publishable"], said["diagnostics"]["failures"]
        assert told["names"] == ["Exchange"]
        assert told["pareto_k"] <= 0.7
        for outcome, moved in zip(said["outcomes"], told["outcomes"], strict=True):
            assert outcome["probability"] == pytest.approx(moved["without"] + moved["contribution"])
            assert moved["mcse"] < 0.005
        assert sum(row["probability"] for row in said["outcomes"]) == pytest.approx(1.0)
        assert sum(row["contribution"] for row in told["outcomes"]) == pytest.approx(0.0, abs=1e-9)
        drawn = max(told["outcomes"], key=lambda row: abs(row["prices"][0] - row["without"]))
        assert drawn["contribution"] * (drawn["prices"][0] - drawn["without"]) > 0
    record = traded[1][str(MIDDLE)].run.record
    assert {row["date"] for row in record["inputs"]["prices"]} == {"2026-01-30"}


def test_a_reopened_run_says_what_it_said(traded: tuple[Path, dict[str, Refreshed]]) -> None:
    workspace, made = traded
    run = made[str(LAST)].run
    opened = reopen(run, workspace)
    wanted = [row["probability"] for row in run.forecast["outcomes"]]
    incidence = opened.model.law.project(opened.draws, opened.problem)[:, -1]
    chances = np.column_stack([incidence, 1 - incidence.sum(axis=1)])
    assert opened.weights @ chances == pytest.approx(wanted, abs=1e-9)
    assert standing(opened).now == pytest.approx(wanted, abs=1e-6)
    assert opened.unpriced is not None
    assert np.ptp(opened.unpriced.log_weights) == 0.0


def test_the_change_is_taken_apart_with_a_bar_of_the_markets(traded: tuple[Path, dict[str, Refreshed]]) -> None:
    workspace, made = traded
    old, new = (reopen(made[str(day)].run, workspace) for day in (MIDDLE, LAST))
    document = explain(old, new).document()
    for outcome, before, after in zip(
        document["outcomes"], old.run.forecast["outcomes"], new.run.forecast["outcomes"], strict=True
    ):
        assert outcome["change"] == pytest.approx(after["probability"] - before["probability"])
        assert sum(bar["contribution"] for bar in outcome["bars"]) == pytest.approx(outcome["change"])
        assert [bar["kind"] for bar in outcome["bars"]].count("market") == 1
        assert outcome["bars"][-1]["kind"] == "noise"
        assert abs(outcome["bars"][-1]["contribution"]) < 0.02


def test_it_is_made_again_from_its_record_alone(traded: tuple[Path, dict[str, Refreshed]]) -> None:
    workspace, made = traded
    assert remade(made[str(MIDDLE)].run, workspace).verdict == "same"


def test_an_update_reads_the_prices_of_its_own_day(traded: tuple[Path, dict[str, Refreshed]]) -> None:
    workspace, _ = traded
    made = refreshed(workspace, LAST, name="priced", fast=True, dry_run=True)
    assert made.run.forecast["diagnostics"]["method"] in ("update", "nuts")
    assert made.run.forecast["markets"]["dates"] == ["2026-02-09"]
