"""A part of the evidence left out by its component is the evidence read again without it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from forecast.evidence.journal import Row
from forecast.inference.carrying import carry
from forecast.insight.components import Part, parts_of, weigh_parts
from forecast.model.facts import Facts
from forecast.model.problem import Problem, build_problem
from tests.insight.standings import MEAN, SD, problem, standing
from tests.model.harbour import EVIDENCE, harbour, latent_drivers, problem_of, row, seen, with_rulings


def log_events(of: Problem) -> np.ndarray:
    draws = carry(latent_drivers().law, standing().draws, problem(), of)
    return np.asarray(latent_drivers().law.log_likelihood(draws, of)["event"].sum(axis=1))


def keeps(kind: str, name: str) -> Callable[[Row], bool]:
    def kept(row: Row) -> bool:
        if not row.grade:  # a search that found nothing is nobody's telling
            return kind != "indicator" or row.indicator != name
        return {
            "source": row.source != name,
            "indicator": row.indicator != name,
            "cell": f"{row.reliability}{row.credibility}" != name,
            "grades": True,
        }[kind]

    return kept


def regraded(row: Row, part: Part) -> Row:
    if part.kind != "grades" or row.indicator != part.name or not row.grade:
        return row
    return replace(row, grade=min(max(row.grade + part.step, 1), 5))


EVIDENCE_READ = weigh_parts(latent_drivers(), problem(), standing().draws, seen(*EVIDENCE))
PARTS = {
    f"{part.kind} {part.name} {part.step}": (part, change)
    for part, change in zip(EVIDENCE_READ.parts, EVIDENCE_READ.log_changes, strict=True)
}


@pytest.mark.parametrize("name", [name for name in PARTS if not name.startswith("coder")])
def test_without_a_part_or_regraded(name: str) -> None:
    part, change = PARTS[name]
    rows = [regraded(each, part) for each in EVIDENCE if keeps(part.kind, part.name)(each)]
    again = problem_of(*rows).anchored(MEAN, SD)
    np.testing.assert_allclose(change, log_events(again) - log_events(problem()), atol=1e-9)
    assert part.applied(problem()).units == again.units


def test_without_a_coder_only_the_others_speak() -> None:
    part, _ = PARTS["coder bob 0"]
    assert part.applied(problem()).units == problem_of(*(each for each in EVIDENCE if each.coder != "bob")).units


def test_the_whole_is_the_likelihood() -> None:
    likelihood = standing().log_likelihood
    np.testing.assert_allclose(EVIDENCE_READ.log_whole, likelihood["event"].sum(axis=1) + likelihood["open"], atol=1e-9)


def test_every_source_coder_indicator_and_cell_is_a_part() -> None:
    graded = [each for each in EVIDENCE if each.grade]
    assert {part.name for part, _ in PARTS.values() if part.kind == "coder"} == {each.coder for each in graded}
    assert {part.name for part, _ in PARTS.values() if part.kind == "indicator"} == {
        each.indicator for each in EVIDENCE
    }
    shifted = {(part.name, part.step) for part, _ in PARTS.values() if part.kind == "grades"}
    assert shifted == {(each.indicator, step) for each in graded for step in (-1, 1)}


def permit(report: str, grade: int, source: str, day: str, **changes: object) -> Row:
    return row(report, grade, day, event_id=f"E{grade}{day}", indicator="permit", source=source, **changes)


def test_a_gate_is_shut_without_those_who_showed_that_it_was_passed() -> None:
    """As the rows that are left make it, the event of the passage and its later showing included."""
    passage = (
        permit("P1", 5, "Radio", "2026-01-27", coder="bob"),
        permit("P2", 4, "Herald", "2026-01-29", reliability="C"),
        permit("P3", 3, "Radio", "2026-01-28"),
    )
    rows = (*EVIDENCE, *passage)
    whole = problem_of(*rows)
    assert whole.passed == (dt.date(2026, 1, 27),)
    later = {part.name: part for part in parts_of(whole, seen(*rows)) if part.kind == "source"}
    for name in ("Radio", "Herald", "Port Gazette"):
        left, found = problem_of(*(each for each in rows if each.source != name)), later[name].applied(whole)
        assert found.passed == left.passed, name
        told = {key: unit for key, unit in found.units.items() if unit.origins}  # a search is nobody's telling
        assert told == {key: unit for key, unit in left.units.items() if unit.origins}, name
    assert later["Radio"].settled == Facts(
        (dt.date(2026, 1, 29),), (None, None, None), frozenset({("E42026-01-29", "permit")})
    )


def test_an_outcome_is_in_again_without_those_who_ruled_it_out() -> None:
    case = with_rulings(harbour("permit"), private=1)
    out = (
        row("T1", 1, "2026-01-27", indicator="tender", source="Radio"),
        row("T2", 1, "2026-01-29", indicator="tender", source="Herald"),
    )
    rows = (*EVIDENCE, *out)
    whole = build_problem(case, seen(*rows))
    parts = {part.name: part for part in parts_of(whole, seen(*rows)) if part.kind in ("source", "indicator")}
    for name, since in (("Radio", dt.date(2026, 1, 29)), ("Herald", dt.date(2026, 1, 27)), ("tender", None)):
        left = build_problem(case, seen(*(each for each in rows if name not in (each.source, each.indicator))))
        found = parts[name].applied(whole)
        assert found.ruled_out == left.ruled_out == (None, since, None), name
        assert {key for key in found.units if key[1] == "tender"} == {key for key in left.units if key[1] == "tender"}
