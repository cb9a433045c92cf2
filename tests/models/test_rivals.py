"""The rivals on the shelf: each against a calculation of its own, and each as a forecast that is saved and read."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.commands.display import show_run
from forecast.errors import UsageError
from forecast.evidence.ledger import CsvLedger
from forecast.model.contract import ExactModel, Model, load_model, load_sampled
from forecast.model.laws import RULED_OUT
from forecast.model.outside_view import outside_view, waiting
from forecast.model.problem import Problem, build_problem
from forecast.refresh import refresh
from forecast.report.document import document
from forecast.report.page import render
from forecast.runs import list_runs
from tests.model.harbour import (
    EVIDENCE,
    HORIZON,
    SHARES,
    harbour,
    latent_drivers,
    prior_draws,
    problem_of,
    row,
    seen,
    with_rulings,
)
from tests.model.past import with_past, write_with_past
from tests.models import by_hand

AS_OF = dt.date(2026, 2, 11)
EXACT = ("uniform", "base_rates", "ach")


def rival(name: str) -> Any:
    return load_model(name, Path("nowhere"))


def past_problem() -> Problem:
    return build_problem(with_past(), seen(*EVIDENCE, as_of=AS_OF))


# ------------------------------------------------------------------------------------------------ uniform


def test_uniform_gives_every_answer_the_same_chance_and_every_day_the_same_share() -> None:
    problem = problem_of(*EVIDENCE)
    incidence = rival("uniform").law.incidence(problem)
    np.testing.assert_allclose(incidence[0, -1], 1 / 4)  # three outcomes, and still open
    days = (HORIZON - problem.calendar.as_of).days
    for week, reached in zip(problem.calendar.future_weeks, incidence[0], strict=True):
        passed = (min(week + dt.timedelta(days=6), HORIZON) - problem.calendar.as_of).days
        np.testing.assert_allclose(reached, passed / days / 4)


# ------------------------------------------------------------------------------------------------ base rates


def test_base_rates_are_the_outside_view_and_no_report_moves_them() -> None:
    told = past_problem()
    untold = build_problem(with_past(), seen(as_of=AS_OF))
    found = rival("base_rates").law.incidence(told)
    np.testing.assert_array_equal(found, outside_view(untold))


def test_a_case_without_a_past_has_no_base_rates() -> None:
    with pytest.raises(ValueError, match="name no past episodes"):
        rival("base_rates").law.incidence(problem_of(*EVIDENCE))


# ------------------------------------------------------------------------------------------------ ach


def shares_by_hand(items: list[tuple[str, int, float]]) -> dict[str, float]:
    """Bayes' rule item by item; the consistencies read off the harbour's loadings by eye."""
    consistent = {  # indicator → outcome → polarity times strength
        "tax_income": {"city": 2, "private": 0, "other": 0},
        "debts": {"city": -2, "private": 0, "other": 0},
        "strikes": {"city": 0, "private": -1, "other": 0},
        "layoffs": {"city": 0, "private": 1, "other": 0},
        "tender": {"city": 0, "private": 2, "other": 0},
    }
    usual = {"tax_income": 3, "debts": 4, "strikes": 2, "layoffs": 3, "tender": 3}
    belief = dict(SHARES)
    for indicator, grade, weight in items:
        by_chance = by_hand.grade_chances(0.0, usual[indicator])
        for outcome, fits in consistent[indicator].items():
            tilted = [by_chance[g] * math.exp(0.25 * fits * (g + 1 - usual[indicator])) for g in range(5)]
            belief[outcome] *= (tilted[grade - 1] / sum(tilted)) ** weight
    return {outcome: value / sum(belief.values()) for outcome, value in belief.items()}


def test_ach_is_bayes_rule_over_independent_items() -> None:
    # R1 has 5 and 4: the middle of the two is 4; R8 is of its origin but of another event, and an item of its own
    items = [("strikes", 4, 0.64), ("strikes", 4, 0.36), ("tax_income", 1, 0.64), ("debts", 2, 0.64)]
    items += [("tender", 4, 0.64), ("layoffs", 5, 0.25), ("strikes", 5, 0.64), ("tax_income", 5, 0.64)]
    problem = problem_of(*EVIDENCE)
    found = rival("ach").law.shares(problem)
    expected = shares_by_hand(items)
    np.testing.assert_allclose(found, [expected[outcome] for outcome in problem.structure.outcomes], rtol=1e-9)
    incidence = rival("ach").law.incidence(problem)
    np.testing.assert_allclose(incidence, waiting(problem)[..., None] * found)


def test_an_item_told_well_and_badly_counts_as_it_was_told_well() -> None:
    well = row("R1", 5, reliability="A", credibility=1)
    badly = row("R2", 5, event_id=well.event_id, reliability="E", credibility=5)
    problem = problem_of(well, badly)
    expected = shares_by_hand([(well.indicator, 5, 1.0)])
    found = rival("ach").law.shares(problem)
    np.testing.assert_allclose(found, [expected[outcome] for outcome in problem.structure.outcomes], rtol=1e-9)


def test_ach_leaves_next_to_nothing_to_what_is_ruled_out() -> None:
    problem = problem_of(row("T", 4, indicator="tender"))
    out = replace(problem, ruled_out=(None, dt.date(2026, 1, 20), None))
    free, cut = (rival("ach").law.shares(each) for each in (problem, out))
    kept = RULED_OUT * free[1]
    others = (1.0 - kept) / (free[0] + free[2])
    np.testing.assert_allclose(cut, [free[0] * others, kept, free[2] * others], rtol=1e-9)


def test_without_items_ach_says_what_was_stated() -> None:
    problem = problem_of()
    np.testing.assert_allclose(rival("ach").law.shares(problem), problem.structure.shares)


def test_a_search_that_found_nothing_is_no_item() -> None:
    nothing = row("R7", 0, "2026-01-20", effort=0.9)
    np.testing.assert_allclose(rival("ach").law.shares(problem_of(nothing)), problem_of().structure.shares)


def test_without_a_past_the_wait_is_that_of_the_stated_paces() -> None:
    """No gate: P(open) is the mean of exp(-pace t) over the stated pace, by quadrature."""
    problem = problem_of(gates=())
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    pace = np.exp(math.log(0.12) + math.log(1.4) * nodes)
    waited = sum(problem.exposure[:, 0])
    posterior = weights * np.exp(-pace * waited)
    for week, by_week in zip(problem.calendar.future_weeks, np.moveaxis(waiting(problem), 1, 0), strict=True):
        ahead = (min(week + dt.timedelta(days=6), HORIZON) - problem.calendar.as_of).days / 7
        expected = float(np.sum(posterior * np.exp(-pace * ahead)) / posterior.sum())
        assert 1.0 - by_week.mean() == pytest.approx(expected, abs=0.006)


# ------------------------------------------------------------------------------------------------ static


def test_static_drivers_keep_what_they_have() -> None:
    problem = problem_of(*EVIDENCE)
    static = rival("static").law
    still = static.at_rest(problem)
    draws = prior_draws(problem, 1, 50)
    paths = latent_drivers().law.latent_paths(np, draws, still.arrays)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(paths, np.repeat(paths[:, :1], paths.shape[1], axis=1))


def test_a_driver_rests_at_what_a_moving_one_is_expected_to_be_on_average_over_the_wait() -> None:
    """Futures come in pairs whose shocks cancel, so the mean over two of them is the expected path."""
    opening = problem_of().at_opening()
    draws = prior_draws(opening, 4, 100)
    now = np.sum(opening.arrays["persistence"][-1] * draws["shock"], axis=-1)
    known = draws | {"shock": np.concatenate([now[..., None], draws["shock"][..., 1:]], axis=-1)}
    rests = [week.logits.mean(axis=1) for week in rival("static").law.futures(known, opening, 2)]
    expected = [week.logits.mean(axis=1) for week in latent_drivers().law.futures(draws, opening, 2)]
    np.testing.assert_allclose(np.mean(rests, axis=0), np.mean(expected, axis=0))


def test_the_weeks_of_static_drivers_are_interchangeable() -> None:
    """In the past it cannot matter in which week an event was, once its news cycle is the same."""
    early, late = (problem_of(row("R1", 5, day)) for day in ("2026-01-13", "2026-02-10"))
    draws = prior_draws(early, 2, 20)
    static = rival("static").law
    one, other = (static.log_likelihood(draws, problem)["event"] for problem in (early, late))
    np.testing.assert_allclose(one, other)
    moving = latent_drivers().law
    assert not np.allclose(moving.log_likelihood(draws, early)["event"], moving.log_likelihood(draws, late)["event"])


def test_the_future_of_static_drivers_holds_no_surprise() -> None:
    """Without gates every path of a draw is the same one: two futures or thirty, the incidence is alike."""
    problem = build_problem(with_past(), seen(*EVIDENCE, as_of=AS_OF))
    free = Problem(**{**vars_of(problem), "passed": (dt.date(2026, 1, 20),)}).anchored(np.zeros(3), 0.5)
    draws = prior_draws(free, 3, 10)
    static = rival("static").law
    np.testing.assert_allclose(static.project(draws, free, 2), static.project(draws, free, 30))


def vars_of(problem: Problem) -> dict[str, Any]:
    names = ("case", "calendar", "structure", "units", "passed", "ruled_out", "intercept_mean", "intercept_sd")
    return {name: getattr(problem, name) for name in names}


# ------------------------------------------------------------------------------------------------ as forecasts


def test_the_shelf_knows_what_is_solved_and_what_is_sampled() -> None:
    assert all(isinstance(rival(name), ExactModel) for name in EXACT)
    assert all(isinstance(rival(name), Model) for name in ("static", "latent_drivers"))
    assert sorted(rival("static").texts) == ["shelf/latent_drivers", "static"]
    with pytest.raises(UsageError, match="has no drivers"):
        load_sampled("uniform", Path("nowhere"))


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_forecast_is_saved_read_and_shown_like_any_other(name: str, tmp_path: Path) -> None:
    folder = write_with_past(tmp_path / "data" / "harbour")
    CsvLedger(folder / "evidence.csv").append(EVIDENCE)
    case, reports = read_case(folder), tmp_path / "reports"
    make: Callable[[int], Any] = lambda seed: refresh(  # noqa: E731
        case, EVIDENCE, rival(name), reports, as_of=AS_OF, seed=seed, clock="published"
    )
    made = make(1)
    assert make(1).repeats == 0.0
    (run,) = list_runs(reports, "harbour")
    assert (run.publishable, run.complete, run.draws) == (True, True, "none")
    assert run.forecast["diagnostics"]["method"] == "exact"
    assert math.fsum(outcome["probability"] for outcome in run.forecast["outcomes"]) == pytest.approx(1, abs=1e-9)
    assert run.forecast["timing"][-1]["unresolved"] == pytest.approx(run.forecast["outcomes"][-1]["probability"])
    assert sorted(run.record["inputs"]["base_rates"]) == ["nominees.csv", "permits.csv", "strikes.csv"]
    assert not run.default
    with pytest.raises(UsageError, match="it has no draws"):
        run.posterior()
    page = render(document(made.run.forecast, made.run.record, [made.run.forecast]))
    assert "solved exactly" in page


def test_an_outcome_that_is_ruled_out_is_shown_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = row("T1", 1, "2026-02-02", indicator="tender")
    case = with_rulings(harbour("permit"), private=1)
    rumour = row("T2", 1, "2026-02-02", indicator="tender", reliability="E")
    made = {
        name: refresh(case, (one,), rival("ach"), tmp_path, as_of=AS_OF, seed=1, clock="published").run
        for name, one in (("out", out), ("rumour", rumour))
    }
    days = {name: [each["ruled_out"] for each in run.forecast["outcomes"]] for name, run in made.items()}
    assert days == {"out": [None, "2026-02-02", None, None], "rumour": [None] * 4}
    assert made["out"].forecast["outcomes"][1]["probability"] < 0.02
    assert (
        made["rumour"].forecast["notes"][0].startswith("event 'T2' is graded as ruling 'private' out but not believed")
    )
    told = {name: render(document(run.forecast, run.record, [run.forecast])) for name, run in made.items()}
    said = re.compile(r"; ruled out on <time[^>]*>2 February 2026</time>")
    assert {name: len(said.findall(page)) for name, page in told.items()} == {"out": 1, "rumour": 0}
    show_run(made["out"], [], saved=True)
    assert "Ruled out: A private company: on 2026-02-02" in capsys.readouterr().out


def test_a_model_that_does_not_fit_the_case_says_why(tmp_path: Path) -> None:
    problem = problem_of(*EVIDENCE)
    with pytest.raises(UsageError, match="--model base_rates: it does not fit this case: its assumptions name no past"):
        refresh(problem.case, (), rival("base_rates"), tmp_path, as_of=AS_OF, seed=1, clock="published")


@pytest.mark.parametrize("broken", ["np.zeros((3, 2))", "np.zeros((1, 2, 3))", "[[0.1]]", "np.zeros((0, 20, 3))"])
def test_chances_of_another_shape_are_refused(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f"import numpy as np\ndef incidence(problem):\n    return {broken}\n", encoding="utf-8")
    problem = problem_of(*EVIDENCE)
    with pytest.raises(UsageError, match=r"must have the shape \(draw, 20, 3\)"):
        refresh(problem.case, (), load_model(str(file), tmp_path), tmp_path, as_of=AS_OF, seed=1, clock="published")


def test_a_model_of_one_s_own_is_recorded_beside_the_one_that_it_builds_on(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    file = tmp_path / "models" / "latent_drivers.py"
    ours = latent_drivers().texts["latent_drivers"]
    file.write_text(f'{ours}\nBUILDS_ON = "static"\n', encoding="utf-8")
    texts = load_model("latent_drivers", tmp_path).texts
    assert sorted(texts) == ["latent_drivers", "shelf/latent_drivers", "shelf/static"]
    assert (texts["latent_drivers"], texts["shelf/latent_drivers"]) == (file.read_text("utf-8"), ours)
    file.write_text(f'{ours}\nBUILDS_ON = "nothing"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="builds on 'nothing', which is no model of the shelf"):
        load_model("latent_drivers", tmp_path)


def test_base_rates_stand_beside_every_forecast() -> None:
    from forecast.documents import base_rates_alone

    problem = past_problem()
    alone = base_rates_alone(problem)
    expected = outside_view(problem)[:, -1].mean(axis=0)
    assert [alone[outcome] for outcome in problem.structure.outcomes] == pytest.approx(expected.tolist())
    assert math.fsum(alone.values()) == pytest.approx(1.0)
    assert base_rates_alone(problem_of()) == {}
