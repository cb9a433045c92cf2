"""Made-up worlds: they end and are told of as the law says, break where they are to, and are whole cases on disk."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.evidence.ledger import ledger_of
from forecast.model.contract import Law
from forecast.model.problem import Problem
from forecast.record import breaking
from forecast.record.breaking import KINDS, kind_of
from forecast.record.inventing import World, design, ending, grades, invent, write_world
from forecast.record.simulated_record import opening_problem
from tests.model.harbour import latent_drivers

NOWHERE = Path("nowhere")


@cache
def opening() -> Problem:
    return opening_problem(NOWHERE)


@cache
def world(kind: str, number: int = 4) -> World:
    return invent(latent_drivers().law, opening(), kind, number, np.random.default_rng([7, number]))


def test_a_world_is_decided_by_its_number() -> None:
    again = invent(latent_drivers().law, opening(), "as-modelled", 4, np.random.default_rng([7, 4]))
    assert again == world("as-modelled")
    assert {kind_of(number) for number in range(0, 40, 2)} == {"as-modelled"}
    assert Counter(kind_of(number) for number in range(1, 15, 2)) == dict.fromkeys([*KINDS][1:], 1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_world_is_a_whole_case_that_ended(kind: str, tmp_path: Path) -> None:
    made = world(kind)
    case = read_case(write_world(made, tmp_path))
    assert case.resolution is not None
    assert (case.id, case.resolution.date, case.resolution.outcome) == (made.name, made.ended, made.outcome)
    assert ledger_of(case).read() == tuple(replace(row, line=index + 2) for index, row in enumerate(made.rows))
    assert all(row.published_date < made.ended for row in made.rows)
    assert made.outcome != "unresolved" or made.ended == case.question.horizon


def law(told: Any) -> Law:
    """A law that says this of an event's codings, and resolves at one in ten days, three to one as the first."""

    def log_likelihood(_draws: Any, problem: Problem) -> dict[str, np.ndarray]:
        days = (problem.calendar.as_of - problem.calendar.opening).days
        ended = 0.0 if problem.ended is None else float(np.log([0.6, 0.2, 0.2]) @ problem.ended)
        events = [told(problem.units[key]) for key in sorted(problem.units)]
        return {"open": np.array([-0.1 * days + ended]), "event": np.array([events])}

    return cast(Law, SimpleNamespace(log_likelihood=log_likelihood))


def test_endings_come_as_often_as_the_law_says() -> None:
    rng, tries = np.random.default_rng(1), 1500
    found = [ending(law(lambda unit: 0.0), {}, opening(), rng) for _ in range(tries)]
    for days in (1, 5, 20):
        share = np.mean([(day - opening().calendar.opening).days <= days for day, _ in found])
        assert share == pytest.approx(1 - np.exp(-0.1 * days), abs=4 * np.sqrt(0.25 / tries))
    ways = Counter(outcome for _, outcome in found if outcome != "unresolved")
    assert ways["public_line"] / sum(ways.values()) == pytest.approx(0.6, abs=4 * np.sqrt(0.24 / tries))


def test_grades_come_as_often_as_the_law_says_and_together_where_it_says_so() -> None:
    def alike(unit: Any) -> float:
        """Two codings of an event agree or are impossible; a single one is graded 2 in four of five cases."""
        given = [grade for origin in unit.origins for _, grade in origin.codings]
        if len(given) == 2:
            return 0.0 if given[0] == given[1] else -np.inf
        return float(np.log(0.8 if given == [1] else 0.05))

    from forecast.evidence.journal import view
    from forecast.model.problem import build_problem

    rng, last = np.random.default_rng(2), opening().case.question.horizon - dt.timedelta(days=1)
    singles: list[int] = []
    for _ in range(12):
        rows = design(opening().case, rng)
        found = grades(law(alike), {}, build_problem(opening().case, view(rows, last, "published")), rng)
        by_event: dict[str, list[int]] = {}
        for (event, _, _), grade in found.items():
            by_event.setdefault(event, []).append(grade)
        assert set(found) == {(row.event_id, row.source, row.coder) for row in rows}
        assert all(len(set(given)) == 1 for given in by_event.values())
        singles += [given[0] for given in by_event.values() if len(given) == 1]
    assert np.mean(np.array(singles) == 2) == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / len(singles)))


def test_worlds_are_broken_in_one_way_each() -> None:
    rng = np.random.default_rng(3)
    rows = [replace(row, grade=int(rng.integers(1, 6))) for row in design(opening().case, rng)]
    liar = breaking.one_source_always_says_most(rows, opening(), rng)
    assert {row.grade for row in liar if row.source == breaking.LIAR} == {5}
    assert [row for row in liar if row.source != breaking.LIAR] == [r for r in rows if r.source != breaking.LIAR]
    turned = breaking.an_indicator_means_the_opposite(rows, opening(), rng)
    assert all(new.grade == (6 - old.grade if old.indicator == breaking.TURNED else old.grade)  # type: ignore[operator]
               for old, new in zip(rows, turned, strict=True))  # fmt: skip
    misfiled = breaking.events_are_misfiled(rows, opening(), rng)
    moved = {old.event_id for old, new in zip(rows, misfiled, strict=True) if old.indicator != new.indicator}
    assert 0 < len(moved) < len({row.event_id for row in rows}) / 2
    copied = breaking.stories_are_copied(rows, opening(), rng)
    assert copied[: len(rows)] == rows
    assert {row.event_id for row in copied} == {row.event_id for row in rows}
    assert {row.origin_id for row in copied} == {""}
    assert len({row.report_id for row in copied}) > len({row.report_id for row in rows})

    draws = latent_drivers().law.opening_draws(opening(), rng, 1)
    jumped = breaking.a_driver_jumps(draws, opening(), rng)
    assert np.count_nonzero(jumped["shock"] != draws["shock"]) == 1
    other_way, hasty = (bend(draws, opening(), rng) for bend in
                        (breaking.drivers_tilt_the_other_way, breaking.faster_than_ever))  # fmt: skip
    np.testing.assert_array_equal(other_way["loading"], -draws["loading"])
    np.testing.assert_allclose(np.exp(hasty["log_pace"] - draws["log_pace"]), 3.0)
