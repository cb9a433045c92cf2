"""Bridges between runs of the harbour that were really sampled, and updates of them."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from forecast.case.assumptions import Deadline
from forecast.errors import UsageError
from forecast.evidence.journal import Row, view
from forecast.evidence.ledger import CsvLedger
from forecast.inference.update import update
from forecast.inference.weights import weigh
from forecast.insight.bridge import Bridge, build_bridge
from forecast.insight.explained import explain
from forecast.insight.restated import evened
from forecast.insight.states import State
from forecast.insight.way import Way
from forecast.model.problem import Problem, build_problem
from forecast.refresh import Refreshed
from forecast.reopened import Reopened, reopen
from tests.model.harbour import OPENING, assumptions, row, with_rulings, write_harbour
from tests.model.made import JOURNAL, LAST, MIDDLE, refreshed
from tests.small_case import assumption

Made = dict[dt.date, Refreshed]
SOON, NEXT, WITHDRAWN = dt.date(2026, 2, 3), dt.date(2026, 2, 6), dt.date(2026, 2, 9)


@pytest.fixture(scope="module")
def opened(made: Made, workspace: Path) -> dict[dt.date, Reopened]:
    """The three sampled runs, and three updates between the last two of them."""
    runs = {day: reopen(result.run, workspace) for day, result in made.items()}
    return runs | {day: updated_to(runs[MIDDLE], JOURNAL, day) for day in (SOON, NEXT, WITHDRAWN)}


def updated_to(old: Reopened, rows: Sequence[Row], day: dt.date) -> Reopened:
    """A later run as an update makes it, whether or not it would pass the gate."""
    known = view(rows, day, "published")
    problem = build_problem(old.case, known).anchored(np.asarray(old.problem.intercept_mean), old.problem.intercept_sd)
    draws, log_weights = update(old.model.law, old.draws, old.problem, problem)
    weights = weigh(log_weights)
    final = weights.mean(old.model.law.project(draws, problem)[:, -1])
    said = copy.deepcopy(old.run.forecast)
    for outcome, probability in zip(said["outcomes"], [*final, 1 - final.sum()], strict=True):
        outcome["probability"] = float(probability)
    said["as_of"], said["run"]["id"] = day.isoformat(), f"{day.isoformat()}-00000000"
    run = replace(old.run, forecast=said)
    return replace(old, run=run, known=known, problem=problem, draws=draws, log_weights=weights.logarithms, parent=old)


PAIRS = list(combinations((OPENING, MIDDLE, SOON, NEXT, WITHDRAWN, LAST), 2))


@pytest.mark.parametrize(("old", "new"), PAIRS, ids=lambda day: day.isoformat()[5:])
def test_bars_add_up_and_noise_is_noise(opened: dict[dt.date, Reopened], old: dt.date, new: dt.date) -> None:
    """Fifteen pairs, nine of them across a retraction; those between sampled runs are weights against refits."""
    bridge = build_bridge(opened[old], opened[new])
    before, after = (opened[day].run.forecast["outcomes"] for day in (old, new))
    for k, outcome in enumerate(bridge.outcomes):
        total = sum(bar.contribution[k] for bar in bridge.bars)
        assert abs(total - (after[k]["probability"] - before[k]["probability"])) < 1e-9, outcome
    kinds = [bar.kind for bar in bridge.bars]
    assert kinds[0] == "time"
    assert kinds[-1] == "noise"
    assert ("retraction" in kinds) == (MIDDLE <= old < WITHDRAWN <= new)
    noise = bridge.bars[-1]
    assert np.all(np.abs(noise.contribution) < 4 * noise.mcse + 1e-3)
    for bar in bridge.bars:
        assert abs(bar.contribution.sum()) < 1e-9, "what one outcome wins another loses"
        assert np.all(bar.mcse >= 0)


def named(bridge: Bridge) -> dict[str, np.ndarray]:
    return {bar.id: bar.contribution for bar in bridge.bars}


def test_a_bridge_backwards_is_the_bridge_turned_round(opened: dict[dt.date, Reopened]) -> None:
    there, back = build_bridge(opened[MIDDLE], opened[LAST]), build_bridge(opened[LAST], opened[MIDDLE])
    for bar in there.bars:
        if bar.id in ("time", "noise"):
            continue
        error = 4 * bar.mcse + 2e-3
        assert np.all(np.abs(bar.contribution + named(back)[bar.id]) < error), bar.id


def test_strikes_delay_and_their_bars_say_so(opened: dict[dt.date, Reopened]) -> None:
    bridge = build_bridge(opened[OPENING], opened[MIDDLE])
    unresolved = bridge.outcomes.index("unresolved")
    strikes = next(bar for bar in bridge.bars if bar.id == "R1")
    assert strikes.contribution[unresolved] > 0.01
    assert not strikes.no_change[unresolved]


def test_groups_by_indicator_and_by_source_are_of_the_same_game(opened: dict[dt.date, Reopened]) -> None:
    bridges = {by: build_bridge(opened[MIDDLE], opened[LAST], by=by) for by in ("event", "indicator", "source")}
    told = {
        by: sum(bar.contribution for bar in bridge.bars if bar.kind not in ("time", "noise"))
        for by, bridge in bridges.items()
    }
    np.testing.assert_allclose(told["indicator"], told["event"], atol=2e-3)
    np.testing.assert_allclose(told["source"], told["event"], atol=2e-3)
    assert {"tender", "layoffs"} <= {bar.id for bar in bridges["indicator"].bars}
    assert "Harbour Office" in {bar.id for bar in bridges["source"].bars}


def test_few_names_leave_one_bar_for_the_others(opened: dict[dt.date, Reopened]) -> None:
    every, few = (build_bridge(opened[OPENING], opened[LAST], named=n) for n in (10, 2))
    assert [bar.kind for bar in few.bars].count("event") <= 3
    others = next(bar for bar in few.bars if bar.id == "others")
    assert others.label == "7 others"
    kept = [bar for bar in few.bars if bar.kind == "event" and bar.id != "others"]
    for bar in kept:
        np.testing.assert_allclose(bar.contribution, named(every)[bar.id], atol=5e-3)


# ------------------------------------------------------------------------------------------------ amendments


def test_an_amended_coding_is_an_amendment_and_a_gate_that_was_passed_is_news(opened: dict[dt.date, Reopened]) -> None:
    amended = row("R4", 5, "2026-01-27", indicator="debts", coded_at=dt.datetime(2026, 2, 14, tzinfo=dt.UTC))
    permit = row("P1", 4, "2026-02-02", indicator="permit", credibility=1)
    new = updated_to(opened[MIDDLE], (*JOURNAL, amended, permit), SOON)
    bridge = build_bridge(opened[MIDDLE], new)
    kinds = {bar.id: bar.kind for bar in bridge.bars}
    assert kinds["R4"] == "amendment"
    assert kinds["gates"] == "event"
    passed = next(bar for bar in bridge.bars if bar.id == "gates")
    assert passed.label == "The permit: passed on 2026-02-02"
    assert passed.contribution[bridge.outcomes.index("unresolved")] < -0.05
    np.testing.assert_allclose(sum(bar.contribution for bar in bridge.bars), bridge.end - bridge.start, atol=1e-9)


def test_an_outcome_that_was_ruled_out_has_a_bar_that_takes_it_and_moves_no_wait(
    opened: dict[dt.date, Reopened],
) -> None:
    """Written into the case or held there all along, it is the same news; back in, it is news again."""
    old = opened[MIDDLE]
    out, back = (row(f"T{grade}", grade, f"2026-02-0{grade + 1}", indicator="tender") for grade in (1, 5))
    ruled = replace(old, case=with_rulings(old.case, private=1))
    gone = updated_to(ruled, (*JOURNAL, out), SOON)
    for before in (old, ruled):
        bridge = build_bridge(before, gone)
        np.testing.assert_allclose(sum(bar.contribution for bar in bridge.bars), bridge.end - bridge.start, atol=1e-9)
        bar = next(bar for bar in bridge.bars if bar.id == "outcome:private")
        assert (bar.kind, bar.label) == ("event", "A private company: ruled out on 2026-02-02")
        assert bar.contribution[bridge.outcomes.index("private")] < -0.1
        assert abs(bar.contribution[bridge.outcomes.index("unresolved")]) < 1e-9
        assert "T1" not in named(bridge)
    again = build_bridge(gone, updated_to(gone, (*JOURNAL, out, back), NEXT))
    bar = next(bar for bar in again.bars if bar.id == "outcome:private")
    assert bar.label == "A private company: not ruled out any more"
    assert bar.contribution[again.outcomes.index("private")] > 0.1


@pytest.mark.parametrize("each_its_own", [True, False])
def test_each_of_a_few_rulings_has_its_bar_and_many_share_one(
    opened: dict[dt.date, Reopened], monkeypatch: pytest.MonkeyPatch, each_its_own: bool
) -> None:
    """One report rules out two of three: what each took is its own, and together they are the same either way."""
    old, out = opened[MIDDLE], ("city", "private")
    ruled = replace(old, case=with_rulings(old.case, **dict.fromkeys(out, 1)))
    new = updated_to(ruled, (*JOURNAL, row("T1", 1, "2026-02-02", indicator="tender")), SOON)
    if not each_its_own:
        monkeypatch.setattr("forecast.insight.way.MOST_RULINGS", 1)
    bridge = build_bridge(ruled, new)
    np.testing.assert_allclose(sum(bar.contribution for bar in bridge.bars), bridge.end - bridge.start, atol=1e-9)
    bars = {bar.id: bar for bar in bridge.bars if bar.id.startswith("outcome")}
    assert set(bars) == ({"outcome:city", "outcome:private"} if each_its_own else {"outcomes"})
    for name in out if each_its_own else ():
        assert bars[f"outcome:{name}"].contribution[bridge.outcomes.index(name)] < -0.1
        assert bars[f"outcome:{name}"].contribution[bridge.outcomes.index("other")] > 0.01
    words = "; ".join(bar.label for bar in bars.values())
    assert all(f"{label}: ruled out on 2026-02-02" in words for label in ("The city", "A private company"))


def test_a_ruling_that_leaves_nobody_in_is_the_news_and_not_time(opened: dict[dt.date, Reopened]) -> None:
    """Where all are out none counts as out, for one must come true; what brought that about has the bar."""
    old, day = opened[MIDDLE], dt.date(2026, 2, 2)
    problem = replace(opened[SOON].problem, ruled_out=(day, day, day))
    start = replace(old.problem, ruled_out=(day, day, None))
    way = Way(start, problem, problem, (), whole=True)
    assert way.rulings == {"outcome:other": ("other",)}
    assert way.knowing(way.news) is way.told, "what is asked twice is worked out once"
    np.testing.assert_array_equal(way.knowing(()).out, [1.0, 1.0, 0.0])
    np.testing.assert_array_equal(way.told.out, 0.0)


def test_a_bridge_of_all_that_may_change_at_once_has_room_for_it(
    opened: dict[dt.date, Reopened], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate, a ruling, more assumptions and reports than there are players: those that move least share a bar."""
    monkeypatch.setattr("forecast.insight.crossing.MOST_PLAYERS", 7)
    old, events = opened[MIDDLE], [row(f"N{n}", 2 + n % 3, "2026-02-02") for n in range(9)]
    ruled = replace(old, case=with_rulings(old.case, private=1))
    items = dict(ruled.case.assumptions.items)
    for name, item in items.items():
        moved = {by: 1.02 * getattr(item, by) for by in ("sd", "factor") if getattr(item, by, None)}
        items[name] = item.model_copy(update=moved)
    assert sum(items[name] != item for name, item in ruled.case.assumptions.items.items()) == 4
    tender, permit = (row("T1", 1, "2026-02-02", indicator="tender"), row("P1", 4, "2026-02-02", indicator="permit"))
    rows = (*JOURNAL, tender, replace(permit, credibility=1), *events)
    new = updated_to(ruled, rows, SOON)
    case = replace(ruled.case, assumptions=replace(ruled.case.assumptions, items=items))
    solved = np.asarray(new.problem.intercept_mean), new.problem.intercept_sd
    bridge = build_bridge(ruled, replace(new, case=case, problem=build_problem(case, new.known).anchored(*solved)))
    np.testing.assert_allclose(sum(bar.contribution for bar in bridge.bars), bridge.end - bridge.start, atol=1e-9)
    bars = {bar.id: bar.kind for bar in bridge.bars}
    assert {"gates", "outcome:private", "other assumptions", "others"} <= set(bars)
    assert list(bars.values()).count("assumption") == 3


