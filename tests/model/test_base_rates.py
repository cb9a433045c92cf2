"""Past episodes: counted as days one by one, and taught as an independent calculation says."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import UnpublishableError
from forecast.inference.chains import Settings
from forecast.inference.sampling import sample
from forecast.model import base_rates
from forecast.model.base_rates import BANDS, SHUT, PastRates, past_rates
from forecast.model.conditioning import condition
from forecast.model.nominees import reference
from forecast.model.outside_view import outside_view, split
from forecast.model.priors import Draws, HalfNormal, Normal
from forecast.model.problem import Problem, build_problem
from forecast.model.structure import structure
from tests.model.harbour import OPENING, latent_drivers, seen
from tests.model.past import AGE, EPISODES, NOMINATIONS, PASSAGES, TRIGGER, past, with_past, write_with_past

RELEVANCE = {"Home": 1.0, "North": 0.5, "South": 0.5}


@pytest.fixture(scope="module")
def case() -> Case:
    return with_past()


def band(age: float) -> int:
    return sum(age >= edge for edge in BANDS)


def by_days(case: Case) -> tuple[dict[tuple[str, int], list[float]], list[float]]:
    """Resolutions and weeks at risk by country and band, passages and weeks of waiting: a walk through every day."""
    cells: dict[tuple[str, int], list[float]] = {}
    gate = [0.0, 0.0]
    for episode in case.base_rates.episodes:
        if episode.id == "H-5" or episode.office != "pm" or episode.country not in RELEVANCE:
            continue
        weight, passed = RELEVANCE[episode.country], case.base_rates.passages.get((episode.id, "permit"))
        passed = None if passed is None or passed > OPENING else passed  # nobody knows of it yet
        day = episode.began + AGE
        while day < min(episode.ended, OPENING):
            cell = cells.setdefault((episode.country, band((day - episode.began - AGE).days / 7)), [0.0, 0.0])
            tomorrow, shut = day + dt.timedelta(days=1), passed is not None and day < passed
            cell[1] += weight * (SHUT if shut else 1.0) / 7
            gate[1] += weight * shut / 7
            gate[0] += weight * (passed == tomorrow)
            if tomorrow == episode.ended and episode.end in ("signed", "closed"):
                cell[0] += weight
            day = tomorrow
    return cells, gate


def counted(found: PastRates) -> dict[tuple[str, int], list[float]]:
    rows = zip(found.cells, found.events, found.weeks, strict=True)
    return {(found.countries[country], at): [events, weeks] for (country, at, _), events, weeks in rows}


def assert_counts(case: Case) -> None:
    rates, (cells, gate) = past_rates(case), by_days(case)
    found = counted(rates)
    assert found.keys() == cells.keys()
    for cell, numbers in cells.items():
        assert found[cell] == pytest.approx(numbers, abs=1e-9)
    assert [rates.gate_events[0], rates.gate_weeks[0]] == pytest.approx(gate, abs=1e-9)


def test_every_day_at_risk_is_counted_once(case: Case) -> None:
    assert_counts(case)
    assert past_rates(case).ends == (1.0 + 1.0 + 0.5 + 0.5, 1.0)


days = st.integers(1, 900)


@given(st.lists(st.tuples(st.sampled_from(sorted(RELEVANCE)), days, days, st.integers(-50, 900)), max_size=6))
@settings(max_examples=30, deadline=None)
def test_whatever_the_past_was(episodes: list[tuple[str, int, int, int]]) -> None:
    first = dt.date(2024, 1, 1)
    rows, permits = [EPISODES.splitlines()[0]], [PASSAGES.splitlines()[0]]
    for number, (country, begins, lasts, permit) in enumerate(episodes):
        began = first + dt.timedelta(days=begins)
        rows.append(f"X-{number},{country},pm,{began},{began + dt.timedelta(days=lasts)},signed,")
        permits.append(f"X-{number},permit,{began + dt.timedelta(days=permit)}")
    rest = [row for row in EPISODES.splitlines()[1:] if row.startswith(("H-3", "H-5", "S-1", "N-3"))]
    assert_counts(with_past(strikes="\n".join([*rows, *rest]), permits="\n".join(permits)))


@pytest.mark.parametrize(
    "later",
    [
        ("N-4,North,pm,2025-11-01,2026-02-20,signed", "N-4,North,pm,2025-11-01,2029-12-31,closed"),
        ("H-5,Home,pm,2025-12-08,2026-02-01,ongoing", "H-5,Home,pm,2025-12-08,2026-01-30,signed"),
        ("E-1,Elsewhere,pm,2015-01-01,2015-04-01,signed", "E-1,Elsewhere,pm,2015-01-01,2019-04-01,closed"),
    ],
    ids=["an end after the opening", "the question's own end", "a country in no class"],
)
def test_what_must_not_be_known_changes_nothing(case: Case, later: tuple[str, str]) -> None:
    assert later[0] in EPISODES
    assert past_rates(with_past(strikes=EPISODES.replace(*later))) == past_rates(case)


# ------------------------------------------------------------------------------------------------ the likelihood


def problem_of_past(case: Case) -> Problem:
    return build_problem(case, seen(as_of=OPENING))


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_the_likelihood_is_that_of_piecewise_constant_rates(case: Case, seed: int) -> None:
    """Relevance apart, each episode is a density or a survival; here from its own days, cell by cell."""
    s = structure(case)
    table = base_rates.priors(s.past, s.log_pace.normal, s.selection.normal)
    rng = np.random.default_rng(seed)
    p = {name: prior.draw(rng, 3) for name, (prior, _) in table.items()}
    found = base_rates.log_past(np, p, s.past.arrays(1))
    expected = [went({name: values[which] for name, values in p.items()}, case, s.past) for which in range(3)]
    np.testing.assert_allclose(found, expected)


def went(one: Draws, case: Case, past: PastRates) -> float:
    """What the past is worth under one draw."""
    expected = 0.0
    cells, (passages, waits) = by_days(case)
    for (country, at), (events, weeks) in cells.items():
        log_rate = float(one["log_pace"][0])
        log_rate += float(one["country_spread"]) * float(one["country_z"][past.countries.index(country)])
        log_rate += float(one["baseline_spread"]) * math.fsum(float(z) for z in one["baseline_z"][:at])
        if country != "Home":
            log_rate -= float(one["selection"][0])
        expected += events * log_rate - weeks * math.exp(log_rate)
    gate = float(one["log_pace"][1])
    return expected + passages * gate - waits * math.exp(gate)


def test_a_case_without_a_past_keeps_its_stated_pace() -> None:
    a = PastRates().arrays(1)
    p = {"log_pace": np.array([[-1.0, -2.0]]), "selection": np.zeros((1, 0)), "country_spread": np.ones(1)}
    p |= {"country_z": np.zeros((1, 0)), "baseline_spread": np.ones(1), "baseline_z": np.zeros((1, 0))}
    np.testing.assert_array_equal(base_rates.log_past(np, p, a), [0.0])
    bands = PastRates().band_of(np.array([-3.0, 7.0, 200.0]))
    np.testing.assert_array_equal(base_rates.log_rates(np, p, bands, a)[0], [[-1.0, -2.0]] * 3)


# ------------------------------------------------------------------------------------------------ conditioning


def test_conditioning_is_the_posterior_that_quadrature_gives() -> None:
    """Eight events in fifty weeks at a rate of unknown level and spread: two parameters on a grid."""
    priors = {"level": Normal(np.array([-2.0]), np.array([1.0]), (1,)), "spread": HalfNormal(0.7)}

    def log_likelihood(p: dict[str, np.ndarray]) -> np.ndarray:
        rate = p["level"][:, 0] + p["spread"]
        return 8.0 * rate - 50.0 * np.exp(rate)

    drawn = condition(priors, log_likelihood, np.random.default_rng(1), chains=2000, settle=60, keep=4, apart=20)
    level, spread = np.meshgrid(np.linspace(-6, 2, 801), np.linspace(0, 4, 801), indexing="ij")
    log_density = (
        -0.5 * (level + 2.0) ** 2 - 0.5 * (spread / 0.7) ** 2 + 8 * (level + spread) - 50 * np.exp(level + spread)
    )
    density = np.exp(log_density - logsumexp(log_density))
    for name, grid in (("level", level), ("spread", spread)):
        mean = float(np.sum(density * grid))
        sd = math.sqrt(float(np.sum(density * (grid - mean) ** 2)))
        draws = drawn[name].reshape(4, 2000)  # chains are independent, the four states of one are not quite
        error = float(draws.mean(axis=0).std(ddof=1)) / math.sqrt(2000)
        assert abs(float(draws.mean()) - mean) < 4 * error, name
        assert float(draws.std()) == pytest.approx(sd, rel=0.05), name


def test_chains_that_still_move_go_on_until_they_have_settled() -> None:
    """From the prior to a target 12 of its standard deviations away, with too few steps to get there at first."""
    priors = {"level": Normal(np.array([0.0]), np.array([1.0]), (1,))}
    drawn = condition(
        priors,
        lambda p: -0.5 * ((p["level"][:, 0] - 12.0) / 0.2) ** 2,
        np.random.default_rng(1),
        chains=400,
        settle=10,
        keep=4,
        apart=2,
    )
    precision = 1.0 + 1.0 / 0.2**2
    error = 5.0 / math.sqrt(400 * precision)
    assert abs(float(drawn["level"].mean()) - 12.0 / 0.2**2 / precision) < error


def test_chains_that_do_not_settle_are_refused_with_the_parameters() -> None:
    """Along a ridge so narrow that no step gets far."""
    priors = {
        "one": Normal(np.array([0.0]), np.array([1.0]), (1,)),
        "other": Normal(np.array([0.0]), np.array([1.0]), (1,)),
        "none": Normal(np.zeros(0), np.zeros(0), (0,)),
    }

    def log_likelihood(p: dict[str, np.ndarray]) -> np.ndarray:
        one, other = p["one"][:, 0], p["other"][:, 0]
        return -0.5 * ((one - other) / 0.02) ** 2 - 0.5 * ((one - 20.0) / 0.5) ** 2

    with pytest.raises(UnpublishableError, match=r"not settled \(one, other\): state narrower priors"):
        condition(priors, log_likelihood, np.random.default_rng(1), chains=400, settle=2, keep=4, apart=2)


@pytest.mark.slow
def test_nuts_learns_from_the_past_what_conditioning_does(case: Case) -> None:
    """On the opening day nothing else teaches the paces, so two samplers that share no code must agree."""
    problem = problem_of_past(case)
    posterior = sample(latent_drivers(), problem, 3, Settings())
    taught = latent_drivers().law.opening_draws(problem, np.random.default_rng(0), 4096)
    bands = np.arange(len(BANDS) + 1)
    ours = base_rates.log_rates(np, taught, bands, problem.arrays)
    theirs = base_rates.log_rates(np, posterior.draws, bands, problem.arrays)
    for stage, at in ((0, 0), (0, 4), (0, 8), (1, 0)):
        one, other = ours[:, at, stage], theirs[:, at, stage]
        chains = posterior.by_chain(other).mean(axis=1)
        error = max(float(chains.std(ddof=1)) / 2, float(other.std()) / np.sqrt(400))
        assert abs(one.mean() - other.mean()) < 4 * np.hypot(error, one.std() / np.sqrt(1000)), (stage, at)
        assert one.std() == pytest.approx(other.std(), rel=0.15), (stage, at)


# ------------------------------------------------------------------------------------------------ the outside view


def test_nominees_are_counted_by_episode_and_drawn_together(case: Case) -> None:
    found = reference(case)
    assert found is not None
    assert found.own == (1.0 + 0.5, 2.0)  # H-1 one of one, H-2 one of two; G is of the question itself
    assert found.all == (1.5, 2.5)  # and D abroad, at half its weight; F ended later
    assert found.nominees == 4
    assert found.share == pytest.approx((1.5 + 2.0 * (1.5 + 0.5) / (2.5 + 1.0)) / (2.0 + 2.0))


def test_nobody_in_the_class_is_no_reference() -> None:
    assert reference(with_past(nominees=NOMINATIONS.splitlines()[0] + "\n")) is None


def test_a_nominee_who_gets_through_is_one_of_the_ends_at_which_that_happens() -> None:
    """`other` belongs to the closed harbours, of which there are more than nominees who got through."""
    ends = [{"end": "signed", "outcomes": ["city"]}, {"end": "closed", "outcomes": ["private", "other"]}]
    stated = [item | ({"ends": ends} if item["kind"] == "episodes" else {}) for item in past()]
    stated = [item | ({"opposition": ["none"]} if item["kind"] == "nominees" else {}) for item in stated]
    with TemporaryDirectory() as folder:
        case = read_case(write_with_past(Path(folder) / "harbour", stated=stated))
    problem, found = problem_of_past(case), reference(case)
    assert found is not None
    shares = split(problem, np.random.default_rng(0), 40_000)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    rng, lived = np.random.default_rng(1), np.zeros(3)
    got, lost = found.weights
    for _ in range(20_000):  # the same, end by end
        signed = rng.beta(3.0 + 0.5, 1.0 + 0.5)
        through = rng.beta(got, lost)
        rest = max(1.0 - signed - through, 0.0)
        lived += np.array([signed, rest, 0.0]) * (1.0 - through) / (signed + rest) + np.array([0.0, 0.0, through])
    np.testing.assert_allclose(shares.mean(axis=0), lived / 20_000, atol=0.012)


def test_other_ends_keep_their_share_whatever_became_of_nominees(case: Case) -> None:
    problem, found = problem_of_past(case), reference(case)
    assert found is not None
    got, lost = found.weights
    shares = split(problem, np.random.default_rng(0), 40_000)
    assert shares[:, 2].mean() == pytest.approx(got / (got + lost), abs=0.01)
    np.testing.assert_array_equal(shares[:, 0], shares[:, 1])


def test_the_outside_view_is_what_becomes_of_waiting_at_the_past_s_paces(case: Case) -> None:
    """One gate, then a pace by band: P(open) by Euler steps of an hour, draw by draw."""
    problem = problem_of_past(case)
    s = problem.structure
    taught = base_rates.taught(s.past, s.log_pace.normal, s.selection.normal, np.random.default_rng(0), 4096)
    ages = np.arange(0, (problem.calendar.horizon - OPENING).days * 24) / (24 * 7)
    rates = np.exp(base_rates.log_rates(np, taught, s.past.band_of(ages), problem.arrays))
    shut, free = np.ones(4096), np.zeros(4096)
    step = 1 / (24 * 7)
    for at in range(len(ages)):
        pace, gate = rates[:, at, 0], rates[:, at, 1]
        passes = shut * gate * step
        shut, free = shut * (1 - SHUT * pace * step) - passes, free * (1 - pace * step) + passes
    open_ = 1.0 - outside_view(problem)[:, -1].sum(axis=-1).mean()
    assert open_ == pytest.approx(float(np.mean(shut + free)), abs=0.01)


def test_draws_of_one_chain_stand_together(case: Case) -> None:
    """They are not independent of each other, and the error of a mean is taken from batches of neighbours."""
    states = np.arange(6)[:, None] * 1000 + np.arange(50)  # state s of chain c is 1000 s + c
    ordered = base_rates.chain_by_chain(states.ravel(), 50).reshape(50, 6)
    np.testing.assert_array_equal(ordered % 1000, np.repeat(np.arange(50)[:, None], 6, axis=1))
    assert base_rates.chain_by_chain(np.zeros((300, 0)), 50).shape == (300, 0)  # where no selection is stated
    s = problem_of_past(case).structure
    given = s.past, s.log_pace.normal, s.selection.normal
    by_chain = base_rates.taught_by_chain(*given)["log_pace"]
    pool = base_rates._pool(given[0], *(tuple(v.tolist()) for pair in given[1:] for v in pair))["log_pace"]
    np.testing.assert_array_equal(by_chain[: base_rates.POOL["keep"]], pool[:: base_rates.POOL["chains"]])
    picked = base_rates.taught(*given, np.random.default_rng(0), len(by_chain))["log_pace"]
    np.testing.assert_array_equal(np.sort(by_chain, axis=0), np.sort(picked, axis=0))


def test_waiting_slows_the_outside_view(case: Case) -> None:
    problem = problem_of_past(case)
    later = build_problem(case, seen(as_of=OPENING + dt.timedelta(weeks=12)))
    assert later.passed == problem.passed
    same = replace(problem, calendar=replace(problem.calendar, horizon=OPENING + dt.timedelta(weeks=8)))
    shifted = replace(later, calendar=replace(later.calendar, horizon=OPENING + dt.timedelta(weeks=20)))
    fresh, tired = (1.0 - outside_view(one)[:, -1].sum(axis=-1).mean() for one in (same, shifted))
    assert tired > fresh


def test_the_trigger_is_the_question_s_own() -> None:
    assert OPENING - AGE == TRIGGER
