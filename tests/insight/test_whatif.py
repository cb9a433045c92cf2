"""Seeing, against weights worked out apart; and both kinds of premise together."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from forecast.case.premises import Hold, HypotheticalReport, SeenDriver
from forecast.case.schema import DecisionLine, RuledOutBy
from forecast.errors import UsageError
from forecast.inference.carrying import carry
from forecast.insight.acting import act
from forecast.insight.hypothetical import EVENT, with_reports
from forecast.insight.lived import live
from forecast.insight.looking import NEAR, WIDTH, report_chances
from forecast.insight.refitting import Refitted
from forecast.insight.seen import looked_at
from forecast.insight.standing import Answer
from forecast.insight.whatif import whatif
from forecast.insight.whatif_document import lines_after
from tests.insight.standings import problem, standing, standing_of
from tests.model.harbour import harbour, latent_drivers, row, with_rulings

MANY = 4000


def test_a_driver_seen_weighs_every_draw_by_its_nearness() -> None:
    here = standing(MANY, 2)
    x = here.state[:, 1]
    weights = np.exp(-0.5 * ((x - 0.5) / WIDTH) ** 2)
    expected = weights @ here.chances / weights.sum()
    found = whatif(here, [SeenDriver("unions", 0.5)])
    np.testing.assert_allclose(found.answer.chances, expected, atol=0.004)
    assert found.kind == "see"
    assert found.probability == pytest.approx(np.mean(np.abs(x - 0.5) <= NEAR))
    assert found.note == ""


def test_a_driver_seen_on_a_later_day_weighs_every_future() -> None:
    here = standing(MANY, 2)
    week = here.problem.calendar.future_weeks.index(dt.date(2026, 3, 2))
    x = here.lived.latents[week, ..., 1]
    weights = np.exp(-0.5 * ((x - 0.5) / WIDTH) ** 2)
    expected = np.einsum("sp,spk->k", weights, here.by_path) / weights.sum()
    found = whatif(here, [SeenDriver("unions", 0.5, dt.date(2026, 3, 1))])
    np.testing.assert_allclose(found.answer.chances, expected, atol=0.004)


def test_a_report_weighs_by_the_likelihood_that_a_ledger_with_it_would_have() -> None:
    here, report = standing(), HypotheticalReport("strikes", 5, ("C", 3))
    (logs,) = report_chances(here, (report,))
    told = with_reports(problem(), (report,))
    draws = carry(latent_drivers().law, here.draws, problem(), told)
    place = sorted(told.units).index((EVENT.format(1), "strikes"))
    # the source nobody has heard before is drawn from its prior either way, but not by the same random numbers
    whole = latent_drivers().law.log_likelihood(draws, told)["event"][:, place]
    assert np.corrcoef(logs, whole)[0, 1] > 0.9
    assert np.mean(np.exp(logs)) == pytest.approx(np.mean(np.exp(whole)), abs=0.02)


def test_the_grades_of_a_report_are_all_that_can_be() -> None:
    grades = [report_chances(standing(), (HypotheticalReport("layoffs", grade),))[0] for grade in range(1, 6)]
    np.testing.assert_allclose(np.exp(grades).sum(axis=0), 1.0, atol=1e-12)


@pytest.mark.parametrize(
    ("indicator", "grade", "settled"),
    [
        ("permit", 5, "The permit: passed on 2026-02-11"),
        ("tender", 1, "A private company: ruled out on 2026-02-11"),
        ("tender", 5, "The city: ruled out on 2026-02-11"),
    ],
)
def test_a_report_that_settles_something_is_what_the_ledger_would_make_of_it(
    indicator: str, grade: int, settled: str
) -> None:
    """The same draws, weighed (here without smoothing) and lived on with the report in the ledger, by the laws."""
    case = with_rulings(harbour("permit"), private=1, city=5)
    here, there = (
        standing_of(case, MANY, *more) for more in ((), [row("new", grade, "2026-02-11", indicator=indicator)])
    )
    law, draws = latent_drivers().law, here.draws
    then, now = (law.log_likelihood(draws, each.problem)["open"] for each in (here, there))
    assert there.problem.units == here.problem.units, "its news is what it settles"
    weights = np.exp(now - then)
    final = law.project(draws, there.problem, 2)[:, -1]
    found = whatif(here, [HypotheticalReport(indicator, grade)])
    np.testing.assert_allclose(found.answer.chances[:-1], weights @ final / weights.sum(), atol=3e-4)
    assert found.settled == settled
    rumour = whatif(here, [HypotheticalReport(indicator, grade, ("E", 5))])
    assert rumour.settled == ""
    assert np.max(np.abs(rumour.answer.chances - found.answer.chances)) > 0.05


def test_other_is_ruled_out_by_its_own_label() -> None:
    case = harbour("permit")
    other = case.question.other.model_copy(update={"ruled_out_by": RuledOutBy(indicator="tender", grade=1)})
    here = standing_of(replace(case, question=case.question.model_copy(update={"other": other})), 400)
    found = whatif(here, [HypotheticalReport("tender", 1)])
    assert found.settled == "Resolved some other way: ruled out on 2026-02-11"
    assert found.answer.chances[2] < 0.02


def test_who_was_ruled_out_is_back_after_the_other_end_of_the_scale() -> None:
    case, out = with_rulings(harbour("permit"), private=1), row("out", 1, "2026-02-04", indicator="tender")
    here = standing_of(case, MANY, out)
    found = whatif(here, [HypotheticalReport("tender", 5)])
    assert found.settled == "A private company: not ruled out any more"
    assert here.now[1] < 0.02 < 0.1 < found.answer.chances[1]


def test_seeing_and_doing_differ_where_an_arrow_leads_in() -> None:
    here = standing(MANY, 2)
    seen, done = (whatif(here, [premise]) for premise in (SeenDriver("budget", 1.0), Hold("budget", 1.0)))
    assert (seen.kind, done.kind) == ("see", "do")
    assert seen.probability == done.probability
    assert np.max(np.abs(seen.answer.chances - done.answer.chances)) > 0.01
    assert done.answer.pareto_k == 0.0


def test_what_is_seen_later_is_seen_in_the_world_in_which_the_act_was_done() -> None:
    """The unions are held, which the city's money follows; then its money is seen, on a day of that world."""
    here, day = standing(MANY, 2), dt.date(2026, 5, 4)
    hold = Hold("unions", 2.0)
    acted = live(here.model, here.draws, here.problem, 2, act((hold,), here.problem))
    x = acted.latents[here.problem.calendar.future_weeks.index(day), ..., 0]
    weights = np.exp(-0.5 * ((x - 0.5) / WIDTH) ** 2)
    ends = here.by_path + acted.chances(here.alpha) - here.unraked
    found = whatif(here, [hold, SeenDriver("budget", 0.5, day)])
    np.testing.assert_allclose(found.answer.chances, np.einsum("sp,spk->k", weights, ends) / weights.sum(), atol=0.004)
    assert found.probabilities[1] == pytest.approx(np.mean(np.abs(x - 0.5) <= NEAR))