def test_only_graded_evidence_that_still_stands_surprises(opened: dict[dt.date, Reopened]) -> None:
    """The event that showed the permit is no grade of anything; a report that was withdrawn leads to no other."""
    permit = row("P1", 4, "2026-02-02", indicator="permit", credibility=1)
    again = row("R1b", 1, "2026-02-02", event_id="R1", origin_id="R1", source="Port Gazette")
    gone = [
        replace(one, grade=None, reliability="", credibility=None, retracted_at=dt.datetime(2026, 2, 3, tzinfo=dt.UTC))
        for one in (row("R1", 5, "2026-01-14"), row("R8", 5, "2026-02-06", origin_id="R1"))
    ]
    kept, mended = (
        explain(opened[MIDDLE], updated_to(opened[MIDDLE], rows, NEXT)).surprises.reports
        for rows in ((*JOURNAL, permit, again), (*JOURNAL, permit, *gone, again))
    )
    assert "R1b" not in {each.report for each in kept}, "of a telling that still stands it is a copy"
    assert "R1b" in {each.report for each in mended}
    assert "P1" not in {each.report for each in (*kept, *mended)}


# ------------------------------------------------------------------------------------------------ announcements


def with_deadline(old: Reopened, **said: object) -> Reopened:
    """The run of a set that states a deadline of which nobody knew yet: its factor is as the prior has it."""
    stated = Deadline.model_validate(assumption("vote-called", "deadline", **said))
    items = {**old.case.assumptions.items, stated.id: stated}
    case = replace(old.case, assumptions=replace(old.case.assumptions, items=items))
    problem = build_problem(case, old.known).anchored(np.asarray(old.problem.intercept_mean), old.problem.intercept_sd)
    prior, count = problem.structure.deadline, len(old.draws["level"])
    hurry = np.random.default_rng(1).normal(prior.mean, prior.sd, (count, 1))
    return replace(old, case=case, problem=problem, draws=old.draws | {"deadline": hurry})


@pytest.mark.parametrize("gate_too", [False, True])
def test_an_announced_deadline_has_a_bar_of_its_own(opened: dict[dt.date, Reopened], gate_too: bool) -> None:
    """What time did is as it was without; a gate that is passed beside it has a bar too, and they share the rest."""
    rows = (*JOURNAL, row("P1", 4, "2026-02-02", indicator="permit", credibility=1)) if gate_too else JOURNAL
    called = {"by": dt.date(2026, 3, 1), "announced": SOON, "weeks": 4, "factor": 8}
    old = with_deadline(opened[MIDDLE], **called)
    bridge, without = (build_bridge(run, updated_to(run, rows, NEXT)) for run in (old, opened[MIDDLE]))
    np.testing.assert_allclose(sum(bar.contribution for bar in bridge.bars), bridge.end - bridge.start, atol=1e-9)
    bars = {bar.id: bar for bar in bridge.bars}
    assert (bars["deadlines"].kind, "gates" in bars) == ("event", gate_too)
    assert bars["deadlines"].label == "Announced: Due by 2026-03-01: resolution"
    assert bars["deadlines"].contribution[bridge.outcomes.index("unresolved")] < -0.02
    assert not bars["deadlines"].no_change[bridge.outcomes.index("unresolved")]
    apart = bars["time"].contribution - named(without)["time"]
    np.testing.assert_array_less(np.abs(apart), 4 * bars["time"].mcse + (0.03 if gate_too else 2e-3))