def test_a_held_driver_that_is_seen_where_it_is_tells_nothing() -> None:
    here, day = standing(MANY, 2), dt.date(2026, 5, 4)
    hold = Hold("unions", 2.0)
    done, seen_too = whatif(here, [hold]), whatif(here, [hold, SeenDriver("unions", 1.8, day)])
    np.testing.assert_allclose(seen_too.answer.chances, done.answer.chances, atol=1e-12)
    assert seen_too.probabilities == pytest.approx((done.probability, 1.0))
    assert seen_too.probability == done.probability
    assert seen_too.note == ""
    with pytest.raises(UsageError, match=r"unions=\+1 on 2026-05-04: what is done holds it at \+2 in that week"):
        whatif(here, [hold, SeenDriver("unions", 1.0, day)])


@pytest.mark.parametrize(
    "premises",
    [
        (SeenDriver("unions", 1.0), SeenDriver("unions", 2.0)),
        (SeenDriver("unions", 1.0, dt.date(2026, 5, 4)), SeenDriver("unions", -1.0, dt.date(2026, 5, 4))),
        (Hold("unions", 1.0), Hold("unions", 2.0)),
        (Hold("unions", 1.0, dt.date(2026, 5, 4)), Hold("unions", 2.0)),
    ],
)
def test_premises_that_cannot_hold_together_are_refused(premises: tuple[SeenDriver | Hold, ...]) -> None:
    with pytest.raises(UsageError, match="keep one of them"):
        whatif(standing(), premises)