def test_a_deadline_that_only_the_later_set_states_is_the_same_news(opened: dict[dt.date, Reopened]) -> None:
    """Who writes down that a vote was called reads what he would if the set had held it all along."""
    called = {"by": dt.date(2026, 3, 1), "announced": SOON, "weeks": 4, "factor": 8}
    old = with_deadline(opened[MIDDLE], **called)
    new = updated_to(old, JOURNAL, NEXT)
    held_all_along, written_down = (build_bridge(run, new) for run in (old, opened[MIDDLE]))
    np.testing.assert_allclose(
        sum(bar.contribution for bar in written_down.bars), written_down.end - written_down.start, atol=1e-9
    )
    assert [bar.id for bar in written_down.bars] == [bar.id for bar in held_all_along.bars]
    for bar in written_down.bars:
        assert np.all(np.abs(bar.contribution - named(held_all_along)[bar.id]) < 4 * bar.mcse + 5e-3), bar.id
    assert named(written_down)["deadlines"][written_down.outcomes.index("unresolved")] < -0.02


# ------------------------------------------------------------------------------------------------ the rest


def test_another_model_is_one_bar_and_the_last(opened: dict[dt.date, Reopened]) -> None:
    """The same mathematics under another text: the bar is there, and within its error of nothing."""
    new = opened[LAST]
    model = replace(new.model, texts={"latent_drivers": "another text"})
    bridge = build_bridge(opened[MIDDLE], replace(new, model=model))
    *_, changed, noise = bridge.bars
    assert (changed.kind, changed.label) == ("model", "Changed: the model")
    assert np.all(np.abs(changed.contribution) < 4 * changed.mcse)
    assert np.max(np.abs(noise.contribution)) < 0.01
    np.testing.assert_allclose(sum(bar.contribution for bar in bridge.bars), bridge.end - bridge.start, atol=1e-9)


@pytest.mark.slow
def test_changed_assumptions_are_a_prior_ratio_that_a_refit_confirms(made: Made, tmp_path: Path) -> None:
    stated = copy.deepcopy(assumptions())
    for item in stated:
        if item["id"] == "level-of-unions":
            item["mean"] = 0.9
        if item["id"] == "steady-pace":
            item["per_week"] = 0.18
    write_harbour(tmp_path / "data" / "harbour", assumptions=stated)
    CsvLedger(tmp_path / "data" / "harbour" / "evidence.csv").append(JOURNAL)
    new = reopen(refreshed(tmp_path, MIDDLE).run, tmp_path)
    bridge = build_bridge(reopen(made[MIDDLE].run, tmp_path), new)
    assert [bar.kind for bar in bridge.bars] == ["time", "assumption", "assumption", "noise"]
    time, pace, level, noise = bridge.bars
    assert (pace.id, level.id) == ("steady-pace", "level-of-unions")
    assert pace.label.startswith("Assumption steady-pace: ")
    np.testing.assert_allclose(time.contribution, 0.0, atol=1e-12)
    assert np.all(np.abs(noise.contribution) < 4 * noise.mcse), "prior ratios against a refit"
    assert np.max(np.abs(bridge.end - bridge.start)) > 0.005
    assert not pace.no_change.all()
    alone = copy.deepcopy(assumptions())
    next(item for item in alone if item["id"] == "steady-pace")["per_week"] = 0.18
    write_harbour(tmp_path / "alone" / "data" / "harbour", assumptions=alone)
    CsvLedger(tmp_path / "alone" / "data" / "harbour" / "evidence.csv").append(JOURNAL)
    refitted = refreshed(tmp_path / "alone", MIDDLE).run.forecast["outcomes"]
    moved = np.array([outcome["probability"] for outcome in refitted]) - bridge.start
    error = 3 * np.hypot(pace.mcse, bridge.mcse) + 0.3 * np.abs(level.contribution)
    assert np.all(np.abs(pace.contribution - moved) < error), "its bar is what it does alone, but for what it shares"


def test_what_several_do_together_is_shared_evenly() -> None:
    rng = np.random.default_rng(3)
    alone, together = list(rng.normal(size=(3, 5, 2))), rng.normal(size=(5, 2))
    parts = evened(alone, together)
    np.testing.assert_allclose(sum(parts), together, atol=1e-12)
    backwards = evened(alone[::-1], together)[::-1]
    np.testing.assert_allclose(parts, backwards, atol=1e-12, err_msg="no order is preferred")
    np.testing.assert_allclose(evened([together], together), [together])


def test_weights_that_do_not_reach_are_said_and_a_state_between_is_asked_for(
    opened: dict[dt.date, Reopened],
) -> None:
    """An old forecast that its draws do not bear out is what failed weights look like."""
    old, new = opened[MIDDLE], opened[LAST]
    asked: list[Problem] = []

    def refit(problem: Problem) -> State:
        asked.append(problem)
        return State(new.problem, new.draws, new.chains)

    assert not build_bridge(old, opened[SOON], refit=refit).refitted
    assert not asked
    spoilt = {name: values.copy() for name, values in new.draws.items()}
    spoilt["level"] = spoilt["level"] + 3.0
    assert build_bridge(old, replace(new, draws=spoilt), refit=refit).refitted
    (between,) = asked
    changed = {key for key in new.problem.units if new.problem.units[key] != old.problem.units.get(key)}
    taken = {key for key in changed if between.units.get(key) == new.problem.units[key]}
    assert set() < taken < changed, "half of the way"
    assert between.calendar == new.problem.calendar


def test_different_questions_are_not_bridged(opened: dict[dt.date, Reopened]) -> None:
    old = opened[MIDDLE]
    question = old.case.question.model_copy(update={"horizon": dt.date(2027, 1, 1)})
    with pytest.raises(UsageError, match="different questions"):
        build_bridge(replace(old, case=replace(old.case, question=question)), opened[LAST])


def test_an_explanation_says_what_came_and_what_it_is_worth(opened: dict[dt.date, Reopened]) -> None:
    found = explain(opened[MIDDLE], opened[LAST])
    assert {surprise.report for surprise in found.surprises.reports} == {"R5", "R6", "R8", "R9"}
    assert found.worth is not None
    assert (found.worth.reports, found.worth.events) == (9, 9)
    document = found.document()
    for outcome in document["outcomes"]:
        assert sum(bar["contribution"] for bar in outcome["bars"]) == pytest.approx(outcome["change"], abs=1e-9)
        assert outcome["to"] - outcome["from"] == pytest.approx(outcome["change"], abs=1e-12)