def test_a_path_over_weeks_is_no_contradiction_and_saying_it_twice_changes_nothing() -> None:
    here = standing()
    path = [Hold("unions", 1.0), Hold("unions", 2.0, dt.date(2026, 5, 4)), SeenDriver("budget", 0.5)]
    once, twice = whatif(here, path), whatif(here, [*path, *path[1:]])
    np.testing.assert_array_equal(once.answer.chances, twice.answer.chances)
    assert once.probability == twice.probability


def test_reports_together_are_as_probable_as_one_ledger_with_both_has_it() -> None:
    """Two reports of different drivers in a week that had none: each has a news cycle of its own."""
    here = standing(MANY, 2)
    both = HypotheticalReport("strikes", 5), HypotheticalReport("tender", 5)
    logs = report_chances(here, both)
    assert whatif(here, both).probability == pytest.approx(np.mean(np.exp(logs[0] + logs[1])), rel=1e-9)


def test_a_refit_that_fails_its_gate_is_not_passed_off_as_an_answer() -> None:
    here = standing()
    failures = ("R-hat is 1.700",)
    answer = Answer(here.now, None, 2, None, np.zeros(len(here.now)), failures)
    found = whatif(here, [SeenDriver("unions", 5.0)], lambda *_, **__: Refitted(answer, here.draws, 2))
    assert found.note.endswith("; refitted, and not to be relied on: R-hat is 1.700")
    assert not found.answer.reliable


def test_premises_together_are_less_probable_than_each() -> None:
    premises = [SeenDriver("unions", 0.5), HypotheticalReport("strikes", 4), Hold("budget", 0.0)]
    found = whatif(standing(MANY, 2), premises)
    assert found.kind == "see and do"
    assert found.probability < min(found.probabilities)


def test_what_is_too_improbable_says_so() -> None:
    found = whatif(standing(), [SeenDriver("unions", 5.0)])
    assert "too improbable" in found.note
    assert 0.0 <= found.probability < 1e-3


def test_a_day_that_is_over_is_refused() -> None:
    with pytest.raises(UsageError, match="weeks to come"):
        whatif(standing(), [Hold("unions", 1.0, dt.date(2026, 1, 1))])


def test_a_look_at_a_driver_is_a_potential_of_the_same_model() -> None:
    here = problem()
    model, looked = looked_at(latent_drivers(), here, ((1, 2.0),), WIDTH)
    assert looked.units == here.units
    assert replace(looked, units={}).seen == ((1, 2.0),)  # type: ignore[attr-defined]
    built = model.law.build(looked)
    look = next(potential for potential in built.potentials if potential.name == "seen")
    asked = built.replace_rvs_by_values([built["x"], look])
    x, found = built.compile_fn(
        asked, inputs=built.value_vars, point_fn=True, on_unused_input="ignore", mode="FAST_COMPILE"
    )(built.initial_point())
    assert found == pytest.approx(-0.5 * ((x[-1, 1] - 2.0) / WIDTH) ** 2)


@pytest.mark.parametrize(("after", "crossed"), [(0.6, "up"), (0.1, None)])
def test_a_decision_line_that_an_answer_crosses_is_told(after: float, crossed: str | None) -> None:
    here = standing()
    line = DecisionLine(outcome="city", at=0.55, note="Tell the mayor.")
    question = here.problem.case.question.model_copy(update={"decision_lines": [line]})
    case = replace(here.problem.case, question=question)
    there = replace(here, problem=replace(here.problem, case=case))
    chances = np.where(np.array(there.outcomes) == "city", after, (1.0 - after) / (len(there.outcomes) - 1))
    (told,) = lines_after(Answer(chances, None, here.chains, None), there)
    assert (told["outcome"], told["probability"], told["crossed"]) == ("city", pytest.approx(after), crossed)
